"""The context opens, closes, and cannot be forgotten."""

import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Model
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from plans.models import Action
from tenants.access.asking import fetch
from tenants.access.context import (
    Actor,
    Context,
    TenancyError,
    already_set,
    because,
    beside,
    city_context,
    current,
    narrowed,
    staff_context,
)
from tenants.access.postgresql.base import refuse_old_server
from tenants.access.rights import Role
from tenants.api.entered import EnteredView
from tenants.models import Change, City
from tests.conftest import Place, make_city, make_network, make_person

TOLD = (
    "app.city_id",
    "app.city_ids",
    "app.actor_id",
    "app.actor_role",
    "app.reason",
    "app.request_id",
    "app.counted",
)
NOTHING_TOLD = ("iap_app", *[""] * len(TOLD))


def told() -> tuple[str, ...]:
    """What PostgreSQL has been told and not forgotten, and the role it was told it in."""
    columns = ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in TOLD)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT current_user::text, {columns}")
        return cursor.fetchone()


def fail_after(deed: Callable[[], object]) -> None:
    deed()
    raise ZeroDivisionError


def make_action(code: str = "A1", **fields: object) -> Model:
    return Action.objects.create(code=code, title="A title", **fields)


@pytest.fixture
def committed_city(fresh_database):
    """For real, since a context that is outermost opens and commits the transaction."""
    return make_city(make_network("interactive-cities"), "genoa", "IT")


# ------------------------------------------------------------------------------- what remains


def test_after_a_commit_nothing_of_the_context_remains(committed_city):
    with city_context(committed_city.pk, Actor(role="test", reason="to see", request_id="r1")):
        assert told()[1] == str(committed_city.pk)
        make_action()

    assert told() == NOTHING_TOLD
    assert current() is None
    with committed_city.inside():
        assert Action.objects.count() == 1


def test_after_a_rollback_nothing_of_the_context_remains(committed_city):
    with pytest.raises(ZeroDivisionError), committed_city.inside():
        fail_after(make_action)

    assert told() == NOTHING_TOLD
    assert current() is None


@pytest.mark.parametrize("fails", [False, True])
def test_inside_an_outer_transaction_nothing_of_the_context_remains(genoa, fails):
    try:
        with city_context(genoa.pk, Actor(role="test", reason="to see")):
            make_action()
            if fails:
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass

    assert told() == NOTHING_TOLD
    with genoa.inside():
        assert Action.objects.count() == (0 if fails else 1)


def test_after_reading_across_one_can_write_again_in_the_same_transaction(genoa):
    with staff_context([genoa.pk]):
        assert Action.objects.count() == 0

    with genoa.inside():
        make_action()

    assert told() == NOTHING_TOLD


def test_a_savepoint_that_is_rolled_back_inside_a_context_keeps_the_context(genoa):
    with genoa.inside():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            fail_after(make_action)
        make_action("A2")

        assert told()[1] == str(genoa.pk)
        assert list(Action.objects.values_list("code", flat=True)) == ["A2"]


# ------------------------------------------------------------------------------- one in another


def test_the_same_city_nested_is_the_same_context(genoa):
    with genoa.inside():
        with genoa.inside():
            make_action()
        assert told()[1] == str(genoa.pk)
        assert Action.objects.count() == 1


def test_another_city_nested_is_refused_and_the_outer_context_stays(genoa, ghent):
    with genoa.inside():
        with pytest.raises(TenancyError), ghent.inside():
            pytest.fail("was let in")
        make_action()

        assert Action.objects.get().city_id == genoa.pk


@pytest.mark.parametrize("outer_reads", [False, True])
def test_reading_across_and_writing_are_not_nested(genoa, outer_reads):
    across, inside = staff_context([genoa.pk]), city_context(genoa.pk)
    outer, inner = (across, inside) if outer_reads else (inside, across)

    with outer, pytest.raises(TenancyError), inner:
        pytest.fail("was let in")


def test_a_context_for_reading_cannot_write(genoa):
    with staff_context([genoa.pk]), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        make_action()


def test_reading_across_sees_the_listed_cities_only(genoa, ghent, other_ghent):
    for place in (genoa, ghent, other_ghent):
        with place.inside():
            make_action()

    with staff_context([ghent.pk, genoa.pk]):
        seen = set(Action.objects.values_list("city", flat=True))

    assert seen == {genoa.pk, ghent.pk}


def test_reading_across_no_city_sees_nothing(genoa):
    with genoa.inside():
        make_action()

    with staff_context([]):
        assert Action.objects.count() == 0


def test_the_reason_is_kept_with_what_was_done_for_it_and_with_nothing_else(genoa):
    with genoa.inside():
        with because("The permit was refused."):
            action = make_action()
        action.delete()

        assert list(Change.objects.values_list("kind", "reason")) == [
            ("created", "The permit was refused."),
            ("deleted", ""),
        ]


