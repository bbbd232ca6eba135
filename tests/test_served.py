"""The API behind its server, by the command of the image, and behind the door of `docker-compose.yml`."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from backend import served
from backend.embedded import serve
from backend.embedded.addresses import with_database
from backend.embedded.children import Children, started_at
from backend.embedded.trouble import Trouble
from tenants.access.rights import Role
from tests.conftest import make_city, make_network, make_person
from tests.databases import copy_of_template, point_django_at, run_name
from tests.serving import (
    HOST,
    PROJECT,
    START_SECONDS,
    Server,
    await_port,
    children_of,
    kill_group,
    read,
    serving,
)

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="ports are shared and processes told in its way")
NGINX = pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
WORKERS = 2
PROBLEM = "application/problem+json"
# Starts the API as `make demo` does, and waits to be killed. It cannot hear of its starter's death, as on
# systems without PR_SET_PDEATHSIG.
STARTER = """
import os, sys, time, pathlib
from backend.embedded import children, serve
children.die_with_parent = lambda sig: lambda: None
folder = pathlib.Path(sys.argv[1])
with serve.reserved(folder / "port") as port:
    serve.start_api(children.Children(folder), port, os.environ)
    print(port, flush=True)
    time.sleep(60)
"""


@dataclass(frozen=True)
class Rows:
    """A city in a database that others see: a server is another process."""

    database: str
    token: str
    city: str

    @property
    def proof(self) -> str:
        return f"Authorization: Bearer {self.token}"

    @property
    def env(self) -> dict[str, str]:
        return {"DATABASE_URL": with_database(os.environ["DATABASE_URL"], self.database)}

    def owner(self) -> psycopg.Connection:
        return psycopg.connect(with_database(os.environ["OWNER_DATABASE_URL"], self.database))


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Rows]:
    name = f"{run_name()}_served"
    with copy_of_template(name):
        with django_db_blocker.unblock():
            point_django_at(name)
            try:
                city = make_city(make_network("interactive-cities"), "genoa", "IT")
                _user, token = make_person(Role.OFFICER, city)
            finally:
                point_django_at(run_name())
        yield Rows(name, token, city.url)


@pytest.fixture(scope="module")
def api(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, f"--workers={WORKERS}", env={**rows.env, "BEHIND_TLS": "true"}) as server:
        yield server


@pytest.fixture
def short_lived(rows: Rows, tmp_path: Path) -> Iterator[Server]:
    """To be killed."""
    with serving(tmp_path, f"--workers={WORKERS}", env=rows.env) as server:
        yield server


def answers_again(server: Server) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            return server.ask("GET /healthz").status == 200
        except (OSError, ValueError, IndexError):
            time.sleep(0.05)
    return False


# ----------------------------------------------------------------------------------- requests


def test_one_connection_carries_many_requests(api):
    with socket.create_connection((HOST, api.port), START_SECONDS) as connection:
        for _ in range(3):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            said = b""
            while not said.endswith(b"}"):
                said += connection.recv(65536)
            assert read(said).status == 200


def test_requests_sent_at_once_are_answered_in_their_order(api, rows):
    one = f"GET {rows.city}actions/ HTTP/1.1\r\nHost: localhost\r\n{rows.proof}\r\n\r\n".encode()
    last = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    first = read(api.said(one, last))

    assert json.loads(first.body)["results"] == []
    assert json.loads(read(first.rest).body) == {"status": "ok"}


def test_the_length_of_a_body_is_asked_for(api, rows):
    answer = api.ask(
        f"POST {rows.city}actions/",
        rows.proof,
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        body=b'9\r\n{"code":1\r\n1\r\n}\r\n0\r\n\r\n',
    )

    assert answer.status == 411
    assert json.loads(answer.body)["code"] == "length_required"


def test_a_body_that_means_nothing_needs_no_length(api, rows):
    answer = api.ask(f"GET {rows.city}actions/", rows.proof, "Transfer-Encoding: chunked", body=b"0\r\n\r\n")

    assert answer.status == 200


def test_the_id_that_a_client_gives_comes_back(api):
    assert api.ask("GET /healthz", "X-Request-ID: walk-0001").headers["x-request-id"] == "walk-0001"


@pytest.mark.parametrize(
    ("status", "line", "headers"),
    [
        (404, "GET {city}actions/%00/", ()),
        (404, "GET {city}actions/%ff%fe/", ()),
        (404, "GET //elsewhere.example/", ()),
        (404, "OPTIONS *", ()),
        (400, "GET {city}actions/?search=%00", ()),
        (400, "GET {city}actions/?search=" + "a" * 10_000, ()),
        (401, "GET {city}actions/", ("Authorization: Bearer \xe9",)),
        (405, "BREW {city}actions/", ()),
        (413, "POST {city}actions/", ("Content-Type: application/json", "Content-Length: 9999999")),
    ],
)
def test_what_a_hostile_client_sends_is_answered_as_a_problem(api, rows, status, line, headers):
    proof = () if any(header.startswith("Authorization") for header in headers) else (rows.proof,)

    answer = api.ask(line.format(city=rows.city), *proof, *headers)

    assert (answer.status, answer.headers["content-type"]) == (status, PROBLEM)
    assert json.loads(answer.body)["status"] == status


@pytest.mark.parametrize(
    "headers",
    [
        ("X-A: \xe9", "Accept-Language: \xe9"),
        ("Host: elsewhere.example",),
        tuple(f"X-{number}: a" for number in range(80)),
    ],
)
def test_headers_that_mean_nothing_change_nothing(api, rows, headers):
    assert api.ask(f"GET {rows.city}actions/", rows.proof, *headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 2", "Content-Length: 3"),
        ("Content-Length: -1",),
        ("X-A : a",),
        tuple(f"X-{number}: a" for number in range(200)),
    ],
)
def test_what_is_no_http_is_refused_by_the_server_itself(api, headers):
    answer = api.ask("POST /healthz", *headers)

    assert answer.status in (400, 431)
    assert answer.body == b""


def test_an_answer_without_a_body_has_none(api, rows):
    seen = api.ask(f"GET {rows.city}actions/", rows.proof)

    unchanged = api.ask(f"GET {rows.city}actions/", rows.proof, f"If-None-Match: {seen.headers['etag']}")
    head = read_head(api, f"HEAD {rows.city}actions/", rows.proof)

    assert (unchanged.status, unchanged.body) == (304, b"")
    assert head == seen.headers["content-length"]


def read_head(api: Server, line: str, *headers: str) -> str:
    """The length that is named, of an answer that must end with its head."""
    said = api.said(
        "\r\n".join([f"{line} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]).encode()
    )
    assert said.endswith(b"\r\n\r\n")
    return read(said).headers["content-length"]


def test_a_file_arrives_whole(api):
    answer = api.ask("GET /api/v1/openapi.yaml")

    assert answer.body == (PROJECT / "openapi" / "openapi.yaml").read_bytes()


def test_a_client_that_hangs_up_holds_nobody(api, rows):
    head = (
        f"POST {rows.city}actions/ HTTP/1.1\r\nHost: x\r\n{rows.proof}\r\nContent-Length: 99\r\n\r\n".encode()
    )
    for _ in range(2 * WORKERS):
        socket.create_connection((HOST, api.port)).sendall(head)

    assert all(api.ask(f"GET {rows.city}actions/", rows.proof).status == 200 for _ in range(4 * WORKERS))


def test_a_worker_keeps_one_connection_to_the_database(api, rows):
    for _ in range(10 * WORKERS):
        api.ask(f"GET {rows.city}actions/", rows.proof)

    with rows.owner() as owner:
        count = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'iap_app'"
        )
        assert owner.execute(count).fetchone() in [(number + 1,) for number in range(WORKERS)]


def test_no_request_shows_what_is_secret():
    shown = "import os, backend.wsgi; print(sorted(os.environ))"

    ran = subprocess.run(
        [sys.executable, "-c", shown], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert "'PATH'" in ran.stdout
    assert [
        name for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "BROKER") if f"'{name}" in ran.stdout
    ] == []


# ------------------------------------------------------------------------------------ its end


@LINUX
def test_a_worker_that_is_killed_is_replaced(short_lived):
    before = short_lived.workers()

    for pid in before:
        os.kill(pid, signal.SIGKILL)

    assert answers_again(short_lived)
    deadline = time.monotonic() + START_SECONDS
    while len(set(short_lived.workers()) - set(before)) < WORKERS:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_server_that_cannot_start_says_why_and_ends():
    incomplete = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}

    ran = subprocess.run(
        served.command("--port=0"), cwd=PROJECT, env=incomplete, capture_output=True, text=True, timeout=60
    )

    assert ran.returncode == 1
    assert "Set the SECRET_KEY environment variable" in ran.stderr


def test_what_is_in_hand_is_finished_when_the_server_is_asked_to_stop(short_lived, rows):
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(short_lived.ask(f"GET {rows.city}actions/", rows.proof))
    )
    with rows.owner() as owner:
        owner.execute("LOCK TABLE plans_action IN ACCESS EXCLUSIVE MODE")
        asking.start()
        await_waiting(rows)
        short_lived.process.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            short_lived.process.wait(0.5)

    asking.join(START_SECONDS)

    assert [answer.status for answer in answers] == [200]
    assert short_lived.process.wait(START_SECONDS) == 0


def await_waiting(rows: Rows) -> None:
    """Until somebody waits for the lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'plans_action'::regclass"
    deadline = time.monotonic() + START_SECONDS
    with rows.owner() as owner:
        owner.autocommit = True
        while owner.execute(waiting).fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.02)


