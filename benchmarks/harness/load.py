"""Databases of 10, 300 and 10,000 cities in the project's real schema, filled with COPY.

The superuser loads with `session_replication_role = replica`: no trigger fires and no policy is
asked, in this session alone. Nothing in the catalogue is switched off, so nothing has to be put back;
`walls_stand` and, where it is cheap, `keys_hold` prove it.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from time import monotonic

import psycopg
from psycopg import sql

from backend.embedded.migrate import migrate, migrations_digest
from harness import cities
from harness.house import House

TEMPLATE = "iap_template"
CITIES_AT_ONCE = 500
KEYS_ARE_CHECKED_UP_TO = 300
BLANK = {"boolean": "f", "ARRAY": "{}", "jsonb": "{}"} | dict.fromkeys(
    ("bigint", "integer", "smallint", "numeric"), "0"
)


def database_of(size: int) -> str:
    return f"iap_{size}"


def load(house: House, size: int) -> None:
    """Does nothing when the database is there and made from the same migrations and rows."""
    database, origin = database_of(size), origin_of(size)
    if house.made_from(database) == origin:
        return
    migrated(house)
    began = monotonic()
    house.empty(database, template=TEMPLATE)
    with house.superuser(database) as connection:
        fill(connection, size)
        walls_stand(connection)
        if size <= KEYS_ARE_CHECKED_UP_TO:
            keys_hold(connection)
        connection.execute("VACUUM (ANALYZE, FREEZE)")
        connection.execute("CHECKPOINT")
    house.sign(database, origin)
    print(f"{size} cities loaded in {monotonic() - began:.0f} s", flush=True)


def migrated(house: House) -> None:
    """The schema alone, which the sizes are copied from."""
    if house.made_from(TEMPLATE) == migrations_digest():
        return
    house.empty(TEMPLATE)
    addresses = house.of(TEMPLATE)
    migrate(addresses, {**os.environ, "SECRET_KEY": "bench", **addresses.environment()})
    house.sign(TEMPLATE, migrations_digest())


def origin_of(size: int) -> str:
    here = [Path(cities.__file__), Path(__file__)]
    rows = hashlib.sha256(b"".join(path.read_bytes() for path in here)).hexdigest()
    return f"{migrations_digest()[:16]} {rows[:16]} {size}"


def fill(connection: psycopg.Connection, size: int) -> None:
    connection.execute("SET session_replication_role = replica")
    with connection.transaction():
        copy_rows(connection, cities.of_the_network())
        for n in range(0, size, CITIES_AT_ONCE):
            some = range(n, min(n + CITIES_AT_ONCE, size))
            copy_rows(connection, (row for city in some for row in cities.of_a_city(city)))
        for burst in range(cities.BURSTS):
            copy_city_rows(connection, burst, size)
    connection.execute("SET session_replication_role = origin")


def copy_rows(connection: psycopg.Connection, rows: cities.Rows) -> None:
    for (table, columns), lines in in_lines(rows).items():
        copy(connection, table, columns, ["".join(lines)])


def copy_city_rows(connection: psycopg.Connection, burst: int, size: int) -> None:
    for (table, columns), lines in in_lines(cities.of_one_city(burst)).items():
        text = "".join(lines)
        for first in range(0, size, CITIES_AT_ONCE):
            some = range(first, min(first + CITIES_AT_ONCE, size))
            copy(connection, table, columns, (of_city(text, n) for n in some))


def of_city(text: str, n: int) -> str:
    return text.replace(cities.PLACE, cities.place(n)).replace(cities.NUMBER, f"{n:05d}")


def in_lines(rows: cities.Rows) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    lines = defaultdict(list)
    for table, row in rows:
        lines[table, tuple(row)].append("\t".join(map(as_text, row.values())) + "\n")
    return lines


def as_text(value: object) -> str:
    return r"\N" if value is None else str(value).replace("\\", "\\\\")


def copy(connection: psycopg.Connection, table: str, columns: Iterable[str], parts: Iterable[str]) -> None:
    blank = blanks(connection, table, list(columns))
    names = sql.SQL(", ").join(map(sql.Identifier, [*columns, *blank]))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    rest = "".join(f"\t{value}" for value in blank.values()) + "\n"
    with connection.cursor().copy(statement) as into:
        for part in parts:
            into.write(part.replace("\n", rest) if blank else part)


def blanks(connection: psycopg.Connection, table: str, columns: list[str]) -> dict[str, str]:
    """Of columns that must be there and of which `cities` says nothing, because they came later."""
    missing = connection.execute(
        """SELECT column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL
          AND is_identity = 'NO' AND column_name <> ALL(%s) ORDER BY ordinal_position""",
        [table, columns],
    )
    return {name: BLANK.get(kind, "") for name, kind in missing}


# They say in which cities a person is at home.
ASKED_BEFORE_A_CITY = ["tenants_membership", "plans_calendarfeed"]


def walls_stand(connection: psycopg.Connection) -> None:
    """Every table of a city forces its policies, and every trigger is enabled."""
    open_doors = connection.execute(
        """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'city_id'
        WHERE c.relkind = 'r' AND c.relname ~ '^(plans|tenants)_' AND c.relname <> ALL(%s)
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        UNION ALL SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'""",
        [ASKED_BEFORE_A_CITY],
    ).fetchall()
    assert not open_doors, open_doors


def keys_hold(connection: psycopg.Connection) -> None:
    """Every foreign key, asked once over all rows: COPY went past them."""
    keys = connection.execute("""
        SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
            (SELECT string_agg(format('c.%I = p.%I', a.attname, b.attname), ' AND ')
             FROM unnest(conkey, confkey) k(mine, theirs)
             JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = mine
             JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = theirs),
            (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ')
             FROM unnest(conkey) mine JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = mine)
        FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text ~ '^(plans|tenants)_'""").fetchall()
    for name, child, parent, same, given in keys:
        lost = f"SELECT count(*) FROM {child} c WHERE {given} AND NOT EXISTS (SELECT FROM {parent} p WHERE {same})"
        assert connection.execute(lost).fetchone() == (0,), name
