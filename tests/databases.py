"""Databases of the tests: copies of the template, and ways in as each role."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg
import pytest
from django.db import connections
from psycopg import sql
from pytest_django import DjangoDbBlocker

from backend.embedded.addresses import with_database
from backend.embedded.roles import ROLES_SQL

ConnectAs = Callable[[str], psycopg.Connection]

_numbers = itertools.count(1)


def template_name() -> str:
    return f"{os.environ['IAP_TEST_RUN']}_template"


def run_name() -> str:
    """The database of this process."""
    return f"{os.environ['IAP_TEST_RUN']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In the place of pytest-django's, which would migrate as the application role."""
    with copy_of_template(run_name()):
        yield
        with django_db_blocker.unblock():
            point_django_at(run_name())


@pytest.fixture
def fresh_database(django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A copy of the template for one test that commits for real; Django and children use it.

    Instead of `db`, never with it. Gives the application's address of it.
    """
    name = f"{run_name()}_{next(_numbers)}"
    address = with_database(os.environ["DATABASE_URL"], name)
    monkeypatch.setenv("DATABASE_URL", address)
    with copy_of_template(name), django_db_blocker.unblock():
        point_django_at(name)
        try:
            yield address
        finally:
            point_django_at(run_name())


@pytest.fixture
def connect_as() -> Iterator[ConnectAs]:
    """Raw connections by name of the role, to the database Django uses now: past all our own code.

    They see what was committed, so mostly of use with `fresh_database`.
    """
    with ExitStack() as stack:
        yield lambda role: stack.enter_context(closing(_connection(role)))


@contextmanager
def copy_of_template(name: str) -> Iterator[None]:
    create_database(name, template=template_name())
    try:
        yield
    finally:
        drop_database(name)


def create_database(name: str, template: str = "template1") -> None:
    with _as_owner() as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    with _as_owner(name) as connection:
        connection.execute(ROLES_SQL)


def drop_database(name: str) -> None:
    """PostgreSQL waits five seconds for closed connections to go; one left open is an error here.

    Not by FORCE: the owner may not end the application's sessions.
    """
    with _as_owner() as connection:
        statement = sql.SQL("DROP DATABASE IF EXISTS {}")
        connection.execute(statement.format(sql.Identifier(name)))


def _as_owner(database: str | None = None) -> psycopg.Connection:
    address = os.environ["OWNER_DATABASE_URL"]
    if database:
        address = with_database(address, database)
    return psycopg.connect(address, autocommit=True)


def _connection(role: str) -> psycopg.Connection:
    variable = {
        "iap_owner": "OWNER_DATABASE_URL",
        "iap_backup": "BACKUP_DATABASE_URL",
        "iap_app": "DATABASE_URL",
        "iap_staff": "DATABASE_URL",
    }[role]
    name = str(connections["default"].settings_dict["NAME"])
    connection = psycopg.connect(with_database(os.environ[variable], name), autocommit=True)
    if role == "iap_staff":
        # It has no login of its own. Entered before transactions begin: a rollback keeps it.
        connection.execute("SET ROLE iap_staff")
    connection.autocommit = False
    return connection


def point_django_at(name: str) -> None:
    """Closes what is open, pools included, and lets the next connection go to `name`."""
    for alias in connections:
        connection = connections[alias]
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
        connection.settings_dict["NAME"] = name