# ---------------------------------------------------------------------------------- its port


def test_a_second_house_does_not_get_the_port_of_the_first(api, tmp_path, monkeypatch):
    monkeypatch.setenv("PORT", str(api.port))

    with pytest.raises(Trouble, match="is taken"), serve.reserved(tmp_path / "port"):
        pass


@LINUX
def test_a_port_is_kept_before_anybody_listens_on_it(tmp_path, monkeypatch):
    with serve.reserved(tmp_path / "port") as port:
        monkeypatch.setenv("PORT", str(port))

        with pytest.raises(Trouble, match="is taken"), serve.reserved(tmp_path / "other"):
            pass


def test_a_port_is_free_again_at_once(rows, tmp_path, monkeypatch):
    with serving(tmp_path, env=rows.env) as first:
        # It hangs up first, so that the port is left in TIME_WAIT.
        first.ask("GET /healthz")
    monkeypatch.setenv("PORT", str(first.port))

    with serving(tmp_path, env=rows.env) as second:
        assert second.port == first.port
        assert second.ask("GET /healthz").status == 200


@LINUX
@pytest.mark.parametrize("leader_too", [False, True])
def test_the_next_start_stops_an_api_whose_starter_was_killed(rows, tmp_path, leader_too):
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ, **rows.env}, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        port = int(starter.stdout.readline())
        leader = int((tmp_path / "run" / "api.pid").read_text().split()[0])
        await_port(starter, port)
        starter.kill()
    workers = children_of(leader)
    if leader_too:
        os.kill(leader, signal.SIGKILL)
        while started_at(leader):
            time.sleep(0.02)
    assert workers
    assert all(started_at(pid) for pid in workers)

    Children(tmp_path).stop_orphans()

    assert [pid for pid in (leader, *workers) if started_at(pid)] == []


