"""The make-up of a local group in numbers, and the rule that guards small ones."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.group.suppress import SMALLEST, State, added, broken_down
from tenants.access.rights import Role
from tests.plans.grouping import assessed, attended, meeting_in, seat_in, stakeholder_in

TOMORROW = date.today() + timedelta(days=1)
PARTS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 9))


@pytest.mark.parametrize(("n", "state"), [(0, "too_small"), (4, "too_small"), (5, "counted"), (6, "counted")])
def test_a_group_smaller_than_five_is_not_broken_down(n, state):
    breakdown = broken_down({"a": n, "b": 0})

    assert (breakdown.n, breakdown.state) == (n, state)
    assert breakdown.parts == (None if state == "too_small" else {"a": n, "b": 0})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PARTS, max_size=4))
def test_a_sum_tells_nothing_of_a_group_that_is_too_small(groups):
    seen = [parts for parts in groups if sum(parts.values()) >= SMALLEST]

    whole = added(map(broken_down, groups))

    assert whole == added(map(broken_down, seen))
    assert whole.n == sum(sum(parts.values()) for parts in seen)


def test_a_sum_of_nothing_that_may_be_seen_is_too_small():
    assert added([broken_down({"a": 4}), broken_down({"a": 4})]) == (0, None)
    assert added([]).state == State.TOO_SMALL


def filled(place, seats):
    """Two stakeholders without a seat; the first with so many seats, held today, and one that is not."""
    first = stakeholder_in(place, "Town hall", profile="public")
    stakeholder_in(place, "Traders", profile="private", order="secondary")
    stakeholder_in(place, "University", profile="knowledge")
    for number in range(seats):
        seat_in(place, first, role="member" if number else "coordinator")
    seat_in(place, first, role="observer", until=date(2017, 5, 31))
    return first


def test_an_officer_sees_the_whole_of_a_small_group(officer, genoa):
    first = filled(genoa, seats=2)
    assessed(genoa, first)

    group = officer.get(f"{genoa.url}group/").json()

    assert group["as_of"] == str(date.today())
    assert group["seats"]["n"] == 2
    assert group["seats"]["by_role"] == {
        "state": "counted",
        "n": 2,
        "parts": {
            "coordinator": 1,
            "member": 1,
            "elected_representative": 0,
            "technical_expert": 0,
            "observer": 0,
        },
    }
    assert group["seats"]["by_profile"]["parts"]["public"] == 2
    stakeholders = group["stakeholders"]
    assert (stakeholders["n"], stakeholders["without_seat"]) == (3, 2)
    assert stakeholders["by_order"]["parts"] == {"primary": 2, "secondary": 1}
    assert stakeholders["by_quadrant"]["parts"] == {
        "key_player": 1,
        "context_setter": 0,
        "subject": 0,
        "crowd": 0,
    }


@pytest.mark.parametrize(
    "role", [Role.VIEWER, Role.LOCAL_GROUP_MEMBER, Role.LEAD_EXPERT, Role.PROGRAMME_STAFF]
)
def test_others_see_a_small_group_as_one_number(client_as, network, genoa, role):
    place = {Role.LEAD_EXPERT: network, Role.PROGRAMME_STAFF: None}.get(role, genoa)
    assessed(genoa, filled(genoa, seats=4))

    group = client_as(role, place).get(f"{genoa.url}group/").json()

    assert group["seats"]["n"] == 4
    for of, name in (("seats", "by_role"), ("stakeholders", "by_profile"), ("stakeholders", "by_quadrant")):
        assert (group[of][name]["state"], group[of][name]["parts"]) == ("too_small", None)


def test_the_latest_assessment_counts_once(officer, genoa):
    stakeholder = stakeholder_in(genoa)
    assessed(genoa, stakeholder)
    assessed(genoa, stakeholder, date(2017, 10, 1), influence=1)

    by_quadrant = officer.get(f"{genoa.url}group/").json()["stakeholders"]["by_quadrant"]

    assert (by_quadrant["n"], by_quadrant["parts"]["subject"]) == (1, 1)


def test_attendance_is_added_by_its_parts_over_the_meetings_that_were_held(officer, genoa):
    seats = [seat_in(genoa) for _ in range(3)]
    for present in ([True, True, False], [True]):
        meeting = meeting_in(genoa)
        for seat, there in zip(seats, present, strict=False):
            attended(genoa, meeting, seat, present=there)
    meeting_in(genoa, date(2017, 6, 1))
    attended(genoa, meeting_in(genoa, TOMORROW), seats[0], present=False)

    group = officer.get(f"{genoa.url}group/").json()

    assert group["meetings"] == {"held": 3, "with_attendance": 2, "last_held_on": "2017-06-01"}
    assert group["attendance"] == {"present": 3, "noted": 4, "rate": "0.7500"}


def test_where_nobody_was_noted_there_is_no_rate(officer, genoa):
    group = officer.get(f"{genoa.url}group/").json()

    assert group["attendance"] == {"present": 0, "noted": 0, "rate": None}
    assert group["meetings"] == {"held": 0, "with_attendance": 0, "last_held_on": None}
    assert group["seats"]["n"] == 0


def test_across_the_network_small_groups_are_left_out_of_the_sums_too(client_as, network, genoa, ghent):
    filled(genoa, seats=6)
    filled(ghent, seats=4)
    expert = client_as(Role.LEAD_EXPERT, network)

    answer = expert.get(f"{network.url}groups/").json()

    assert [(group["city"], group["seats"]["n"]) for group in answer["cities"]] == [
        ("genoa", 6),
        ("ghent", 4),
    ]
    total = answer["total"]
    assert (total["cities"], total["seats"]["n"], total["stakeholders"]["n"]) == (2, 10, 6)
    assert total["seats"]["by_role"]["left_out"] == ["ghent"]
    assert (total["seats"]["by_role"]["n"], total["seats"]["by_role"]["parts"]["member"]) == (6, 5)
    assert total["stakeholders"]["by_profile"] == {
        "state": "too_small",
        "n": 0,
        "parts": None,
        "left_out": ["genoa", "ghent"],
    }


def test_staff_counts_quadrants_without_reading_an_attitude(client_as, network, genoa):
    for number in range(5):
        assessed(genoa, stakeholder_in(genoa, f"Traders {number}"), attitude="opponent")

    answer = client_as(Role.PROGRAMME_STAFF).get(f"{network.url}groups/")

    assert answer.json()["cities"][0]["stakeholders"]["by_quadrant"]["parts"]["key_player"] == 5
    assert b"opponent" not in answer.content


def test_a_national_point_counts_the_cities_of_its_country(client_as, network, genoa, ghent):
    answer = client_as(Role.NATIONAL_POINT, "IT").get(f"{network.url}groups/").json()

    assert [group["city"] for group in answer["cities"]] == ["genoa"]


def test_the_same_numbers_have_the_same_tag(officer, genoa):
    tag = officer.get(f"{genoa.url}group/").headers["ETag"]

    assert officer.get(f"{genoa.url}group/", If_None_Match=tag).status_code == 304
    seat_in(genoa)
    assert officer.get(f"{genoa.url}group/", If_None_Match=tag).status_code == 200
