"""The calendar of a city, at an address that is a secret."""

from __future__ import annotations

import json
import logging
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from plans.models import Action, CalendarFeed, LocalGroupMeeting, Milestone
from tenants.access.rights import Role
from tenants.api.requests import JSONLines
from tenants.models import Membership
from tests.plans.grouping import committed, meeting_in, seat_in, seated

TODAY = date.today()


def fetch(url: str, **headers: str) -> Any:
    """As a calendar programme does: without a token."""
    client = Client(headers={name.replace("_", "-"): value for name, value in headers.items()})
    client.raise_request_exception = False
    return client.get(url)


def events(response: Any) -> dict[str, Any]:
    whole = Calendar.from_ical(response.content)
    assert whole.errors == []
    found = whole.walk("VEVENT")
    for event in found:
        assert event.errors == []
    return {str(event["UID"]): event for event in found}


def made(caller: Any, place: Any, name: str = "Telephone") -> str:
    response = caller.post(f"{place.url}calendar-feeds/", {"name": name})
    assert response.status_code == 201, response.content
    return response.json()["url"]


@pytest.fixture
def feed(officer, genoa):
    return made(officer, genoa)


# ------------------------------------------------------------------------------- the address


def test_the_address_is_shown_once_and_kept_as_a_digest(officer, genoa, feed):
    secret = feed.rpartition("/")[2].removesuffix(".ics")

    listed = officer.get(f"{genoa.url}calendar-feeds/")

    assert len(secret) >= 43
    assert [set(row) for row in listed.json()] == [
        {"id", "email", "name", "created_at", "last_used_at", "revoked_at"}
    ]
    assert secret not in listed.content.decode()
    row = CalendarFeed.objects.get()
    assert secret not in "".join(str(value) for value in vars(row).values())


def test_a_repeated_request_is_not_told_the_address_again(officer, genoa):
    body, key = {"name": "Telephone"}, {"Idempotency_Key": "once"}

    first = officer.post(f"{genoa.url}calendar-feeds/", body, **key).json()
    second = officer.post(f"{genoa.url}calendar-feeds/", body, **key).json()

    assert first["url"] != second["url"]


