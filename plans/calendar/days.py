"""The days of a city: what a calendar shows, read in one statement and without a word of a person."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, F, QuerySet, Value

from plans.actions.models import Action, Milestone
from plans.actions.replacement import CURRENT
from plans.meetings.models import Commitment, LocalGroupMeeting

NO_PLACE = Value("", CharField())


class Day(NamedTuple):
    """Something on a day."""

    kind: str
    id: UUID
    day: date
    title: str
    place: str
    version: int
    changed_at: datetime


def days() -> list[Day]:
    """Of the cities of the context: meetings; and what is still to be done, on the day it is due."""
    meetings = LocalGroupMeeting.objects.all()
    open_actions = Action.objects.filter(CURRENT, status__in=Action.OPEN)
    milestones = Milestone.objects.filter(reached_on__isnull=True, action__in=open_actions.values("pk"))
    commitments = Commitment.objects.open().filter(due_on__isnull=False)
    actions = open_actions.filter(ends_on__isnull=False)
    rows = shown(meetings, "meeting", "held_on", "title", F("place")).union(
        shown(milestones, "milestone", "due_on", "title"),
        shown(commitments, "commitment", "due_on", "what"),
        shown(actions, "action", "ends_on", "title"),
        all=True,
    )
    return [Day(*row) for row in rows.order_by("_day", "_key")]


def shown(rows: QuerySet[Any], kind: str, day: str, title: str, place: Any = NO_PLACE) -> QuerySet[Any]:
    """The columns of `Day`, in their order, under names that no model has."""
    told = {
        "_kind": Value(kind, CharField()),
        "_key": F("id"),
        "_day": F(day),
        "_title": F(title),
        "_place": place,
        "_version": F("row_version"),
        "_changed_at": F("updated_at"),
    }
    return rows.order_by().annotate(**told).values_list(*told)
