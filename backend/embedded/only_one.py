"""One run per folder at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.embedded.trouble import Trouble


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Held for as long as the process lives; the kernel lets go of it, however that ends."""
    path = folder / "run" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"Already running from {folder} (process {path.read_text().strip()}). "
                "Stop it there with Ctrl-C, or with `make down`."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def running_pid(folder: Path) -> int | None:
    """The process that holds the folder."""
    path = folder / "run" / "lock"
    if not path.exists():
        return None
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            written = lock.read().strip()
            return int(written) if written else None
    return None
