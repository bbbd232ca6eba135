"""A tenant model that lacks a wall does not pass `manage.py check`."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from tenants.access.models import Row
from tenants.access.walls import CityPolicies, Grants, Reference, SameCity, Versioned

Model = type[models.Model]


@register(Tags.models)
def walls_stand(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    ours = [m for m in apps.get_models() if m._meta.app_label in {"tenants", "plans"}]
    return [problem for model in ours for problem in missing_walls(model)]


def missing_walls(model: Model) -> Iterator[CheckMessage]:
    if getattr(model, "city_owned", False):
        yield from missing_kinds(model, CityPolicies, *([Versioned] if issubclass(model, Row) else []))
        yield from missing_city_key(model)
        yield from unled_uniques(model)
    elif model._meta.managed:
        yield from missing_kinds(model, Grants)
    yield from missing_references(model)


def missing_kinds(model: Model, *kinds: type) -> Iterator[CheckMessage]:
    for kind in kinds:
        if not any(isinstance(c, kind) for c in model._meta.constraints):
            yield Error(f"{model.__name__} has no {kind.__name__} in Meta.constraints.", obj=model, id="tenancy.E001")


def missing_city_key(model: Model) -> Iterator[CheckMessage]:
    if not any(unique_fields(c) == ("city", "id") for c in model._meta.constraints):
        yield Error(f"{model.__name__} has no UNIQUE (city, id).", obj=model, id="tenancy.E002")


def unled_uniques(model: Model) -> Iterator[CheckMessage]:
    """UNIQUE looks past the policies: without the city in front it tells of other cities."""
    for constraint in model._meta.constraints:
        fields = unique_fields(constraint)
        if fields and fields[0] != "city":
            yield Error(f"{constraint.name} is not led by the city.", obj=model, id="tenancy.E003")
    for index in model._meta.indexes:
        if index.fields and index.fields[0] != "city":
            yield Error(f"{index.name} is not led by the city.", obj=model, id="tenancy.E003")
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key:
            yield Error(f"{field.name} is unique across cities.", obj=model, id="tenancy.E003")


def unique_fields(constraint: Any) -> tuple[str, ...]:
    return tuple(constraint.fields) if isinstance(constraint, models.UniqueConstraint) else ()


def missing_references(model: Model) -> Iterator[CheckMessage]:
    keys = {c.field: c for c in model._meta.constraints if isinstance(c, Reference)}
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        to_city_row = getattr(field.related_model, "city_owned", False)
        key = keys.get(field.name)
        if key is None or isinstance(key, SameCity) != to_city_row:
            expected = "SameCity" if to_city_row else "Reference"
            yield Error(f"{field.name} needs {expected}({field.name!r}).", obj=model, id="tenancy.E004")
        if field.db_constraint:
            yield Error(f"{field.name} needs db_constraint=False.", obj=model, id="tenancy.E005")
