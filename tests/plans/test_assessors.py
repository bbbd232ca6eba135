"""Whose word an assessment is: the city's own or an expert's, and nobody speaks for another."""

import pytest

from plans.models import GuidelineAssessment
from tenants.access.rights import Role
from tenants.models import Change, Membership
from tests.conftest import ClientAs
from tests.plans.measuring import problem

OTHERS = [
    Role.VIEWER,
    Role.LOCAL_GROUP_MEMBER,
    Role.NATIONAL_POINT,
    Role.PROGRAMME_STAFF,
    Role.AUDITOR,
]


@pytest.mark.parametrize("role", [Role.LEAD_EXPERT, Role.LEAD_PARTNER])
def test_an_expert_assesses_a_city(client_as: ClientAs, network, genoa, body, evidence, role):
    expert = client_as(role, network)

    response = expert.post(
        f"{genoa.url}guideline-assessments/", body | evidence | {"assessor": "expert"}, Idempotency_Key="one"
    )

    assert response.status_code == 201
    row, address = response.json(), response.headers["Location"]
    assert (row["city"], row["assessor"], row["allowed_actions"]) == ("genoa", "expert", ["change", "delete"])
    assert expert.patch(address, {"step": 4}).json()["step"] == 4
    with genoa.inside():
        change = Change.objects.filter(thing="guideline_assessment").first()
        assert (change.actor, change.actor_role) == (expert.user.pk, role)
    assert expert.delete(address).status_code == 204


def test_city_and_expert_assess_side_by_side(client_as, officer, network, own, experts):
    expert = client_as(Role.LEAD_EXPERT, network)

    allowed = {
        (name, what): who.get(address).json()["allowed_actions"]
        for name, who in (("officer", officer), ("expert", expert))
        for what, address in (("own", own), ("expert's", experts))
    }

    both = ["change", "delete"]
    assert allowed == {
        ("officer", "own"): both,
        ("officer", "expert's"): [],
        ("expert", "own"): [],
        ("expert", "expert's"): both,
    }


def test_nobody_changes_the_word_of_the_other(client_as, officer, network, genoa, own, experts):
    expert = client_as(Role.LEAD_EXPERT, network)

    for who, address in ((officer, experts), (expert, own)):
        before = who.get(address).content
        item = {"id": address.rstrip("/").rsplit("/", 1)[1], "row_version": 1}

        assert who.patch(address, {"step": 6}).status_code == 403
        assert who.delete(address).status_code == 403
        for deed in ({"method": "change", "data": {"step": 6}}, {"method": "delete"}):
            bulk = who.post(f"{genoa.url}guideline-assessments/bulk/", {"items": [item | deed]})
            assert (bulk.status_code, bulk.json()["errors"][0]["code"]) == (400, "permission_denied")
        assert who.get(address).content == before


@pytest.mark.parametrize(
    ("role", "assessor", "code"),
    [
        (Role.OFFICER, "expert", "not_expert"),
        (Role.COORDINATOR, "expert", "not_expert"),
        (Role.COORDINATOR, "peer", "not_peer"),
        (Role.LEAD_EXPERT, "self", "not_self"),
        (Role.LEAD_PARTNER, None, "not_self"),
        (Role.LEAD_EXPERT, "peer", "not_peer"),
    ],
)
def test_nobody_speaks_for_another(client_as, network, genoa, body, role, assessor, code):
    where = network if role in (Role.LEAD_EXPERT, Role.LEAD_PARTNER) else genoa
    chosen = {"assessor": assessor} if assessor else {}
    who = client_as(role, where)

    single = who.post(f"{genoa.url}guideline-assessments/", body | chosen)
    bulk = who.post(
        f"{genoa.url}guideline-assessments/bulk/", {"items": [{"method": "create", "data": body | chosen}]}
    )

    assert problem(single) == (403, code, "/assessor")
    assert problem(bulk) == (400, code, "/items/0/data/assessor")
    with genoa.inside():
        assert not GuidelineAssessment.objects.exists()


@pytest.mark.parametrize("role", OTHERS)
def test_others_only_read(client_as, genoa, body, own, role):
    reader = client_as(role, "IT" if role == Role.NATIONAL_POINT else genoa)

    assert reader.get(own).json()["allowed_actions"] == []
    for assessor in ("self", "expert"):
        made = reader.post(f"{genoa.url}guideline-assessments/", body | {"assessor": assessor})
        assert (made.status_code, made.json()["code"]) == (403, "permission_denied")
    assert reader.patch(own, {"step": 6}).status_code == 403


def test_an_officer_who_also_serves_the_programme_is_no_expert(officer, genoa, body):
    Membership.objects.create(user=officer.user, role=Role.PROGRAMME_STAFF)

    response = officer.post(f"{genoa.url}guideline-assessments/", body | {"assessor": "expert"})

    assert problem(response) == (403, "not_expert", "/assessor")


def test_a_coordinator_who_is_lead_partner_speaks_as_both(client_as, network, genoa, body, own, experts):
    both = client_as(Role.COORDINATOR, genoa)
    Membership.objects.create(user=both.user, role=Role.LEAD_PARTNER, network=network.row)

    assert both.patch(own, {"step": 4}).status_code == 200
    assert both.patch(experts, {"step": 4}).status_code == 200
