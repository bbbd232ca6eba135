"""Rows of a local group, made past the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from plans.models import (
    Attendance,
    Commitment,
    GroupDimension,
    LocalGroupMeeting,
    LocalGroupSeat,
    SeatHolder,
    SelfAssessment,
    Stakeholder,
    StakeholderAssessment,
)
from tests.client import Caller
from tests.conftest import Place

SPRING = date(2017, 3, 1)
IN_TEN_YEARS = date.today() + timedelta(days=3650)


def stakeholder_in(place: Place, name: str = "Traders", **fields: Any) -> Stakeholder:
    with place.inside():
        return Stakeholder.objects.create(**{"name": name, "profile": "private", **fields})


def assessed(place: Place, stakeholder: Stakeholder, day: date = SPRING, **fields: Any) -> Any:
    with place.inside():
        return StakeholderAssessment.objects.create(
            stakeholder=stakeholder, assessed_on=day, **{"influence": 5, "interest": 5, **fields}
        )


def seat_in(place: Place, stakeholder: Stakeholder | None = None, **fields: Any) -> LocalGroupSeat:
    stakeholder = stakeholder or stakeholder_in(place, f"Traders {Stakeholder._meta.pk.get_default()}")
    with place.inside():
        return LocalGroupSeat.objects.create(stakeholder=stakeholder, **{"since": SPRING, **fields})


def seated(place: Place, seat: LocalGroupSeat, person: Caller | None = None, **fields: Any) -> SeatHolder:
    """In the seat; a person who signs in as a member of the city, when given."""
    with place.inside():
        return SeatHolder.objects.create(
            seat=seat,
            account=person.user if person else None,
            **{"name": "Ada", "lawful_basis": "consent", "keep_until": IN_TEN_YEARS, **fields},
        )


def meeting_in(place: Place, /, day: date = SPRING, **fields: Any) -> LocalGroupMeeting:
    with place.inside():
        return LocalGroupMeeting.objects.create(
            held_on=day, **{"title": "First meeting", "purpose": "needs", **fields}
        )


def attended(place: Place, meeting: LocalGroupMeeting, seat: LocalGroupSeat, *, present: bool = True) -> None:
    with place.inside():
        Attendance.objects.create(meeting=meeting, seat=seat, present=present)


def committed(place: Place, seat: LocalGroupSeat | None = None, **fields: Any) -> Commitment:
    with place.inside():
        return Commitment.objects.create(seat=seat, **{"what": "Bring the map", **fields})


def dimension_in(place: Place, name: str = "Trust", **fields: Any) -> GroupDimension:
    with place.inside():
        return GroupDimension.objects.create(name=name, **fields)


def scored(place: Place, dimension: GroupDimension, score: int, day: date = SPRING, **fields: Any) -> Any:
    with place.inside():
        return SelfAssessment.objects.create(dimension=dimension, score=score, assessed_on=day, **fields)
