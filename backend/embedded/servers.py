"""PostgreSQL and Valkey on unix sockets, as children of this process."""

import hashlib
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.embedded.addresses import VALKEY_SOCKET, Addresses, of_sockets
from backend.embedded.binaries import valkey_binary
from backend.embedded.children import Child, Children, listening_pid
from backend.embedded.cluster import Cluster
from backend.embedded.roles import prepare_database
from backend.embedded.trouble import Trouble
from backend.embedded.unprivileged import Identity, safest

START_SECONDS = 30
# A unix socket's path may have 107 bytes, so the sockets cannot live in a folder of any length.
SHORT_ROOT = Path("/tmp")


@dataclass
class Servers:
    """The servers of one folder. `durable=False` is for tests: a power cut may lose data."""

    folder: Path
    durable: bool = True
    identity: Identity = field(default_factory=safest)

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.children = Children(self.folder)
        self.cluster = Cluster(self.folder / "data" / "postgres", self.identity, self.durable)

    @property
    def sockets(self) -> Path:
        """One per folder and user: two checkouts side by side never meet."""
        key = f"{os.getuid()} {self.folder}"
        return SHORT_ROOT / f"iap-{hashlib.sha256(key.encode()).hexdigest()[:12]}"

    @property
    def addresses(self) -> Addresses:
        return of_sockets(self.sockets)

    def start(self) -> Addresses:
        self.children.stop_orphans()
        self._make_socket_folder()
        try:
            self.cluster.initialise()
            self.cluster.release()
            postgres, valkey = self._start_postgres(), self._start_valkey()
            self._await(postgres, self.sockets / ".s.PGSQL.5432")
            self._await(valkey, self.sockets / VALKEY_SOCKET)
            prepare_database(self.sockets, deadline=time.monotonic() + START_SECONDS)
        except BaseException:
            self.stop()
            raise
        return self.addresses

    def stop(self) -> None:
        self.children.stop()
        for left in self.sockets.glob("*"):
            left.unlink(missing_ok=True)
        if self.sockets.exists():
            self.sockets.rmdir()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_postgres(self) -> Child:
        return self.children.start(
            "postgres",
            self.cluster.command(self.sockets),
            env=self.cluster.environment,
            cwd=Path("/"),
            # Fast shutdown: the default would wait for the clients.
            politely=signal.SIGINT,
            identity=self.identity,
        )

    def _start_valkey(self) -> Child:
        home = self.folder / "data" / "valkey"
        home.mkdir(parents=True, exist_ok=True)
        socket = self.sockets / VALKEY_SOCKET
        options = {
            "port": "0",
            "unixsocket": str(socket),
            "unixsocketperm": "700",
            "dir": str(home),
            # Nothing is kept: rows in PostgreSQL are the truth, a lost message is sent again.
            "save": "",
            "appendonly": "no",
            # Every test worker gets a number of its own.
            "databases": "64",
        }
        command = [part for name, value in options.items() for part in (f"--{name}", value)]
        return self.children.start("valkey", [valkey_binary(), *command], env={}, cwd=Path("/"))

    def _make_socket_folder(self) -> None:
        """Open to us alone: that is what guards the servers, which ask for no password.

        A password would have to lie in a file that the same people may read. Whoever may enter
        this folder may read the data files too.
        """
        uid, gid = self.identity.files_of or (os.getuid(), os.getgid())
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid not in {os.getuid(), uid}:
            raise Trouble(f"{self.sockets} belongs to somebody else. Remove it and start again.")
        self.sockets.chmod(0o700)
        if found.st_uid != uid:
            os.chown(self.sockets, uid, gid)

    def _await(self, child: Child, socket: Path) -> None:
        """Until our own child answers: a server left by somebody else must not be taken for it."""
        deadline = time.monotonic() + START_SECONDS
        while (pid := listening_pid(socket)) != child.pid:
            child.must_live()
            if time.monotonic() > deadline:
                answers = f"process {pid} answers there" if pid else "nobody answers there"
                raise Trouble(f"{child.name} did not open {socket} in {START_SECONDS} s; {answers}.")
            time.sleep(0.02)
