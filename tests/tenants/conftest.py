"""Rows of every kind in two cities, and statements that go past all our own code."""

from typing import Any

import psycopg
import pytest
from django.db import connection, models

from tenants.access.postgresql.prepared import Statements
from tenants.models import Change
from tests.conftest import Place, make_city, make_network
from tests.rows import make, tenant_models

Rows = dict[type[models.Model], Any]


def raw(sql: str, *params: Any) -> psycopg.Cursor[Any]:
    """By psycopg itself: no guard, no Django; in the transaction of the test."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection).execute(sql, params or None)


def rows_of_every_kind(place: Place) -> Rows:
    with place.inside():
        rows = {model: make(model, place.row) for model in tenant_models() if model is not Change}
        return rows | {Change: Change.objects.first()}


@pytest.fixture
def of_genoa(genoa: Place) -> Rows:
    return rows_of_every_kind(genoa)


@pytest.fixture
def of_ghent(ghent: Place) -> Rows:
    return rows_of_every_kind(ghent)


@pytest.fixture
def city(fresh_database) -> Place:
    """For real: inside another transaction nothing is committed early."""
    return make_city(make_network("interactive-cities"), "genoa", "IT")


@pytest.fixture
def ways(monkeypatch) -> list[list[str]]:
    """What went out together, by the first word of each statement."""
    seen: list[list[str]] = []
    together = Statements.together

    def noted(self: Statements, *last: Any, **how: Any) -> Any:
        words = {name: text.split()[0].decode() for (text, _), name in self.names.items()}
        before, after = ["BEGIN"] * how["begin"], ["COMMIT"] * how["commit"]
        seen.append([*before, *(words[said.name] for said in (*self.waiting, *last)), *after])
        return together(self, *last, **how)

    monkeypatch.setattr(Statements, "together", noted)
    return seen
