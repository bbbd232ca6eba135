"""The embedded servers, started for real."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from backend.embedded import serve
from backend.embedded.addresses import of_existing_servers
from backend.embedded.children import Children, started_at
from backend.embedded.only_one import only_one, running_pid
from backend.embedded.servers import Servers
from backend.embedded.trouble import Trouble
from backend.embedded.unprivileged import as_nobody

PROJECT = Path(__file__).parents[1]
# Starts servers and waits to be killed. The second form cannot hear of its starter's death, as on
# systems without PR_SET_PDEATHSIG.
STARTER = """
import sys, time, pathlib
from backend.embedded import children
from backend.embedded.servers import Servers
if sys.argv[2] == "deaf":
    children.die_with_parent = lambda sig: lambda: None
Servers(pathlib.Path(sys.argv[1]), durable=False).start()
print("started", flush=True)
time.sleep(60)
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="says so by prctl and /proc")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """In a folder whose name alone is longer than the path of a socket may be."""
    folder = tmp_path_factory.mktemp("long") / ("x" * 150)
    with Servers(folder, durable=False) as servers:
        yield servers


@pytest.fixture
def killed_starter(tmp_path):
    """Folder of a starter that was killed; `hearing` servers end with it, `deaf` ones do not."""

    def kill(kind: str) -> Path:
        starter = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(tmp_path), kind],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        with starter:
            assert starter.stdout is not None
            assert starter.stdout.readline() == b"started\n"
            starter.kill()
        return tmp_path

    yield kill

    with only_one(tmp_path):
        left = Servers(tmp_path, durable=False)
        left.children.stop_orphans()
        left.stop()


def query(address: str, statement: str) -> list[tuple]:
    with psycopg.connect(address) as connection:
        return connection.execute(statement).fetchall()


def written_pids(folder: Path) -> set[int]:
    return {int(file.read_text().split()[0]) for file in (folder / "run").glob("*.pid")}


def assert_ends(pid: int) -> None:
    deadline = time.monotonic() + 10
    while started_at(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.02)


def test_servers_answer_in_a_folder_with_a_long_path(servers):
    assert query(servers.addresses.app, "SELECT current_user, current_database()") == [("iap_app", "iap")]
    with redis.Redis.from_url(servers.addresses.redis) as broker:
        assert broker.ping()


def test_only_their_owner_may_reach_the_sockets(servers):
    assert servers.sockets.stat().st_mode & 0o777 == 0o700


def test_roles_may_what_they_are_for_and_no_more(servers):
    roles = query(
        servers.addresses.app,
        "SELECT rolname, rolcanlogin, rolinherit, rolcreatedb, rolbypassrls,"
        " rolsuper OR rolcreaterole OR rolreplication"
        " FROM pg_roles WHERE rolname LIKE 'iap%' ORDER BY rolname",
    )

    assert roles == [
        # name, logs in, inherits, creates databases, past row level security, anything more
        ("iap_app", True, False, False, False, False),
        ("iap_backup", True, True, False, True, False),
        ("iap_owner", True, True, True, False, False),
        ("iap_peer", False, False, False, False, False),
        ("iap_public", False, False, False, False, False),
        ("iap_staff", False, False, False, False, False),
    ]


def test_the_application_enters_the_reading_roles_and_does_not_inherit_them(servers):
    members = query(
        servers.addresses.app,
        "SELECT roleid::regrole::text, member::regrole::text, inherit_option, set_option,"
        " admin_option FROM pg_auth_members WHERE member::regrole::text LIKE 'iap%' ORDER BY 1",
    )

    assert members == [
        ("iap_peer", "iap_app", False, True, False),
        ("iap_public", "iap_app", False, True, False),
        ("iap_staff", "iap_app", False, True, False),
        ("pg_read_all_data", "iap_backup", True, True, False),
    ]


