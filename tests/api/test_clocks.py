"""What a client holds is answered from clocks, before a row is looked at; and never too late."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Action, Guideline
from tenants.access.rights import Role
from tests.conftest import ClientAs, Place


@pytest.fixture
def action(genoa: Place) -> Action:
    with genoa.inside():
        return Action.objects.create(code="GE-A1", title="Ambassadors")


def test_a_list_that_is_known_is_not_read(officer, genoa, action):
    tag = officer.get(f"{genoa.url}actions/").headers["ETag"]

    with CaptureQueriesContext(connection) as asked:
        response = officer.get(f"{genoa.url}actions/", If_None_Match=tag)

    assert response.status_code == 304
    assert not [query for query in asked if "plans_action" in query["sql"]]


def test_any_change_in_the_city_makes_the_list_new(officer, genoa, action):
    tag = officer.get(f"{genoa.url}actions/").headers["ETag"]

    with genoa.inside():
        action.milestones.create(title="Permit granted", due_on="2030-06-01")

    assert officer.get(f"{genoa.url}actions/", If_None_Match=tag).status_code == 200


def test_a_change_in_another_city_does_not(officer, genoa, ghent, action):
    tag = officer.get(f"{genoa.url}actions/").headers["ETag"]

    with ghent.inside():
        Action.objects.create(code="GT-A1", title="Platform")

    assert officer.get(f"{genoa.url}actions/", If_None_Match=tag).status_code == 304


def test_a_reader_across_cities_sees_a_change_in_any_of_them(
    client_as: ClientAs, network, genoa, ghent, action
):
    expert = client_as(Role.LEAD_EXPERT, network)
    tag = expert.get(f"{network.url}actions/").headers["ETag"]
    assert expert.get(f"{network.url}actions/", If_None_Match=tag).status_code == 304

    with ghent.inside():
        Action.objects.create(code="GT-A1", title="Platform")

    assert len(expert.get(f"{network.url}actions/", If_None_Match=tag).json()["results"]) == 2


def test_a_change_of_what_the_network_shares_makes_it_new(officer, network, genoa, action):
    shared = officer.get(f"{network.url}guidelines/").headers["ETag"]
    own = officer.get(f"{genoa.url}guideline-assessments/").headers["ETag"]

    Guideline.objects.create(network=network.row, number=1, slug="one", title="One")

    assert officer.get(f"{network.url}guidelines/", If_None_Match=shared).status_code == 200
    assert officer.get(f"{genoa.url}guideline-assessments/", If_None_Match=own).status_code == 200


def test_other_rights_and_other_questions_have_other_tags(client_as: ClientAs, officer, genoa, action):
    viewer = client_as(Role.VIEWER, genoa)
    url = f"{genoa.url}actions/"
    tag = officer.get(url).headers["ETag"]

    assert viewer.get(url, If_None_Match=tag).status_code == 200
    assert officer.get(f"{url}?status=planned", If_None_Match=tag).status_code == 200
    assert officer.get(f"{url}?fields=title", If_None_Match=tag).status_code == 200


def test_a_row_that_is_gone_is_not_still_known(officer, genoa, action):
    url = f"{genoa.url}actions/{action.pk}/"
    tag = officer.get(url).headers["ETag"]

    with genoa.inside():
        action.delete()

    assert officer.get(url, If_None_Match=tag).status_code == 404
