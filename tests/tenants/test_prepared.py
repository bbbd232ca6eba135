"""Statements prepared by us and by psycopg on one connection."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tenants.api.readpath import fetch

ONE = "SELECT %s::integer"


def prepared_by_psycopg() -> int:
    return len(connection.connection._prepared._names)


def test_ours_outlive_a_rollback_that_psycopg_answers_by_giving_up_its_own(fresh_database):
    assert fetch(ONE, [1]) == (1,)

    with transaction.atomic():
        for _ in range(10):
            psycopg.Cursor(connection.connection).execute("SELECT 1")
        assert prepared_by_psycopg()
        transaction.set_rollback(True)

    assert not prepared_by_psycopg()
    assert fetch(ONE, [2]) == (2,)


def test_a_statement_with_a_file_in_it_is_not_kept(fresh_database):
    with connection.cursor() as cursor:
        for number in range(3):
            cursor.execute("SELECT length(%s)", [f"{number}" * 100_000])

    assert max(len(text) for text, _types in connection.connection._prepared._counts) < 10_000


def test_a_connection_recovers_when_the_server_has_lost_them(fresh_database):
    fetch(ONE, [1])
    connection.connection.execute("DEALLOCATE ALL")

    with pytest.raises(DatabaseError) as lost:
        fetch(ONE, [2])

    assert isinstance(lost.value.__cause__, psycopg.errors.InvalidSqlStatementName)
    assert fetch(ONE, [3]) == (3,)
