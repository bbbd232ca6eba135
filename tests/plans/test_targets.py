from datetime import date

import pytest

from plans.models import Target
from tenants.access.rights import Role
from tests.conftest import Place
from tests.plans.measuring import NOWHERE, indicator_in, problem, told


@pytest.fixture
def target(genoa: Place) -> Target:
    indicator = indicator_in(genoa, due=200)
    with genoa.inside():
        return Target.objects.get(indicator=indicator)


def test_an_officer_sets_a_target(officer, genoa):
    indicator = indicator_in(genoa)
    body = {"indicator": str(indicator.pk), "due_on": "2030-12-31", "value": "150.2500"}

    response = officer.post(f"{genoa.url}targets/", body)

    assert response.status_code == 201
    row = response.json()
    assert (row["indicator"], row["due_on"], row["value"]) == (str(indicator.pk), "2030-12-31", "150.25")
    assert officer.get(response.headers["Location"]).json() == row


def test_a_target_is_changed_and_deleted(officer, genoa, target):
    address = f"{genoa.url}targets/{target.pk}/"

    assert officer.patch(address, {"value": "250"}).json()["value"] == "250"
    assert officer.delete(address).status_code == 204
    assert officer.get(address).status_code == 404


def test_who_has_not_seen_the_change_before_does_not_overwrite_it(officer, genoa, target):
    address = f"{genoa.url}targets/{target.pk}/"
    seen = officer.get(address).headers["ETag"]

    first = officer.patch(address, {"value": "250"}, If_Match=seen)
    second = officer.patch(address, {"value": "300"}, If_Match=seen)

    assert (first.status_code, second.status_code) == (200, 412)


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"due_on": "2017-12-31"}, "already_exists", "/indicator"),
        ({"value": None}, "null", "/value"),
        ({"value": "1e999"}, "max_digits", "/value"),
        ({"value": "Infinity"}, "invalid", "/value"),
        ({"due_on": "0000-12-31"}, "invalid", "/due_on"),
        ({"city": "ghent", "when": "soon"}, "unknown_field", "/when"),
    ],
)
def test_a_broken_rule_has_its_code_and_its_field(officer, genoa, target, fields, code, pointer):
    body = {"indicator": str(target.indicator_id), "due_on": "2018-12-31", "value": "300"}

    response = officer.post(f"{genoa.url}targets/", body | fields)

    assert problem(response) == (400, code, pointer)
    with genoa.inside():
        assert Target.objects.count() == 1


def test_a_target_stays_with_its_indicator(officer, genoa, target):
    other = indicator_in(genoa, "GE-I2")

    response = officer.patch(f"{genoa.url}targets/{target.pk}/", {"indicator": str(other.pk)})

    assert problem(response) == (400, "fixed", "/indicator")


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("", ["2017-12-31", "2018-12-31"]),
        ("due_before=2018-12-31", ["2017-12-31"]),
        ("due_after=2017-12-31", ["2018-12-31"]),
        ("ordering=-due_on", ["2018-12-31", "2017-12-31"]),
        ("ordering=-updated_at", ["2018-12-31", "2017-12-31"]),
    ],
)
def test_targets_are_found(officer, genoa, target, query, days):
    with genoa.inside():
        Target.objects.create(indicator_id=target.indicator_id, due_on=date(2018, 12, 31), value=300)

    assert [row["due_on"] for row in officer.rows(f"{genoa.url}targets/?{query}")] == days


def test_targets_are_found_by_their_indicator(officer, genoa, target):
    indicator_in(genoa, "GE-I2", due=5)

    rows = officer.rows(f"{genoa.url}targets/?indicator={target.indicator_id}")

    assert [row["id"] for row in rows] == [str(target.pk)]


def test_another_citys_indicator_is_answered_like_an_invented_one(client_as, ghent, target):
    stranger = client_as(Role.COORDINATOR, ghent)
    body = {"due_on": "2018-12-31", "value": "1"}

    foreign, invented = (
        stranger.post(f"{ghent.url}targets/", body | {"indicator": str(pk)})
        for pk in (target.indicator_id, NOWHERE)
    )

    assert problem(foreign) == (400, "does_not_exist", "/indicator")
    assert told(foreign) == told(invented)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_city_does_not_know_the_target(client_as, ghent, target, method):
    stranger = client_as(Role.COORDINATOR, ghent)

    foreign, invented = (
        stranger.request(method, f"{ghent.url}targets/{pk}/", {"value": "1"}, If_Match="*")
        for pk in (target.pk, NOWHERE)
    )

    assert foreign.status_code == 404
    assert told(foreign) == told(invented)


def test_who_may_set_targets(client_as, network, genoa, target):
    viewer, expert = client_as(Role.VIEWER, genoa), client_as(Role.LEAD_EXPERT, network)

    for reader in (viewer, expert):
        assert reader.get(f"{genoa.url}targets/{target.pk}/").json()["allowed_actions"] == []
        assert reader.patch(f"{genoa.url}targets/{target.pk}/", {"value": "1"}).status_code == 403
