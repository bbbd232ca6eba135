"""The plan of a city as one document, read in one statement."""

import json
from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

from plans.versions.content import FORMAT, PARTS, Part
from tenants.access.asking import fetch
from tenants.access.published import Visibility
from tenants.api.readpath import projection

Row = dict[str, Any]
Content = dict[str, Any]


def document(city: UUID) -> Content:
    """As it is now, in the context of the city or of those who read it."""
    (text,) = fetch(statement(), {"city": city})
    return {"format": FORMAT, **json.loads(text)}


@cache
def statement() -> str:
    parts = ", ".join(f"'{name}', ARRAY({rows(part)})" for name, part in PARTS.items())
    return f"SELECT json_build_object({parts})::text"


def rows(part: Part) -> str:
    table = part.serializer.Meta.model._meta.db_table
    return (
        f"SELECT ({projection(part.serializer)}) FROM ("
        f'SELECT id, "{part.order}" FROM "{table}" WHERE city_id = %(city)s::uuid'
        f') page(pk, "order") ORDER BY "order", pk'
    )


def for_others(content: Content, parts: Collection[str]) -> Content:
    """Only these parts, and without what the city keeps to itself and what hangs on it."""
    hidden = {row["code"] for row in content.get("actions", ()) if is_internal(row)}
    kept = {
        name: [row for row in content[name] if not is_internal(row) and row.get("action") not in hidden]
        for name in PARTS
        if name in parts and name in content
    }
    return {"format": content["format"], **kept}


def is_internal(row: Row) -> bool:
    return row.get("visibility") == Visibility.INTERNAL
