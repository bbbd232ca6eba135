"""The data folder of PostgreSQL: made once, kept between runs."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backend.embedded.binaries import postgres_binary
from backend.embedded.children import end, started_at
from backend.embedded.trouble import Trouble
from backend.embedded.unprivileged import Identity, own_files

MAJOR_VERSION = "18"
SUPERUSER = "postgres"
# A few threads of the API, a worker, beat, and the test workers with a raw connection or two each.
MAX_CONNECTIONS = 60
# The demo's data fits many times over; what is not touched is not resident either.
SHARED_BUFFERS = "64MB"
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Cluster:
    data: Path
    identity: Identity
    durable: bool

    @property
    def environment(self) -> dict[str, str]:
        """UTC and UTF-8 whatever the machine says."""
        path = os.environ.get("PATH", os.defpath)
        return {"PATH": path, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.data.parent)}

    def command(self, sockets: Path) -> list[str | Path]:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={sockets}",
            f"max_connections={MAX_CONNECTIONS}",
            f"shared_buffers={SHARED_BUFFERS}",
            *(() if self.durable else NOT_DURABLE),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        return [postgres_binary("postgres"), "-D", self.data, *options]

    def initialise(self) -> None:
        """Made beside its place and moved: a killed `initdb` leaves nothing that looks complete."""
        if self.data.exists():
            self._must_fit()
            own_files(self.data, self.identity)
            return
        fresh = self.data.with_suffix(".new")
        subprocess.run(["rm", "-rf", fresh], check=True)
        fresh.mkdir(parents=True, mode=0o700)
        own_files(fresh, self.identity)
        self._initdb(fresh)
        fresh.rename(self.data)

    def release(self) -> None:
        """Stops a server that still has the data, and removes the lock of one that has not.

        PostgreSQL reads a lock whose pid now belongs to another process as a running server.
        """
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().split("\n", 1)[0])
        started = started_at(pid)
        if started and self._serves(pid):
            os.kill(pid, signal.SIGINT)
            end(pid, started)
        lock.unlink(missing_ok=True)

    def _serves(self, pid: int) -> bool:
        found = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return str(self.data) in found.stdout

    def _must_fit(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise Trouble(
                f"{self.data} was made by PostgreSQL {version}, this is {MAJOR_VERSION}. "
                "`make demo-reset` starts over."
            )

    def _initdb(self, folder: Path) -> None:
        command = [
            *self.identity.prefix,
            postgres_binary("initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            # The folder of the sockets is the guard, see `Servers`.
            "--auth=trust",
            "--encoding=UTF8",
            # The same order of letters everywhere; the wheel has no ICU.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *(() if self.durable else ("--no-sync",)),
        ]
        made = subprocess.run(
            command,
            env=self.environment,
            cwd="/",
            preexec_fn=self.identity.enter,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise Trouble(f"PostgreSQL could not be set up:\n{made.stdout}{made.stderr}")