def test_a_revoked_address_is_gone_like_one_that_never_was(officer, genoa, feed):
    row = officer.get(f"{genoa.url}calendar-feeds/").json()[0]
    assert fetch(feed).status_code == 200

    assert officer.delete(f"{genoa.url}calendar-feeds/{row['id']}/").status_code == 204
    assert officer.delete(f"{genoa.url}calendar-feeds/{row['id']}/").status_code == 204

    unknown = f"/api/v1/calendar/{'x' * 43}.ics"
    answers = [fetch(url, X_Request_ID="the-same-request") for url in (feed, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert dict(answers[0].headers) == dict(answers[1].headers)
    assert officer.get(f"{genoa.url}calendar-feeds/{row['id']}/").json()["revoked_at"]


@pytest.mark.parametrize("secret", ["", "x", "x" * 3000, "%00", "%ff", "..%2f", "é", "' OR 1=1 --"])
def test_what_is_no_secret_is_not_found(db, secret):
    assert fetch(f"/api/v1/calendar/{secret}.ics").status_code == 404


def test_a_token_is_no_secret_and_a_secret_no_token(officer, genoa, feed):
    secret = feed.rpartition("/")[2].removesuffix(".ics")

    assert fetch(f"/api/v1/calendar/{officer.token}.ics").status_code == 404
    assert fetch(f"{genoa.url}actions/", Authorization=f"Bearer iap_{secret}").status_code == 401


def test_with_the_role_in_the_city_the_address_ends(officer, genoa, feed):
    Membership.objects.filter(user=officer.user).delete()

    assert fetch(feed).status_code == 404


def test_of_somebody_who_is_not_active_the_address_ends(officer, genoa, feed):
    officer.user.is_active = False
    officer.user.save()

    assert fetch(feed).status_code == 404


def test_one_sees_the_own_addresses_and_who_gives_roles_sees_all(client_as, genoa):
    viewer, member = client_as(Role.VIEWER, genoa), client_as(Role.LOCAL_GROUP_MEMBER, genoa)
    coordinator = client_as(Role.COORDINATOR, genoa)
    for caller in (viewer, member):
        made(caller, genoa)
    url = f"{genoa.url}calendar-feeds/"

    assert [row["email"] for row in viewer.get(url).json()] == [viewer.user.email]
    rows = coordinator.get(url).json()
    assert {row["email"] for row in rows} == {viewer.user.email, member.user.email}
    theirs = next(row["id"] for row in rows if row["email"] == member.user.email)
    assert viewer.delete(f"{url}{theirs}/").status_code == 404
    assert coordinator.delete(f"{url}{theirs}/").status_code == 204


def test_the_name_is_asked_for(officer, genoa):
    for body in ({}, {"name": ""}, {"name": "x" * 101}, {"name": "x", "secret": "mine"}):
        assert officer.post(f"{genoa.url}calendar-feeds/", body).status_code == 400


# -------------------------------------------------------------------------------- what it says


def test_the_calendar_has_meetings_and_what_is_still_to_be_done(officer, genoa, ghent, feed):
    with genoa.inside():
        action = Action.objects.create(code="GE-A1", title="Welcome page", ends_on=date(2018, 6, 30))
        over = Action.objects.create(code="GE-A2", title="Over", ends_on=TODAY, status="cancelled")
        Milestone.objects.create(action=over, title="Of what is over", due_on=TODAY)
        merged = Action.objects.create(code="GE-A3", title="Twice the same", ends_on=TODAY)
        Milestone.objects.create(action=merged, title="Of what was merged", due_on=TODAY)
        merged.merge(action, "Twice the same.")
        due = Milestone.objects.create(action=action, title="Tested", due_on=date(2018, 2, 28))
        Milestone.objects.create(action=action, title="Reached", due_on=TODAY, reached_on=TODAY)
    meeting = meeting_in(genoa, title="Needs", place="Palazzo Tursi")
    commitment = committed(genoa, seat_in(genoa), due_on=date(2017, 4, 1))
    committed(genoa, seat_in(genoa), due_on=TODAY, done_on=TODAY)
    committed(genoa, seat_in(genoa))
    meeting_in(ghent, title="Of another city")

    shown = events(fetch(feed))

    assert {
        uid: (str(e["SUMMARY"]), str(e["CATEGORIES"].to_ical().decode()), e["DTSTART"].dt)
        for uid, e in shown.items()
    } == {
        str(meeting.pk): ("Local group: Needs", "meeting", date(2017, 3, 1)),
        str(commitment.pk): ("Commitment: Bring the map", "commitment", date(2017, 4, 1)),
        str(due.pk): ("Milestone: Tested", "milestone", date(2018, 2, 28)),
        str(action.pk): ("End of action: Welcome page", "action", date(2018, 6, 30)),
    }
    assert str(shown[str(meeting.pk)]["LOCATION"]) == "Palazzo Tursi"


def test_a_day_is_a_day_everywhere(officer, genoa, feed):
    meeting_in(genoa, date(2016, 2, 29))

    text = fetch(feed).content.decode()

    assert "DTSTART;VALUE=DATE:20160229\r\nDTEND;VALUE=DATE:20160301\r\n" in text
    assert "TZID" not in text
    (event,) = events(fetch(feed)).values()
    assert event["DTSTAMP"].dt.utcoffset() == timedelta(0)
    assert str(event["TRANSP"]) == "TRANSPARENT"


@pytest.mark.parametrize("day", ["0001-01-01", "1900-02-28", "9999-12-31"])
def test_any_day_that_can_be_written_can_be_shown(officer, genoa, feed, day):
    body = {"title": "Far away", "held_on": day, "purpose": "needs"}
    assert officer.post(f"{genoa.url}meetings/", body).status_code == 201

    (event,) = events(fetch(feed)).values()

    assert event["DTSTART"].dt == date.fromisoformat(day)


def test_a_moved_meeting_keeps_its_key_and_is_the_next_version(officer, genoa, feed):
    meeting = meeting_in(genoa)
    before = events(fetch(feed))

    officer.patch(f"{genoa.url}meetings/{meeting.pk}/", {"held_on": "2017-03-08"})

    after = events(fetch(feed))
    assert set(before) == set(after) == {str(meeting.pk)}
    was, becomes = before[str(meeting.pk)], after[str(meeting.pk)]
    assert becomes["DTSTART"].dt == date(2017, 3, 8)
    assert becomes["SEQUENCE"] > was["SEQUENCE"]
    assert becomes["DTSTAMP"].dt >= was["DTSTAMP"].dt


AWKWARD = [
    "Bread, butter; and \\jam\\",
    'Say "yes"',
    "Two\nlines",
    "Two\r\nlines",
    "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR",
    "DTSTART:20200101",
    "Ünïcödé 会議 🎉 " * 9,
    "x" * 200,
    "bell \x07 and escape \x1b",
    "line separator \u2028 and next line \u0085",
]


@pytest.mark.parametrize("title", AWKWARD)
def test_any_text_comes_out_as_it_went_in(officer, genoa, feed, title):
    meeting = meeting_in(genoa, title=title[:200], place=title[:200])

    response = fetch(feed)

    (event,) = events(response).values()
    shown = "".join(c for c in title[:200].replace("\r\n", "\n") if c == "\n" or ord(c) >= 32)
    assert str(event["SUMMARY"]) == f"Local group: {shown}"
    assert str(event["LOCATION"]) == shown
    assert str(event["UID"]) == str(meeting.pk)
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    assert b"\n" not in response.content.replace(b"\r\n", b"")


def test_an_empty_calendar_is_one_too(genoa, feed):
    whole = Calendar.from_ical(fetch(feed).content)

    assert whole.walk("VEVENT") == []
    assert (str(whole["VERSION"]), str(whole["X-WR-CALNAME"])) == ("2.0", "Genoa")


def test_nothing_personal_is_in_it(officer, genoa, feed):
    seat = seat_in(genoa)
    seated(genoa, seat, name="Grace Hopper", email="grace@example.org")
    committed(genoa, seat, due_on=date(2017, 4, 1))

    text = fetch(feed).content.decode()

    assert "Bring the map" in text
    for word in ("Hopper", "grace@", "ORGANIZER", "ATTENDEE", officer.user.email):
        assert word not in text


# ----------------------------------------------------------------------------- how it is served


def test_it_is_a_calendar_that_no_cache_shares(genoa, feed):
    response = fetch(feed, Accept="text/html,application/xhtml+xml")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in response.headers


def test_a_programme_that_has_it_is_not_sent_it_again(officer, genoa, feed):
    meeting_in(genoa)
    tag = fetch(feed).headers["ETag"]

    again = fetch(feed, If_None_Match=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == "private, no-cache"

    with genoa.inside():
        LocalGroupMeeting.objects.update(title="Changed")
    assert fetch(feed, If_None_Match=tag).status_code == 200


def test_head_and_other_methods(genoa, feed):
    client = Client()

    assert client.head(feed).status_code == 200
    assert client.post(feed).status_code == 405
    assert client.delete(feed).status_code == 405


def test_its_use_is_noted_once_an_hour(genoa, feed):
    def noted() -> Any:
        return CalendarFeed.objects.get().last_used_at

    assert noted() is None
    fetch(feed)
    first = noted()
    assert first is not None
    fetch(feed)
    assert noted() == first

    long_ago = timezone.now() - timedelta(minutes=61)
    CalendarFeed.objects.update(last_used_at=long_ago)
    fetch(feed)
    assert noted() > long_ago


def test_it_is_read_in_three_statements(genoa, feed, django_assert_max_num_queries):
    meeting_in(genoa)
    fetch(feed)

    # The feed; then, in a transaction of its own, the context and the days.
    with django_assert_max_num_queries(6) as few:
        fetch(feed)
    for _ in range(2):
        meeting_in(genoa)
        committed(genoa, seat_in(genoa), due_on=TODAY)
    with django_assert_max_num_queries(len(few)):
        fetch(feed)


# --------------------------------------------------------------------------------- and logged


def lines(caplog: Any) -> list[dict[str, Any]]:
    return [json.loads(JSONLines().format(record)) for record in caplog.records]


def test_the_log_holds_the_route_and_not_the_secret(genoa, feed, caplog):
    secret = feed.rpartition("/")[2].removesuffix(".ics")

    with caplog.at_level(logging.DEBUG):
        fetch(feed)
        CalendarFeed.objects.get().revoke()
        fetch(feed)

    told = lines(caplog)
    assert [line["route"] for line in told if line["message"] == "request"] == [
        "api/v1/calendar/<str:secret>.ics"
    ] * 2
    assert secret not in json.dumps(told)


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("Our mistake."), 500), (OperationalError("gone"), 503)]
)
def test_nor_does_it_when_something_breaks(genoa, feed, caplog, monkeypatch, error, status):
    """Django's own line of an error names the path."""

    def broken() -> None:
        raise error

    secret = feed.rpartition("/")[2].removesuffix(".ics")
    monkeypatch.setattr("plans.calendar.views.days", broken)

    with caplog.at_level(logging.DEBUG):
        assert fetch(feed).status_code == status

    assert any("calendar/<str:secret>.ics" in line["message"] for line in lines(caplog))
    assert secret not in json.dumps(lines(caplog))


def test_a_calendar_speaks_the_language_of_its_network(genoa, network, feed):
    meeting_in(genoa, TODAY, title="Plenaria")
    english = fetch(feed, Accept_Language="it")
    network.row.working_language = "it"
    network.row.save()

    italian = fetch(feed, Accept_Language="en")

    told = [[str(e["SUMMARY"]) for e in events(answer).values()] for answer in (english, italian)]
    assert told == [["Local group: Plenaria"], ["Gruppo locale: Plenaria"]]
    assert [answer.headers["Content-Language"] for answer in (english, italian)] == ["en", "it"]
