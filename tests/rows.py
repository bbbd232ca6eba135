"""Makes a row of any model: what it needs is filled in by the kind of its fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models

from plans.models import (
    Funding,
    Guideline,
    Measurement,
    MeasurementPart,
    Objective,
    Risk,
    StakeholderContact,
)
from tenants.access.keys import uuid7
from tenants.models import City, Network, Period

FIRST_DAY, HALF_YEAR = date(2017, 1, 1), date(2017, 6, 30)
_numbers = count(1)

# What the kind of a field cannot know: rules between fields.
FITTING: dict[type[models.Model], Callable[[int], dict[str, Any]]] = {
    City: lambda number: {"country": "IT", "place_code": f"it-{number}"},
    Funding: lambda number: {"amount": number, "currency": "EUR"},
    Guideline: lambda number: {"number": 4, "version": number},
    Measurement: lambda number: {"value": number},
    Objective: lambda number: {"level": "specific"},
    Risk: lambda number: {"likelihood": 2, "impact": 4},
    Period: lambda number: {"starts_on": FIRST_DAY, "ends_on": HALF_YEAR, "due_on": HALF_YEAR},
    MeasurementPart: lambda number: {"value": 1},
    StakeholderContact: lambda number: {"email": f"somebody-{number}@example.org"},
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
    known = {**FITTING.get(model, lambda number: {})(next(_numbers)), **given}
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
    return {City: city, Network: city.network}.get(model) or make(model, city)


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
