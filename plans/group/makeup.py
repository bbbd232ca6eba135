"""Who makes up a local group, in numbers: counted in one statement, for one city or for many."""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from plans.group.suppress import SMALLEST, Breakdown, added, broken_down
from plans.meetings.models import Attendance, LocalGroupMeeting
from plans.stakeholders.models import LocalGroupSeat, Stakeholder, StakeholderAssessment
from plans.stakeholders.quadrant import current
from tenants.api.readpath import TEXT, Array, Json
from tenants.networks.models import City

ALGORITHM = "group-1"
PLACES = Decimal("0.0001")
# Each breakdown with the values that it may have, so that a part of nobody is a zero.
BREAKDOWNS = {
    "seats": {
        "by_role": LocalGroupSeat.Role.values,
        "by_profile": Stakeholder.Profile.values,
        "by_order": Stakeholder.Order.values,
    },
    "stakeholders": {
        "by_profile": Stakeholder.Profile.values,
        "by_order": Stakeholder.Order.values,
        "by_quadrant": StakeholderAssessment.Quadrant.values,
    },
}


def makeup(city: Any, day: date, *, whole: bool = False) -> dict[str, Any]:
    """Of one city; `whole` without the rule for small groups, for those who see every row anyway."""
    (row,) = counted([city], day)
    return told(row, day, smallest=0 if whole else SMALLEST)


def across(cities: Iterable[UUID], day: date) -> dict[str, Any]:
    groups = [told(row, day, smallest=SMALLEST) for row in counted(cities, day)]
    return {"as_of": day, "algorithm": ALGORITHM, "cities": groups, "total": total(groups)}


def counted(cities: Iterable[UUID], day: date) -> Any:
    held, stakeholders = LocalGroupSeat.objects.held(day), Stakeholder.objects.all()
    seatless = stakeholders.filter(~Exists(held.filter(stakeholder=OuterRef("pk"))))
    meetings = LocalGroupMeeting.objects.filter(held_on__lte=day)
    noted = Attendance.objects.filter(meeting__held_on__lte=day)
    return (
        City.objects.filter(pk__in=list(cities))
        .order_by("slug")
        .values("slug")
        .annotate(
            seats_by_role=parts(held, "role"),
            seats_by_profile=parts(held, "stakeholder__profile"),
            seats_by_order=parts(held, "stakeholder__order"),
            stakeholders_by_profile=parts(stakeholders, "profile"),
            stakeholders_by_order=parts(stakeholders, "order"),
            stakeholders_by_quadrant=parts(current(), "quadrant"),
            without_seat=one(seatless, Count("pk")),
            held=one(meetings, Count("pk")),
            last_held_on=one(meetings, Max("held_on")),
            with_attendance=one(noted, Count("meeting", distinct=True)),
            present=one(noted, Count("pk", filter=Q(present=True))),
            noted=one(noted, Count("pk")),
        )
    )


def parts(rows: QuerySet[Any], field: str) -> Cast:
    """Value and number of each part, of the city of the outer query, as JSON."""
    groups = rows.filter(city=OuterRef("pk")).order_by().values(_value=F(field)).annotate(_n=Count("pk"))
    pairs = groups.annotate(_part=Json({"value": F("_value"), "n": F("_n")})).values("_part")
    return Cast(Array(pairs), TEXT)


def one(rows: QuerySet[Any], aggregate: Any) -> Subquery:
    groups = rows.filter(city=OuterRef("pk")).order_by().values("city").annotate(_told=aggregate)
    return Subquery(groups.values("_told"))


def told(row: dict[str, Any], day: date, *, smallest: int) -> dict[str, Any]:
    def breakdowns(of: str) -> dict[str, Breakdown]:
        return {
            name: broken_down(complete(row[f"{of}_{name}"], values), smallest=smallest)
            for name, values in BREAKDOWNS[of].items()
        }

    seats, stakeholders = breakdowns("seats"), breakdowns("stakeholders")
    return {
        "city": row["slug"],
        "as_of": day,
        "algorithm": ALGORITHM,
        "seats": {"n": seats["by_role"].n, **seats},
        "stakeholders": {
            "n": stakeholders["by_profile"].n,
            "without_seat": row["without_seat"] or 0,
            **stakeholders,
        },
        "meetings": {
            "held": row["held"] or 0,
            "with_attendance": row["with_attendance"] or 0,
            "last_held_on": row["last_held_on"],
        },
        "attendance": rate(row["present"] or 0, row["noted"] or 0),
    }


def complete(found: str, values: list[str]) -> dict[str, int]:
    known = {part["value"]: part["n"] for part in json.loads(found)}
    return {value: known.get(value, 0) for value in values}


def rate(present: int, noted: int) -> dict[str, Any]:
    """Added by its parts; no number where nobody noted who came."""
    return {
        "present": present,
        "noted": noted,
        "rate": (Decimal(present) / noted).quantize(PLACES) if noted else None,
    }


def total(groups: list[dict[str, Any]]) -> dict[str, Any]:
    """Of all cities; each breakdown of those alone in which it may be seen."""

    def summed(of: str, name: str) -> int:
        return sum(group[of][name] for group in groups)

    def breakdowns(of: str) -> dict[str, Any]:
        return {name: together({g["city"]: g[of][name] for g in groups}) for name in BREAKDOWNS[of]}

    return {
        "cities": len(groups),
        "seats": {"n": summed("seats", "n"), **breakdowns("seats")},
        "stakeholders": {
            "n": summed("stakeholders", "n"),
            "without_seat": summed("stakeholders", "without_seat"),
            **breakdowns("stakeholders"),
        },
        "meetings": {
            "held": summed("meetings", "held"),
            "with_attendance": summed("meetings", "with_attendance"),
            "last_held_on": max(filter(None, (g["meetings"]["last_held_on"] for g in groups)), default=None),
        },
        "attendance": rate(summed("attendance", "present"), summed("attendance", "noted")),
    }


def together(breakdowns: dict[str, Breakdown]) -> dict[str, Any]:
    """Over the cities, by slug; those in which it may not be seen are named instead."""
    whole = added(breakdowns.values())
    left_out = [city for city, breakdown in breakdowns.items() if breakdown.parts is None]
    return {**whole._asdict(), "state": whole.state, "left_out": left_out}
