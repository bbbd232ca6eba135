"""A visit: wrk loads one contender with one scenario for some seconds, and the kernel counts."""

import http.client
import itertools
import json
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.contenders import Running
from harness.processes import cpu_seconds
from harness.scenarios import Request, Scenario

CONNECTIONS = 8
SCRIPT = Path(__file__).with_name("visit.lua")
_visits = itertools.count(int(time.time()) % 100_000 * 1000)


@dataclass(frozen=True)
class Visit:
    """CPU in milliseconds a request; latency in milliseconds."""

    requests: int
    per_second: float
    application: float
    database: float
    p50: float
    p99: float

    @property
    def cpu(self) -> float:
        return self.application + self.database


def wrk() -> str:
    found = shutil.which("wrk")
    if not found:
        raise SystemExit(
            "`make bench` needs wrk (Debian and Ubuntu: apt install wrk; macOS: brew install wrk)."
        )
    return found


def visit(one: Running, postmaster: int, scenario: Scenario, seconds: int, chance: random.Random) -> Visit:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests"
        file.write_text("".join(as_line(request) for request in tagged(one, scenario.requests(chance))))
        before = cpu_seconds(one.child.pid), cpu_seconds(postmaster)
        said = load(one, file, seconds)
        await_rest(one)
        after = cpu_seconds(one.child.pid), cpu_seconds(postmaster)
    if said["refused"] or said["broken"] or not said["requests"]:
        raise RuntimeError(f"{one.contender.name}, {scenario.name}: {said}")
    application, database = (1000 * (b - a) / said["requests"] for a, b in zip(before, after, strict=True))
    per_second = said["requests"] / said["seconds"]
    return Visit(said["requests"], per_second, application, database, 1000 * said["p50"], 1000 * said["p99"])


def await_rest(one: Running) -> None:
    """wrk hangs up on requests that are still at work: they belong to this visit, and must not change rows
    whose versions the next one has read."""
    for _ in range(50):
        before = cpu_seconds(one.child.pid)
        time.sleep(0.1)
        if cpu_seconds(one.child.pid) == before:
            return


def load(one: Running, file: Path, seconds: int) -> dict[str, float]:
    command = [
        wrk(),
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--timeout=20s",
        "-s",
        str(SCRIPT),
        one.base,
    ]
    salt = f"{next(_visits):x}-"
    ran = subprocess.run(
        [*command, "--", str(file), salt], capture_output=True, text=True, timeout=seconds + 60, check=False
    )
    for line in ran.stdout.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
    raise RuntimeError(f"wrk said:\n{ran.stdout}{ran.stderr}")


def as_line(request: Request) -> str:
    return "\t".join(request) + "\n"


def tagged(one: Running, requests: Iterator[Request]) -> Iterator[Request]:
    """With the tags of now: an earlier visit has changed the rows."""
    versions: dict[str, dict[str, int]] = {}
    for request in requests:
        if request.method == "PATCH":
            parent, key = request.path.rstrip("/").rsplit("/", 1)
            if parent not in versions:
                page = fetched(one, Request("GET", f"{parent}/?page_size=200", request.token))
                versions[parent] = {row["id"]: row["row_version"] for row in page["results"]}
            request = request._replace(etag=f'"{versions[parent][key]}"')
        yield request


def fetched(one: Running, request: Request) -> dict:
    status, _, body = answer(one, request)
    if status != 200:
        raise RuntimeError(f"{one.contender.name} answers {status} to {request.path}: {body[:500]!r}")
    return json.loads(body)


def answer(one: Running, request: Request) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=30)
    headers = {"Authorization": f"Bearer {request.token}"} if request.token else {}
    if request.body:
        headers["Content-Type"] = "application/json"
    if request.etag:
        headers["If-Match"] = request.etag
    try:
        connection.request(request.method, request.path, request.body.encode() or None, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
