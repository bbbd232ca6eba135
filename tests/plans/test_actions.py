from datetime import date

import pytest

from plans.models import Action, Milestone, Stakeholder
from tenants.access.rights import Role
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