def test_a_reason_outside_of_a_context_is_refused(db):
    with pytest.raises(TenancyError), because("I want to"):
        pytest.fail("was let in")


# ---------------------------------------------------------------------------------- the guard


FORGETFUL = {
    "reading": lambda: list(Action.objects.all()),
    "counting": lambda: Action.objects.count(),
    "making": lambda: make_action(),
    "making many": lambda: Action.objects.bulk_create([Action(code="A1", title="T")]),
    "changing": lambda: Action.objects.update(title="T"),
    "deleting": lambda: Action.objects.all().delete(),
    "raw": lambda: list(Action.objects.raw("SELECT * FROM plans_action")),
    "joining": lambda: list(City.objects.extra(tables=["plans_action"])),
    "cursor": lambda: connection.cursor().execute("SELECT 1 FROM plans_action"),
    "quoted": lambda: connection.cursor().execute('DELETE FROM public."plans_action"'),
    "many at once": lambda: connection.cursor().executemany("DELETE FROM plans_action WHERE id = %s", [[1]]),
    "chunks": lambda: list(Action.objects.iterator(chunk_size=2)),
    "read path": lambda: fetch("SELECT count(*) FROM plans_action", ()),
    "history": lambda: Change.objects.first(),
}


@pytest.mark.parametrize("deed", FORGETFUL.values(), ids=FORGETFUL)
def test_a_tenant_table_outside_of_a_context_is_an_error(db, deed):
    with pytest.raises(TenancyError, match="outside a context"):
        deed()


def test_a_table_that_cities_share_needs_no_context(genoa):
    assert City.objects.get().slug == "genoa"


def test_a_context_whose_transaction_has_ended_is_an_error(genoa):
    with already_set(Context(city=genoa.pk), nested=False):
        connection.in_atomic_block = False
        try:
            with pytest.raises(TenancyError, match="outside the context's transaction"):
                Action.objects.count()
        finally:
            connection.in_atomic_block = True


def elsewhere(deed):
    """In a thread of its own, with a connection of its own."""

    def closing():
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(closing).result()


def test_a_thread_does_not_inherit_the_context(committed_city):
    with committed_city.inside(), pytest.raises(TenancyError, match="outside a context"):
        elsewhere(Action.objects.count)


def test_a_thread_that_is_given_the_context_has_not_its_transaction(committed_city):
    with committed_city.inside():
        given = contextvars.copy_context()

        with pytest.raises(TenancyError, match="outside the context's transaction"):
            elsewhere(lambda: given.run(Action.objects.count))


def test_two_threads_are_in_two_cities_at_once(committed_city):
    network = Place(committed_city.row.network, "")
    other = make_city(network, "ghent", "BE")

    def in_the_other():
        with other.inside():
            make_action("B1")
            return list(Action.objects.values_list("code", flat=True))

    with committed_city.inside():
        make_action("A1")
        assert elsewhere(in_the_other) == ["B1"]
        assert list(Action.objects.values_list("code", flat=True)) == ["A1"]


class Streaming(EnteredView):
    def get(self, request, **path):
        return StreamingHttpResponse(str(pk) for pk in Action.objects.values_list("pk", flat=True))


def test_a_view_cannot_stream_out_of_its_context(genoa):
    _, token = make_person(Role.VIEWER, genoa)
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})

    with pytest.raises(RuntimeError, match="No streaming"):
        Streaming.as_view()(request, network="interactive-cities", city="genoa")


# ----------------------------------------------------------------------------------- the login


def test_an_old_postgresql_is_refused():
    for leaky in (150099, 160009, 170005):
        with pytest.raises(ImproperlyConfigured, match="leaks rows"):
            refuse_old_server(leaky)
    for sound in (160010, 170006, 180000, 190000):
        refuse_old_server(sound)


def test_a_context_that_reads_across_can_be_narrowed_to_some_of_its_cities(genoa, ghent):
    for place in (genoa, ghent):
        with place.inside():
            Action.objects.create(code="A1", title="An action")

    with staff_context([genoa.pk, ghent.pk]):
        with narrowed([ghent.pk]):
            assert set(Action.objects.values_list("city", flat=True)) == {ghent.pk}
        assert set(Action.objects.values_list("city", flat=True)) == {genoa.pk, ghent.pk}


def test_a_context_is_never_widened(genoa, ghent):
    with staff_context([genoa.pk]), pytest.raises(TenancyError), narrowed([ghent.pk]):
        pass
    with city_context(genoa.pk), pytest.raises(TenancyError), narrowed([genoa.pk]):
        pass
    with pytest.raises(TenancyError), narrowed([genoa.pk]):
        pass


def test_beside_a_context_one_speaks_of_its_own_city_alone(genoa: Place, ghent: Place):
    with genoa.inside(), pytest.raises(TenancyError), beside(ghent.pk):
        pass
    with pytest.raises(TenancyError), beside(genoa.pk):
        pass
