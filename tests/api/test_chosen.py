"""`?fields=` and `?expand=`."""

import pytest

from plans.models import Action, ActionPartner, Objective, Stakeholder
from tenants.access.rights import Role
from tests.conftest import ClientAs, Place


@pytest.fixture
def action(genoa: Place) -> Action:
    with genoa.inside():
        objective = Objective.objects.create(code="GE-SO1", title="A shared narrative")
        action = Action.objects.create(code="GE-A1", title="Ambassadors", objective=objective)
        for name in ("IgersGenova", "Porto Antico"):
            partner = Stakeholder.objects.create(name=name, profile="civic")
            ActionPartner.objects.create(action=action, stakeholder=partner)
        return action


def test_only_the_chosen_members_are_shown_in_their_usual_order(officer, genoa, action):
    rows = officer.rows(f"{genoa.url}actions/?fields=title,code")

    assert [list(row.items()) for row in rows] == [[("code", "GE-A1"), ("title", "Ambassadors")]]


def test_a_reference_is_shown_as_a_row_beside_its_id(officer, genoa, action):
    row = officer.get(f"{genoa.url}actions/{action.pk}/?expand=objective,key_partners,lead_actor").json()

    assert row["objective"] == str(action.objective_id)
    assert row["expanded"]["objective"] == {
        "id": str(action.objective_id),
        "code": "GE-SO1",
        "title": "A shared narrative",
        "level": "strategic",
    }
    assert {partner["name"] for partner in row["expanded"]["key_partners"]} == {"IgersGenova", "Porto Antico"}
    assert row["expanded"]["lead_actor"] is None


def test_nothing_is_expanded_unasked(officer, genoa, action):
    assert "expanded" not in officer.get(f"{genoa.url}actions/{action.pk}/").json()


@pytest.mark.parametrize(
    "query", ["fields=title,secret", "expand=city", "expand=objective.parent", "fields=,"]
)
def test_a_name_that_is_not_known_is_refused(officer, genoa, action, query):
    response = officer.get(f"{genoa.url}actions/?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "unknown_name"


def test_a_reader_across_cities_expands_rows_of_those_cities_only(
    client_as: ClientAs, network, genoa, ghent, action
):
    with ghent.inside():
        objective = Objective.objects.create(code="GT-SO1", title="Share assets")
        Action.objects.create(code="GT-A1", title="Platform", objective=objective)
    italian = client_as(Role.NATIONAL_POINT, "IT")

    rows = italian.rows(f"{network.url}actions/?expand=objective")

    assert [row["expanded"]["objective"]["code"] for row in rows] == ["GE-SO1"]


@pytest.mark.parametrize("rows", [1, 3])
def test_expanding_asks_no_further_statement(officer, genoa, action, rows, django_assert_num_queries):
    with genoa.inside():
        for number in range(1, rows):
            Action.objects.create(code=f"GE-B{number}", title="Another", objective=action.objective)

    # Savepoint and its release, the entrance, the page; and what puts the outer transaction back.
    with django_assert_num_queries(5):
        officer.get(f"{genoa.url}actions/?expand=objective,key_partners")
