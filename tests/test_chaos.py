"""The summary job, with everything around it killed in the middle of its work.

Real servers, worker and beat. A lock on a table that the job reads stops it half way, so that each
blow falls where it should. At the end every summary was published once, with the right digest.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import psycopg
import pytest
from celery import Celery

from backend.embedded.children import Child
from backend.embedded.errand import Errand
from backend.embedded.migrate import migrate
from backend.embedded.serve import start_beat, start_worker
from backend.embedded.servers import Servers
from plans.frozen.canonical import sha256
from tenants.access.keys import uuid7

PATIENCE = 120
QUICKLY = {"SUMMARY_INTERVAL": "1", "SUMMARY_LEASE_SECONDS": "3", "LOG_LEVEL": "INFO"}


class Installation:
    """Servers, worker and beat of its own, apart from those of the other tests."""

    def __init__(self, folder: Path) -> None:
        # Durable, as by default: what a killed database had committed is there again.
        self.servers = Servers(folder)

    def __enter__(self) -> Self:
        self.addresses = self.servers.start()
        self.env = {**os.environ, **self.addresses.environment(), **QUICKLY, "SECRET_KEY": "chaos"}
        migrate(self.addresses, self.env)
        Errand("load_demo", env=self.env).output()
        self.start_worker()
        self.start_beat()
        return self

    def __exit__(self, *error: object) -> None:
        self.servers.stop()

    def start_worker(self) -> None:
        start_worker(self.servers.children, self.env)

    def start_beat(self) -> None:
        start_beat(self.servers.children, self.servers.folder / "beat" / "schedule", self.env)

    def child(self, name: str) -> Child:
        return next(c for c in reversed(self.servers.children.living) if c.name == name)

    def kill(self, name: str) -> None:
        """With its whole group, without a chance to say goodbye."""
        child = self.child(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.process.wait(10)
        self.servers.children.living.remove(child)

    def row(self, sql: str, *params: Any) -> Any:
        with psycopg.connect(self.addresses.app, autocommit=True) as connection:
            return connection.execute(sql, params).fetchone()

    def ask(self) -> UUID:
        """A new revision of a summary, as somebody would ask for it by hand."""
        key = uuid7()
        self.row(
            "INSERT INTO plans_summary (id, network_id, period_id, revision, reason, state, attempts, "
            "cities_done, cities_total, problem, content, sha256) "
            "SELECT %s, network_id, period_id, max(revision) + 1, 'chaos', 'waiting', 0, 0, 0, '', '', '' "
            "FROM plans_summary GROUP BY network_id, period_id ORDER BY network_id, max(revision), period_id "
            "LIMIT 1 RETURNING id",
            key,
        )
        return key

    def state(self, key: UUID) -> str:
        return self.row("SELECT state FROM plans_summary WHERE id = %s", key)[0]

    def await_state(self, key: UUID, state: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.state(key) != state:
            assert time.monotonic() < deadline, f"still {self.state(key)}"
            time.sleep(0.1)

    @contextmanager
    def half_way(self, key: UUID) -> Iterator[None]:
        """While inside, the job has begun and cannot go on."""
        with psycopg.connect(self.addresses.owner) as owner:
            owner.execute("LOCK TABLE plans_stakeholder IN ACCESS EXCLUSIVE MODE")
            self.await_state(key, "running")
            yield

    def ring(self, key: UUID) -> None:
        Celery("bell", broker=self.addresses.broker, set_as_current=False).send_task(
            "plans.summaries.build", [str(key)]
        )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("chaos")
    # The servers run as somebody who may do less than we.
    for part in (folder, folder.parent):
        part.chmod(0o755)
    with Installation(folder) as running:
        deadline = time.monotonic() + PATIENCE
        while running.row("SELECT count(*) FROM plans_summary WHERE state = 'published'")[0] < 5:
            assert time.monotonic() < deadline, "The first summaries were not published."
            time.sleep(0.2)
        yield running


def test_a_worker_killed_in_the_middle_loses_nothing(installation):
    key = installation.ask()

    with installation.half_way(key):
        installation.kill("worker")
    installation.start_worker()

    installation.await_state(key, "published")
    assert installation.row("SELECT attempts FROM plans_summary WHERE id = %s", key)[0] >= 2


def test_a_database_killed_in_the_middle_loses_nothing(installation):
    key = installation.ask()

    # The lock goes with the server that held it.
    with suppress(psycopg.OperationalError), installation.half_way(key):
        installation.kill("postgres")
    revive_postgres(installation)

    installation.await_state(key, "published")


def revive_postgres(installation: Installation) -> None:
    servers = installation.servers
    servers.cluster.release()
    servers._await(servers._start_postgres(), servers.sockets / ".s.PGSQL.5432")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            installation.row("SELECT 1")
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_a_broker_killed_with_its_messages_loses_nothing(installation):
    installation.kill("worker")
    key = installation.ask()
    time.sleep(1.5)

    installation.kill("valkey")
    servers = installation.servers
    servers._await(servers._start_valkey(), servers.sockets / "valkey.sock")
    installation.start_worker()

    installation.await_state(key, "published")


def test_a_beat_that_was_away_finds_what_is_left(installation):
    installation.kill("beat")
    key = installation.ask()

    installation.start_beat()

    installation.await_state(key, "published")


def test_a_message_that_comes_five_times_has_one_effect(installation):
    key = installation.ask()

    for _ in range(5):
        installation.ring(key)

    installation.await_state(key, "published")
    assert installation.row("SELECT attempts FROM plans_summary WHERE id = %s", key)[0] == 1


def test_after_all_of_it_each_revision_was_published_once_with_its_digest(installation):
    with psycopg.connect(installation.addresses.app) as connection:
        rows = connection.execute(
            "SELECT period_id, revision, state, content, sha256 FROM plans_summary"
        ).fetchall()

    assert len({row[:2] for row in rows}) == len(rows) == 10
    assert {row[2] for row in rows} == {"published"}
    assert all(sha256(content) == digest for *_, content, digest in rows)