# ---------------------------------------------------------------------------------- the door


@pytest.fixture
def door(api: Server, tmp_path: Path) -> Iterator[Callable[[int], int]]:
    """`door(port)`: nginx as compose has it, before the API at this port; gives its own port."""
    opened: list[subprocess.Popen[bytes]] = []

    def open_before(port: int) -> int:
        with serve.reserved(tmp_path / "door") as own:
            pass
        config = (PROJECT / "docker" / "door" / "nginx.conf").read_text()
        for place, here in (
            ("api:8000", f"{HOST}:{port}"),
            ("listen 8080", f"listen {HOST}:{own}"),
            ("/var/cache/nginx", str(tmp_path)),
            ("/tmp/nginx.pid", str(tmp_path / "nginx.pid")),
            ("/dev/stdout", str(tmp_path / "door.log")),
        ):
            assert place in config
            config = config.replace(place, here)
        (tmp_path / "nginx.conf").write_text(config)
        command = ["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"]
        opened.append(subprocess.Popen(command, start_new_session=True))
        await_port(opened[-1], own)
        return own

    yield open_before
    for process in opened:
        process.terminate()
        process.wait(START_SECONDS)
        kill_group(process.pid)


@NGINX
def test_behind_the_door_a_slow_client_holds_nobody(api, rows, door):
    port = door(api.port)
    head = (
        f"POST {rows.city}actions/ HTTP/1.1\r\nHost: x\r\n{rows.proof}\r\nContent-Length: 99\r\n\r\n".encode()
    )
    slow = [socket.create_connection((HOST, port)) for _ in range(4 * WORKERS)]
    for connection in slow:
        connection.sendall(head)

    answers = [api.ask(f"GET {rows.city}actions/", rows.proof, port=port) for _ in range(4 * WORKERS)]

    for connection in slow:
        connection.close()
    assert {answer.status for answer in answers} == {200}


