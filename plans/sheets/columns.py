"""The columns of a sheet, derived from what a serializer says of its fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from django.db import models
from django.db.models import F, OuterRef
from django.db.models.expressions import Combinable
from rest_framework import fields, relations, serializers

from plans.sheets.collections import View, names_of_rows
from tenants.api.projected import NOTHING
from tenants.api.readpath import Array, projection

KEY = "id"
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

    @property
    def by_name(self) -> bool:
        return self.refers_to in names_of_rows()

    @property
    def choices(self) -> list[str]:
        return [str(key) for key in getattr(self.field, "choices", {})] if self.kind is Kind.CHOICE else []

    @property
    def is_empty_text(self) -> bool:
        """Is nothing in it an empty text, and not the absence of a value?"""
        return not self.field.allow_null and bool(getattr(self.field, "allow_blank", False))


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


@cache
def columns_of(view: View) -> tuple[Column, ...]:
    """First the key, then what can be written, then what is only read."""
    found = list(columns(view.serializer_class()))
    return tuple(sorted(found, key=lambda column: (column.name != KEY, not column.written)))


def columns(serializer: Any, prefix: str = "", *, writable: bool = True) -> Iterator[Column]:
    for field in serializer._readable_fields:
        name, kind = prefix + field.field_name, kind_of(field)
        written = writable and not field.read_only and kind is not Kind.NESTED
        if isinstance(field, serializers.Serializer):
            yield from columns(field, f"{name}.", writable=False)
        elif name not in LEFT_OUT:
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
    return {c.name: name_of(view.queryset.model, c) for c in written(view).values() if c.by_name}


def name_of(model: type[models.Model], column: Column) -> Combinable:
    relation: Any = model._meta.get_field(column.field.source)
    name = names_of_rows()[relation.related_model]
    if not relation.many_to_many:
        return F(f"{relation.name}__{name}")
    mine, theirs = relation.m2m_field_name(), f"{relation.m2m_reverse_field_name()}__{name}"
    links = relation.remote_field.through._base_manager.filter(**{mine: OuterRef("pk")})
    return Array(links.order_by(theirs).values(theirs))
