"""Attacks by raw SQL as the application's own role, on every tenant table, with rows that could leak."""

from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.db import models, transaction
from django.utils import timezone
from psycopg import errors

from plans.frozen.walls import Frozen
from plans.models import Action, Objective, PeerReview
from tenants.access.between import SameTwoCities, between
from tenants.access.keys import uuid7
from tenants.access.walls import SameCity
from tenants.models import Change, City, CityReply, Membership, Network, Reply, Token, User
from tests.rows import WITH, alternatives, tenant_models
from tests.tenants.conftest import raw

INVENTED = UUID("01890000-0000-7000-8000-000000000000")
PERSONAL = [
    *(m for m in tenant_models() if any(getattr(c, "personal", False) for c in m._meta.constraints)),
    User,
    Token,
    Membership,
    Reply,
]

pytestmark = pytest.mark.django_db


@contextmanager
def told(place=None, cities=(), role="none"):
    """What a context tells PostgreSQL, without our context manager."""
    with transaction.atomic():
        raw("SELECT set_config('app.city_id', %s, true)", str(place.pk) if place else "")
        raw("SELECT set_config('app.city_ids', %s, true)", "{" + ",".join(str(c.pk) for c in cities) + "}")
        raw("SELECT set_config('role', %s, true)", role)
        yield
        transaction.set_rollback(True)


def refusal(sql, *params):
    """SQLSTATE of the refusal, or how many rows the statement reached."""
    try:
        with transaction.atomic():
            return raw(sql, *params).rowcount
    except psycopg.Error as error:
        return error.sqlstate


def refusal_of_copy(row, place):
    """Tries to insert the row again, as one of this city, under a new id."""
    table = row._meta.db_table
    new = 2**40 if isinstance(row, Change) else uuid7()
    copied = f"jsonb_populate_record(NULL::{table}, %s::jsonb || jsonb_build_object('id', %s::text, 'city_id', %s::uuid))"
    return refusal(f"INSERT INTO {table} SELECT ({copied}).*", row.as_json, str(new), place.pk)


@pytest.fixture
def of_genoa(of_genoa, genoa):
    return with_json(of_genoa, genoa)


@pytest.fixture
def of_ghent(of_ghent, ghent):
    return with_json(of_ghent, ghent)


def not_for(model, *cities):
    """SQL that leaves out what another city meant for these to read; see test_between."""
    wall = between(model)
    ids = ", ".join(f"'{city.pk}'" for city in cities)
    return f"NOT {wall.column(model)} IN ({ids})" if wall and cities else "true"


def is_frozen(model):
    """From the beginning: that of a review is still to be submitted."""
    return model is not PeerReview and any(isinstance(c, Frozen) for c in model._meta.constraints)


def with_json(rows, place):
    with told(place):
        for row in rows.values():
            row.as_json = raw(
                f"SELECT to_jsonb(t)::text FROM {row._meta.db_table} t WHERE id = %s", row.pk
            ).fetchone()[0]
    return rows


DENIED, REFUSED = errors.InsufficientPrivilege.sqlstate, errors.CheckViolation.sqlstate


def test_there_is_a_row_of_every_kind_that_could_leak(genoa, of_genoa):
    with told(genoa):
        seen = {model: raw(f"SELECT * FROM {model._meta.db_table}").rowcount for model in of_genoa}

    assert set(of_genoa) == set(tenant_models())
    assert all(seen.values())


def test_without_a_context_no_row_is_there(of_genoa):
    with told():
        assert {model for model in of_genoa if raw(f"SELECT * FROM {model._meta.db_table}").rowcount} == set()


def test_without_a_context_nothing_can_be_written(genoa, of_genoa):
    with told():
        assert {refusal_of_copy(row, genoa) for row in of_genoa.values()} == {DENIED}
        for model in of_genoa:
            assert refusal(f"DELETE FROM {model._meta.db_table}") in (0, DENIED)


def test_the_rows_of_another_city_are_not_there(ghent, of_genoa, of_ghent):
    with told(ghent):
        for model, row in of_genoa.items():
            assert raw(f"SELECT * FROM {model._meta.db_table} WHERE id = %s", row.pk).rowcount == 0
            others = f"SELECT * FROM {model._meta.db_table} WHERE city_id <> %s AND {not_for(model, ghent)}"
            assert raw(others, ghent.pk).rowcount == 0


