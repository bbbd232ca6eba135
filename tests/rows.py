"""Makes a row of any model: what it needs is filled in by the kind of its fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import connection, models

from plans.frozen.canonical import sha256
from plans.models import (
    Commitment,
    Export,
    Funding,
    GoodPractice,
    Guideline,
    Import,
    LocalGroupSeat,
    Measurement,
    MeasurementPart,
    Objective,
    PeerReview,
    PeerReviewRequest,
    Plan,
    PlanVersion,
    Risk,
    SelfAssessment,
    StakeholderAssessment,
    StakeholderContact,
)
from tenants.access.between import SameTwoCities, between
from tenants.access.keys import uuid7
from tenants.models import City, Network, Period

FIRST_DAY, HALF_YEAR = date(2017, 1, 1), date(2017, 6, 30)
_numbers = count(1)
CONTENT = '{"actions":[],"format":"plan-1","objectives":[]}'
FROZEN = {"content": CONTENT, "sha256": sha256(CONTENT)}
SCORES = {
    "coherence": 4,
    "answer_to_challenge": 5,
    "feasibility": 3,
    "integrated_approach": 4,
    "presentation": 2,
}


def small(number: int) -> int:
    """Some test makes the 32,768th row of its process."""
    return number % 32_767 + 1


# What the kind of a field cannot know: rules between fields. A model stands for a row of it.
FITTING: dict[type[models.Model], Callable[[int], dict[str, Any]]] = {
    City: lambda number: {"country": "IT", "place_code": f"it-{number}"},
    Funding: lambda number: {"amount": number, "currency": "EUR"},
    GoodPractice: lambda number: {"summary": "What worked.", "visibility": "network"},
    Export: lambda number: {
        "state": "done",
        "finished_at": datetime(2017, 7, 1, tzinfo=UTC),
        "sha256": "0" * 64,
    },
    Import: lambda number: {"state": "done", "thing": "actions", "file_name": f"actions-{number}.csv"},
    Guideline: lambda number: {"number": 4, "version": small(number)},
    Measurement: lambda number: {"value": number},
    Objective: lambda number: {"level": "specific"},
    Risk: lambda number: {"likelihood": 2, "impact": 4},
    PeerReview: lambda number: SCORES,
    PeerReviewRequest: lambda number: {**FROZEN, "parts": ["plan", "actions"]},
    Plan: lambda number: {"status": "peer_review"},
    PlanVersion: lambda number: {**FROZEN, "number": small(number), "adopted_on": FIRST_DAY},
    Period: lambda number: {"starts_on": FIRST_DAY, "ends_on": HALF_YEAR, "due_on": HALF_YEAR},
    MeasurementPart: lambda number: {"value": 1},
    Commitment: lambda number: {"seat": LocalGroupSeat},
    LocalGroupSeat: lambda number: {"since": FIRST_DAY},
    SelfAssessment: lambda number: {"score": number % 5 + 1},
    StakeholderAssessment: lambda number: {"influence": number % 5 + 1, "interest": number % 3 + 1},
    StakeholderContact: lambda number: {"email": f"somebody-{number}@example.org"},
}
# Of two fields one is set: where the first is given, the second is not filled in.
INSTEAD: dict[type[models.Model], tuple[str, str]] = {Commitment: ("stakeholder", "seat")}


def alternatives(model: type[models.Model], name: str) -> list[str]:
    """The field that gives way when this one is set."""
    pair = INSTEAD.get(model, ())
    return [other for other in pair if name in pair and other != name]


def fitting(model: type[models.Model], city: City, number: int, given: dict[str, Any]) -> dict[str, Any]:
    """Inside the context of the city, when its rows refer to others."""
    taken, left = INSTEAD.get(model, ("", ""))
    known = FITTING.get(model, lambda number: {})(number)
    return {
        name: referred(item, city) if isinstance(item, type) else item
        for name, item in known.items()
        if name not in given and not (taken in given and name == left)
    }


# What comes with a reference, by the rules between fields.
WITH = {
    "replaced_by": {"replaced_as": "merged", "replaced_reason": "Twice the same."},
    "became_action": {"decision": "adopt", "outcome": "Works."},
}


def tenant_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if getattr(m, "city_owned", False)]


def make(model: type[models.Model], city: City, **given: Any) -> Any:
    """A row of this city, or of its network, with new rows behind what it must refer to.

    Rows of a city are made inside its context.
    """
    return model._base_manager.create(**values(model, city, **given))


def values(model: type[models.Model], city: City, **given: Any) -> dict[str, Any]:
    needed = {f.name: f for f in model._meta.local_concrete_fields if is_needed(f)}
    known = {**fitting(model, city, next(_numbers), given), **given}
    if between(model) and between(model).other not in given:
        known = {**between_two(model, city), **known}
    return {name: value(f, city) for name, f in needed.items() if name not in known} | known


def is_needed(field: Any) -> bool:
    return not (field.primary_key or field.null or field.has_default() or field.has_db_default())


def value(field: Any, city: City) -> Any:
    if isinstance(field, models.ForeignKey):
        return referred(field.related_model, city)
    if field.choices:
        return field.choices[0][0]
    if field.name == "keep_until":
        return date.today() + timedelta(days=365)
    return plain(field, next(_numbers))


def referred(model: Any, city: City) -> Any:
    """A city has one plan."""
    known = {City: city, Network: city.network}.get(model)
    return known or (model is Plan and Plan.objects.first()) or make(model, city)


def third(city: City) -> City:
    """A city of the same network that is none of those in the tests."""
    return City.objects.filter(network=city.network, slug="third").first() or make(
        City, city, slug="third", network=city.network
    )


def between_two(model: type[models.Model], city: City) -> dict[str, Any]:
    """The other city, and what it asked where this row answers."""
    wall = between(model)
    if wall is None:
        return {}
    other = third(city)
    asked = {c.field for c in model._meta.constraints if isinstance(c, SameTwoCities)}
    return {wall.other: other, **{name: asked_by(other, city, model, name) for name in asked}}


def asked_by(other: City, city: City, model: type[models.Model], name: str) -> Any:
    """A row that the other city wrote for this one; past the context, which is this city's."""
    kind: Any = model._meta.get_field(name).related_model
    wall: Any = between(kind)
    tell(other)
    row = make(kind, other, **{wall.other: city})
    tell(city)
    return row


def tell(city: City) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.city_id', %s, true)", [str(city.pk)])


def plain(field: Any, number: int) -> Any:
    for kind, filled in BY_KIND:
        if isinstance(field, kind):
            return filled(number)
    raise TypeError(f"Say in tests/rows.py what {field} may hold.")


# The more special kind first.
BY_KIND: list[tuple[Any, Callable[[int], Any]]] = [
    (models.EmailField, lambda number: f"x{number}@example.org"),
    ((models.CharField, models.TextField), lambda number: f"x{number}"),
    (models.DateField, lambda number: FIRST_DAY + timedelta(days=number % 1000)),
    (models.PositiveSmallIntegerField, lambda number: number % 12 + 1),
    ((models.IntegerField, models.DecimalField), lambda number: number),
    (models.JSONField, lambda number: {}),
    (models.BinaryField, lambda number: b"{}"),
    (models.UUIDField, lambda number: uuid7()),
    (models.BooleanField, lambda number: False),
]
