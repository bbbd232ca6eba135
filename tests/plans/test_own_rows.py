"""A member of the local group writes what comes from the own seat, and nothing else."""

from datetime import date

import pytest

from plans.models import Commitment, SelfAssessment
from tenants.access.rights import Role
from tenants.models import Membership
from tests.plans.grouping import (
    IN_TEN_YEARS,
    committed,
    dimension_in,
    scored,
    seat_in,
    seated,
    stakeholder_in,
)


@pytest.fixture
def member(client_as, genoa):
    return client_as(Role.LOCAL_GROUP_MEMBER, genoa)


@pytest.fixture
def own(genoa, member):
    """The seat that the member holds."""
    seat = seat_in(genoa)
    seated(genoa, seat, member)
    return seat


@pytest.fixture
def other(genoa, client_as):
    """A seat that another member holds."""
    seat = seat_in(genoa)
    seated(genoa, seat, client_as(Role.LOCAL_GROUP_MEMBER, genoa))
    return seat


def refused(response):
    problem = response.json()
    return response.status_code, problem["code"], [e["pointer"] for e in problem.get("errors", [])]


NOT_OWN = (403, "not_own_seat", ["/seat"])


def test_a_commitment_from_the_own_seat_is_the_members_to_make_change_fulfil_and_delete(member, genoa, own):
    made = member.post(f"{genoa.url}commitments/", {"what": "Bring the map", "seat": str(own.pk)})
    url = f"{genoa.url}commitments/{made.json()['id']}/"

    assert made.status_code == 201
    assert made.json()["allowed_actions"] == ["change", "delete", "fulfil"]
    assert member.patch(url, {"what": "Bring two maps"}).status_code == 200
    assert member.post(f"{url}fulfil/").json()["allowed_actions"] == ["change", "delete", "reopen"]
    assert member.post(f"{url}reopen/").status_code == 200
    assert member.delete(url).status_code == 204


def test_from_another_seat_or_for_a_stakeholder_the_member_commits_nobody(member, genoa, own, other):
    stakeholder = stakeholder_in(genoa)
    bodies = [{"seat": str(other.pk)}, {"stakeholder": str(stakeholder.pk)}]

    for body in bodies:
        response = member.post(f"{genoa.url}commitments/", {"what": "Pay for it", **body})
        assert refused(response) == NOT_OWN

    with genoa.inside():
        assert not Commitment.objects.exists()


def test_a_commitment_of_another_seat_is_read_and_no_more(member, genoa, own, other):
    commitment = committed(genoa, other)
    url = f"{genoa.url}commitments/{commitment.pk}/"

    assert member.get(url).json()["allowed_actions"] == []
    assert member.patch(url, {"what": "Nothing"}).status_code == 403
    assert member.post(f"{url}fulfil/").status_code == 403
    assert member.delete(url).status_code == 403
    with genoa.inside():
        assert Commitment.objects.get().row_version == 1


def test_an_own_commitment_is_not_passed_on(member, genoa, own, other):
    url = f"{genoa.url}commitments/{committed(genoa, own).pk}/"
    stakeholder = stakeholder_in(genoa)

    assert refused(member.patch(url, {"seat": str(other.pk)})) == NOT_OWN
    passed = {"seat": None, "stakeholder": str(stakeholder.pk)}
    assert refused(member.patch(url, passed)) == NOT_OWN
    with genoa.inside():
        assert Commitment.objects.get().seat_id == own.pk


def test_in_bulk_the_same_holds(member, genoa, own, other):
    items = [
        {"method": "create", "data": {"what": "Mine", "seat": str(own.pk)}},
        {"method": "create", "data": {"what": "Theirs", "seat": str(other.pk)}},
    ]

    whole = member.post(f"{genoa.url}commitments/bulk/", {"items": items})
    each = member.post(f"{genoa.url}commitments/bulk/", {"mode": "each", "items": items})

    assert whole.status_code == 400
    assert [result["status"] for result in each.json()["results"]] == [201, 403]
    with genoa.inside():
        assert [row.what for row in Commitment.objects.all()] == ["Mine"]


