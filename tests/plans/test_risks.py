from typing import Any

import pytest
from django.db import IntegrityError

from plans.models import Action, Risk, Stakeholder
from tests.conftest import Place

GRAVE = {"likelihood": 4, "impact": 5}


@pytest.fixture
def action(genoa: Place) -> Action:
    with genoa.inside():
        return Action.objects.create(code="GE-A1", title="Social ambassadors")


def risk_in(place: Place, title: str = "Funds are cut", **fields: Any) -> Risk:
    with place.inside():
        return Risk.objects.create(
            title=title, **{"category": "financial", "likelihood": 2, "impact": 3, **fields}
        )


def test_an_officer_names_a_risk_of_an_action(officer, genoa, action):
    body = {"action": str(action.pk), "title": "Posts offend", "category": "reputational", **GRAVE}

    response = officer.post(f"{genoa.url}risks/", body)

    assert response.status_code == 201
    row = response.json()
    assert (row["score"], row["status"], row["action"]) == (20, "open", str(action.pk))
    assert officer.get(response.headers["Location"]).json() == row


def test_a_risk_without_an_action_is_one_of_the_plan(officer, genoa, action):
    risk_in(genoa, "Of the action", action=action)
    body = {"title": "A new council", "category": "political", "likelihood": 3, "impact": 3}

    made = officer.post(f"{genoa.url}risks/", body)

    assert (made.status_code, made.json()["action"]) == (201, None)
    assert [row["title"] for row in officer.rows(f"{genoa.url}risks/?of_plan=true")] == ["A new council"]
    assert [row["title"] for row in officer.rows(f"{genoa.url}risks/?of_plan=false")] == ["Of the action"]


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"likelihood": 0}, "min_value", "/likelihood"),
        ({"likelihood": 6}, "max_value", "/likelihood"),
        ({"impact": 2.5}, "invalid", "/impact"),
        ({"impact": None}, "null", "/impact"),
        ({"category": "weather"}, "invalid_choice", "/category"),
        ({"title": ""}, "blank", "/title"),
    ],
)
def test_a_broken_rule_has_its_code_and_its_field(officer, genoa, fields, code, pointer):
    body = {"title": "A new council", "category": "political", "likelihood": 3, "impact": 3}

    response = officer.post(f"{genoa.url}risks/", {**body, **fields})

    assert response.status_code == 400
    assert (code, pointer) in [(e["code"], e["pointer"]) for e in response.json()["errors"]]


@pytest.mark.parametrize("fields", [{"likelihood": 0}, {"likelihood": 6}, {"impact": 0}, {"impact": 6}])
def test_the_database_knows_one_to_five(genoa, fields):
    with pytest.raises(IntegrityError, match="risk_one_to_five"):
        risk_in(genoa, **fields)


def test_the_score_is_computed_and_cannot_be_written(officer, genoa):
    address = f"{genoa.url}risks/{risk_in(genoa).pk}/"

    changed = officer.patch(address, {"score": 25, "impact": 5}).json()

    assert (changed["likelihood"], changed["impact"], changed["score"]) == (2, 5, 10)


def test_a_risk_is_closed_and_opened_again_once_each(officer, genoa):
    address = f"{genoa.url}risks/{risk_in(genoa).pk}/"

    closed, again = officer.post(f"{address}close/"), officer.post(f"{address}close/")
    opened, once_more = officer.post(f"{address}reopen/"), officer.post(f"{address}reopen/")

    assert (closed.json()["status"], opened.json()["status"]) == ("closed", "open")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_status")
    assert (once_more.status_code, once_more.json()["code"]) == (409, "wrong_status")
    assert "reopen" in closed.json()["allowed_actions"]
    assert "close" not in closed.json()["allowed_actions"]


def test_the_status_is_not_written_from_outside(officer, genoa):
    response = officer.patch(f"{genoa.url}risks/{risk_in(genoa).pk}/", {"status": "closed"})

    error = response.json()["errors"][0]
    assert (response.status_code, error["code"]) == (400, "fixed")
    assert error["detail"] == "This changes by the verbs that `allowed_actions` names."


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Grave", "Even", "Middling", "Slight"]),
        ("ordering=score", ["Slight", "Even", "Middling", "Grave"]),
        ("score_at_least=6", ["Grave", "Even", "Middling"]),
        ("score_at_least=7", ["Grave"]),
        ("score_at_least=26", []),
        ("likelihood_at_least=3", ["Grave", "Even"]),
        ("impact_at_least=3", ["Grave", "Middling"]),
        ("category=political,technical", ["Grave"]),
        ("status=closed", ["Slight"]),
        ("search=mid", ["Middling"]),
    ],
)
def test_risks_are_filtered_and_ordered_by_their_score(officer, genoa, query, titles):
    risk_in(genoa, "Slight", likelihood=1, impact=1, status="closed")
    risk_in(genoa, "Even", likelihood=3, impact=2)
    risk_in(genoa, "Middling", likelihood=2, impact=3)
    risk_in(genoa, "Grave", category="political", **GRAVE)

    assert [row["title"] for row in officer.rows(f"{genoa.url}risks/?{query}")] == titles


def test_pages_by_score_hold_every_risk_once(officer, genoa):
    for number in range(5):
        risk_in(genoa, f"Risk {number}", likelihood=2, impact=2 + number % 2)

    found, url = [], f"{genoa.url}risks/?page_size=2"
    while url:
        page = officer.get(url).json()
        found += [row["title"] for row in page["results"]]
        url = page["next"]

    assert sorted(found) == [f"Risk {number}" for number in range(5)]
    assert len(found) == 5


def test_the_owner_is_a_stakeholder_of_the_city(officer, genoa, ghent):
    with genoa.inside():
        port = Stakeholder.objects.create(name="Port authority", profile="public")
    with ghent.inside():
        university = Stakeholder.objects.create(name="University", profile="knowledge")
    address = f"{genoa.url}risks/{risk_in(genoa).pk}/"

    assert officer.patch(address, {"owner": str(port.pk)}).json()["owner"] == str(port.pk)
    refused = officer.patch(address, {"owner": str(university.pk)})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/owner")
    assert len(officer.rows(f"{genoa.url}risks/?owner={port.pk}")) == 1


def test_the_risks_of_an_action_go_with_it_and_those_of_the_plan_stay(officer, genoa, action):
    risk_in(genoa, "Of the action", action=action)
    risk_in(genoa, "Of the plan")

    officer.delete(f"{genoa.url}actions/{action.pk}/")

    assert [row["title"] for row in officer.rows(f"{genoa.url}risks/")] == ["Of the plan"]
