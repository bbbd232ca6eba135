"""Where the values of a serializer's fields come from, and in which language."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol, runtime_checkable

from django.db import models
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from rest_framework import serializers

from tenants.access.translations import LANGUAGES, translated
from tenants.api.chosen import expandable

Columns = dict[str, Combinable]


def annotations(serializer_class: type[serializers.BaseSerializer]) -> Mapping[str, Combinable]:
    """What is computed: expressions by name in `Meta.annotations`."""
    return getattr(serializer_class.Meta, "annotations", {})


class InLanguage(Func):
    """A text in a language; where it has none, as it stands in the working language."""

    output_field = TextField()

    def __init__(self, way: str, language: str, name: str) -> None:
        super().__init__(F(f"{way}translations"), Value(language), Value(name), F(way + name))

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        parts, params = zip(*map(compiler.compile, self.source_expressions), strict=True)
        sql = f"coalesce(jsonb_extract_path_text({', '.join(parts[:3])}), {parts[3]})"
        return sql, tuple(value for some in params for value in some)


@runtime_checkable
class Spoken(Protocol):
    """An annotation with texts in it, which can be had in a language."""

    def in_language(self, language: str) -> Combinable: ...


class Place(NamedTuple):
    """Where a serializer's values come from: a model, the path to it, what is annotated, and the
    language that texts are read in ("": the one they are written in)."""

    model: type[models.Model]
    path: str = ""
    annotations: Mapping[str, Combinable] = {}
    language: str = ""

    def value(self, field: Any) -> Combinable:
        return self.computed("__".join(field.source_attrs)) or self.column(field.source_attrs)

    def computed(self, name: str) -> Combinable | None:
        """What is annotated under this name, in the language that texts are read in."""
        value = self.annotations.get(name)
        return value.in_language(self.language) if self.language and isinstance(value, Spoken) else value

    def column(self, source: Sequence[str]) -> Combinable:
        *relations, name = source
        model: Any = self.model
        for relation in relations:
            model = model._meta.get_field(relation).related_model
        way = "".join(f"{relation}__" for relation in relations)
        if self.language and name in translated(model):
            return InLanguage(self.path + way, self.language, name)
        return F(self.path + way + name)


@cache
def is_translated(serializer_class: Any) -> bool:
    """Do its rows, or those shown inside them, have texts in several languages?"""
    place = Place(serializer_class.Meta.model, "", annotations(serializer_class), LANGUAGES[0])
    within = [
        type(getattr(field, "child", field))
        for field in serializer_class()._readable_fields
        if isinstance(field, serializers.BaseSerializer)
    ]
    inner = [kind for kind in (*within, *expandable(serializer_class).values()) if hasattr(kind, "Meta")]
    return any(is_translated(kind) for kind in inner) or any(  # type: ignore[arg-type]
        isinstance(place.value(field), InLanguage) for field in serializer_class()._readable_fields
    )
