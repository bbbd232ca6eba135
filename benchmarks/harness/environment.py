"""What the processes of the contenders find in their environment."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from backend.embedded.addresses import Addresses
from backend.embedded.errand import PROJECT

BENCHMARKS = Path(__file__).parents[1]


def of_project(addresses: Addresses) -> dict[str, str]:
    """As `make demo` and the image start it; the owner's address is not among what it knows."""
    known = {name: value for name, value in addresses.environment().items() if "OWNER" not in name}
    return {**bare(), **known, "DJANGO_SETTINGS_MODULE": "backend.settings", "SECRET_KEY": "bench"}


def of_peers(address: str, urls: str = "peers.plain.drf") -> dict[str, str]:
    parts = urlsplit(address)
    socket, database = parse_qs(parts.query)["host"][0], parts.path.lstrip("/")
    return {
        **bare(),
        "DJANGO_SETTINGS_MODULE": "peers.plain.settings",
        "PEER_URLS": urls,
        "PEERS_DATABASE_URL": address,
        "PEERS_CONNINFO": f"host={socket} dbname={database} user={parts.username}",
        "PEERS_ASYNC_DATABASE_URL": f"postgresql+asyncpg://{parts.username}@/{database}?host={socket}",
    }


def bare() -> dict[str, str]:
    paths = os.pathsep.join([str(PROJECT), str(BENCHMARKS)])
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": paths}