@NGINX
def test_the_door_takes_a_body_without_its_length(api, rows, door):
    answer = api.ask(
        f"POST {rows.city}actions/",
        rows.proof,
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        body=b'd\r\n{"code":"GE1"\r\n1\r\n}\r\n0\r\n\r\n',
        port=door(api.port),
    )

    assert [error["pointer"] for error in json.loads(answer.body)["errors"]] == ["/title"]


@NGINX
def test_at_the_door_a_name_with_an_underscore_is_not_taken_for_one_with_a_dash(api, door):
    port = door(api.port)

    honest = api.ask("GET /healthz", "X-Forwarded-Proto: https", port=port)
    forged = api.ask("GET /healthz", "X_Forwarded_Proto: https", port=port)

    assert "strict-transport-security" in honest.headers
    assert forged.status == 200
    assert "strict-transport-security" not in forged.headers


@NGINX
@pytest.mark.parametrize(
    ("status", "code", "path", "headers"),
    [
        (413, "payload_too_large", "/api/v1/me/", {"Content-Length": "9999999"}),
        (414, "uri_too_long", "/api/v1/me/?search=" + "a" * 10_000, {}),
        (400, "malformed", "/api/v1/%00/", {}),
        (404, "not_found", "/problem", {}),
    ],
)
def test_what_the_door_answers_itself_is_a_problem(api, door, tmp_path, status, code, path, headers):
    asking = http.client.HTTPConnection(HOST, door(api.port), timeout=START_SECONDS)
    asking.request("POST", path, headers=headers)
    answer = asking.getresponse()
    problem = json.loads(answer.read())
    asking.close()

    assert (answer.status, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert (problem["status"], problem["code"]) == (status, code)
    logged = json.loads(first_line(tmp_path / "door.log"))
    assert (logged["status"], logged["message"]) == (status, code)
    assert logged["request_id"] == problem["request_id"] == answer.headers["X-Request-ID"]
    assert path not in str(logged)


def first_line(log: Path) -> str:
    """Written when the answer has left."""
    deadline = time.monotonic() + START_SECONDS
    while not (lines := log.read_text().splitlines()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return lines[0]


@NGINX
def test_the_door_says_that_the_api_is_away(api, door):
    with socket.create_server((HOST, 0)) as nobody:
        free = nobody.getsockname()[1]

    answer = api.ask('GET /api/v1/me/?search="', "X-Request-ID: walk-0003", port=door(free))

    assert (answer.status, answer.headers["retry-after"]) == (502, "5")
    assert json.loads(answer.body) == {
        "type": "urn:iap:problem:api_unavailable",
        "title": "Bad Gateway",
        "status": 502,
        "code": "api_unavailable",
        "detail": "The API does not answer. Try again: with an Idempotency-Key nothing happens twice.",
        "instance": "/api/v1/me/",
        "request_id": "walk-0003",
    }


@NGINX
def test_the_door_and_the_api_call_a_request_by_the_same_name(api, door):
    port = door(api.port)

    assert (
        api.ask("GET /healthz", "X-Request-ID: walk-0004", port=port).headers["x-request-id"] == "walk-0004"
    )
    assert len(api.ask("GET /healthz", "X-Request-ID: no", port=port).headers["x-request-id"]) == 32
