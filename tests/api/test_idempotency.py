"""A POST that is sent twice has its effect once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from plans.models import Objective
from tenants.access.rights import Role
from tenants.models import CityReply, Membership, Theme, Token
from tests.client import Caller
from tests.conftest import make_city, make_network, make_person

FEWER_CARS = {"code": "O1", "title": "Fewer cars"}


def made(place: Any) -> int:
    with place.inside():
        return Objective.objects.count()


@pytest.fixture
def url(genoa):
    return f"{genoa.url}objectives/"


def test_the_same_key_and_body_give_the_same_answer_and_one_row(officer, genoa, url):
    first = officer.post(url, FEWER_CARS, Idempotency_Key="k-1")
    second = officer.post(url, FEWER_CARS, Idempotency_Key="k-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert made(genoa) == 1


def test_the_answer_is_the_first_one_although_the_row_has_changed(officer, url):
    first = officer.post(url, FEWER_CARS, Idempotency_Key="k-1")
    officer.patch(first.headers["Location"], {"title": "No cars"})

    assert officer.post(url, FEWER_CARS, Idempotency_Key="k-1").json()["title"] == "Fewer cars"


@pytest.mark.parametrize(
    "other", [{"code": "O2", "title": "Fewer cars"}, {"title": "Fewer cars", "code": "O1"}, {}, None]
)
def test_the_same_key_with_another_body_is_422(officer, genoa, url, other):
    officer.post(url, FEWER_CARS, Idempotency_Key="k-1")

    response = officer.post(url, other, Idempotency_Key="k-1")

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency_key_reused"
    assert made(genoa) == 1


def test_the_same_key_at_another_address_is_422(officer, genoa, url):
    officer.post(url, FEWER_CARS, Idempotency_Key="k-1")

    assert officer.post(f"{genoa.url}actions/", FEWER_CARS, Idempotency_Key="k-1").status_code == 422
    assert officer.post(f"{url}?reason=because", FEWER_CARS, Idempotency_Key="k-1").status_code == 422


def test_the_same_key_of_another_person_is_another_key(officer, client_as, genoa, url):
    colleague = client_as(Role.OFFICER, genoa)
    officer.post(url, FEWER_CARS, Idempotency_Key="k-1")

    assert colleague.post(url, {**FEWER_CARS, "code": "O2"}, Idempotency_Key="k-1").status_code == 201
    assert made(genoa) == 2


def test_the_same_key_in_another_city_is_another_key(officer, genoa, ghent, url):
    Membership.objects.create(user=officer.user, role=Role.OFFICER, city=ghent.row)
    officer.post(url, FEWER_CARS, Idempotency_Key="k-1")

    response = officer.post(f"{ghent.url}objectives/", FEWER_CARS, Idempotency_Key="k-1")

    assert response.json()["city"] == "ghent"
    assert (made(genoa), made(ghent)) == (1, 1)


@pytest.mark.parametrize("bad", [{"code": "", "title": ""}, {"code": "O1"}, {"nonsense": 1}, b"{"])
def test_a_request_that_failed_is_not_kept(officer, genoa, url, bad):
    assert officer.post(url, bad, Idempotency_Key="k-1").status_code == 400

    assert officer.post(url, FEWER_CARS, Idempotency_Key="k-1").status_code == 201


def test_a_key_does_not_open_what_was_closed_since(officer, genoa, url):
    officer.post(url, FEWER_CARS, Idempotency_Key="k-1")
    Membership.objects.filter(user=officer.user).update(role=Role.VIEWER)

    assert officer.post(url, FEWER_CARS, Idempotency_Key="k-1").status_code == 403


@pytest.mark.parametrize("key", ["", "   ", '""', "x" * 201, "k\u00e9y", "a\tb"])
def test_a_key_is_printable_ascii(officer, genoa, url, key):
    response = officer.post(url, FEWER_CARS, Idempotency_Key=key)

    assert response.status_code == 400
    assert response.json()["errors"][0]["header"] == "Idempotency-Key"
    assert made(genoa) == 0


def test_a_key_in_quotes_is_the_key(officer, url):
    officer.post(url, FEWER_CARS, Idempotency_Key='"k-1"')

    assert officer.post(url, FEWER_CARS, Idempotency_Key="k-1").headers["Idempotency-Replayed"] == "true"


def test_verbs_and_bulk_have_their_effect_once_too(officer, genoa, url):
    body = {"items": [{"method": "create", "data": FEWER_CARS}]}
    answers = [officer.post(f"{url}bulk/", body, Idempotency_Key="k-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert made(genoa) == 1


def test_a_new_token_is_never_shown_twice(officer):
    """Its answer is not kept: a second request makes a second token."""
    answers = [
        officer.post("/api/v1/me/tokens/", {"name": "s"}, Idempotency_Key="k-1").json() for _ in range(2)
    ]

    assert answers[0]["token"] != answers[1]["token"]


def test_what_is_kept_stands_behind_the_walls(officer, genoa, ghent, url):
    officer.post(url, FEWER_CARS, Idempotency_Key="k-1")

    with genoa.inside():
        assert CityReply.objects.count() == 1
    with ghent.inside():
        assert CityReply.objects.count() == 0


# ------------------------------------------------------------------------ two at the same moment


@pytest.fixture
def committed(fresh_database):
    """A network with Genoa, a coordinator and a member of the programme's staff, for real."""
    network = make_network("interactive-cities")
    genoa = make_city(network, "genoa", "IT")
    people = [make_person(Role.COORDINATOR, genoa), make_person(Role.PROGRAMME_STAFF)]
    callers = [Caller(token, user) for user, token in people]
    for caller in callers:
        caller.get("/api/v1/me/")  # so that the first use of the token is not what the second waits for
    assert Token.objects.filter(last_used_at=None).count() == 0
    return network, genoa, *callers


def elsewhere(deed: Any) -> Any:
    try:
        return deed()
    finally:
        connection.close()


def test_a_request_whose_twin_is_still_running_is_409(committed):
    network, _, _, staff = committed
    url, body = f"{network.url}themes/", {"slug": "growth", "title": "Growth"}
    holding, done = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            response = staff.post(url, body, Idempotency_Key="k-1")
            holding.set()
            done.wait(10)
        return response

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(elsewhere, slow)
        holding.wait(10)
        second = Caller(staff.token, staff.user).post(url, body, Idempotency_Key="k-1")
        done.set()

        assert first.result().status_code == 201
    assert second.status_code == 409
    assert second.json()["code"] == "request_in_progress"
    assert staff.post(url, body, Idempotency_Key="k-1").status_code == 201
    assert Theme.objects.count() == 1


def test_twins_in_a_city_wait_for_each_other_and_get_the_same_answer(committed):
    _, genoa, coordinator, _ = committed

    def send(_: int) -> Any:
        caller = Caller(coordinator.token, coordinator.user)
        return elsewhere(lambda: caller.post(f"{genoa.url}objectives/", FEWER_CARS, Idempotency_Key="k-1"))

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(send, range(6)))

    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert made(genoa) == 1
