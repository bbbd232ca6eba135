"""The API as it is served in production: its own command, a port, answers byte by byte."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend import served
from backend.embedded.serve import HOST, reserved

PROJECT = Path(__file__).parents[1]
START_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """`rest` is what came after the first answer: more of them, on the same connection."""

    status: int
    headers: dict[str, str]
    body: bytes
    rest: bytes = b""


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int

    @property
    def base(self) -> str:
        return f"http://{HOST}:{self.port}"

    def said(self, *parts: bytes, port: int | None = None) -> bytes:
        """What comes back until the server hangs up; the request should ask it to."""
        with socket.create_connection((HOST, port or self.port), START_SECONDS) as connection:
            for part in parts:
                connection.sendall(part)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def ask(self, line: str, *headers: str, body: bytes = b"", port: int | None = None) -> Answer:
        lines = [f"{line} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
        return read(self.said("\r\n".join([*lines, "", ""]).encode("latin-1"), body, port=port))

    def workers(self) -> list[int]:
        return children_of(self.process.pid)


def read(said: bytes) -> Answer:
    head, _, rest = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    length = int(headers.get("content-length", len(rest)))
    return Answer(int(first.split()[1]), headers, rest[:length], rest[length:])


@contextmanager
def serving(folder: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Stopped at the end, unless it has ended already. Its log is `api.log` in the folder."""
    with reserved(folder / "port") as port, (folder / "api.log").open("wb") as log:
        command = served.command(f"--host={HOST}", f"--port={port}", *options)
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, **(env or {})},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            await_port(process, port)
            yield Server(process, port)
        finally:
            process.terminate()
            try:
                process.wait(START_SECONDS)
            finally:
                kill_group(process.pid)


def children_of(pid: int) -> list[int]:
    """Where there is /proc."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def await_port(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"{process.args} does not listen")


def kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
