"""How soon the house stands, and how much memory it takes; see README.md."""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from backend import served
from backend.embedded import serve
from backend.embedded.errand import PROJECT
from harness.processes import memory, tree
from harness.report import RESULTS

FOLDER = PROJECT / "var" / "bench-start"
PATIENCE_SECONDS = 300
IDLE_SECONDS = 5
IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| (\s*)(\S+)")
MOST_SHOWN = 12
# Bars: a worker process in MiB, the API ready in seconds.
WORKER_BAR, READY_BAR = 150, 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a cold start only")
    short = parser.parse_args().short
    shutil.rmtree(FOLDER, ignore_errors=True)
    results: dict[str, Any] = {"imports": imports(), "api": api_alone()}
    for how in ("cold",) if short else ("cold", "warm"):
        with demo() as (process, results[how]):
            time.sleep(1 if short else IDLE_SECONDS)
            results["memory"] = sizes(process.pid)
    shutil.rmtree(FOLDER, ignore_errors=True)
    text = told(results)
    RESULTS.mkdir(exist_ok=True)
    name = "short.start" if short else "start"
    (RESULTS / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / f"{name}.md").write_text(text)
    print(text)


@contextlib.contextmanager
def demo() -> Iterator[tuple[subprocess.Popen, dict[str, float]]]:
    """`make demo` until the first summary is published and all is announced."""
    began = time.monotonic()
    command = [sys.executable, "-m", "backend.embedded", "demo", "--folder", FOLDER]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=said, stderr=said, start_new_session=True)
    try:
        answered = until(process, demo_answers) - began
        yield process, {"answers": answered, "published": until(process, ready) - began}
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def until(process: subprocess.Popen, happened: Any) -> float:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"The demo did not come up:\n{(FOLDER / 'said').read_text()}")
        time.sleep(0.01)
    return time.monotonic()


def ready() -> bool:
    return (FOLDER / "run" / "ready").exists()


def demo_answers() -> bool:
    port = FOLDER / "port"
    return port.exists() and answers(int(port.read_text() or 0))


def answers(port: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30).status == 200
    except OSError:
        return False


def api_alone() -> float:
    """Seconds from starting granian until it answers, everything being on disk and in its cache; the best of three."""
    return min(started() for _ in range(3))


def started() -> float:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = served.command("--host=127.0.0.1", f"--port={port}", *serve.API)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=PROJECT, env=environment(), stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            if process.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                raise SystemExit("The API did not come up.")
            time.sleep(0.01)
        return time.monotonic() - began
    finally:
        process.terminate()
        process.wait(30)


def imports() -> dict[str, float]:
    """Milliseconds by the package that took them, of what a worker imports."""
    code = "import backend.wsgi, django.urls as u; u.get_resolver().url_patterns"
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        cwd=PROJECT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    by_package: dict[str, float] = defaultdict(float)
    for own, _, _, module in IMPORTED.findall(ran.stderr):
        by_package[module.partition(".")[0]] += int(own) / 1000
    return dict(sorted(by_package.items(), key=lambda item: -item[1])[:MOST_SHOWN])


def environment() -> dict[str, str]:
    needed = {"SECRET_KEY": "bench", "DATABASE_URL": "postgres:///iap", "REDIS_URL": "redis://"}
    return {**os.environ, **needed, "DJANGO_SETTINGS_MODULE": "backend.settings"}


def sizes(root: int) -> dict[str, dict[str, float]]:
    """MiB by kind of process: (shared pages counted in parts, private)."""
    found: dict[str, dict[str, float]] = defaultdict(
        lambda: {"processes": 0, "pss": 0.0, "private": 0.0, "largest": 0.0}
    )
    for pid in tree(root):
        row = found[kind(pid)]
        pss, private = memory(pid)
        row["processes"] += 1
        row["pss"] += pss
        row["private"] += private
        row["largest"] = max(row["largest"], pss)
    return dict(found)


def kind(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    for mark in ("granian", "celery -A backend worker", "celery -A backend beat", "postgres", "valkey"):
        if mark in command:
            return mark.replace("celery -A backend ", "celery ")
    return "make demo"


def told(results: dict[str, Any]) -> str:
    kinds = results["memory"]
    starts = [how for how in ("cold", "warm") if how in results]
    worker = max(row["largest"] for name, row in kinds.items() if name.startswith(("granian", "celery")))
    lines = [
        "# Start and size\n",
        "| | seconds |",
        "|---|---|",
        *(f"| `make demo` {how}: API answers | {results[how]['answers']:.1f} |" for how in starts),
        *(
            f"| `make demo` {how}: first summary published | {results[how]['published']:.1f} |"
            for how in starts
        ),
        f"| granian started until it answers, warm | {results['api']:.2f} |",
        "\n| idle | processes | MiB, proportional | MiB, private |",
        "|---|---|---|---|",
        *(
            f"| {name} | {row['processes']:.0f} | {row['pss']:.0f} | {row['private']:.0f} |"
            for name, row in kinds.items()
        ),
        f"| all | | {sum(row['pss'] for row in kinds.values()):.0f} | |",
        "\n| | measured | bar | |",
        "|---|---|---|---|",
        bar("largest process of API or worker, MiB", worker, WORKER_BAR),
        bar("API ready warm, seconds", results["api"], READY_BAR),
        "\n| import time by package | ms |",
        "|---|---|",
        *(f"| {name} | {took:.0f} |" for name, took in results["imports"].items()),
    ]
    return "\n".join(lines) + "\n"


def bar(what: str, measured: float, most: float) -> str:
    return f"| {what} | {measured:.2f} | {most:g} | {'met' if measured < most else '**missed**'} |"


if __name__ == "__main__":
    main()
