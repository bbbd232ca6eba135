"""`allowed_actions` tell the truth: what is named works, what is not named is refused."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from plans.models import Action, GuidelineAssessment, Measurement, Milestone
from tenants.access.rights import Role
from tenants.models import Membership
from tests.api.conftest import undone
from tests.api.expectations import BODIES, CITY, GIVEN, STATES
from tests.api.urlconf import Route, routes
from tests.api.world import World, change
from tests.rows import make

DETAILS = [
    route
    for route in routes()
    if hasattr(route.view, "deeds")
    and (
        {"PATCH", "DELETE"} & set(route.actions)
        or (route.view.verbs and "retrieve" in route.actions.values())
    )
    and ("city" in route.keys or {"PATCH", "DELETE"} & set(route.actions))
]
READERS = "vmocPEISA"


def told(world: World, route: Route, letter: str) -> tuple[str, list[str]]:
    caller = world.people[letter]
    url = world.url(route, world.genoa, caller)
    response = caller.get(url)
    return url, response.json()["allowed_actions"] if response.status_code == 200 else []


def deeds_of(route: Route) -> list[str]:
    return list(route.view.deeds())


def tried(caller: Any, url: str, route: Route, name: str) -> int:
    """The status of the deed; it is undone."""
    with undone():
        if name == "change":
            return caller.request("PATCH", url, change(route.view.serializer_class), If_Match="*").status_code
        if name == "delete":
            return caller.request("DELETE", url, If_Match="*").status_code
        body = BODIES.get(f"{route.path}{name}/")
        return caller.post(f"{url}{name}/", body).status_code


def is_true(name: str, named: bool, status: int) -> bool:
    if not named:
        return status in (403, 404, 409)
    # Whether something refers to a row is known when it is deleted: 409 in_use is no refusal of a right.
    return status in (200, 201, 204) or (name == "delete" and status == 409)


@pytest.mark.parametrize(("route", "letter"), list(product(DETAILS, READERS)), ids=str)
def test_what_is_named_works_and_what_is_not_is_refused(world, route, letter):
    url, named = told(world, route, letter)

    results = {
        name: (name in named, tried(world.people[letter], url, route, name)) for name in deeds_of(route)
    }

    assert {name: result for name, result in results.items() if not is_true(name, *result)} == {}


VERBS = [
    (route, detail, name)
    for detail in DETAILS
    for name in deeds_of(detail)
    for route in routes()
    if route.path == f"{detail.path}{name}/" and route.path in {*STATES, *GIVEN}
]


@pytest.mark.parametrize("letter", READERS)
@pytest.mark.parametrize(("route", "detail", "name"), VERBS, ids=str)
def test_a_verb_is_named_to_who_may_do_it_in_the_state_that_it_asks_for(world, route, detail, name, letter):
    with undone():
        world.prepare(route, world.genoa)
        url, named = told(world, detail, letter)

        assert is_true(name, name in named, tried(world.people[letter], url, detail, name))


ACTION = next(route for route in DETAILS if route.path == f"{CITY}actions/{{id}}/")


@pytest.mark.parametrize("status", Action.Status.values)
@pytest.mark.parametrize("letter", "voc")
def test_the_verbs_of_an_action_follow_its_status(world, status, letter):
    with undone():
        with world.genoa.inside():
            Action.objects.filter(pk=world.rows[world.genoa.url][Action].pk).update(status=status)
        url, named = told(world, ACTION, letter)

        works = {
            name
            for name in deeds_of(ACTION)
            if tried(world.people[letter], url, ACTION, name) in (200, 201, 204)
        }

    assert works == set(named)
    assert bool(works) == (letter != "v")


def test_an_action_with_milestones_to_reach_does_not_offer_to_be_completed(world):
    with undone():
        with world.genoa.inside():
            action = make(Action, world.genoa.row, status=Action.Status.IN_PROGRESS)
            make(Milestone, world.genoa.row, action=action)
        officer, url = world.people["o"], f"{world.genoa.url}actions/{action.pk}/"
        named = officer.get(url).json()["allowed_actions"]

        assert officer.post(f"{url}complete/").status_code == 409
        assert "complete" not in named


def test_a_measurement_that_was_corrected_offers_nothing(world):
    with undone():
        with world.genoa.inside():
            wrong = make(Measurement, world.genoa.row)
            make(Measurement, world.genoa.row, indicator=wrong.indicator, supersedes=wrong)
        officer, url = world.people["o"], f"{world.genoa.url}measurements/{wrong.pk}/"

        assert officer.get(url).json()["allowed_actions"] == []
        assert officer.patch(url, {"comment": "Changed"}).status_code == 403


@pytest.mark.parametrize(("assessor", "letter"), list(product(["self", "expert"], "ocPE")))
def test_an_assessment_is_changed_by_the_kind_of_people_who_made_it(world, assessor, letter):
    with undone():
        with world.genoa.inside():
            row = make(GuidelineAssessment, world.genoa.row, assessor=assessor)
        caller, url = world.people[letter], f"{world.genoa.url}guideline-assessments/{row.pk}/"

        assert ("change" in caller.get(url).json()["allowed_actions"]) == (
            (assessor == "self") == (letter in "oc")
        )
        assert (caller.patch(url, {"rationale": "Seen"}).status_code == 200) == (
            (assessor == "self") == (letter in "oc")
        )


def test_a_role_in_one_city_offers_nothing_in_the_others(world):
    """Read across the network by one who is also an officer of Genoa."""
    with undone():
        expert = world.people["E"]
        Membership.objects.create(user=expert.user, role=Role.OFFICER, city=world.genoa.row)

        rows = expert.rows(f"{world.network.url}actions/")

        of_ghent = [row["allowed_actions"] for row in rows if row["city"] == "ghent"]
        assert of_ghent
        assert [names for names in of_ghent if names] == []


def test_a_right_in_one_city_and_sight_of_many_do_not_add_up(world):
    """An officer reads the history of Genoa, a National Point the plans of Italy: not Italy's history."""
    with undone():
        person = world.people["I"]
        Membership.objects.create(user=person.user, role=Role.OFFICER, city=world.genoa.row)

        assert person.get(f"{world.genoa.url}history/").status_code == 200
        assert person.get(f"{world.network.url}actions/").status_code == 200
        assert person.get(f"{world.network.url}history/").status_code == 403
