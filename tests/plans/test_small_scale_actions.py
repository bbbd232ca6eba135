from typing import Any

import pytest
from django.db import IntegrityError

from plans.models import Action, Objective, SmallScaleAction
from tests.conftest import Place

ADOPTED = {"decision": "adopt", "outcome": "Forty came, thirty again."}


def walk_in(place: Place, **fields: Any) -> SmallScaleAction:
    with place.inside():
        return SmallScaleAction.objects.create(
            **{"title": "Photo walk", "hypothesis": "People come back.", **fields}
        )


def address(place: Place, row: SmallScaleAction, verb: str = "") -> str:
    return f"{place.url}tests/{row.pk}/{verb}"


def test_an_officer_begins_a_test(officer, genoa):
    body = {"title": "Photo walk", "hypothesis": "People come back.", "cost": "250", "cost_currency": "EUR"}

    response = officer.post(f"{genoa.url}tests/", {**body, "starts_on": "2030-05-01"})

    assert response.status_code == 201
    row = response.json()
    assert (row["cost"], row["decision"], row["became_action"]) == ("250.00", None, None)
    assert row["allowed_actions"] == ["change", "delete", "decide"]
    assert officer.get(response.headers["Location"]).json() == row


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"hypothesis": ""}, "blank", "/hypothesis"),
        ({"starts_on": "2030-05-02", "ends_on": "2030-05-01"}, "ends_before_start", "/ends_on"),
        ({"cost": "5"}, "currency_missing", "/cost_currency"),
        ({"cost_currency": "EUR"}, "currency_missing", "/cost"),
        ({"cost": "-1", "cost_currency": "EUR"}, "min_value", "/cost"),
        ({"cost": "1", "cost_currency": "euro"}, "max_length", "/cost_currency"),
        ({"guidelines": [13]}, "max_value", "/guidelines/0"),
        ({"decision": "adopt"}, "outcome_missing", "/outcome"),
        ({"decision": "forget"}, "invalid_choice", "/decision"),
    ],
)
def test_a_broken_rule_has_its_code_and_its_field(officer, genoa, fields, code, pointer):
    body = {"title": "Photo walk", "hypothesis": "People come back."}

    response = officer.post(f"{genoa.url}tests/", {**body, **fields})

    assert response.status_code == 400
    assert (code, pointer) in [(e["code"], e["pointer"]) for e in response.json()["errors"]]


@pytest.mark.parametrize("decision", SmallScaleAction.Decision.values)
def test_a_decision_comes_with_what_came_out(officer, genoa, decision):
    walk = walk_in(genoa)

    response = officer.post(address(genoa, walk, "decide/"), {"decision": decision, "outcome": "Forty came."})

    assert response.status_code == 200
    row = response.json()
    assert (row["decision"], row["outcome"]) == (decision, "Forty came.")
    assert ("turn-into-action" in row["allowed_actions"]) == (decision != "drop")


def test_an_outcome_that_stands_there_is_enough(officer, genoa):
    walk = walk_in(genoa, outcome="Forty came.")

    row = officer.post(address(genoa, walk, "decide/"), {"decision": "drop"}).json()

    assert (row["decision"], row["outcome"]) == ("drop", "Forty came.")


def test_a_decision_without_an_outcome_is_refused(officer, genoa):
    walk = walk_in(genoa)

    response = officer.post(address(genoa, walk, "decide/"), {"decision": "drop"})

    assert response.status_code == 400
    assert ("outcome_missing", "/outcome") in [(e["code"], e["pointer"]) for e in response.json()["errors"]]


def test_the_outcome_of_a_decided_test_is_not_emptied(officer, genoa):
    walk = walk_in(genoa, **ADOPTED)

    assert officer.patch(address(genoa, walk), {"outcome": ""}).json()["errors"][0]["code"] == (
        "outcome_missing"
    )
    assert officer.patch(address(genoa, walk), {"decision": None}).json()["errors"][0]["code"] == "fixed"


def test_an_action_grows_from_a_test_and_both_say_so(officer, genoa):
    with genoa.inside():
        objective = Objective.objects.create(code="GE-SO1", title="A shared narrative")
    walk = walk_in(
        genoa,
        **ADOPTED,
        objective=objective,
        guidelines=[6, 7],
        cost=250,
        cost_currency="EUR",
        provenance="illustrative",
    )

    response = officer.post(address(genoa, walk, "turn-into-action/"), {"code": "GE-A9"})

    assert response.status_code == 200
    row = response.json()
    action = officer.get(f"{genoa.url}actions/{row['became_action']}/").json()
    assert action["grown_from"] == str(walk.pk)
    assert {name: action[name] for name in ("code", "title", "status", "objective", "guidelines")} == {
        "code": "GE-A9",
        "title": "Photo walk",
        "status": "proposed",
        "objective": str(objective.pk),
        "guidelines": [6, 7],
    }
    assert action["description"] == "People come back.\n\nForty came, thirty again."
    assert (action["yearly_cost"], action["yearly_cost_currency"]) == ("250.00", "EUR")
    assert action["provenance"] == "illustrative"
    assert row["allowed_actions"] == ["change", "delete"]


