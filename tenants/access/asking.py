"""Prepared statements of our own: see `tenants.access.postgresql`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from tenants.access.postgresql.prepared import Asked

Params = Sequence[Any] | Mapping[str, Any]


def fetch(
    sql: str,
    params: Params,
    forwarded: bool = False,
    last: bool = False,
    *,
    ahead: Asked | None = None,
) -> Any:
    """One row by a prepared statement. `forwarded`: what is JSON comes as the bytes that PostgreSQL wrote.

    The `last` of a request takes the COMMIT with it. `ahead`: what will most likely be fetched next.
    """
    if ahead:
        rows = connection.rows_and_ahead(sql, params, ahead)  # type: ignore[attr-defined]
    else:
        rows = connection.rows(sql, params, forwarded=forwarded, last=last)  # type: ignore[attr-defined]
    return rows[0] if rows else None


def fetch_all(sql: str, params: Params) -> list[Any]:
    return connection.rows(sql, params)  # type: ignore[attr-defined]
