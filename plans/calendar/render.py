"""Days as iCalendar (RFC 5545), for any calendar programme.

A day has no hours and no time zone: it is the same day for everybody, and does not make them busy. The
key of the row is the UID, so that a moved meeting moves in every calendar.
"""

from collections.abc import Iterable
from datetime import UTC, date, timedelta

from django.utils.translation import gettext_lazy as _
from icalendar import Calendar, Event

from plans.calendar.days import Day

PRODUCT = "-//Integrated Action Plans//Calendar of a city//EN"
NAMES = {
    "meeting": _("Local group: %(title)s"),
    "milestone": _("Milestone: %(title)s"),
    "commitment": _("Commitment: %(title)s"),
    "action": _("End of action: %(title)s"),
}
HOURLY = timedelta(hours=1)
# Texts may hold line breaks and tabs (section 3.3.11), and no other control characters.
CONTROLS = dict.fromkeys({*range(0x20), 0x7F} - {0x09, 0x0A})


def calendar(name: str, days: Iterable[Day]) -> bytes:
    whole = Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", "PUBLISH")
    whole.add("name", plain(name))
    whole.add("x-wr-calname", plain(name))
    whole.add("refresh-interval", HOURLY, parameters={"VALUE": "DURATION"})
    for day in days:
        whole.add_component(event(day))
    return whole.to_ical()


def event(day: Day) -> Event:
    shown = Event()
    shown.add("uid", str(day.id))
    # When the row was last changed (section 3.8.7.2): the same rows make the same bytes.
    shown.add("dtstamp", day.changed_at.astimezone(UTC))
    shown.add("last-modified", day.changed_at.astimezone(UTC))
    shown.add("sequence", day.version)
    shown.add("dtstart", day.day)
    if day.day < date.max:
        shown.add("dtend", day.day + timedelta(days=1))
    shown.add("summary", NAMES[day.kind] % {"title": plain(day.title)})
    if day.place:
        shown.add("location", plain(day.place))
    shown.add("categories", [day.kind])
    shown.add("transp", "TRANSPARENT")
    return shown


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").translate(CONTROLS)
