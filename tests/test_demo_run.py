"""What `make demo` asks the API and tells the person who started it."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from backend.embedded import announce, ask
from backend.embedded.addresses import broker_of, of_sockets
from backend.embedded.announce import Demo
from backend.embedded.trouble import Trouble

SUMMARIES = f"/api/v1/networks/{ask.NETWORK}/summaries/"
SAID = {
    "networks": [{"slug": ask.NETWORK, "name": "Interactive Cities", "cities": ["genoa", "ghent"]}],
    "tokens": [
        {"role": role, "network": network, "city": city, "email": "a@example.org", "token": token}
        for role, network, city, token in (
            ("officer", ask.NETWORK, "genoa", "of-genoa"),
            ("officer", ask.NETWORK, "ghent", "of-ghent"),
            ("programme_staff", None, None, "of-staff"),
        )
    ],
}


class Api(HTTPServer):
    """Answers what it was given, one answer per request, the last one for ever."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.answers = list(answers)
        self.asked: list[tuple[str, str | None]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: object) -> None:
        """Not into the output of the tests."""


@pytest.fixture
def api():
    servers: list[Api] = []

    def answering(*answers: tuple[int, object]) -> Api:
        server = Api(*answers)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    yield answering
    for server in servers:
        server.shutdown()
        server.server_close()


def alive() -> None:
    """No process has ended."""


def test_the_first_published_summary_is_waited_for(api):
    server = api((200, {"results": []}), (503, {}), (200, {"results": [{"id": "7f"}]}))

    found = ask.await_summary(server.base, "key", alive)

    assert found == f"{server.base}{SUMMARIES}7f/"
    assert server.asked == [(f"{SUMMARIES}?state=published&page_size=1", "Bearer key")] * 3


def test_a_refusal_is_not_waited_for(api):
    server = api((403, {"code": "permission_denied"}))

    with pytest.raises(Trouble, match=r"answers 403: .*permission_denied"):
        ask.await_summary(server.base, "key", alive)


def test_a_process_that_ends_ends_the_waiting(api):
    def worker_ended() -> None:
        raise Trouble("worker ended")

    with pytest.raises(Trouble, match="worker ended"):
        ask.await_ready(api((503, {})).base, worker_ended)


def test_the_written_demo_is_complete_and_for_us_alone(tmp_path):
    path = tmp_path / "demo.json"

    for base in ("http://before", "http://now"):
        announce.write(
            path,
            base=base,
            summary=f"{base}{SUMMARIES}7f/",
            demo=Demo.read(json.dumps(SAID)),
            addresses=of_sockets(Path("/run/iap")),
        )

    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {
        "base_url": "http://now",
        "docs_url": "http://now/api/docs/",
        "summary_url": f"http://now{SUMMARIES}7f/",
        "networks": SAID["networks"],
        "cities": [
            {"network": ask.NETWORK, "city": "genoa"},
            {"network": ask.NETWORK, "city": "ghent"},
        ],
        "tokens": SAID["tokens"],
        "owner_database_url": "postgres://iap_owner@/iap?host=/run/iap",
        "database_url": "postgres://iap_app@/iap?host=/run/iap",
        "backup_database_url": "postgres://iap_backup@/iap?host=/run/iap",
        "redis_url": "unix:///run/iap/valkey.sock?db=0",
    }


def test_the_screen_shows_a_token_per_role_and_three_lines_to_try(capsys):
    demo = Demo.read(json.dumps(SAID))

    announce.show(
        base="http://now",
        summary=f"http://now{SUMMARIES}7f/",
        demo=demo,
        stop="",
        written=Path("x"),
    )

    shown = capsys.readouterr().out
    assert re.findall(r"^(\w+) +\S+ +(of-\w+)$", shown, re.MULTILINE) == [
        ("officer", "of-genoa"),
        ("programme_staff", "of-staff"),
    ]
    genoa = f"http://now/api/v1/networks/{ask.NETWORK}/cities/genoa/actions/"
    assert re.findall(r"^curl .*Bearer (\S+)' (\S+)$", shown, re.MULTILINE) == [
        ("of-genoa", genoa),
        ("of-ghent", genoa),
        ("of-staff", f"http://now{SUMMARIES}7f/content/"),
    ]


@pytest.mark.parametrize("said", ["", "Loaded.", "{}", '{"networks": []}'])
def test_a_loader_that_says_something_else_is_quoted(said):
    with pytest.raises(Trouble, match="load_demo"):
        Demo.read(said)


@pytest.mark.parametrize(
    ("redis", "broker"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2"),
        ("unix:///run/v.sock?db=2", "redis+socket:///run/v.sock?virtual_host=2"),
    ],
)
def test_celery_gets_the_address_in_its_own_form(redis, broker):
    assert broker_of(redis) == broker
