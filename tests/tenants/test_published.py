"""What leaves a city: by raw SQL as each of the roles that only read, with rows that could leak."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, models, transaction
from psycopg import errors

from plans.models import (
    Action,
    GoodPractice,
    Indicator,
    Measurement,
    Milestone,
    Objective,
    Plan,
    Stakeholder,
    Target,
)
from tenants.access.context import TenancyError, city_context, peer_context, public_context
from tenants.access.published import Visibility, is_published
from tenants.models import City, Network
from tests.conftest import Place
from tests.rows import make, tenant_models
from tests.tenants.catalogue import TO_PEERS, published_columns, rows
from tests.tenants.conftest import Rows, raw
from tests.tenants.test_walls import DENIED, PERSONAL, refusal, told

pytestmark = pytest.mark.django_db

PUBLISHED = [model for model in tenant_models() if is_published(model)]
BY_VISIBILITY = [Action, GoodPractice, Indicator, Plan]


@contextmanager
def as_peer(*cities: Place) -> Iterator[None]:
    with told(cities=cities, role="iap_peer"):
        yield


@contextmanager
def as_public() -> Iterator[None]:
    with told(role="iap_public"):
        yield


def seen() -> dict[type[models.Model], int]:
    """How many rows of each kind that can be published."""
    return {model: raw(f"SELECT id FROM {model._meta.db_table}").rowcount for model in PUBLISHED}


def set_visibility(place: Place, visibility: str) -> None:
    with place.inside():
        for model in BY_VISIBILITY:
            model._base_manager.update(visibility=visibility)


def test_of_these_kinds_rows_can_be_published():
    assert set(PUBLISHED) == {*BY_VISIBILITY, Measurement, Milestone, Objective, Target}


def test_nothing_leaves_the_city_that_is_internal(genoa, of_genoa):
    set_visibility(genoa, Visibility.INTERNAL)

    with as_peer(genoa):
        assert not any(seen().values())
    with as_public():
        assert not any(seen().values())


def test_what_is_for_the_network_is_seen_by_peers_with_what_belongs_to_it_and_not_by_the_public(
    genoa, of_genoa
):
    set_visibility(genoa, Visibility.NETWORK)

    with as_peer(genoa):
        assert all(seen().values())
    with as_public():
        assert not any(seen().values())


def test_what_is_public_is_seen_by_both(genoa, of_genoa):
    set_visibility(genoa, Visibility.PUBLIC)

    with as_peer(genoa):
        assert all(seen().values())
    with as_public():
        assert all(seen().values())


def test_a_new_plan_action_or_indicator_is_for_the_network_and_a_practice_for_its_city(genoa):
    with genoa.inside():
        made = {make(model, genoa.row).visibility for model in (Action, Indicator, Plan)}
        practice = GoodPractice.objects.create(title="Ambassadors")

    assert (made, practice.visibility) == ({Visibility.NETWORK}, Visibility.INTERNAL)


def test_peers_see_the_cities_of_their_list_only(genoa, ghent, of_genoa):
    with as_peer(ghent):
        assert not any(seen().values())
    with told(role="iap_peer"):
        assert not any(seen().values())


def test_neither_is_moved_by_the_city_of_a_writer(genoa, of_genoa):
    set_visibility(genoa, Visibility.INTERNAL)

    for role in ("iap_peer", "iap_public"):
        with told(genoa, cities=[genoa], role=role):
            assert not any(seen().values())


def test_a_child_of_another_row_than_the_published_one_stays_inside(genoa):
    with genoa.inside():
        action = make(Action, genoa.row, visibility="public")
        mine, other = make(Milestone, genoa.row, action=action), make(Milestone, genoa.row)

    with as_public():
        found = [key for (key,) in raw("SELECT id FROM plans_milestone")]

    assert (found, mine.pk != other.pk) == ([mine.pk], True)


@pytest.mark.parametrize("role", ["iap_peer", "iap_public"])
def test_what_is_internal_cannot_even_be_selected(genoa, of_genoa, role):
    set_visibility(genoa, Visibility.PUBLIC)
    refused = 0

    with told(cities=[genoa], role=role):
        for model in [*PUBLISHED, City, Network]:
            table = model._meta.db_table
            for field in model._meta.local_concrete_fields:
                if field.column not in published_columns()[table]:
                    assert refusal(f'SELECT "{field.column}" FROM {table}') == DENIED, field
                    refused += 1
            assert refusal(f"SELECT * FROM {table}") == DENIED

    assert refused > 10


@pytest.mark.parametrize("role", ["iap_peer", "iap_public"])
def test_of_what_is_never_published_not_even_a_row_can_be_counted(genoa, of_genoa, role):
    tables = {model._meta.db_table for model in [*tenant_models(), *PERSONAL] if model not in PUBLISHED}
    if role == "iap_peer":
        tables -= set(TO_PEERS)

    with told(genoa, cities=[genoa], role=role):
        assert {refusal(f"SELECT FROM {table}") for table in (*tables, "django_session")} == {DENIED}


@pytest.mark.parametrize("role", ["iap_peer", "iap_public"])
def test_neither_can_write(genoa, of_genoa, role):
    set_visibility(genoa, Visibility.PUBLIC)

    with told(genoa, cities=[genoa], role=role):
        for model in [*PUBLISHED, City, Network]:
            table = model._meta.db_table
            assert refusal(f"UPDATE {table} SET provenance = 'published'") == DENIED
            assert refusal(f"DELETE FROM {table}") == DENIED


@pytest.mark.parametrize("role", ["iap_peer", "iap_public"])
def test_the_standing_is_made_of_columns_that_may_be_read(genoa, of_genoa, role):
    set_visibility(genoa, Visibility.PUBLIC)
    key = of_genoa[Measurement].indicator_id

    with told(cities=[genoa], role=role):
        state = "standing -> 'value' ->> 'state'"
        found = raw(f"SELECT {state} FROM iap_standings_v1(%s, current_date)", key).fetchall()

    assert found == [("measured",)]


# ------------------------------------------------------------------------------------ contexts


def test_the_contexts_enter_their_roles(genoa: Place, ghent: Place, of_genoa: Rows):
    set_visibility(genoa, Visibility.NETWORK)

    with peer_context([genoa.pk, ghent.pk]):
        assert rows("SELECT current_user::text") == [("iap_peer",)]
        assert Action.objects.values("code").exists()
    with public_context():
        assert rows("SELECT current_user::text") == [("iap_public",)]
        assert not Action.objects.values("code").exists()
    assert rows("SELECT current_user::text") == [("iap_app",)]


def test_nobody_goes_from_the_public_into_a_city(genoa: Place):
    with public_context(), pytest.raises(TenancyError), city_context(genoa.pk):
        pass


def test_the_guard_names_a_table_of_which_nothing_is_published(genoa: Place):
    with public_context(), pytest.raises(TenancyError, match="nothing is published"):
        Stakeholder.objects.exists()


def test_a_column_that_is_not_granted_is_an_error_and_not_a_leak(genoa: Place):
    with public_context(), pytest.raises(ProgrammingError) as refused, transaction.atomic():
        Action.objects.values_list("condition_override_reason").first()

    assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege)
