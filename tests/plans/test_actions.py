from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from plans.models import Action, Dependency, Funding, Milestone, Risk, Stakeholder
from tenants.access.published import Visibility
from tenants.access.rights import Role
from tests.client import Caller
from tests.conftest import ClientAs, Place

JUNE = date(2030, 6, 1)


@pytest.fixture
def action(genoa: Place) -> Action:
    with genoa.inside():
        return Action.objects.create(
            code="GE-A1", title="Social ambassadors", status=Action.Status.IN_PROGRESS
        )


def test_an_officer_makes_an_action(officer, genoa):
    response = officer.post(
        f"{genoa.url}actions/", {"code": "GE-A9", "title": "Instatours", "guidelines": [6, 7]}
    )

    assert response.status_code == 201
    row = response.json()
    assert row["city"] == "genoa"
    assert row["status"] == "proposed"
    assert row["guidelines"] == [6, 7]
    assert row["condition"] == {"state": "on_time", "computed": "on_time", "override_reason": ""}
    assert response.headers["Location"].endswith(f"{genoa.url}actions/{row['id']}/")
    assert officer.get(response.headers["Location"]).json() == row


def test_action_with_an_unreached_milestone_is_not_completed(officer, genoa, action):
    with genoa.inside():
        Milestone.objects.create(action=action, title="Permit granted", due_on=JUNE)

    response = officer.post(f"{genoa.url}actions/{action.pk}/complete/")

    assert response.status_code == 409
    assert response.json()["code"] == "milestones_unreached"
    with genoa.inside():
        action.refresh_from_db()
    assert action.status == Action.Status.IN_PROGRESS


def test_another_city_does_not_know_the_action_exists(client_as: ClientAs, ghent, action):
    stranger = client_as(Role.COORDINATOR, ghent)

    response = stranger.get(f"{ghent.url}actions/{action.pk}/")

    assert response.status_code == 404


def test_key_partners_are_written_as_a_list(officer, genoa, ghent, action):
    with genoa.inside():
        port = Stakeholder.objects.create(name="Port authority", profile="public")
    with ghent.inside():
        of_ghent = Stakeholder.objects.create(name="University", profile="knowledge")
    address = f"{genoa.url}actions/{action.pk}/"

    written = officer.patch(address, {"key_partners": [str(port.pk)]})
    refused = officer.patch(address, {"key_partners": [str(of_ghent.pk)]})

    assert written.json()["key_partners"] == [str(port.pk)]
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/key_partners"
    assert officer.get(address).json()["key_partners"] == [str(port.pk)]


@pytest.mark.parametrize("visibility", Visibility.values)
def test_visibility_is_a_field_like_others_and_not_the_status(officer, genoa, action, visibility):
    changed = officer.patch(f"{genoa.url}actions/{action.pk}/", {"visibility": visibility}).json()

    assert (changed["visibility"], changed["status"]) == (visibility, "in_progress")
    assert [row["code"] for row in officer.rows(f"{genoa.url}actions/?visibility={visibility}")] == ["GE-A1"]
    assert (
        officer.rows(f"{genoa.url}actions/?visibility={'public' if visibility != 'public' else 'network'}")
        == []
    )


# ---------------------------------------------------------------------------------------- silence


def silent(place: Place, days: int, **fields: Any) -> Action:
    with place.inside():
        return Action.objects.create(
            code="GE-S1", title="Forgotten", updated_at=days_ago(days), status="in_progress", **fields
        )


def days_ago(days: int) -> datetime:
    return datetime.combine(datetime.now(UTC).date() - timedelta(days), time(), UTC)


def condition(officer: Caller, place: Place, action: Action) -> str:
    row = officer.get(f"{place.url}actions/{action.pk}/").json()
    assert officer.rows(f"{place.url}actions/?condition={row['condition']['state']}") == [row]
    return row["condition"]["computed"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "on_time"), (60, "on_time"), (61, "quiet"), (180, "quiet"), (181, "stale"), (4000, "stale")],
)
def test_an_action_of_which_nothing_is_heard_is_quiet_then_stale(officer, genoa, days, expected):
    assert condition(officer, genoa, silent(genoa, days)) == expected


ABOUT = {
    "milestone": lambda action, **at: Milestone.objects.create(action=action, title="M", due_on=JUNE, **at),
    "funding": lambda action, **at: Funding.objects.create(
        action=action, amount=1, currency="EUR", source_type="local", **at
    ),
    "risk": lambda action, **at: Risk.objects.create(
        action=action, title="R", category="technical", likelihood=1, impact=1, **at
    ),
    "dependency": lambda action, **at: Dependency.objects.create(
        action=action,
        depends_on=Action.objects.create(code="GE-S2", title="First", status="completed"),
        **at,
    ),
}


@pytest.mark.parametrize("kind", ABOUT)
@pytest.mark.parametrize(("days", "expected"), [(10, "on_time"), (100, "quiet"), (300, "stale")])
def test_what_belongs_to_an_action_breaks_its_silence(officer, genoa, kind, days, expected):
    action = silent(genoa, 400)
    with genoa.inside():
        ABOUT[kind](action, updated_at=days_ago(days))

    assert condition(officer, genoa, action) == expected


@pytest.mark.parametrize("kind", ABOUT)
def test_what_belongs_to_another_action_does_not(officer, genoa, action, kind):
    forgotten = silent(genoa, 400)
    with genoa.inside():
        ABOUT[kind](action)

    assert condition(officer, genoa, forgotten) == "stale"


def test_a_person_may_judge_otherwise_with_a_reason_that_everybody_sees(officer, genoa):
    forgotten = silent(genoa, 400)
    url = f"{genoa.url}actions/{forgotten.pk}/"

    without = officer.post(f"{url}override-condition/", {"condition": "on_time", "reason": " "})
    judged = officer.post(
        f"{url}override-condition/", {"condition": "on_time", "reason": "Waits for spring."}
    )

    assert without.status_code == 400
    assert judged.json()["condition"]["state"] == "on_time"
    assert judged.json()["condition"]["override_reason"] == "Waits for spring."
