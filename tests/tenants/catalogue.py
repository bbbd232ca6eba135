"""What PostgreSQL itself says of its tables, and which of them are known to be special."""

from typing import Any

from django.db import connection

# Roles are asked for before there is a city; the row is about a city, not of it.
NO_TENANT = {"tenants_membership"}
PERSONAL = {"plans_stakeholdercontact", "tenants_cityreply"}
# Answers live for a day and hold what the history has already; the history has none of its own.
NO_HISTORY = {"tenants_cityreply", "tenants_change"}
NO_VERSION = {"tenants_change"}
# Rows that one city writes and another reads: the column of the other, and from when it sees them.
BETWEEN: dict[str, tuple[str, str]] = {}


def rows(sql: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tenant_tables() -> list[str]:
    found = rows(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'city_id'
        WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped"""
    )
    return sorted(name for (name,) in found if name not in NO_TENANT)
