"""Everything at once: servers, schema, demo data, API, worker, beat, first summary."""

import os
import secrets
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from backend.embedded import announce, serve
from backend.embedded.addresses import Addresses, of_existing_servers
from backend.embedded.announce import Demo
from backend.embedded.ask import await_ready, await_summary
from backend.embedded.children import Children
from backend.embedded.errand import Errand
from backend.embedded.migrate import migrate, migrate_once
from backend.embedded.only_one import only_one
from backend.embedded.servers import Servers
from backend.embedded.steps import step

WATCH_SECONDS = 0.3


def run(folder: Path, *, stop: str) -> None:
    """Until a signal asks to stop, or one of the processes ends. Leaves nothing running.

    `stop` is the sentence that says how to end it.
    """
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, _interrupt)
    with only_one(folder), ExitStack() as house:
        house.callback(ready_mark(folder).unlink, missing_ok=True)
        try:
            _Run(folder, house, stop).go()
        except KeyboardInterrupt:
            print("\nStopping.", flush=True)
        finally:
            # A second Ctrl-C must not leave half of it running.
            for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sig, signal.SIG_IGN)


def ready_mark(folder: Path) -> Path:
    """Exists while all is up and announced."""
    return folder / "run" / "ready"


@dataclass
class _Run:
    folder: Path
    house: ExitStack
    stop: str

    def __post_init__(self) -> None:
        ready_mark(self.folder).unlink(missing_ok=True)
        self.servers: Servers | None = None
        self.processes = Children(self.folder)

    def go(self) -> None:
        addresses = self._start_servers()
        environment = self._environment(addresses)
        self._migrate(addresses, environment)
        demo, base = self._start_house(environment)
        with step("first summary"):
            summary = await_summary(base, demo.token("programme_staff"), self._must_live)
        written = self.folder / "demo.json"
        announce.write(written, base=base, summary=summary, demo=demo, addresses=addresses)
        announce.show(base=base, summary=summary, demo=demo, stop=self.stop, written=written)
        ready_mark(self.folder).touch()
        while True:
            self._must_live()
            time.sleep(WATCH_SECONDS)

    def _start_servers(self) -> Addresses:
        if existing := of_existing_servers():
            self.processes.stop_orphans()
            return existing
        with step("database, broker"):
            self.servers = self.house.enter_context(Servers(self.folder))
        return self.servers.addresses

    def _migrate(self, addresses: Addresses, environment: dict[str, str]) -> None:
        with step("schema"):
            if self.servers:
                mark = self.folder / "data" / "migrated"
                migrate_once(mark, addresses, environment)
            else:
                migrate(addresses, environment)

    def _start_house(self, environment: dict[str, str]) -> tuple[Demo, str]:
        """API and worker start while the demo loads; beat after it, lest it notice half a demo."""
        port = self.house.enter_context(serve.reserved(self.folder / "port"))
        self.house.callback(lambda: self.processes.stop_together(*self.processes.living))
        loading = Errand("load_demo", env=environment)
        base = serve.base_url(port)
        serve.start_api(self.processes, port, environment)
        serve.start_worker(self.processes, environment)
        with step("demo data"):
            demo = Demo.read(loading.output(self._must_live))
        serve.start_beat(self.processes, self.folder / "data" / "beat" / "schedule", environment)
        with step("API"):
            await_ready(base, self._must_live)
        return demo, base

    def _environment(self, addresses: Addresses) -> dict[str, str]:
        """Of API, worker and beat. The owner's address is not among what they know."""
        environment = {**os.environ, **addresses.environment(), "PYTHONUNBUFFERED": "1"}
        for unneeded in ("OWNER_DATABASE_URL", "BACKUP_DATABASE_URL"):
            del environment[unneeded]
        environment.setdefault("SECRET_KEY", _secret_key(self.folder / "secret_key"))
        return environment

    def _must_live(self) -> None:
        self.processes.must_live()
        if self.servers:
            self.servers.children.must_live()


def _secret_key(path: Path) -> str:
    """Made once: sessions and signatures outlive a restart."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
