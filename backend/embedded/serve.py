"""The API, the worker and beat."""

import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from backend.embedded.children import Children
from backend.embedded.errand import PROJECT
from backend.embedded.trouble import Trouble

HOST = "127.0.0.1"
USUAL_PORT = 8000
ANY_PORT = 0
# One process with threads: the work is waiting for PostgreSQL, and each process costs some 80 MiB.
API = ("--worker-class=gthread", "--workers=1", "--threads=6", "--graceful-timeout=5")
# Alone on its broker: nobody to gossip with, and a second less to start.
WORKER = ("--concurrency=1", "--without-gossip", "--without-mingle", "--without-heartbeat")


def listen(remembered: Path) -> socket.socket:
    """A bound socket, handed on to gunicorn: nobody can take the port in between.

    The usual one; else that of the last run, so that written-down addresses stay true; else
    any. `PORT` insists.
    """
    if wanted := os.environ.get("PORT"):
        return _bound(int(wanted)) or _taken(wanted)
    last = int(remembered.read_text()) if remembered.exists() else USUAL_PORT
    for port in (USUAL_PORT, last, ANY_PORT):
        if listener := _bound(port):
            remembered.write_text(str(listener.getsockname()[1]))
            return listener
    raise Trouble(f"No port is free on {HOST}.")


def base_url(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def start_api(children: Children, listener: socket.socket, env: Mapping[str, str]) -> None:
    fd = listener.fileno()
    command = ["gunicorn", "backend.wsgi:application", f"--bind=fd://{fd}", *API]
    _start(children, "api", *command, env=env, pass_fds=(fd,))


def start_worker(children: Children, env: Mapping[str, str]) -> None:
    _start(children, "worker", "celery", "-A", "backend", "worker", "--loglevel=INFO", *WORKER, env=env)


def start_beat(children: Children, schedule: Path, env: Mapping[str, str]) -> None:
    schedule.parent.mkdir(parents=True, exist_ok=True)
    # No pid file of its own: one left by a killed beat would keep the next from starting.
    options = (f"--schedule={schedule}", "--pidfile=", "--loglevel=INFO")
    _start(children, "beat", "celery", "-A", "backend", "beat", *options, env=env)


def _start(
    children: Children,
    name: str,
    *module: str,
    env: Mapping[str, str],
    pass_fds: tuple[int, ...] = (),
) -> None:
    command = [sys.executable, "-m", *module]
    children.start(name, command, env=env, cwd=PROJECT, pass_fds=pass_fds)


def _bound(port: int) -> socket.socket | None:
    listener = socket.socket()
    # A port in TIME_WAIT after our own last run is free; one that somebody listens on is not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        listener.bind((HOST, port))
        # From here on nobody else gets the port, and early callers wait instead of being refused.
        listener.listen()
        return listener
    listener.close()
    return None


def _taken(port: str) -> socket.socket:
    raise Trouble(f"Port {port} is taken. Choose another PORT, or none: then a free one is found.")
