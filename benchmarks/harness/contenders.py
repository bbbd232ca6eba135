"""Who takes part: each a server of two workers behind one port."""

import http.client
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend import served
from backend.embedded.addresses import with_database
from backend.embedded.children import Child, Children
from harness.copies import DATABASE as PEERS
from harness.environment import BENCHMARKS, of_peers, of_project
from harness.house import House
from harness.load import database_of

WORKERS = 2
START_SECONDS = 60
# As in the image. The project's own log line stays on; an access log is written by nobody.
GRANIAN = ("granian", *served.OPTIONS, f"--workers={WORKERS}")
# As everybody serves Django.
GUNICORN = ("gunicorn", "--worker-class=gthread", f"--workers={WORKERS}", "--threads=6", "--keep-alive=30")
UVICORN = ("uvicorn", f"--workers={WORKERS}", "--loop=uvloop", "--http=httptools", "--no-access-log")

Command = tuple[str, ...]


@dataclass(frozen=True)
class Contender:
    """`key` names it in files, `name` in tables."""

    key: str
    name: str
    command: Command
    environment: Callable[[House], dict[str, str]]


@dataclass(frozen=True)
class Running:
    """A contender that listens."""

    contender: Contender
    child: Child
    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def project_of(size: int) -> Contender:
    def environment(house: House) -> dict[str, str]:
        return of_project(house.of(database_of(size)))

    return Contender(f"project_{size}", "this project", (*GRANIAN, "backend.wsgi:application"), environment)


def peer(key: str, name: str, command: Command, urls: str = "peers.plain.drf") -> Contender:
    def environment(house: House) -> dict[str, str]:
        return of_peers(with_database(house.addresses.app, PEERS), urls)

    return Contender(key, name, command, environment)


DRF = peer("drf", "idiomatic DRF", (*GUNICORN, "peers.plain.wsgi:application"))
# Beside the others in the tables, so that one sees what the server alone gives; no bar asks for it.
DRF_ON_OURS = peer(
    "drf_granian",
    "idiomatic DRF, on the same server as this project",
    (*GRANIAN, "peers.plain.wsgi:application"),
)
NINJA = peer("ninja", "django-ninja", (*GUNICORN, "peers.plain.wsgi:application"), "peers.plain.with_ninja")
FAST = peer("fastapi", "FastAPI, SQLAlchemy async", (*UVICORN, "peers.fast.app:app"))
LIMIT = peer("limit", "the limit", (*GRANIAN, "peers.limit:application"))


@contextmanager
def running(house: House, contenders: list[Contender], logs: Path) -> Iterator[list[Running]]:
    children = Children(logs)
    try:
        started = [start(house, children, contender) for contender in contenders]
        for one in started:
            await_answer(one)
        yield started
    finally:
        children.stop()


def start(house: House, children: Children, contender: Contender) -> Running:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    module, *arguments = contender.command
    bind = [f"--bind=127.0.0.1:{port}"] if module == "gunicorn" else ["--host=127.0.0.1", f"--port={port}"]
    command = [sys.executable, "-m", module, *bind, *arguments]
    environment = contender.environment(house)
    return Running(contender, children.start(contender.key, command, env=environment, cwd=BENCHMARKS), port)


def await_answer(one: Running) -> None:
    """Any answer will do: then both the server and the application have been imported."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        one.child.must_live()
        connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=START_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError(f"{one.contender.name} does not answer:\n{one.child.last_words()}")
