"""A tenant model that lacks a wall does not pass `manage.py check`."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from tenants.access.between import BetweenCities, SameTwoCities, between
from tenants.access.models import CityOwned, PersonalData, Row
from tenants.access.published import PublishedWith, Shown, is_published, published
from tenants.access.translations import translated
from tenants.access.walls import (
    CityPolicies,
    Grants,
    KeptHistory,
    Reference,
    SameCity,
    SameNetwork,
    Versioned,
)

Model = type[models.Model]


@register(Tags.models)
def walls_stand(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    ours = [m for m in apps.get_models() if m._meta.app_label in {"tenants", "plans"}]
    return [problem for model in ours for problem in missing_walls(model)]


def missing_walls(model: Model) -> Iterator[CheckMessage]:
    if getattr(model, "city_owned", False):
        yield from missing_kinds(model, *kinds_of(model))
        yield from unguarded_person(model)
        yield from missing_city_key(model)
        yield from unled_keys(model)
        yield from links_without_city(model)
        yield from other_cities(model)
        yield from astray_when_published(model)
    elif model._meta.managed:
        yield from missing_kinds(model, Grants)
    yield from missing_references(model)
    yield from unfit_translations(model)


def kinds_of(model: Model) -> Iterator[type]:
    yield CityPolicies
    if issubclass(model, Row):
        yield Versioned
    if issubclass(model, CityOwned) and model.keeps_history:
        yield KeptHistory


def missing_kinds(model: Model, *kinds: type) -> Iterator[CheckMessage]:
    for kind in kinds:
        if not any(isinstance(c, kind) for c in model._meta.constraints):
            yield Error(
                f"{model.__name__} has no {kind.__name__} in Meta.constraints.", obj=model, id="tenancy.E001"
            )


def unguarded_person(model: Model) -> Iterator[CheckMessage]:
    """Staff must see neither the person nor the changes."""
    if issubclass(model, PersonalData):
        for wall in model._meta.constraints:
            if isinstance(wall, CityPolicies | KeptHistory) and not wall.personal:
                yield Error(f"{model.__name__} needs walls(personal=True).", obj=model, id="tenancy.E007")


def missing_city_key(model: Model) -> Iterator[CheckMessage]:
    if not any(unique_fields(c) == ("city", "id") for c in model._meta.constraints):
        yield Error(f"{model.__name__} has no UNIQUE (city, id).", obj=model, id="tenancy.E002")


def unled_keys(model: Model) -> Iterator[CheckMessage]:
    """UNIQUE looks past the policies: without the city in front it tells of other cities."""
    for item in (*model._meta.constraints, *model._meta.indexes):
        unique = isinstance(item, models.UniqueConstraint)
        if (unique or isinstance(item, models.Index)) and leader(item) not in leaders(model, unique=unique):
            yield Error(f"{item.name} is not led by the city.", obj=model, id="tenancy.E003")
    fields: list[Any] = model._meta.local_fields
    for field in fields:
        if field.unique and not field.primary_key:
            yield Error(f"{field.name} is unique across cities.", obj=model, id="tenancy.E003")
        elif field.db_index:
            yield Error(
                f"{field.name} needs db_index=False, or the city in front.", obj=model, id="tenancy.E003"
            )


def leaders(model: Model, *, unique: bool) -> set[str]:
    """An index may also serve the other city of two; UNIQUE must not tell the one of the other."""
    shared = between(model)
    return {"city", shared.other} if shared and not unique else {"city"}


def leader(item: models.UniqueConstraint | models.Index) -> str:
    """The name of the first column."""
    if item.fields:
        return item.fields[0]
    first = item.expressions[0]
    return getattr(first, "name", "")


def links_without_city(model: Model) -> Iterator[CheckMessage]:
    for field in model._meta.local_many_to_many:
        if getattr(field.remote_field.through, "_meta", model._meta).auto_created:
            yield Error(f"{field.name} needs a through model with a city.", obj=model, id="tenancy.E006")


def other_cities(model: Model) -> Iterator[CheckMessage]:
    """The other city is one, of the same network."""
    shared = [c for c in model._meta.constraints if isinstance(c, BetweenCities)]
    near = {c.field for c in model._meta.constraints if isinstance(c, SameNetwork)}
    for wall in shared:
        if wall.other not in near:
            yield Error(f"{wall.other} needs SameNetwork({wall.other!r}).", obj=model, id="tenancy.E008")
    if len(shared) > 1:
        yield Error(f"{model.__name__} stands between more than two cities.", obj=model, id="tenancy.E008")


def astray_when_published(model: Model) -> Iterator[CheckMessage]:
    """What is let out says how far, and is about nobody."""
    wall = published(model)
    if wall is None:
        return
    known = {field.name for field in model._meta.local_fields}
    if unknown := sorted(set(wall.shown()) - known):
        yield Error(f"{model.__name__} has no {', '.join(unknown)} to publish.", obj=model, id="tenancy.E010")
    if any(getattr(c, "personal", False) for c in model._meta.constraints):
        yield Error(f"{model.__name__} is personal: it is not published.", obj=model, id="tenancy.E011")
    if isinstance(wall, PublishedWith) and wall.follows in known:
        followed: Any = model._meta.get_field(wall.follows)
        if not is_published(followed.related_model):
            yield Error(
                f"{wall.follows} is not published, nor what follows it.", obj=model, id="tenancy.E012"
            )


def unfit_translations(model: Model) -> Iterator[CheckMessage]:
    """What is said in other languages is said to whoever is told the texts themselves, and to nobody else."""
    prose, names = translated(model), {field.name for field in model._meta.local_fields}
    if ("translations" in names) != bool(prose) or not names.issuperset(prose):
        yield Error(f"{model.__name__} needs Translations of its prose.", obj=model, id="tenancy.E013")
    leaving = {name for wall in model._meta.constraints if isinstance(wall, Shown) for name in wall.shown()}
    if leaving and ("translations" in leaving) != (bool(prose) and leaving.issuperset(prose)):
        yield Error(
            f"{model.__name__} publishes translations of all its prose or none.",
            obj=model,
            id="tenancy.E014",
        )


def unique_fields(constraint: Any) -> tuple[str, ...]:
    return tuple(constraint.fields) if isinstance(constraint, models.UniqueConstraint) else ()


def missing_references(model: Model) -> Iterator[CheckMessage]:
    keys = {c.field: c for c in model._meta.constraints if isinstance(c, Reference)}
    for field in foreign_keys(model):
        to_city_row = getattr(field.related_model, "city_owned", False)
        key = keys.get(field.name)
        if key is None or isinstance(key, SameCity | SameTwoCities) != to_city_row:
            expected = "SameCity" if to_city_row else "Reference"
            yield Error(f"{field.name} needs {expected}({field.name!r}).", obj=model, id="tenancy.E004")
        if field.db_constraint:
            yield Error(f"{field.name} needs db_constraint=False.", obj=model, id="tenancy.E005")


def foreign_keys(model: Model) -> list[Any]:
    return [field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]
