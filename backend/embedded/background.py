"""The same run without a terminal: up, down, status, reset."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from backend.embedded.addresses import of_existing_servers
from backend.embedded.children import Children
from backend.embedded.errand import PROJECT
from backend.embedded.only_one import only_one, running_pid
from backend.embedded.run import ready_mark
from backend.embedded.trouble import Trouble

STOP_SECONDS = 60


def up(folder: Path) -> None:
    """Returns when the first summary is published."""
    if running_pid(folder):
        status(folder)
        return
    log = folder / "log" / "demo.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    ready_mark(folder).unlink(missing_ok=True)
    with log.open("w") as output, log.open() as said:
        process = _start_detached(folder, output)
        try:
            while not ready_mark(folder).exists():
                if process.poll() is not None:
                    _pass_on(said)
                    raise Trouble("It did not come up.")
                _pass_on(said)
                time.sleep(0.1)
            _pass_on(said)
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            _pass_on(said)
            raise


def down(folder: Path) -> None:
    """Also cleans up after a run that was killed."""
    pid = running_pid(folder)
    if pid is None:
        with only_one(folder):
            orphans = Children(folder).stop_orphans()
        print(f"Nothing was running; {orphans} left-over processes stopped." if orphans else "Not running.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while running_pid(folder) == pid:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    with only_one(folder):
        Children(folder).stop_orphans()
    print("Stopped.")


def reset(folder: Path) -> None:
    """Stops, and deletes the data of the embedded servers."""
    if of_existing_servers():
        raise Trouble("DATABASE_URL names a server that is not ours: empty its database yourself.")
    down(folder)
    with only_one(folder):
        shutil.rmtree(folder / "data", ignore_errors=True)
        (folder / "demo.json").unlink(missing_ok=True)


def status(folder: Path) -> None:
    pid, written = running_pid(folder), folder / "demo.json"
    if pid is None:
        print("Not running.")
    elif ready_mark(folder).exists() and written.exists():
        told = json.loads(written.read_text())
        print(f"Running (process {pid}) at {told['base_url']}/api/v1/, see {written}.")
    else:
        print(f"Starting (process {pid}).")


def _start_detached(folder: Path, output: IO[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "backend.embedded", "demo", "--folder", str(folder), "--detached"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _pass_on(said: IO[str]) -> None:
    # Nobody may be reading any more (`make up | head`): no reason to stop.
    with suppress(BrokenPipeError):
        print(said.read(), end="", flush=True)
