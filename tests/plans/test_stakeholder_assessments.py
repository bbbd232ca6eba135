"""How a city sees its stakeholders: over time, in four quadrants, and in confidence."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from plans.models import StakeholderAssessment
from tenants.access.rights import Role
from tenants.models import Membership
from tests.plans.grouping import SPRING, assessed, stakeholder_in

AUTUMN = date(2017, 10, 1)
QUADRANTS = [
    (5, 5, "key_player"),
    (4, 4, "key_player"),
    (4, 3, "context_setter"),
    (5, 1, "context_setter"),
    (3, 4, "subject"),
    (1, 5, "subject"),
    (3, 3, "crowd"),
    (1, 1, "crowd"),
]


@pytest.mark.parametrize(("influence", "interest", "quadrant"), QUADRANTS)
def test_high_is_above_the_middle_of_the_scale(officer, genoa, influence, interest, quadrant):
    stakeholder = stakeholder_in(genoa)
    body = {"stakeholder": str(stakeholder.pk), "assessed_on": "2017-03-01"}

    made = officer.post(f"{genoa.url}assessments/", {**body, "influence": influence, "interest": interest})

    assert made.json()["quadrant"] == quadrant
    shown = officer.get(f"{genoa.url}stakeholders/{stakeholder.pk}/").json()["assessment"]
    assert shown["quadrant"] == quadrant
    for other in {name for _, _, name in QUADRANTS}:
        expected = [str(stakeholder.pk)] if other == quadrant else []
        for kind, word in (("stakeholders", "id"), ("assessments", "stakeholder")):
            rows = officer.rows(f"{genoa.url}{kind}/?quadrant={other}")
            assert [row[word] for row in rows] == expected


def test_a_stakeholder_shows_its_latest_assessment_and_keeps_the_others(officer, genoa):
    stakeholder = stakeholder_in(genoa)
    latest = assessed(genoa, stakeholder, AUTUMN, influence=2, attitude="opponent")
    assessed(genoa, stakeholder, SPRING)

    assert officer.get(f"{genoa.url}stakeholders/{stakeholder.pk}/").json()["assessment"] == {
        "id": str(latest.pk),
        "assessed_on": "2017-10-01",
        "influence": 2,
        "interest": 5,
        "attitude": "opponent",
        "quadrant": "subject",
    }
    history = officer.rows(f"{genoa.url}assessments/?stakeholder={stakeholder.pk}&ordering=assessed_on")
    assert [(row["assessed_on"], row["attitude"]) for row in history] == [
        ("2017-03-01", "neutral"),
        ("2017-10-01", "opponent"),
    ]
    assert officer.rows(f"{genoa.url}stakeholders/?quadrant=key_player") == []


def test_a_stakeholder_that_nobody_assessed_shows_none(officer, genoa):
    stakeholder_in(genoa)

    assert [row["assessment"] for row in officer.rows(f"{genoa.url}stakeholders/")] == [None]


def test_the_day_is_assessed_once_and_is_not_to_come(officer, genoa):
    stakeholder = stakeholder_in(genoa)
    assessed(genoa, stakeholder, SPRING)
    body = {"stakeholder": str(stakeholder.pk), "influence": 1, "interest": 1}

    again = officer.post(f"{genoa.url}assessments/", {**body, "assessed_on": str(SPRING)})
    to_come = officer.post(f"{genoa.url}assessments/", {**body, "assessed_on": "2999-01-01"})

    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "already_exists")
    assert (to_come.status_code, to_come.json()["errors"][0]["code"]) == (400, "in_the_future")


@pytest.mark.parametrize("field", ["influence", "interest"])
@pytest.mark.parametrize("value", [0, 6, -1, 2.5, "much", None])
def test_the_scale_goes_from_1_to_5(officer, genoa, field, value):
    stakeholder = stakeholder_in(genoa)
    body = {"stakeholder": str(stakeholder.pk), "assessed_on": "2017-03-01", "influence": 1, "interest": 1}

    response = officer.post(f"{genoa.url}assessments/", {**body, field: value})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == f"/{field}"
    row = assessed(genoa, stakeholder)
    if value in (0, 6):
        with genoa.inside(), pytest.raises(IntegrityError), transaction.atomic():
            StakeholderAssessment.objects.filter(pk=row.pk).update(**{field: value})


READERS = [Role.VIEWER, Role.LOCAL_GROUP_MEMBER, Role.LEAD_EXPERT, Role.PROGRAMME_STAFF, Role.AUDITOR]


@pytest.mark.parametrize("role", READERS)
def test_who_does_not_write_in_the_city_learns_nothing_of_it(client_as, network, genoa, role):
    stakeholder = stakeholder_in(genoa)
    row = assessed(genoa, stakeholder, attitude="veto_player", note="Blocks everything")
    place = {Role.LEAD_EXPERT: network, Role.PROGRAMME_STAFF: None, Role.AUDITOR: None}.get(role, genoa)
    reader = client_as(role, place)
    lists = [genoa.url] if place is genoa else [genoa.url, network.url]

    assert reader.get(f"{genoa.url}assessments/").status_code == 403
    assert reader.get(f"{genoa.url}assessments/{row.pk}/").status_code == 403
    for url in lists:
        assert [shown["assessment"] for shown in reader.rows(f"{url}stakeholders/")] == [None]
        for asked in ("quadrant=key_player", "attitude=veto_player"):
            assert reader.get(f"{url}stakeholders/?{asked}").status_code == 403
    history = reader.get(f"{genoa.url}history/?page_size=200")
    assert b"veto_player" not in history.content
    assert b"Blocks everything" not in history.content


def test_of_an_officer_who_also_reads_across_the_network_only_the_own_city_is_in_confidence(
    client_as, network, genoa, ghent
):
    expert = client_as(Role.LEAD_EXPERT, network)
    Membership.objects.create(user=expert.user, role=Role.OFFICER, city=genoa.row)
    for place in (genoa, ghent):
        assessed(place, stakeholder_in(place))

    assert [row["assessment"] for row in expert.rows(f"{network.url}stakeholders/")] == [None, None]
    assert [bool(row["assessment"]) for row in expert.rows(f"{genoa.url}stakeholders/")] == [True]
    assert [row["assessment"] for row in expert.rows(f"{ghent.url}stakeholders/")] == [None]


def test_an_officer_sees_the_history_of_an_assessment(officer, genoa):
    row = assessed(genoa, stakeholder_in(genoa), attitude="opponent")

    officer.patch(f"{genoa.url}assessments/{row.pk}/", {"attitude": "neutral"})

    changes = officer.rows(f"{genoa.url}history/?row={row.pk}")
    assert {"attitude": "opponent"} in [change["before"] for change in changes]
