"""What is being done, and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

NAME_WIDTH = 18


@contextmanager
def step(name: str) -> Iterator[None]:
    began = time.monotonic()
    if sys.stdout.isatty():
        print(f"..  {name}", end="\r", flush=True)
    try:
        yield
    except BaseException:
        _say("no", name, began)
        raise
    _say("ok", name, began)


def _say(result: str, name: str, began: float) -> None:
    print(f"{result}  {name:{NAME_WIDTH}} {time.monotonic() - began:6.1f} s", flush=True)
