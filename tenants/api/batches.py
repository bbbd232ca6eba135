"""All rows of a model by the read path, some at a time: memory does not grow with their number."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models

from tenants.access.asking import fetch

FIRST = UUID(int=0)


def batches(projected: str, model: type[models.Model], where: Mapping[str, Any], size: int) -> Iterator[str]:
    """All rows with these values in their columns, in the order of their keys: `size` of them at a time,
    as a JSON array."""
    match = " AND ".join([*(f'"{name}" = %({name})s' for name in where), "id > %(_after)s::uuid"])
    rows = f'SELECT id FROM "{model._meta.db_table}" WHERE {match} ORDER BY id LIMIT {size:d}'
    sql = f"""
        WITH page(pk) AS MATERIALIZED ({rows})
        SELECT to_json(ARRAY(SELECT ({projected}) FROM page ORDER BY pk))::text,
               (SELECT count(*) FROM page), (SELECT pk FROM page ORDER BY pk DESC LIMIT 1)"""
    after, found = FIRST, size
    while found == size:
        text, found, after = fetch(sql, {**where, "_after": after})
        if found:
            yield text
