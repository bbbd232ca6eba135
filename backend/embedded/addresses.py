"""Where the servers are, in the forms that Django, redis-py and Celery read."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from backend.embedded.trouble import Trouble

DATABASE = "iap"
VALKEY_SOCKET = "valkey.sock"


@dataclass(frozen=True)
class Addresses:
    app: str
    owner: str
    backup: str
    redis: str
    broker: str

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.app,
            "OWNER_DATABASE_URL": self.owner,
            "BACKUP_DATABASE_URL": self.backup,
            "REDIS_URL": self.redis,
            "CELERY_BROKER_URL": self.broker,
        }


def of_sockets(folder: Path, database: str = DATABASE) -> Addresses:
    def role(name: str) -> str:
        return f"postgres://{name}@/{database}?host={folder}"

    return Addresses(
        app=role("iap_app"),
        owner=role("iap_owner"),
        backup=role("iap_backup"),
        redis=(redis := f"unix://{folder}/{VALKEY_SOCKET}?db=0"),
        broker=broker_of(redis),
    )


def of_existing_servers() -> Addresses | None:
    """What the environment names; None when it names no servers, and ours are to be started."""
    app, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if not app and not redis:
        return None
    if not app or not redis:
        raise Trouble("Set both DATABASE_URL and REDIS_URL, to use servers that exist, or neither of them.")
    return Addresses(
        app=app,
        owner=os.environ.get("OWNER_DATABASE_URL", app),
        backup=os.environ.get("BACKUP_DATABASE_URL", app),
        redis=redis,
        broker=os.environ.get("CELERY_BROKER_URL", broker_of(redis)),
    )


def broker_of(redis: str) -> str:
    """Celery calls a unix socket, and the number of a database there, by names of its own."""
    if not redis.startswith("unix://"):
        return redis
    return redis.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")


def with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
