"""The API, the worker and beat."""

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from backend.embedded.children import Children
from backend.embedded.errand import PROJECT
from backend.embedded.trouble import Trouble

HOST = "127.0.0.1"
USUAL_PORT = 8000
ANY_PORT = 0
# One process, for each costs some 80 MiB. Here no door takes slow requests in: hence more than one thread.
API = ("--workers=1", "--blocking-threads=4")
# Alone on its broker: nobody to gossip with, and a second less to start.
WORKER = ("--concurrency=1", "--without-gossip", "--without-mingle", "--without-heartbeat")


@contextmanager
def reserved(remembered: Path) -> Iterator[int]:
    """A port for the API, which nobody else gets while inside.

    The usual one; else that of the last run, so that written-down addresses stay true; else
    any. `PORT` insists.
    """
    port, holder = _held_first(remembered)
    with holder:
        yield port


def base_url(port: int) -> str:
    return f"http://{HOST}:{port}"


def start_api(children: Children, port: int, env: Mapping[str, str]) -> None:
    _start(children, "api", "backend.served", f"--host={HOST}", f"--port={port}", *API, env=env)


def start_worker(children: Children, env: Mapping[str, str]) -> None:
    _start(children, "worker", "celery", "-A", "backend", "worker", "--loglevel=INFO", *WORKER, env=env)


def start_beat(children: Children, schedule: Path, env: Mapping[str, str]) -> None:
    schedule.parent.mkdir(parents=True, exist_ok=True)
    # No pid file of its own: one left by a killed beat would keep the next from starting.
    options = (f"--schedule={schedule}", "--pidfile=", "--loglevel=INFO")
    _start(children, "beat", "celery", "-A", "backend", "beat", *options, env=env)


def _start(children: Children, name: str, *module: str, env: Mapping[str, str]) -> None:
    children.start(name, [sys.executable, "-m", *module], env=env, cwd=PROJECT)


def _held_first(remembered: Path) -> tuple[int, socket.socket]:
    if wanted := os.environ.get("PORT"):
        return _held(int(wanted)) or _taken(wanted)
    last = int(remembered.read_text()) if remembered.exists() else USUAL_PORT
    for port in (USUAL_PORT, last, ANY_PORT):
        if held := _held(port):
            remembered.write_text(str(held[0]))
            return held
    raise Trouble(f"No port is free on {HOST}.")


def _held(port: int) -> tuple[int, socket.socket] | None:
    """None also for a minute after a server that shares its port with nobody: its connections linger."""
    if listener := _bound(port):
        with listener, suppress(OSError):
            port = listener.getsockname()[1]
            return port, _holder_of(port, listener)
    return None


def _bound(port: int) -> socket.socket | None:
    listener = socket.socket()
    # A port in TIME_WAIT after our own last run is free; one that somebody listens on is not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        listener.bind((HOST, port))
        listener.listen()
        return listener
    listener.close()
    return None


def _holder_of(port: int, listener: socket.socket) -> socket.socket:
    """Keeps the port for granian, whose workers listen on it beside each other by SO_REUSEPORT.

    So would those of another house: both would start, and share the callers. Hence the port is
    taken by one that shares it with nobody, `listener`, and then kept by one that shares it with
    granian alone: it does not listen, and whoever else wants the port must first be alone on it.
    Elsewhere than on Linux a socket that does not listen might be called: there nothing is kept.
    """
    holder = socket.socket()
    if sys.platform == "linux":
        for each in (listener, holder):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((HOST, port))
    return holder


def _taken(port: str) -> NoReturn:
    raise Trouble(f"Port {port} is taken. Choose another PORT, or none: then a free one is found.")
