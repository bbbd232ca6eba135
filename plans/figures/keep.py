"""Keeps the figures of each city in a row, and finds those that are no longer what was counted.

A writer does nothing for it: the clock of its city, which it moves anyway, makes the kept row stale,
and a report counts a stale city anew until the next look has kept it. Counting and keeping are one
statement, hence of one moment: the clock in the row is that of the very rows that were counted. It
takes no lock that a writer takes.
"""

import logging
from datetime import date
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import Field

from plans.figures.counting import BASIS, FRESH, columns, counted
from plans.figures.models import KeptFigures
from tenants.access.asking import fetch
from tenants.access.context import Actor, city_context, staff_context
from tenants.access.keys import uuid7
from tenants.networks.models import City

AT_ONCE = 500
ROLE = "plans.figures.refresh"
logger = logging.getLogger(__name__)

# The cities with what their figures are to be counted from.
CITIES = f"""
    SELECT c.id, c.network_id, c.clock, %(day)s::date AS as_of, basis.period, basis.numbering
    FROM tenants_city c CROSS JOIN LATERAL ({BASIS.format(network="c.network_id", day="%(day)s::date")}) basis
    WHERE c.id = ANY(%(cities)s)"""

STALE = f"""
    WITH basis AS MATERIALIZED (
        SELECT n.id, basis.* FROM tenants_network n
        CROSS JOIN LATERAL ({BASIS.format(network="n.id", day="%(day)s::date")}) basis
    ),
    kept AS MATERIALIZED (SELECT city_id, clock, as_of, period, numbering, algorithm FROM plans_keptfigures)
    SELECT c.id FROM (
        SELECT c.id, c.clock, %(day)s::date AS as_of, basis.period, basis.numbering
        FROM tenants_city c JOIN basis ON basis.id = c.network_id
    ) AS c LEFT JOIN kept k ON k.city_id = c.id
    WHERE NOT {FRESH}
    ORDER BY k.as_of NULLS FIRST, c.id LIMIT %(at_most)s"""


def refresh(day: date) -> int:
    """All that are stale, in batches; how many there were. Safe to run twice, and at the same time."""
    done = 0
    while found := stale(day, AT_ONCE):
        for city in found:
            with city_context(city, Actor(role=ROLE)):
                keep(city, day)
        done += len(found)
        if len(found) < AT_ONCE:
            break
    if done:
        logger.info("figures", extra={"fields": {"cities": done}})
    return done


def stale(day: date, at_most: int) -> list[UUID]:
    with (
        staff_context(City.objects.values_list("pk", flat=True), Actor(role=ROLE)),
        connection.cursor() as cursor,
    ):
        cursor.execute(STALE, {"day": day, "at_most": at_most})
        return [key for (key,) in cursor.fetchall()]


def keep(city: UUID, day: date) -> None:
    """Inside the context of the city. One that never wrote has nothing to keep."""
    fetch(statement(), {"cities": [city], "day": day, "id": uuid7()})


@cache
def statement() -> str:
    """A row that somebody has brought up to date meanwhile is left as it is."""
    names = [name for name in column_names() if name not in ("id", "city_id")]
    said = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
    listed = columns(["city_id", *names])
    fresh = f"SELECT FROM plans_keptfigures k WHERE k.city_id = c.id AND {FRESH}"
    cities = f"SELECT * FROM ({CITIES}) c WHERE c.clock > 0 AND NOT EXISTS ({fresh})"
    return (
        f"INSERT INTO plans_keptfigures (id, {listed}) SELECT %(id)s, {listed} FROM ({counted(cities)}) f "
        f"ON CONFLICT (city_id) DO UPDATE SET {said} "
        "WHERE plans_keptfigures.clock <= excluded.clock RETURNING id"
    )


def column_names() -> list[str]:
    """Of what is kept, without what every row has."""
    own: list[Field] = [
        f
        for f in KeptFigures._meta.local_concrete_fields
        if f.name not in ("row_version", "created_at", "updated_at")
    ]
    return [str(field.column) for field in own]