@pytest.mark.parametrize("statement", ["CREATE TABLE t ()", "CREATE TEMPORARY TABLE t ()", "CREATE SCHEMA s"])
@pytest.mark.parametrize("enter", ["", "SET ROLE iap_staff; "])
def test_the_application_creates_nothing(servers, enter, statement):
    with (
        psycopg.connect(servers.addresses.app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(enter + statement)


def test_the_owner_owns_the_database_and_creates_in_it(servers):
    with psycopg.connect(servers.addresses.owner) as connection:
        connection.execute("CREATE TABLE t ()")
        connection.rollback()

    assert query(
        servers.addresses.owner,
        "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'iap'",
    ) == [("iap_owner",)]


def test_a_restart_keeps_the_data(tmp_path):
    with (
        Servers(tmp_path) as servers,
        psycopg.connect(servers.addresses.owner) as connection,
    ):
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    with Servers(tmp_path) as servers:
        assert query(servers.addresses.owner, "SELECT number FROM kept") == [(7,)]


def test_two_folders_side_by_side_do_not_meet(servers, tmp_path):
    with Servers(tmp_path, durable=False) as other:
        with psycopg.connect(other.addresses.owner, autocommit=True) as connection:
            connection.execute("CREATE TABLE only_here ()")

        assert query(servers.addresses.owner, "SELECT to_regclass('only_here')") == [(None,)]

    assert query(servers.addresses.app, "SELECT 1") == [(1,)]


@LINUX
def test_servers_end_when_their_starter_is_killed(killed_starter):
    folder = killed_starter("hearing")

    for pid in written_pids(folder):
        assert_ends(pid)


def test_the_next_start_stops_what_a_killed_one_left(killed_starter):
    folder = killed_starter("deaf")
    left = written_pids(folder)
    assert len(left) == 2
    assert all(started_at(pid) for pid in left)

    with Servers(folder, durable=False) as servers:
        assert not any(started_at(pid) for pid in left)
        assert query(servers.addresses.app, "SELECT 1") == [(1,)]

    assert not servers.sockets.exists()


def test_a_lock_whose_pid_is_somebody_else_now_does_not_stop_postgres(killed_starter):
    folder = killed_starter("hearing")
    lock = folder / "data" / "postgres" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n0\n")

    with Servers(folder, durable=False) as servers:
        assert query(servers.addresses.app, "SELECT 1") == [(1,)]


def test_a_pid_given_to_somebody_else_is_not_killed(tmp_path):
    children = Children(tmp_path)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        pid_file = children.pid_files / "postgres.pid"
        pid_file.write_text(f"{bystander.pid} another-start {int(signal.SIGKILL)}")

        assert children.stop_orphans() == 0

        assert bystander.poll() is None
        bystander.kill()


def test_a_second_run_in_the_same_folder_is_told_of_the_first(tmp_path):
    with only_one(tmp_path):
        assert running_pid(tmp_path) == os.getpid()
        again = only_one(tmp_path)
        with pytest.raises(Trouble, match=rf"Already running .* \(process {os.getpid()}\)"):
            again.__enter__()

    assert running_pid(tmp_path) is None


def test_a_child_that_ends_is_reported_with_its_last_words(tmp_path):
    children = Children(tmp_path)
    child = children.start(
        "api", ["sh", "-c", "echo no such module; exit 3"], env=dict(os.environ), cwd=PROJECT
    )
    child.process.wait()

    with pytest.raises(Trouble, match=r"api ended with code 3\.\nno such module"):
        children.must_live()
    children.stop()


def test_stopping_takes_the_grandchildren_along(tmp_path):
    children = Children(tmp_path)
    child = children.start(
        "worker", ["sh", "-c", "sleep 60 & echo $!; wait"], env=dict(os.environ), cwd=PROJECT
    )
    while not child.last_words():
        time.sleep(0.01)
    grandchild = int(child.last_words())

    children.stop()

    assert_ends(grandchild)


@AS_ROOT
def test_root_without_user_namespaces_becomes_nobody(tmp_path):
    with Servers(tmp_path, durable=False, identity=as_nobody()) as servers:
        assert query(servers.addresses.app, "SELECT 1") == [(1,)]
        assert (tmp_path / "data" / "postgres").stat().st_uid == as_nobody().files_of[0]


def test_a_taken_port_is_no_obstacle(tmp_path, monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    with socket.create_server((serve.HOST, 0)) as taken:
        monkeypatch.setattr(serve, "USUAL_PORT", taken.getsockname()[1])
        with serve.reserved(tmp_path / "port") as first:
            assert first != serve.USUAL_PORT

        with serve.reserved(tmp_path / "port") as second:
            assert second == first


def test_a_port_on_which_connections_linger_is_no_obstacle(tmp_path, monkeypatch):
    """Of a server that shared it with nobody, and hung up first."""
    monkeypatch.delenv("PORT", raising=False)
    with socket.create_server((serve.HOST, 0)) as server:
        usual = server.getsockname()[1]
        with socket.create_connection((serve.HOST, usual)) as caller:
            server.accept()[0].close()
            assert caller.recv(1) == b""
    monkeypatch.setattr(serve, "USUAL_PORT", usual)

    with serve.reserved(tmp_path / "port") as port:
        assert port != usual


def test_half_of_the_existing_servers_is_refused(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://db/iap")
    monkeypatch.delenv("REDIS_URL", raising=False)

    with pytest.raises(Trouble, match="both"):
        of_existing_servers()
