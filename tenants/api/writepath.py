"""The write path: rows come and go by statements made once per model and prepared, like those of the
read path.

A statement that nobody waits for goes out with the next one: as a rule with the read that answers, and
with the COMMIT. What the database decided of a new row (its version, its instants) is read when somebody
asks for it, as Django reads any field that was left out. What a value looks like in the database is
still asked of its field.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from tenants.access.asking import fetch
from tenants.access.keys import uuid7
from tenants.access.postgresql.prepared import Asked
from tenants.api.readpath import matching

Model = type[models.Model]


class Table:
    """What is known of a model's columns once and for all."""

    def __init__(self, model: Model) -> None:
        fields: list[Any] = list(model._meta.concrete_fields)
        self.name, self.columns = quoted(model._meta.db_table), names(fields)
        self.by_name = {field.name: field for field in fields}
        self.attributes = [field.attname for field in fields]
        self.written = [field for field in fields if not field.generated]
        read = ((i, getattr(field, "from_db_value", None)) for i, field in enumerate(fields))
        self.readers = [(i, reader) for i, reader in read if reader]
        self.statements: dict[tuple[str, ...], str] = {}


@cache
def table(model: Model) -> Table:
    return Table(model)


def asked_for(model: Model, where: Mapping[str, Any]) -> Asked:
    """The row with these values in its columns (a list: one of these)."""
    known = table(model)
    return Asked(selecting(known.columns, known.name, matching(where)), tuple(where.values()))


@lru_cache(maxsize=1024)
def selecting(columns: str, table: str, match: str) -> str:
    return f"SELECT {columns} FROM {table} WHERE {match}"


def found(model: Model, asked: Asked) -> Any:
    """The row that was asked for, or None.

    Whoever reads a related row of it by accident is told, instead of asking one query more.
    """
    known, values = table(model), fetch(*asked)
    if values is None:
        return None
    read = list(values)
    for i, reader in known.readers:
        read[i] = reader(read[i], None, connection)
    return model.from_db(connection.alias, known.attributes, read, fetch_mode=models.FETCH_RAISE)


def insert(row: models.Model) -> None:
    """A new row."""
    known, given, values = table(type(row)), [], []
    for field in known.written:
        value = getattr(row, field.attname)
        if isinstance(value, DatabaseDefault):
            del row.__dict__[field.attname]
        else:
            given.append(field)
            values.append(field.get_db_prep_save(value, connection=connection))
    key = ("INSERT", *(field.column for field in given))
    if key not in known.statements:
        places = ", ".join(["%s"] * len(given))
        known.statements[key] = f"INSERT INTO {known.name} ({names(given)}) VALUES ({places})"
    later(known.statements[key], values)
    row._state.adding, row._state.db = False, connection.alias


def update(row: models.Model, changed: Iterable[str]) -> None:
    """These fields of a row that is there."""
    known = table(type(row))
    fields = [known.by_name[name] for name in changed]
    key = ("UPDATE", *(field.column for field in fields))
    if key not in known.statements:
        new = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
        known.statements[key] = f"UPDATE {known.name} SET {new} WHERE id = %s"
    values = [field.get_db_prep_save(getattr(row, field.attname), connection=connection) for field in fields]
    later(known.statements[key], [*values, row.pk])


LINK = """
    WITH wanted AS (SELECT unnest(%(keys)s::uuid[]) AS key, unnest(%(ids)s::uuid[]) AS id),
    gone AS (
        DELETE FROM {through} WHERE {mine} = %(row)s::uuid AND {theirs} <> ALL (%(keys)s::uuid[]) RETURNING 1
    ),
    new AS (
        INSERT INTO {through} (id, {mine}, {theirs}) SELECT id, %(row)s::uuid, key FROM wanted
        WHERE NOT EXISTS (SELECT FROM {through} k WHERE k.{mine} = %(row)s::uuid AND k.{theirs} = key)
        RETURNING 1
    )
    UPDATE {table} SET row_version = row_version + 1
    WHERE id = %(row)s::uuid AND EXISTS (SELECT FROM gone UNION ALL SELECT FROM new)"""
NEW_LINKS = """
    INSERT INTO {through} (id, {mine}, {theirs})
    SELECT id, %(row)s::uuid, key FROM unnest(%(ids)s::uuid[], %(keys)s::uuid[]) wanted(id, key)"""


def link(row: models.Model, relation: Any, keys: Sequence[Any], *, new: bool = False) -> None:
    """The row is tied to these and no others, by rows of the through table, which has a city like any other.

    They are part of what a client has read: when any changes the row has a new version, though none of its
    columns changed. `new`: the row has just been made.
    """
    through = table(relation.remote_field.through)
    mine, theirs = (quoted(f"{n}_id") for n in (relation.m2m_field_name(), relation.m2m_reverse_field_name()))
    sql = NEW_LINKS if new else LINK
    named = sql.format(table=table(type(row)).name, through=through.name, mine=mine, theirs=theirs)
    later(named, {"row": row.pk, "keys": list(keys), "ids": [uuid7() for _ in keys]})


def later(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> None:
    connection.later(sql, values)  # type: ignore[attr-defined]


def names(fields: Iterable[Any]) -> str:
    return ", ".join(quoted(field.column) for field in fields)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
