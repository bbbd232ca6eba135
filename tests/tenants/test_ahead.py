"""What is sent together with the entrance: one way to the server where it was right, and never the
answer to anything else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from plans.models import Action, Stakeholder, StakeholderContact
from tenants.access.asking import fetch
from tenants.access.postgresql.prepared import Asked, MisjudgedError
from tenants.access.rights import Role
from tenants.api import ahead
from tenants.models import City, Membership, Token
from tests.client import Caller, Form
from tests.conftest import Place, make_city, make_person

IN_ONE_WAY = [["BEGIN", "WITH", "SELECT", "COMMIT"]]
IN_TWO = [["BEGIN", "WITH"], ["SELECT", "COMMIT"]]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    ahead.likely.clear()
    yield
    ahead.likely.clear()


@pytest.fixture
def officer(city: Place) -> Caller:
    user, token = make_person(Role.OFFICER, city)
    return Caller(token, user)


def actions(place: Place, *codes: str) -> list[str]:
    with place.inside():
        return [str(Action.objects.create(code=code, title=f"Title {code}").pk) for code in codes]


def read(caller: Caller, place: Place, pk: str, **headers: str) -> Any:
    return caller.get(f"{place.url}actions/{pk}/", **headers)


def test_the_second_row_is_read_in_one_way_and_is_the_one_that_is_meant(city, officer, ways):
    first, second = actions(city, "A1", "A2")
    assert read(officer, city, first).json()["code"] == "A1"
    assert ways == IN_TWO
    ways.clear()

    assert read(officer, city, second).json()["code"] == "A2"
    assert ways == IN_ONE_WAY


def test_a_row_that_has_changed_is_shown_as_it_is_now(city, officer):
    (row,) = actions(city, "A1")
    tag = read(officer, city, row).headers["ETag"]
    officer.patch(f"{city.url}actions/{row}/", {"title": "Changed"})

    seen = read(officer, city, row)
    assert (seen.json()["title"], seen.headers["ETag"] == tag) == ("Changed", False)


def test_a_row_that_is_not_there_is_404_in_one_way(city, officer, ways):
    (row,) = actions(city, "A1")
    read(officer, city, row)
    ways.clear()

    assert read(officer, city, "01890000-0000-7000-8000-000000000000").status_code == 404
    assert ways == IN_ONE_WAY


def test_a_row_of_another_city_is_404(city, officer):
    ghent = make_city(Place(city.row.network, "/api/v1/networks/interactive-cities/"), "ghent", "BE")
    (mine,), (theirs,) = actions(city, "A1"), actions(ghent, "A1")
    assert read(officer, city, mine).status_code == 200

    assert read(officer, city, theirs).status_code == 404


def test_a_change_asks_for_the_row_on_the_way_in(city, officer, ways):
    row, other = actions(city, "A1", "A2")
    officer.patch(f"{city.url}actions/{row}/", {"title": "B"}, If_Match="*")
    ways.clear()

    changed = officer.patch(f"{city.url}actions/{other}/", {"title": "B"}, If_Match="*")

    assert (changed.json()["code"], changed.json()["title"]) == ("A2", "B")
    assert ways == [["BEGIN", "WITH", "SELECT"], ["UPDATE", "SELECT", "COMMIT"]]


def test_a_client_that_holds_the_row_is_not_sent_it_ahead(city, officer, ways):
    (row,) = actions(city, "A1")
    tag = read(officer, city, row).headers["ETag"]
    ways.clear()

    assert read(officer, city, row, If_None_Match=tag).status_code == 304
    assert ways[0] == ["BEGIN", "WITH"]


# ------------------------------------------------------------------------- when it was wrong


def test_who_lost_the_role_gets_nothing(city, officer):
    (row,) = actions(city, "A1")
    assert read(officer, city, row).status_code == 200
    Membership.objects.all().delete()

    assert read(officer, city, row).status_code == 404


def test_a_token_that_was_revoked_opens_nothing(city, officer):
    (row,) = actions(city, "A1")
    assert read(officer, city, row).status_code == 200
    Token.objects.update(revoked_at=timezone.now() - timedelta(seconds=1))

    assert read(officer, city, row).status_code == 401


def test_another_role_is_shown_what_it_may_do_and_remembers_no_more(city, officer, ways):
    (row,) = actions(city, "A1")
    assert "change" in read(officer, city, row).json()["allowed_actions"]
    Membership.objects.update(role=Role.VIEWER)
    ways.clear()

    assert read(officer, city, row).json()["allowed_actions"] == []
    assert ways == [*IN_ONE_WAY, *IN_TWO]
    ways.clear()

    assert read(officer, city, row).json()["allowed_actions"] == []
    assert ways == IN_TWO


def test_a_role_that_is_granted_less_is_shown_less_and_not_an_error(city, officer):
    """As staff one enters a role of the database that may not read what was sent ahead."""
    with city.inside():
        port = Stakeholder.objects.create(name="Port", profile="public")
        row = StakeholderContact.objects.create(
            stakeholder=port,
            name="A Person",
            email="port@example.org",
            lawful_basis="consent",
            keep_until=timezone.now().date(),
        )
    address = f"{city.url}contacts/{row.pk}/"
    assert officer.get(address).json()["email"] == "port@example.org"
    Membership.objects.update(role=Role.PROGRAMME_STAFF, city=None)

    assert officer.get(address).status_code == 403


def test_another_city_under_the_same_name_is_another_city(city, officer):
    (row,) = actions(city, "A1")
    assert read(officer, city, row).status_code == 200
    City.objects.filter(pk=city.pk).update(slug="genova")
    new = make_city(Place(city.row.network, "/api/v1/networks/interactive-cities/"), "genoa", "IT")
    Membership.objects.create(user=officer.user, role=Role.OFFICER, city=new.row)

    assert read(officer, city, row).status_code == 404
    (own,) = actions(new, "A9")
    assert read(officer, new, own).json()["code"] == "A9"


def test_what_was_answered_and_not_asked_for_is_nobody_elses(city, officer, ways):
    """A request is refused after the row was sent: the next on this connection begins anew."""
    (row,) = actions(city, "A1")
    address = f"{city.url}actions/{row}/"
    officer.patch(address, {"title": "B"}, If_Match="*")
    Membership.objects.update(role=Role.VIEWER)
    assert officer.patch(address, {"title": "C"}, If_Match="*").status_code == 403
    user, token = make_person(Role.OFFICER, city)

    assert Caller(token, user).patch(address, {"title": "D"}, If_Match="*").json()["title"] == "D"


def test_a_verb_that_is_sent_twice_with_a_key_has_its_effect_once(city, officer):
    row, other = actions(city, "A1", "A2")
    for pk in (row, other):
        done = officer.post(f"{city.url}actions/{pk}/plan/", Idempotency_Key=f"k-{pk}")
        again = officer.post(f"{city.url}actions/{pk}/plan/", Idempotency_Key=f"k-{pk}")
        assert (done.status_code, again.content) == (200, done.content)


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k"}])
def test_a_request_that_begins_again_still_has_its_body(city, officer, headers):
    """Some verbs read it before they ask for their row."""
    row, other = actions(city, "A1", "A2")
    body = {"condition": "late", "reason": "The crane came late"}
    assert officer.post(f"{city.url}actions/{row}/override-condition/", body).status_code == 200
    ahead.likely.update(dict.fromkeys(ahead.likely, Asked("SELECT 1", ())))

    done = officer.post(f"{city.url}actions/{other}/override-condition/", body, **headers)

    assert (done.status_code, done.json()["condition"]["state"]) == (200, "late")
    assert None in ahead.likely.values()


# ------------------------------------------------------------------------------ the engine

ONE, TWO = Asked("SELECT %s::integer", (1,)), Asked("SELECT %s::integer + 1", (1,), last=True)


def asked_with(first: Asked, following: Asked) -> Any:
    return fetch(first.sql, first.values, ahead=following)


@pytest.mark.parametrize("nested", [False, True])
def test_only_who_asks_exactly_that_is_answered(city, nested):
    for other in (ONE, TWO._replace(values=(2,)), TWO._replace(last=False), TWO._replace(forwarded=True)):
        with transaction.atomic() if nested else transaction.atomic(durable=True):
            assert asked_with(ONE, TWO) == (1,)
            with pytest.raises(MisjudgedError):
                fetch(*other)
            transaction.set_rollback(True)


def test_who_asks_by_djangos_cursor_begins_again(city):
    with transaction.atomic():
        asked_with(ONE, TWO)
        with pytest.raises(MisjudgedError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        transaction.set_rollback(True)


def test_an_answer_ends_with_its_transaction(city):
    for ending in (None, "rollback"):
        with transaction.atomic():
            asked_with(ONE, TWO)
            transaction.set_rollback(ending == "rollback")
        assert connection.answered is None
        assert fetch(*TWO) == (2,)


def test_an_answer_ends_with_its_savepoint(city):
    with transaction.atomic():
        for ending in (None, "rollback"):
            with transaction.atomic():
                asked_with(ONE, TWO)
                transaction.set_rollback(ending == "rollback")
            assert connection.answered is None


def test_what_fails_ahead_is_misjudged_and_what_failed_before_it_says_so(city):
    broken = Asked("SELECT 1 / %s::integer", (0,))
    with pytest.raises(MisjudgedError), transaction.atomic():
        asked_with(ONE, broken)
    with pytest.raises(Exception, match="division by zero"), transaction.atomic():
        asked_with(broken, TWO)
    assert fetch(*ONE) == (1,)


def test_no_more_is_remembered_than_fits(city, officer, monkeypatch):
    monkeypatch.setattr(ahead, "KEPT", 2)
    (row,) = actions(city, "A1")
    for fields in ("id", "code", "title", "id,code"):
        assert officer.get(f"{city.url}actions/{row}/?fields={fields}").status_code == 200
        assert len(ahead.likely) <= 2


def test_a_long_query_is_not_remembered(city, officer):
    (row,) = actions(city, "A1")
    names = "id," * 400 + "id"
    assert officer.get(f"{city.url}actions/{row}/?fields={names}").status_code == 200
    assert ahead.likely == {}


def test_what_brings_a_file_cannot_begin_again(city, officer):
    (row,) = actions(city, "A1")
    officer.patch(f"{city.url}actions/{row}/", {"title": "B"}, If_Match="*")
    (known,) = ahead.likely
    ahead.likely[known] = Asked("SELECT 1", ())

    brought = officer.patch(f"{city.url}actions/{row}/", Form(file=("a.csv", b"a")), If_Match="*")

    assert brought.status_code == 415
    assert ahead.likely[known] is not None
