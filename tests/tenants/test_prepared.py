"""Statements prepared by us and by psycopg on one connection."""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from plans.models import Objective, Stakeholder
from tenants.access.asking import fetch
from tenants.access.context import TenancyError, city_context
from tenants.access.rights import Role
from tenants.api.writepath import insert, later
from tests.client import Caller
from tests.conftest import make_person

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


# ------------------------------------------------------------------------------- on one way


def test_a_row_is_made_on_the_way_that_answers(city, ways):
    user, token = make_person(Role.OFFICER, city)
    with city.inside():
        partner = Stakeholder.objects.create(name="Port Authority")
    ways.clear()
    body = {"code": "A1", "title": "T", "key_partners": [str(partner.pk)]}

    assert Caller(token, user).post(f"{city.url}actions/", body).status_code == 201

    assert ways[-2:] == [["BEGIN", "WITH"], ["INSERT", "INSERT", "SELECT", "COMMIT"]]


def test_a_kept_answer_goes_out_with_the_commit(city, ways):
    user, token = make_person(Role.OFFICER, city)

    made = Caller(token, user).post(
        f"{city.url}objectives/", {"code": "O1", "title": "T"}, Idempotency_Key="k"
    )

    assert made.status_code == 201
    assert ways[-2:] == [["INSERT", "SELECT"], ["INSERT", "COMMIT"]]


def test_a_read_takes_the_commit_along(city, ways):
    user, token = make_person(Role.OFFICER, city)

    assert Caller(token, user).get(f"{city.url}actions/").status_code == 200

    assert ways == [["BEGIN", "WITH"], ["WITH", "COMMIT"]]


def test_what_waits_is_there_for_the_next_question(city):
    with city_context(city.pk):
        row = Objective(code="O1", title="T")
        insert(row)
        assert Objective.objects.get().row_version == 1
        assert row.created_at is not None


def test_what_the_database_refuses_comes_up_with_the_next_statement_and_leaves_nothing(city):
    with city_context(city.pk):
        make_objectives("O1", "O1", "O2")
        assert len(connection.statements.waiting) == 3
        with pytest.raises(IntegrityError) as refused:
            Objective.objects.count()
        transaction.set_rollback(True)

    assert refused.value.__cause__.diag.constraint_name == "objective_code"
    with city_context(city.pk):
        assert not Objective.objects.exists()


def test_the_commit_refuses_what_still_waits(city):
    with pytest.raises(IntegrityError), city_context(city.pk):
        make_objectives("O1", "O1")

    with city_context(city.pk):
        assert not Objective.objects.exists()


def test_what_waits_goes_with_its_savepoint(city):
    """It is not sent only to be taken back: the second would be refused."""
    with city_context(city.pk):
        make_objectives("O1")
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            make_objectives("O1")
            fail()
        make_objectives("O2")

    with city_context(city.pk):
        assert [o.code for o in Objective.objects.all()] == ["O1", "O2"]


def test_what_waits_goes_with_its_transaction(city):
    with contextlib.suppress(ZeroDivisionError), city_context(city.pk):
        make_objectives("O1")
        fail()

    with city_context(city.pk):
        assert not Objective.objects.exists()


@pytest.mark.parametrize("nested", [True, False])
def test_nothing_of_a_context_is_asked_after_its_last_statement(city, nested):
    """Also where the last did not commit, so that the tests would tell."""
    around = transaction.atomic() if nested else contextlib.nullcontext()
    with around, city_context(city.pk):
        assert fetch(ONE, [1], last=True) == (1,)
        with pytest.raises(TenancyError, match="after the last"):
            Objective.objects.exists()


def test_outside_of_a_transaction_nothing_waits(city, connect_as):
    later("UPDATE tenants_network SET name = %s", ["Renamed"])

    assert connect_as("iap_app").execute("SELECT name FROM tenants_network").fetchone() == ("Renamed",)


def make_objectives(*codes: str) -> None:
    for code in codes:
        insert(Objective(code=code, title="T"))


def fail() -> None:
    raise ZeroDivisionError
