"""Servers of the benchmark's own, kept in `var/bench`, as a small production server would be set up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql

from backend.embedded.addresses import Addresses, with_database
from backend.embedded.cluster import SUPERUSER, Cluster
from backend.embedded.errand import PROJECT
from backend.embedded.only_one import only_one
from backend.embedded.roles import ROLES_SQL
from backend.embedded.servers import Servers

FOLDER = PROJECT / "var" / "bench"
# Durable, as by default. Memory as a machine with 4 GiB would give it.
SETTINGS = ("shared_buffers=1GB", "max_connections=200", "max_wal_size=4GB", "effective_cache_size=3GB")


class RoomyCluster(Cluster):
    def command(self, sockets: Path) -> list[str | Path]:
        return [*super().command(sockets), *(part for setting in SETTINGS for part in ("-c", setting))]


class House(Servers):
    """PostgreSQL and Valkey, with a database for each size."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.cluster = RoomyCluster(self.cluster.data, self.cluster.identity, self.cluster.durable)

    def of(self, database: str) -> Addresses:
        here = self.addresses
        return replace(
            here,
            app=with_database(here.app, database),
            owner=with_database(here.owner, database),
            backup=with_database(here.backup, database),
        )

    def superuser(self, database: str = SUPERUSER) -> psycopg.Connection:
        return psycopg.connect(host=str(self.sockets), user=SUPERUSER, dbname=database, autocommit=True)

    def made_from(self, database: str) -> str | None:
        """What the database says it was made from; None when there is none."""
        query = (
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = %s"
        )
        with self.superuser() as connection:
            row = connection.execute(query, [database]).fetchone()
        return row[0] if row else None

    def sign(self, database: str, origin: str) -> None:
        """Written last: a load that was interrupted is done again."""
        with self.superuser() as connection:
            statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
            connection.execute(statement.format(sql.Identifier(database), sql.Literal(origin)))

    def empty(self, database: str, template: str = "template1") -> None:
        name, like = sql.Identifier(database), sql.Identifier(template)
        with self.superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, like))
        with self.superuser(database) as connection:
            connection.execute(ROLES_SQL)

    def postmaster(self) -> int:
        return next(child.pid for child in self.children.living if child.name == "postgres")


@contextmanager
def house() -> Iterator[House]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with only_one(FOLDER), House(FOLDER) as servers:
        yield servers