def test_the_title_may_be_another(officer, genoa):
    walk = walk_in(genoa, **ADOPTED)

    row = officer.post(
        address(genoa, walk, "turn-into-action/"), {"code": "GE-A9", "title": "Walks each month"}
    ).json()

    assert officer.get(f"{genoa.url}actions/{row['became_action']}/").json()["title"] == "Walks each month"


@pytest.mark.parametrize(
    ("fields", "code"), [({}, "not_adopted"), ({"decision": "drop", "outcome": "Rain."}, "not_adopted")]
)
def test_what_is_not_wanted_becomes_no_action(officer, genoa, fields, code):
    walk = walk_in(genoa, **fields)

    response = officer.post(address(genoa, walk, "turn-into-action/"), {"code": "GE-A9"})

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert officer.rows(f"{genoa.url}actions/") == []


def test_a_test_becomes_one_action(officer, genoa):
    walk = walk_in(genoa, **ADOPTED)
    officer.post(address(genoa, walk, "turn-into-action/"), {"code": "GE-A9"})

    again = officer.post(address(genoa, walk, "turn-into-action/"), {"code": "GE-A10"})
    decided = officer.post(address(genoa, walk, "decide/"), {"decision": "drop"})

    assert (again.status_code, again.json()["code"]) == (409, "became_action")
    assert (decided.status_code, decided.json()["code"]) == (409, "became_action")
    assert [row["code"] for row in officer.rows(f"{genoa.url}actions/")] == ["GE-A9"]


def test_a_code_that_is_taken_leaves_everything_as_it_was(officer, genoa):
    walk = walk_in(genoa, **ADOPTED)
    with genoa.inside():
        Action.objects.create(code="GE-A9", title="Another")

    response = officer.post(address(genoa, walk, "turn-into-action/"), {"code": "GE-A9"})

    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [("already_exists", "/code")]
    assert officer.get(address(genoa, walk)).json()["became_action"] is None
    assert len(officer.rows(f"{genoa.url}actions/")) == 1


def test_when_the_action_is_deleted_another_may_grow(officer, genoa):
    walk = walk_in(genoa, **ADOPTED)
    row = officer.post(address(genoa, walk, "turn-into-action/"), {"code": "GE-A9"}).json()

    officer.delete(f"{genoa.url}actions/{row['became_action']}/")

    assert officer.get(address(genoa, walk)).json()["became_action"] is None
    assert officer.post(address(genoa, walk, "turn-into-action/"), {"code": "GE-A9"}).status_code == 200


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"decision": "drop", "outcome": "Rain."}, "became_what_was_wanted"),
        ({}, "became_what_was_wanted"),
    ],
)
def test_the_database_knows_what_may_become_an_action(genoa, fields, constraint):
    with genoa.inside():
        action = Action.objects.create(code="GE-A9", title="Another")
    walk = walk_in(genoa, **fields)

    with pytest.raises(IntegrityError, match=constraint), genoa.inside():
        SmallScaleAction.objects.filter(pk=walk.pk).update(became_action=action)


def test_an_action_grows_from_one_test(genoa):
    with genoa.inside():
        action = Action.objects.create(code="GE-A9", title="Another")
    walk_in(genoa, **ADOPTED, became_action=action)

    with pytest.raises(IntegrityError, match="grown_once"):
        walk_in(genoa, **ADOPTED, became_action=action)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("decision=adopt,drop", ["Adopted", "Dropped"]),
        ("decided=false", ["Running"]),
        ("has_become_action=true", ["Adopted"]),
        ("has_become_action=false", ["Running", "Dropped"]),
        ("guideline=6", ["Running"]),
        ("starts_after=2030-01-01", ["Dropped"]),
        ("search=rain", ["Dropped"]),
    ],
)
def test_tests_are_filtered(officer, genoa, query, titles):
    with genoa.inside():
        action = Action.objects.create(code="GE-A9", title="Another")
    walk_in(genoa, title="Adopted", starts_on="2028-01-01", **ADOPTED, became_action=action)
    walk_in(genoa, title="Running", starts_on="2029-01-01", guidelines=[6])
    walk_in(genoa, title="Dropped", starts_on="2030-02-01", decision="drop", outcome="Rain.")

    assert [row["title"] for row in officer.rows(f"{genoa.url}tests/?{query}")] == titles