@pytest.mark.parametrize("fields", [{"until": date(2017, 5, 31)}, {"since": IN_TEN_YEARS}])
def test_a_seat_writes_while_it_is_held(member, genoa, fields):
    seat = seat_in(genoa, **fields)
    seated(genoa, seat, member)
    commitment = committed(genoa, seat)

    response = member.post(f"{genoa.url}commitments/", {"what": "Late", "seat": str(seat.pk)})

    assert refused(response) == NOT_OWN
    assert member.get(f"{genoa.url}commitments/{commitment.pk}/").json()["allowed_actions"] == []


def test_with_the_role_goes_the_pen(client_as, genoa, member, own):
    commitment = committed(genoa, own)
    Membership.objects.create(user=member.user, role=Role.VIEWER, city=genoa.row)
    coordinator = client_as(Role.COORDINATOR, genoa)
    role = Membership.objects.get(user=member.user, role=Role.LOCAL_GROUP_MEMBER)
    coordinator.delete(f"{genoa.url}members/{role.pk}/")

    url = f"{genoa.url}commitments/{commitment.pk}/"
    assert member.get(url).json()["allowed_actions"] == []
    assert member.post(f"{url}fulfil/").status_code == 403


def test_two_members_do_not_share_a_tag(client_as, genoa, own, member):
    """What is allowed differs between them, so a browser that changed hands asks again."""
    committed(genoa, own)
    other = client_as(Role.LOCAL_GROUP_MEMBER, genoa)
    tag = member.get(f"{genoa.url}commitments/").headers["ETag"]

    assert member.get(f"{genoa.url}commitments/", If_None_Match=tag).status_code == 304
    response = other.get(f"{genoa.url}commitments/", If_None_Match=tag)
    assert response.json()["results"][0]["allowed_actions"] == []


def test_an_officer_writes_for_every_seat(officer, genoa, own):
    url = f"{genoa.url}commitments/{committed(genoa, own).pk}/"

    assert officer.get(url).json()["allowed_actions"] == ["change", "delete", "fulfil"]
    assert officer.post(f"{url}fulfil/").status_code == 200


def test_mine_are_those_of_the_own_seat(member, officer, genoa, own, other):
    mine = committed(genoa, own)
    committed(genoa, other)
    of_stakeholder = committed(genoa, stakeholder=stakeholder_in(genoa))

    assert [row["id"] for row in member.rows(f"{genoa.url}commitments/?mine=true")] == [str(mine.pk)]
    assert str(of_stakeholder.pk) in {row["id"] for row in member.rows(f"{genoa.url}commitments/?mine=false")}
    assert officer.rows(f"{genoa.url}commitments/?mine=true") == []


def test_the_group_is_scored_from_the_own_seat(member, genoa, own, other):
    dimension = dimension_in(genoa)
    body = {"dimension": str(dimension.pk), "assessed_on": "2017-03-01", "score": 4}
    url = f"{genoa.url}self-assessments/"

    made = member.post(url, {**body, "seat": str(own.pk)})

    assert made.status_code == 201
    assert member.patch(f"{url}{made.json()['id']}/", {"score": 5}).status_code == 200
    assert refused(member.post(url, {**body, "seat": str(other.pk)})) == NOT_OWN
    assert refused(member.post(url, body)) == NOT_OWN
    with genoa.inside():
        assert SelfAssessment.objects.count() == 1


def test_the_score_of_the_group_as_a_whole_is_not_a_members_to_change(member, genoa, own):
    row = scored(genoa, dimension_in(genoa), 3)

    assert member.patch(f"{genoa.url}self-assessments/{row.pk}/", {"score": 5}).status_code == 403


def test_a_viewer_in_a_seat_still_only_reads(client_as, genoa):
    viewer = client_as(Role.VIEWER, genoa)
    seat = seat_in(genoa)
    seated(genoa, seat, viewer)

    response = viewer.post(f"{genoa.url}commitments/", {"what": "Map", "seat": str(seat.pk)})

    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
