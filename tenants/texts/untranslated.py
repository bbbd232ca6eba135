"""What is not translated yet: the prose of a place that lacks a language, thing by thing, row by row."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import models

from tenants.access.asking import fetch
from tenants.access.translations import translated

Model = type[models.Model]
Position = tuple[str, str]


class Untranslated(NamedTuple):
    """Rows with the texts that they lack, as these stand in the working language; where they stand."""

    rows: list[dict[str, Any]]
    first: list[str] | None
    last: list[str] | None
    more: bool
    total: int | None


def thing(model: Model) -> str:
    """As the history names it."""
    return str(model._meta.verbose_name).replace(" ", "_")


def to_translate(*, city_owned: bool) -> dict[str, Model]:
    """Not what was taken over from another city, and stays as it was."""
    models = [m for m in apps.get_models() if getattr(m, "city_owned", False) == city_owned]
    return {thing(m): m for m in models if translated(m) and m._meta.get_field("translations").editable}


@cache
def in_a_city() -> dict[str, Model]:
    return to_translate(city_owned=True)


@cache
def in_a_network() -> dict[str, Model]:
    return to_translate(city_owned=False)


def lacking(name: str, model: Model, place: str) -> str:
    """Its rows at the place that lack the language in one of their texts."""
    texts = ", ".join(
        f"""'{field}', CASE WHEN "{field}" <> ''
            AND jsonb_extract_path_text(translations, %(language)s, '{field}') IS NULL THEN "{field}" END"""
        for field in translated(model)
    )
    return f"""
        SELECT '{name}' AS thing, id, row_version, jsonb_strip_nulls(jsonb_build_object({texts})) AS texts
        FROM "{model._meta.db_table}" WHERE "{place}" = %(place)s"""


def untranslated(
    things: Mapping[str, Model],
    language: str,
    place: tuple[str, UUID],
    *,
    size: int,
    beyond: Position | None = None,
    backwards: bool = False,
    counted: bool = False,
) -> Untranslated:
    """One statement, in the order of things and ids. `beyond`: what follows this thing and id."""
    if not things:
        return Untranslated([], None, None, more=False, total=0 if counted else None)
    further, order = ("<", "DESC") if backwards else (">", "ASC")
    rows = " UNION ALL ".join(lacking(name, model, place[0]) for name, model in sorted(things.items()))
    position = f"(thing, id) {further} (%(thing)s::text, %(id)s::uuid)" if beyond else "true"
    total = "(SELECT count(*) FROM lacking)" if counted else "NULL::bigint"
    thing, key = beyond or (None, None)
    page, count = fetch(
        f"""
        WITH lacking AS (SELECT * FROM ({rows}) every WHERE texts <> '{{}}'),
        page AS (SELECT * FROM lacking WHERE {position} ORDER BY thing {order}, id {order} LIMIT {size + 1:d})
        SELECT coalesce(json_agg(page ORDER BY thing {order}, id {order}), '[]')::text, {total} FROM page""",
        {"language": language, "place": place[1], "thing": thing, "id": key},
    )
    return as_page(json.loads(page), size, count, backwards=backwards)


def as_page(found: list[dict[str, Any]], size: int, total: int | None, *, backwards: bool) -> Untranslated:
    shown = found[:size][::-1] if backwards else found[:size]
    first, last = ([shown[end]["thing"], shown[end]["id"]] if shown else None for end in (0, -1))
    return Untranslated(shown, first, last, more=len(found) > size, total=total)