def test_the_rows_of_another_city_can_be_neither_changed_nor_deleted(ghent, of_genoa, of_ghent):
    with told(ghent):
        for model, row in of_genoa.items():
            none = DENIED if model is Change else 0
            assert (
                refusal(f"UPDATE {model._meta.db_table} SET city_id = city_id WHERE id = %s", row.pk) == none
            )
            assert (
                refusal(f"UPDATE {model._meta.db_table} SET city_id = %s WHERE id = %s", ghent.pk, row.pk)
                == none
            )
            assert refusal(f"DELETE FROM {model._meta.db_table} WHERE id = %s", row.pk) == none


def test_no_row_can_be_made_for_another_city(genoa, ghent, of_ghent):
    with told(ghent):
        assert {refusal_of_copy(row, genoa) for row in of_ghent.values()} == {DENIED}


def test_no_row_can_be_moved_to_another_city(genoa, ghent, of_ghent):
    with told(ghent):
        for model, row in of_ghent.items():
            moved = refusal(f"UPDATE {model._meta.db_table} SET city_id = %s WHERE id = %s", genoa.pk, row.pk)
            assert moved == (REFUSED if is_frozen(model) else DENIED), model


def test_no_row_can_refer_to_one_of_another_city_and_the_refusal_tells_nothing(ghent, of_genoa, of_ghent):
    tried = 0
    with told(ghent):
        for model, row in of_ghent.items():
            for field in references(model):
                theirs = of_genoa[field.related_model].pk
                assert told_of(row, field, theirs) == told_of(row, field, INVENTED), field
                tried += 1
    assert tried > 10


def references(model):
    """Of rows that can be changed at all."""
    keys = [c.field for c in model._meta.constraints if isinstance(c, SameCity)]
    return [model._meta.get_field(key) for key in keys] if not is_frozen(model) else []


def told_of(row, field, key):
    besides = "".join(f", {name} = '{value}'" for name, value in WITH.get(field.name, {}).items())
    besides += "".join(f', "{other}_id" = NULL' for other in alternatives(type(row), field.name))
    with pytest.raises(errors.ForeignKeyViolation) as refused, transaction.atomic():
        raw(f'UPDATE {row._meta.db_table} SET "{field.column}" = %s{besides} WHERE id = %s', key, row.pk)
    return refused.value.diag.constraint_name, refused.value.diag.message_primary, hidden(refused.value, key)


def hidden(error, key):
    return (error.diag.message_detail or "").replace(str(key), "the id")


def test_a_value_that_must_be_unique_does_not_tell_that_another_city_has_it(ghent, of_genoa, of_ghent):
    tried = 0
    with told(ghent):
        for model, row in of_ghent.items():
            for field in unique_values(model):
                sql = f'UPDATE {model._meta.db_table} SET "{field.column}" = %s WHERE id = %s'
                answer = refusal(sql, getattr(of_genoa[model], field.attname), row.pk)
                # One row is changed; or none, by a rule that asks no other row.
                assert answer in (1, errors.CheckViolation.sqlstate), field
                tried += 1
    assert tried >= 5


def unique_values(model):
    """Columns in a UNIQUE that are neither the city nor a reference to a row of it."""
    names = {n for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) for n in c.fields}
    referring = SameCity | SameTwoCities
    keys = {c.field for c in model._meta.constraints if isinstance(c, referring)} | {"city", "id"}
    unchanging = model is Change or is_frozen(model)
    return [model._meta.get_field(n) for n in names - keys] if not unchanging else []


def test_a_condition_with_a_side_effect_does_not_see_rows_of_another_city(ghent, of_genoa):
    with told(ghent):
        assert refusal("SELECT * FROM plans_action WHERE 1 / (length(title) - length(title)) = 1") == 0
        assert refusal("SELECT * FROM plans_action WHERE title::integer = 1") == 0


def test_the_reading_role_sees_the_listed_cities_only(genoa, ghent, other_ghent, of_genoa, of_ghent):
    with other_ghent.inside():
        Objective.objects.create(code="O1", title="Another tenant")
    for place in (genoa, ghent):
        with place.inside():
            PeerReview.objects.update(submitted_at=timezone.now())
    readable = [model for model in of_genoa if model not in PERSONAL]

    for cities in [(), (genoa,), (genoa, ghent)]:
        with told(cities=cities, role="iap_staff"):
            for model in readable:
                table, own = model._meta.db_table, not_for(model, *cities)
                seen = {city for (city,) in raw(f"SELECT DISTINCT city_id FROM {table} WHERE {own}")}
                assert seen == {city.pk for city in cities}, model


