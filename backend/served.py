"""`python -m backend.served`: the API behind granian, as the image, the demo, tests and benchmarks start it.

What is the same for all of them is said here. What differs, where to listen and how many workers, comes as
arguments or as granian's own variables, such as `GRANIAN_WORKERS`.
"""

import os
import sys

OPTIONS = (
    "--interface=wsgi",
    "--http=1",
    "--no-ws",
    # Two threads of a worker compete for its interpreter, and each keeps a connection to PostgreSQL: more
    # workers do more.
    "--blocking-threads=1",
    # A worker that was killed is replaced; one that dies again within seconds ends the server.
    "--respawn-failed-workers",
    # Seconds for what is in hand when the server is asked to stop; `docker stop` kills after ten.
    "--workers-kill-timeout=8",
    # Each request has a line already.
    "--log-level=warning",
)


def command(*more: str) -> list[str]:
    """Of an option that is said twice the later one holds."""
    return [sys.executable, "-m", "granian", "backend.wsgi:application", *OPTIONS, *more]


if __name__ == "__main__":
    os.execv(sys.executable, command(*sys.argv[1:]))  # noqa: S606 - in our place: signals are for granian
