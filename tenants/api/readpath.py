"""The read path: a declared serializer compiled into SQL, so that PostgreSQL writes the JSON.

`projection` turns the fields of a serializer into one SELECT whose row is the JSON object that DRF
would render; the text is made once and kept. A request adds which rows (`one`, `page`) and forwards
the text as it comes. A field without an SQL form raises when the projection is made, in the tests,
never while somebody waits.
"""

from collections.abc import Collection, Mapping
from functools import lru_cache, singledispatch
from typing import Any, NamedTuple

import psycopg
from django.db import connection, models
from django.db.models import F, Func, OuterRef
from django.db.models.expressions import Combinable, RawSQL, Subquery
from django.db.models.functions import Cast
from rest_framework import relations, serializers

from tenants.access.asking import fetch
from tenants.access.postgresql.prepared import Asked
from tenants.api.places import Columns, Place, annotations

JSON = models.JSONField()
TEXT = models.TextField()


class Array(Subquery):
    """A JSON array of the one column of a subquery; [] when there are no rows."""

    template = "to_json(ARRAY(%(subquery)s))"
    output_field = JSON


class Json(Func):
    """An object of named values, in their order."""

    function = "json_build_object"
    output_field = JSON

    def __init__(self, columns: Columns) -> None:
        self.names = tuple(columns)
        super().__init__(*columns.values())

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        parts: list[str] = []
        params: tuple[Any, ...] = ()
        for name, value in zip(self.names, self.source_expressions, strict=True):
            sql, values = compiler.compile(value)
            parts.append(f"'{name}', {sql}")
            params += tuple(values)
        return f"json_build_object({', '.join(parts)})", params


class Instant(Func):
    """Like DRF's DATETIME_FORMAT of this project: microseconds always, UTC as Z."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    output_field = TEXT


class Trimmed(Func):
    """A decimal as text without trailing zeros."""

    template = "trim_scale(%(expressions)s)::text"
    output_field = TEXT


def projection(
    serializer_class: type[serializers.ModelSerializer],
    computed: Mapping[str, Combinable] | None = None,
    only: Collection[str] | None = None,
    expand: Mapping[str, type[serializers.BaseSerializer]] | None = None,
    language: str = "",
) -> str:
    """A SELECT of the JSON object of the row whose key is `page.pk`.

    `only` these fields; `expand` adds, as `expanded`, the rows that these references lead to;
    texts are in `language` where they have been translated.
    """
    model = serializer_class.Meta.model
    serializer = serializer_class()
    place = Place(model, "", {**annotations(serializer_class), **(computed or {})}, language)
    fields = columns(serializer, place)
    chosen = {name: value for name, value in fields.items() if only is None or name in only}
    if expand:
        chosen["expanded"] = Json(
            {name: expanded(serializer, place, name, kind) for name, kind in expand.items()}
        )
    numbered = {f"_{i}": value for i, value in enumerate(chosen.values())}
    rows = model._base_manager.order_by().filter(pk=RawSQL("page.pk", [], model._meta.pk))
    sql, params = rows.annotate(**numbered).values_list(*numbered).query.sql_with_params()
    names = ", ".join(connection.ops.quote_name(name) for name in chosen)
    return f"SELECT row_to_json(r) FROM ({literal(sql, params)}) r({names})"


def expanded(
    serializer: serializers.ModelSerializer, place: Place, name: str, kind: type[serializers.BaseSerializer]
) -> Combinable:
    field = kind(many=bool(place.model._meta.get_field(name).many_to_many))
    field.bind(name, serializer)
    return column(field, place)


def literal(sql: str, params: Collection[Any]) -> str:
    """With its constants written in, and percent signs doubled for the parameters still to come."""
    connection.ensure_connection()
    text = psycopg.ClientCursor(connection.connection).mogrify(sql, tuple(params)) if params else sql % ()
    return text.replace("%", "%%")


def columns(serializer: serializers.BaseSerializer, place: Place) -> Columns:
    return {f.field_name: column(f, place) for f in serializer._readable_fields}


@singledispatch
def column(field: Any, place: Place) -> Combinable:
    raise TypeError(
        f"{field.field_name} of {type(field.parent).__name__} has no SQL form; declare an annotation."
    )


def as_it_is(field: Any, place: Place) -> Combinable:
    return place.value(field)


for kind in (
    serializers.CharField,
    serializers.IntegerField,
    serializers.BooleanField,
    serializers.DateField,
    serializers.ChoiceField,
    serializers.UUIDField,
    serializers.JSONField,
    serializers.ListField,
    serializers.DictField,
    relations.PrimaryKeyRelatedField,
):
    column.register(kind, as_it_is)


@column.register(serializers.DecimalField)
def decimal(field: serializers.DecimalField, place: Place) -> Combinable:
    value = place.value(field)
    return Trimmed(value) if field.normalize_output else Cast(value, TEXT)


@column.register(serializers.DateTimeField)
def instant(field: serializers.DateTimeField, place: Place) -> Combinable:
    return Instant(place.value(field))


@column.register(relations.SlugRelatedField)
def slug(field: relations.SlugRelatedField, place: Place) -> Combinable:
    return F(f"{place.path}{'__'.join(field.source_attrs)}__{field.slug_field}")


@column.register(serializers.Serializer)
def nested(field: serializers.Serializer, place: Place) -> Combinable:
    """A row that this one refers to; or, when its source is annotated, JSON that is already made."""
    if (made := place.computed(field.source)) is not None:
        return made
    path = f"{place.path}{'__'.join(field.source_attrs)}"
    relation: Any = place.model._meta.get_field(field.source)
    value = Json(
        columns(
            field,
            place._replace(
                model=relation.related_model, path=path + "__", annotations=annotations(type(field))
            ),
        )
    )
    if not relation.null:
        return value
    return models.Case(models.When(**{path: None}, then=None), default=value, output_field=JSON)


@column.register(serializers.ListSerializer)
def many_rows(field: serializers.ListSerializer, place: Place) -> Combinable:
    if (made := place.computed(field.source)) is not None:
        return made
    rows, remote = related(field, place)
    return Array(rows.annotate(_item=Json(columns(field.child, remote))).values("_item"))


@column.register(relations.ManyRelatedField)
def many_keys(field: relations.ManyRelatedField, place: Place) -> Combinable:
    """The keys at the other end of a many-to-many, from the rows between: the other end is not read."""
    if (made := place.computed(field.source)) is not None:
        return made
    relation: Any = place.model._meta.get_field(field.source)
    mine, theirs = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    links = relation.remote_field.through._base_manager.filter(**{mine: OuterRef(place.path + "pk")})
    return Array(links.order_by(theirs).values(f"{theirs}_id"))


def related(field: Any, place: Place) -> tuple[models.QuerySet[Any], Place]:
    """The rows at the other end, in their model's order."""
    relation: Any = place.model._meta.get_field(field.source)
    remote = relation.related_model
    back = relation.remote_field.name if relation.one_to_many else relation.related_query_name()
    rows = remote._base_manager.filter(**{back: OuterRef(place.path + "pk")})
    known = annotations(type(field.child)) if hasattr(field, "child") else {}
    return rows.order_by(*remote._meta.ordering), Place(remote, "", known, place.language)


