"""Meetings of the local group: who came, what was decided, who will do what."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from plans.models import Action, Commitment
from tests.plans.grouping import attended, committed, meeting_in, seat_in, stakeholder_in

TODAY = date.today()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def seat(genoa):
    return seat_in(genoa)


def codes(response):
    return response.status_code, {error["code"] for error in response.json()["errors"]}


def test_a_meeting_counts_the_seats_that_came_and_shows_what_it_decided(officer, genoa, seat):
    meeting = meeting_in(genoa)
    attended(genoa, meeting, seat)
    attended(genoa, meeting, seat_in(genoa))
    attended(genoa, meeting, seat_in(genoa), present=False)
    made = officer.post(f"{genoa.url}decisions/", {"meeting": str(meeting.pk), "text": "We start with needs"})

    shown = officer.get(f"{genoa.url}meetings/{meeting.pk}/").json()

    assert shown["attendance"] == {"present": 2, "absent": 1}
    assert [(d["id"], d["text"], d["action"]) for d in shown["decisions"]] == [
        (made.json()["id"], "We start with needs", None)
    ]


def test_a_meeting_at_which_nobody_was_noted_counts_nobody(officer, genoa):
    meeting = meeting_in(genoa)

    shown = officer.get(f"{genoa.url}meetings/{meeting.pk}/").json()

    assert (shown["attendance"], shown["guests"]) == ({"present": 0, "absent": 0}, None)


def test_no_guests_and_guests_that_nobody_counted_are_two_things(officer, genoa):
    body = {"title": "Open day", "held_on": "2017-03-01", "purpose": "communication"}

    nobody = officer.post(f"{genoa.url}meetings/", {**body, "guests": 0})
    unknown = officer.post(f"{genoa.url}meetings/", body)

    assert (nobody.json()["guests"], unknown.json()["guests"]) == (0, None)
    assert codes(officer.post(f"{genoa.url}meetings/", {**body, "guests": -1})) == (400, {"min_value"})


def test_the_attendance_of_a_seat_is_noted_once(officer, genoa, seat):
    meeting = meeting_in(genoa)
    attended(genoa, meeting, seat)

    again = officer.post(
        f"{genoa.url}attendances/", {"meeting": str(meeting.pk), "seat": str(seat.pk), "present": False}
    )

    assert codes(again) == (400, {"already_exists"})


def test_meetings_are_found_by_the_seat_that_was_there(officer, genoa, seat):
    here, missed = meeting_in(genoa), meeting_in(genoa, title="Second meeting")
    attended(genoa, here, seat)
    attended(genoa, here, seat_in(genoa))
    attended(genoa, missed, seat, present=False)

    rows = officer.rows(f"{genoa.url}meetings/?attended_by={seat.pk}")

    assert [row["id"] for row in rows] == [str(here.pk)]


def test_what_is_decided_about_an_action_is_found_by_it(officer, genoa):
    with genoa.inside():
        action = Action.objects.create(code="GE-A1", title="Welcome page")
    meeting = meeting_in(genoa)
    for body in ({"action": str(action.pk)}, {}):
        officer.post(f"{genoa.url}decisions/", {"meeting": str(meeting.pk), "text": "Go on", **body})

    rows = officer.rows(f"{genoa.url}decisions/?action={action.pk}&expand=action,meeting")

    assert [row["expanded"]["action"]["code"] for row in rows] == ["GE-A1"]
    assert officer.delete(f"{genoa.url}actions/{action.pk}/").json()["code"] == "in_use"


def test_a_meeting_goes_with_its_decisions_and_leaves_the_commitments(officer, genoa, seat):
    meeting = meeting_in(genoa)
    attended(genoa, meeting, seat)
    officer.post(f"{genoa.url}decisions/", {"meeting": str(meeting.pk), "text": "Go on"})
    commitment = committed(genoa, seat, meeting=meeting)

    assert officer.delete(f"{genoa.url}meetings/{meeting.pk}/").status_code == 204

    assert officer.rows(f"{genoa.url}decisions/") == []
    assert officer.rows(f"{genoa.url}attendances/") == []
    assert officer.get(f"{genoa.url}commitments/{commitment.pk}/").json()["meeting"] is None


# ------------------------------------------------------------------------------- commitments


def test_a_commitment_is_that_of_a_seat_or_of_a_stakeholder(officer, genoa, seat):
    stakeholder = stakeholder_in(genoa)
    url, both = f"{genoa.url}commitments/", {"seat": str(seat.pk), "stakeholder": str(stakeholder.pk)}

    assert codes(officer.post(url, {"what": "Map"})) == (400, {"seat_or_stakeholder"})
    assert codes(officer.post(url, {"what": "Map", **both})) == (400, {"seat_or_stakeholder"})
    for name, key in both.items():
        assert officer.post(url, {"what": "Map", name: key}).status_code == 201
    with genoa.inside(), pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.update(seat=seat.pk, stakeholder=stakeholder.pk)


def test_commitments_of_a_stakeholder_are_its_own_and_those_of_its_seats(officer, genoa, seat):
    of_seat = committed(genoa, seat)
    own = committed(genoa, stakeholder_id=seat.stakeholder_id)
    committed(genoa, seat_in(genoa))

    rows = officer.rows(f"{genoa.url}commitments/?stakeholder={seat.stakeholder_id}")

    assert {row["id"] for row in rows} == {str(of_seat.pk), str(own.pk)}


@pytest.mark.parametrize(
    ("fields", "overdue"),
    [
        ({"due_on": YESTERDAY}, True),
        ({"due_on": TODAY}, False),
        ({"due_on": TOMORROW}, False),
        ({"due_on": None}, False),
        ({"due_on": YESTERDAY, "done_on": TODAY}, False),
    ],
)
def test_a_commitment_is_overdue_when_it_is_open_and_its_day_is_past(officer, genoa, seat, fields, overdue):
    commitment = committed(genoa, seat, **fields)

    assert officer.get(f"{genoa.url}commitments/{commitment.pk}/").json()["overdue"] is overdue
    assert bool(officer.rows(f"{genoa.url}commitments/?overdue=true")) is overdue
    assert bool(officer.rows(f"{genoa.url}commitments/?overdue=false")) is not overdue
    with genoa.inside():
        assert Commitment.objects.overdue(TODAY).exists() is overdue


def test_a_commitment_is_fulfilled_and_reopened(officer, genoa, seat):
    url = f"{genoa.url}commitments/{committed(genoa, seat).pk}/"

    assert officer.post(f"{url}reopen/").json()["code"] == "not_fulfilled"
    done = officer.post(f"{url}fulfil/").json()
    assert (done["done_on"], done["allowed_actions"]) == (str(TODAY), ["change", "delete", "reopen"])
    assert officer.post(f"{url}fulfil/").json()["code"] == "fulfilled_already"
    assert [row["id"] for row in officer.rows(f"{genoa.url}commitments/?done=true")] == [done["id"]]

    reopened = officer.post(f"{url}reopen/").json()
    assert (reopened["done_on"], reopened["allowed_actions"]) == (None, ["change", "delete", "fulfil"])


def test_a_commitment_was_fulfilled_on_a_day_that_has_come(officer, genoa, seat):
    url = f"{genoa.url}commitments/{committed(genoa, seat).pk}/fulfil/"

    assert codes(officer.post(url, {"done_on": "2999-01-01"})) == (400, {"in_the_future"})
    assert codes(officer.post(url, {"done": "2017-01-01"})) == (400, {"unknown_field"})
    assert codes(officer.post(url, {"done_on": None})) == (400, {"null"})
    assert officer.post(url, ["2017-01-01"]).status_code == 400
    assert officer.post(url, {"done_on": "2017-01-01"}).json()["done_on"] == "2017-01-01"


def test_the_day_it_was_done_is_not_written_past_the_verb(officer, genoa, seat):
    url = f"{genoa.url}commitments/{committed(genoa, seat).pk}/"

    officer.patch(url, {"done_on": "2017-01-01", "what": "Bring two maps"})

    assert officer.get(url).json()["done_on"] is None
