"""Bring the schema up to date as the owner, unless this folder's database already is."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from backend.embedded.addresses import Addresses
from backend.embedded.errand import PROJECT, Errand
from backend.embedded.trouble import Trouble

OWNER_WANTED = "The schema is changed by the role that owns it: set OWNER_DATABASE_URL beside DATABASE_URL."


def migrate(addresses: Addresses, environment: Mapping[str, str]) -> None:
    try:
        Errand("migrate", "--no-input", env={**environment, "DATABASE_URL": addresses.owner}).output()
    except Trouble as trouble:
        if addresses.owner == addresses.app:
            raise Trouble(f"{trouble}\n{OWNER_WANTED}") from None
        raise


def migrate_once(mark: Path, addresses: Addresses, environment: Mapping[str, str]) -> bool:
    """Says whether there was anything to do.

    `mark` lies beside the data and goes with it. Asking Django would cost a warm start a second.
    """
    wanted = migrations_digest()
    if mark.exists() and mark.read_text() == wanted:
        return False
    migrate(addresses, environment)
    mark.write_text(wanted)
    return True


def migrations_digest() -> str:
    """Of our own migrations, and of the lock that pins those of others."""
    digest = hashlib.sha256()
    for path in [*sorted(PROJECT.glob("*/migrations/*.py")), PROJECT / "requirements.txt"]:
        if path.exists():
            digest.update(f"{path.relative_to(PROJECT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