def test_the_reading_role_is_not_moved_by_the_city_of_a_writer(genoa, of_genoa):
    with told(genoa, role="iap_staff"):
        assert raw("SELECT * FROM plans_action").rowcount == 0


def test_the_reading_role_cannot_read_personal_data(genoa, of_genoa):
    with told(genoa, cities=[genoa], role="iap_staff"):
        tables = [*(model._meta.db_table for model in PERSONAL), "django_session"]
        assert {refusal(f"SELECT * FROM {table}") for table in tables} == {DENIED}


def test_the_reading_role_does_not_see_personal_data_in_the_history(genoa, of_genoa):
    with told(genoa):
        of_contacts = raw("SELECT * FROM tenants_change WHERE personal").rowcount
    with told(cities=[genoa], role="iap_staff"):
        seen = raw("SELECT * FROM tenants_change WHERE personal OR thing = 'stakeholder_contact'").rowcount

    assert (of_contacts > 0, seen) == (True, 0)


def test_the_reading_role_cannot_write(genoa, of_genoa):
    with told(genoa, cities=[genoa], role="iap_staff"):
        for model in [*of_genoa, Network, City]:
            table = model._meta.db_table
            column = "id" if model is Network else "city_id" if model is not City else "slug"
            assert refusal(f"UPDATE {table} SET {column} = {column}") == DENIED
            assert refusal(f"DELETE FROM {table}") == DENIED
            assert refusal(f"TRUNCATE {table}") == DENIED
        assert refusal_of_copy(of_genoa[Action], genoa) == DENIED


FORBIDDEN = [
    "TRUNCATE plans_action",
    "INSERT INTO tenants_change SELECT * FROM tenants_change LIMIT 1",
    "UPDATE tenants_change SET reason = 'It was not me'",
    "DELETE FROM tenants_change",
    "ALTER TABLE plans_action DISABLE TRIGGER ALL",
    "ALTER TABLE plans_action NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY tenant_rw ON plans_action",
    "CREATE POLICY all_rows ON plans_action USING (true)",
    "CREATE TRIGGER mine AFTER INSERT ON plans_action EXECUTE FUNCTION tenants_keep_history('x', 'false')",
    "CREATE TABLE mine (id integer)",
    "CREATE TEMPORARY TABLE mine (id integer)",
    "CREATE VIEW mine AS SELECT * FROM plans_action",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "SET session_replication_role = replica",
    "SET ROLE iap_owner",
    "SET ROLE iap_backup",
    "SET SESSION AUTHORIZATION iap_owner",
    "GRANT iap_staff TO iap_owner",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_statistic",
    "COPY plans_action TO PROGRAM 'cat'",
    "VACUUM plans_action",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_cannot(statement, genoa, of_genoa):
    with told(genoa):
        assert refusal(statement) in (DENIED, "25001" if statement.startswith("VACUUM") else DENIED)


def test_the_keeper_of_the_history_cannot_be_called(genoa):
    with told(genoa):
        assert refusal("SELECT tenants_keep_history()") == errors.FeatureNotSupported.sqlstate


def test_row_security_switched_off_is_an_error_and_not_a_leak(ghent, of_genoa):
    with told(ghent):
        raw("SET LOCAL row_security = off")
        assert refusal("SELECT * FROM plans_action") == DENIED


def test_statistics_of_tenant_tables_are_not_shown(of_genoa):
    tables = [model._meta.db_table for model in tenant_models()]

    assert raw("SELECT * FROM pg_stats WHERE tablename = ANY(%s)", tables).rowcount == 0


def test_a_change_without_its_city_cannot_be_recorded_and_so_not_be_made(genoa, ghent, of_genoa):
    with told(ghent):
        before = raw("SELECT clock FROM tenants_city WHERE id = %s", genoa.pk).fetchone()
        assert refusal("UPDATE plans_action SET title = 'Taken'") == 0
        assert raw("SELECT clock FROM tenants_city WHERE id = %s", genoa.pk).fetchone() == before


def test_kept_answers_are_behind_the_wall_too(of_genoa, ghent):
    with told(ghent):
        assert raw("SELECT * FROM tenants_cityreply WHERE id = %s", of_genoa[CityReply].pk).rowcount == 0
