"""The columns of a sheet, derived from what a serializer says of its fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from django.db import models
from django.db.models import F, OuterRef
from django.db.models.expressions import Combinable
from rest_framework import fields, relations, serializers

from plans.sheets.beside import NOTHING_BESIDE, Beside, category_name
from plans.sheets.collections import View, names_of_rows
from tenants.access.translations import translated
from tenants.api import readpath
from tenants.api.places import Place
from tenants.api.projected import NOTHING
from tenants.api.readpath import Array, Json, projection

KEY, TRANSLATIONS = "id", "translations"
# What differs with who reads.
LEFT_OUT = {"allowed_actions"}


class Kind(Enum):
    TEXT = "text"
    CHOICE = "choice"
    DECIMAL = "decimal"
    WHOLE = "whole number"
    DATE = "date"
    FLAG = "true or false"
    LIST = "list"
    NESTED = "JSON"


@dataclass(frozen=True)
class Column:
    """`name` is the field's; of a part of a nested row `condition.state`. Rows of `refers_to` stand in it
    by their name, such as their code."""

    name: str
    kind: Kind
    field: Any
    written: bool
    refers_to: type[models.Model] | None = None

    def of(self, row: Any) -> Any:
        """What it shows of a row of the API."""
        return inside(row, *self.name.split("."))

    @property
    def needed(self) -> bool:
        """For a new row."""
        return bool(self.field.required)

    @property
    def by_name(self) -> bool:
        return self.refers_to in names_of_rows()

    @property
    def choices(self) -> list[str]:
        return [str(key) for key in getattr(self.field, "choices", {})] if self.kind is Kind.CHOICE else []


@dataclass(frozen=True)
class Translation(Column):
    """A text of the row in another language."""

    language: str = ""
    needed = False

    def of(self, row: Any) -> Any:
        return inside(row, TRANSLATIONS, self.language, self.field.field_name)


@dataclass(frozen=True)
class Part(Column):
    """A value of that item of a list of the row which is about one category."""

    items: str = ""
    category: str = ""
    needed = False

    def of(self, row: Any) -> Any:
        found = (item for item in row[self.items] if item["category"] == self.category)
        return inside(next(found, None), self.field.field_name)


def inside(row: Any, *path: str) -> Any:
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    return row


KINDS: list[tuple[Any, Kind]] = [
    (relations.ManyRelatedField, Kind.LIST),
    (serializers.ListSerializer, Kind.NESTED),
    (fields.ListField, Kind.LIST),
    (fields.DictField, Kind.NESTED),
    (fields.JSONField, Kind.NESTED),
    (fields.DecimalField, Kind.DECIMAL),
    (fields.IntegerField, Kind.WHOLE),
    (fields.DateField, Kind.DATE),
    (fields.BooleanField, Kind.FLAG),
    (fields.ChoiceField, Kind.CHOICE),
]


def kind_of(field: Any) -> Kind:
    return next((kind for cls, kind in KINDS if isinstance(field, cls)), Kind.TEXT)


# Bounded, because a network may have any categories.
@lru_cache(maxsize=1024)
def columns_of(view: View, beside: Beside = NOTHING_BESIDE) -> tuple[Column, ...]:
    """First the key, then what can be written, then what is only read."""
    found = list(with_those_beside(view.serializer_class(), beside))
    return tuple(sorted(found, key=lambda column: (column.name != KEY, not column.written)))


def with_those_beside(serializer: Any, beside: Beside) -> Iterator[Column]:
    prose = translated(serializer.Meta.model) if TRANSLATIONS in serializer.fields else ()
    for column in columns(serializer):
        yield column
        if column.name in prose:
            for language in beside.languages:
                yield Translation(
                    f"{column.name}:{language}", column.kind, column.field, True, language=language
                )
        if column.name in written_lists(serializer):
            for category in beside.categories:
                yield from parts(column.field.child, column.name, category)


def written_lists(serializer: Any) -> list[str]:
    """Items of the row that are written with it, each about a category."""
    some = (f for f in serializer._readable_fields if isinstance(f, serializers.ListSerializer))
    return [field.field_name for field in some if not field.read_only]


def parts(item: Any, name: str, category: str) -> Iterator[Column]:
    for field in item._writable_fields:
        if field.field_name != "category":
            of = f"{field.field_name}:{category}"
            yield Part(of, kind_of(field), field, True, items=name, category=category)


def columns(serializer: Any, prefix: str = "", *, writable: bool = True) -> Iterator[Column]:
    for field in serializer._readable_fields:
        name, kind = prefix + field.field_name, kind_of(field)
        written = writable and not field.read_only and kind is not Kind.NESTED
        if isinstance(field, serializers.Serializer):
            yield from columns(field, f"{name}.", writable=False)
        elif name not in {*LEFT_OUT, TRANSLATIONS}:
            yield Column(name, kind, field, written, referred(field) if written else None)


def referred(field: Any) -> type[models.Model] | None:
    one = getattr(field, "child_relation", field)
    return one.get_queryset().model if isinstance(one, relations.PrimaryKeyRelatedField) else None


def written(view: View) -> dict[str, Column]:
    return {column.name: column for column in columns_of(view) if column.written}


@cache
def projected(view: View, *, named: bool) -> str:
    """What is read of a row; `named`: what it refers to by name, as it stands in a sheet.

    What is told in confidence stands in the rows of its own collection alone.
    """
    serializer = view.serializer_class
    only = [name for name in serializer().fields if name not in LEFT_OUT]
    kept_back = dict.fromkeys(view.confidential, NOTHING)
    return projection(serializer, {**kept_back, **(names(view) if named else {})}, only)


def names(view: View) -> Mapping[str, Combinable]:
    model, serializer = view.queryset.model, view.serializer_class()
    lists = {name: items_named(model, serializer.fields[name]) for name in written_lists(serializer)}
    return lists | {c.name: name_of(model, c) for c in written(view).values() if c.by_name}


def items_named(model: type[models.Model], field: Any) -> Combinable:
    """The items with the names of their categories."""
    rows, there = readpath.related(field, Place(model, "", {}, ""))
    shown = {**readpath.columns(field.child, there), "category": category_name("category__")}
    return Array(rows.annotate(_item=Json(shown)).values("_item"))


def name_of(model: type[models.Model], column: Column) -> Combinable:
    relation: Any = model._meta.get_field(column.field.source)
    name = names_of_rows()[relation.related_model]
    if not relation.many_to_many:
        return F(f"{relation.name}__{name}")
    mine, theirs = relation.m2m_field_name(), f"{relation.m2m_reverse_field_name()}__{name}"
    links = relation.remote_field.through._base_manager.filter(**{mine: OuterRef("pk")})
    return Array(links.order_by(theirs).values(theirs))
