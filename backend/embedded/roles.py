"""The roles and the database, as `roles.sql` says."""

import time
from pathlib import Path

import psycopg
from psycopg import sql

from backend.embedded.addresses import DATABASE
from backend.embedded.cluster import SUPERUSER

ROLES_SQL = Path(__file__).with_name("roles.sql").read_text()


def prepare_database(sockets: Path, *, deadline: float) -> None:
    """May run at every start: what is there already stays."""
    with _as_superuser(sockets, SUPERUSER, deadline) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not known.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with _as_superuser(sockets, DATABASE, deadline) as connection:
        connection.execute(ROLES_SQL)


def _as_superuser(sockets: Path, database: str, deadline: float) -> psycopg.Connection:
    """Waits while PostgreSQL answers that it is still starting up (after a crash, for longer)."""
    while True:
        try:
            return psycopg.connect(host=str(sockets), user=SUPERUSER, dbname=database, autocommit=True)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
