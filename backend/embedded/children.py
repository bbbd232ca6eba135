"""Child processes that can be found again: each leads its own group, leaves a pid file, and is marked."""

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from backend.embedded.trouble import Trouble
from backend.embedded.unprivileged import Identity, die_with_parent, ourselves

PATIENCE_SECONDS = 15
LOG_TAIL = 2500
# Names our folder to every child and to theirs: a worker whose leader was killed can be told by it.
MARK = "IAP_STARTED_IN"
# macOS: <sys/un.h>. Linux has SO_PEERCRED, which is (pid, uid, gid).
SOL_LOCAL, LOCAL_PEERPID = 0, 2


@dataclass
class Child:
    """A process we started. `politely` is the signal that makes it stop in good order."""

    name: str
    process: subprocess.Popen[bytes]
    pid_file: Path
    log: Path
    politely: signal.Signals

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL:].strip()

    def must_live(self) -> None:
        if self.ended():
            said = f"{self.last_words()}\n" if self.last_words() else ""
            raise Trouble(
                f"{self.name} ended with code {self.process.returncode}.\n{said}Its log: {self.log}"
            )


@dataclass
class Children:
    """All processes of one folder: started together, stopped together."""

    folder: Path
    living: list[Child] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pid_files.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)

    @property
    def pid_files(self) -> Path:
        return self.folder / "run"

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        politely: signal.Signals = signal.SIGTERM,
        identity: Identity | None = None,
    ) -> Child:
        identity = identity or ourselves()
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*identity.prefix, *command],
                env={**env, MARK: str(self.folder)},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_before_exec(identity, politely),
            )
        child = Child(name, process, self.pid_files / f"{name}.pid", log, politely)
        child.pid_file.write_text(f"{child.pid} {started_at(child.pid)} {int(politely)}")
        self.living.append(child)
        return child

    def must_live(self) -> None:
        for child in self.living:
            child.must_live()

    def stop(self) -> None:
        """The last started first: a worker still wants its database while it ends."""
        for child in reversed(self.living.copy()):
            self.stop_together(child)

    def stop_together(self, *children: Child) -> None:
        for child in children:
            if not child.ended():
                _signal(child.pid, child.politely)
        for child in children:
            self._see_off(child)

    def _see_off(self, child: Child) -> None:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(PATIENCE_SECONDS)
        _signal_group(child.pid, signal.SIGKILL)
        child.process.wait()
        child.pid_file.unlink(missing_ok=True)
        self.living.remove(child)

    def stop_orphans(self) -> int:
        """Ends what a killed run left behind; returns how many processes that were."""
        orphans = [orphan for file in self.pid_files.glob("*.pid") if (orphan := _orphan(file))]
        for pid, _, politely in orphans:
            _signal(pid, politely)
        for pid, started, _ in orphans:
            end(pid, started)
        leaderless = [(pid, began) for pid in marked(self.folder) if (began := started_at(pid))]
        for pid, _ in leaderless:
            _signal(pid, signal.SIGKILL)
        for pid, began in leaderless:
            end(pid, began)
        for file in self.pid_files.glob("*.pid"):
            file.unlink()
        return len(orphans) + len(leaderless)


def started_at(pid: int) -> str | None:
    """When a living process began. A pid alone may have been given to somebody else since."""
    if Path("/proc/self/stat").exists():
        try:
            state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if state in "ZX" else fields[18]
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "-".join(found.stdout.split()) or None


def marked(folder: Path) -> Iterator[int]:
    """Processes that were started from the folder, or by such a one; none where there is no /proc."""
    mark = f"{MARK}={folder}\0".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in environment.read_bytes():
                yield int(environment.parent.name)


def end(pid: int, started: str) -> None:
    """Waits for a process that is not our child, then kills its group."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while started_at(pid) == started:
        if time.monotonic() > deadline:
            _signal_group(pid, signal.SIGKILL)
        time.sleep(0.02)


def listening_pid(path: Path) -> int | None:
    """Which process answers at a unix socket; None when none does."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
            if sys.platform == "linux":
                size = struct.calcsize("3i")
                credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
                return int(struct.unpack("3i", credentials)[0])
            return client.getsockopt(SOL_LOCAL, LOCAL_PEERPID)
        except OSError:
            return None


def _before_exec(identity: Identity, politely: signal.Signals) -> Callable[[], None]:
    die = die_with_parent(politely)

    def prepare() -> None:
        # In this order: a change of identity forgets the signal.
        if identity.enter:
            identity.enter()
        die()

    return prepare


def _orphan(pid_file: Path) -> tuple[int, str, signal.Signals] | None:
    try:
        pid, started, politely = pid_file.read_text().split()
    except (OSError, ValueError):
        return None
    if started_at(int(pid)) != started:
        return None
    return int(pid), started, signal.Signals(int(politely))


def _signal(pid: int, sig: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sig)


def _signal_group(leader: int, sig: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, sig)
