"""Seats are counted; who sits there is personal."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from plans.models import LocalGroupSeat, SeatHolder
from tenants.access.rights import Role
from tenants.models import Membership
from tests.conftest import make_person
from tests.plans.grouping import IN_TEN_YEARS, SPRING, seat_in, seated, stakeholder_in

HOLDER = {"name": "Ada", "lawful_basis": "consent", "keep_until": str(IN_TEN_YEARS)}


def test_a_seat_does_not_end_before_it_starts(officer, genoa):
    stakeholder = stakeholder_in(genoa)
    body = {"stakeholder": str(stakeholder.pk), "since": "2017-03-02", "until": "2017-03-01"}

    response = officer.post(f"{genoa.url}seats/", body)

    assert response.status_code == 400
    assert {(e["pointer"], e["code"]) for e in response.json()["errors"]} == {
        ("/since", "ends_before_start"),
        ("/until", "ends_before_start"),
    }
    assert officer.post(f"{genoa.url}seats/", {**body, "until": "2017-03-02"}).status_code == 201


@pytest.mark.parametrize(
    ("day", "held"),
    [
        ("2017-02-28", []),
        ("2017-03-01", ["member", "observer"]),
        ("2017-05-31", ["member", "observer"]),
        ("2017-06-01", ["observer"]),
    ],
)
def test_seats_are_those_held_on_the_day_asked_for(officer, genoa, day, held):
    seat_in(genoa, role="member", until=date(2017, 5, 31))
    seat_in(genoa, role="observer")

    assert sorted(row["role"] for row in officer.rows(f"{genoa.url}seats/?on={day}")) == held


def test_a_seat_tells_whether_it_is_held_now(officer, genoa):
    seat_in(genoa, role="member", until=date(2017, 5, 31))
    seat_in(genoa, role="observer")
    seat_in(genoa, role="technical_expert", since=IN_TEN_YEARS)

    held = {row["role"]: row["held_now"] for row in officer.rows(f"{genoa.url}seats/")}

    assert held == {"member": False, "observer": True, "technical_expert": False}


def test_a_stakeholder_with_a_seat_is_not_deleted(officer, genoa):
    seat = seat_in(genoa)

    response = officer.delete(f"{genoa.url}stakeholders/{seat.stakeholder_id}/")

    assert (response.status_code, response.json()["code"]) == (409, "in_use")


def test_the_seat_stays_when_the_person_is_erased(officer, genoa):
    holder = seated(genoa, seat_in(genoa))

    assert officer.delete(f"{genoa.url}seat-holders/{holder.pk}/").status_code == 204

    assert len(officer.rows(f"{genoa.url}seats/?on=2017-04-01")) == 1


def test_a_seat_has_one_holder(officer, genoa):
    holder = seated(genoa, seat_in(genoa))

    response = officer.post(f"{genoa.url}seat-holders/", {**HOLDER, "seat": str(holder.seat_id)})

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "already_exists"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LOCAL_GROUP_MEMBER])
def test_who_sits_there_is_kept_from_those_who_only_read(client_as, genoa, role):
    holder = seated(genoa, seat_in(genoa), name="Grace Hopper")
    reader = client_as(role, genoa)

    assert reader.get(f"{genoa.url}seat-holders/").status_code == 403
    assert reader.get(f"{genoa.url}seat-holders/{holder.pk}/").status_code == 403
    assert b"Hopper" not in reader.get(f"{genoa.url}seats/").content


def test_staff_reads_seats_and_never_who_sits_there(client_as, network, genoa):
    seated(genoa, seat_in(genoa), name="Grace Hopper")
    staff, auditor = client_as(Role.PROGRAMME_STAFF), client_as(Role.AUDITOR)

    assert [row["city"] for row in staff.rows(f"{network.url}seats/")] == ["genoa"]
    assert staff.get(f"{genoa.url}seat-holders/").status_code == 403
    assert b"Hopper" not in auditor.get(f"{genoa.url}history/?page_size=200").content


def test_a_holder_is_a_member_of_this_city_or_of_none(officer, client_as, genoa, ghent):
    stranger = client_as(Role.VIEWER, ghent).user
    url, body = f"{genoa.url}seat-holders/", {**HOLDER, "seat": str(seat_in(genoa).pk)}

    foreign = officer.post(url, {**body, "account": str(stranger.pk)})
    invented = officer.post(url, {**body, "account": str(genoa.pk)})

    assert foreign.status_code == invented.status_code == 400
    assert foreign.json()["errors"] == invented.json()["errors"]
    assert foreign.json()["errors"][0]["pointer"] == "/account"


def test_when_a_role_is_taken_the_holder_stays_and_owns_nothing(client_as, genoa):
    coordinator = client_as(Role.COORDINATOR, genoa)
    member = client_as(Role.LOCAL_GROUP_MEMBER, genoa)
    holder = seated(genoa, seat_in(genoa), member)
    role = Membership.objects.get(user=member.user)
    url = f"{genoa.url}seat-holders/{holder.pk}/"

    assert coordinator.delete(f"{genoa.url}members/{role.pk}/").status_code == 204

    assert coordinator.get(url).json()["account"] == str(member.user.pk)
    assert coordinator.patch(url, {"name": "Ada L."}).status_code == 200
    assert member.get(f"{genoa.url}seats/?mine=true").status_code == 404


def test_an_account_that_is_erased_leaves_the_seat_and_ends_its_calendar(client_as, genoa):
    member = client_as(Role.LOCAL_GROUP_MEMBER, genoa)
    holder = seated(genoa, seat_in(genoa), member)
    feed = member.post(f"{genoa.url}calendar-feeds/", {"name": "Telephone"}).json()["url"]
    staff = client_as(Role.PROGRAMME_STAFF)

    done = staff.post(f"/api/v1/people/{member.user.pk}/erase/", {"for_good": True})

    assert done.status_code in (200, 204), done.content
    with genoa.inside():
        assert SeatHolder.objects.filter(pk=holder.pk).exists()
    assert Client().get(feed).status_code == 404


def test_a_member_asks_for_the_own_seat(client_as, genoa):
    member = client_as(Role.LOCAL_GROUP_MEMBER, genoa)
    mine, others = seat_in(genoa), seat_in(genoa)
    seated(genoa, mine, member)
    seated(genoa, others)

    assert [row["id"] for row in member.rows(f"{genoa.url}seats/?mine=true")] == [str(mine.pk)]
    assert [row["id"] for row in member.rows(f"{genoa.url}seats/?mine=false")] == [str(others.pk)]


@pytest.mark.parametrize("fields", [{"until": date(2017, 5, 31)}, {"since": IN_TEN_YEARS}])
def test_a_seat_that_is_not_held_today_is_nobodys_own(client_as, genoa, fields):
    member = client_as(Role.LOCAL_GROUP_MEMBER, genoa)
    seated(genoa, seat_in(genoa, **fields), member)

    assert member.rows(f"{genoa.url}seats/?mine=true") == []


def test_whose_seat_it_is_is_not_asked_across_cities(client_as, network, genoa):
    staff = client_as(Role.PROGRAMME_STAFF)

    assert staff.get(f"{network.url}seats/?mine=true").status_code == 403
    assert client_as(Role.VIEWER, genoa).get(f"{genoa.url}seats/?mine=true").status_code == 403


def test_the_database_refuses_what_the_api_does(genoa, ghent):
    seat = seat_in(genoa)
    stranger, _ = make_person(Role.VIEWER, ghent)
    wrong = [
        lambda: LocalGroupSeat.objects.filter(pk=seat.pk).update(until=date(2016, 1, 1)),
        lambda: SeatHolder.objects.bulk_create(
            [SeatHolder(seat=seat, name="x", lawful_basis="consent", keep_until=SPRING, account=stranger)]
        ),
    ]

    for write in wrong:
        with genoa.inside(), pytest.raises(IntegrityError), transaction.atomic():
            write()
