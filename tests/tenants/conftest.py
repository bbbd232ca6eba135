"""Rows of every kind in two cities, and statements that go past all our own code."""

from typing import Any

import psycopg
import pytest
from django.db import connection, models

from tenants.models import Change
from tests.conftest import Place
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