# ---------------------------------------------------------------------------------- a request


class Shown(NamedTuple):
    """A row as JSON, and its version where its model has one."""

    body: bytes
    version: int | None


def asked_of_one(
    projected: str, model: type[models.Model], where: Mapping[str, Any], *, last: bool = False
) -> Asked:
    """The row with these values in its columns (a list: one of these)."""
    version = "row_version" if hasattr(model, "row_version") else "NULL::integer"
    sql = of_one(projected, version, f'"{model._meta.db_table}"', matching(where))
    return Asked(sql, tuple(where.values()), forwarded=True, last=last)


def one(asked: Asked) -> Shown | None:
    """The row that was asked for, or None."""
    row = fetch(*asked)
    return Shown(*row) if row else None


def matching(where: Mapping[str, Any]) -> str:
    """These values in these columns; a list: one of these."""
    return " AND ".join(
        f'"{name}" = {"ANY(%s)" if isinstance(v, list) else "%s"}' for name, v in where.items()
    )


# One text for one question: what is kept by its text is then found without looking through it.
@lru_cache(maxsize=1024)
def of_one(projected: str, version: str, table: str, match: str) -> str:
    rows = f"SELECT id, {version} FROM {table} WHERE {match}"
    return f"SELECT ({projected}), version FROM ({rows}) page(pk, version)"


def several(projected: str, keys: list[Any]) -> dict[str, Any]:
    """Rows by their key, in one statement."""
    sql = f"SELECT coalesce(json_object_agg(pk, ({projected})), '{{}}') FROM unnest(%s::uuid[]) page(pk)"
    return fetch(sql, (keys,))[0]


class Page(NamedTuple):
    """Rows as a JSON array, the first and last of them as positions, and whether more follow."""

    rows: bytes
    first: Any
    last: Any
    more: bool
    total: int | None


def page(
    projected: str,
    queryset: models.QuerySet[Any],
    key: Combinable,
    *,
    size: int,
    backwards: bool = False,
    counted: models.QuerySet[Any] | None = None,
    last: bool = False,
) -> Page:
    """One statement for the rows and where they stand. `queryset` is filtered and in order."""
    chosen = queryset.annotate(_key=Cast(key, TEXT)).values_list("pk", "_key")[: size + 1]
    sql, params = compiled(chosen)
    count, count_params = ("NULL::bigint", ())
    if counted is not None:
        inner, count_params = compiled(counted.order_by().values("pk"))
        count = f"(SELECT count(*) FROM ({inner}) counted)"
    order = "DESC" if backwards else "ASC"
    statement = f"""
        WITH page(pk, key, n) AS MATERIALIZED (SELECT *, row_number() OVER () FROM ({sql}) chosen)
        SELECT to_json(ARRAY(SELECT ({projected}) FROM page WHERE n <= {size:d} ORDER BY n {order})),
               (SELECT ARRAY[key, pk::text] FROM page WHERE n = 1),
               (SELECT ARRAY[key, pk::text] FROM page WHERE n <= {size:d} ORDER BY n DESC LIMIT 1),
               (SELECT count(*) > {size:d} FROM page), {count}"""
    rows, first, last, more, total = fetch(statement, (*params, *count_params), forwarded=True, last=last)
    if backwards:
        first, last = last, first
    return Page(rows, first, last, more, total)


def compiled(queryset: models.QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """Also of one that Django knows to be empty: a list without rows is a page like any other."""
    return queryset.query.get_compiler(connection=connection, elide_empty=False).as_sql()
