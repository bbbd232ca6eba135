"""Values that a column takes and nobody thinks of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from hypothesis import strategies as st

from tests.rows import WITH, make

NASTY = [
    "",
    "'",
    '"',
    "%",
    "%s",
    "%%(x)s",
    "\\",
    "\\u0000",
    "a\\'b",
    "{}",
    "\n\r\t\x01\x7f",
    "\u2028",
    "\u202e",
    "\U0001f6b2",
    "e\u0301",
    "</script>",
    "$1",
    "--",
    "?",
]
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=80),
)
LONG = st.sampled_from(["x" * 9_000, "\u00e9\\\"'%" * 3_000])


def values_of(field: Any) -> st.SearchStrategy[Any]:
    found = not_null(field)
    return st.none() | found if field.null else found


def not_null(field: Any) -> st.SearchStrategy[Any]:
    if field.choices:
        return st.sampled_from([key for key, _ in field.choices])
    if isinstance(field, ArrayField):
        return st.lists(not_null(field.base_field), max_size=4)
    if isinstance(field, models.DecimalField):
        largest = 10 ** (field.max_digits - field.decimal_places) - 1
        return st.decimals(-largest, largest, places=field.decimal_places) | st.sampled_from([0, 1, 100])
    if isinstance(field, models.CharField):
        return TEXT.map(lambda text: text[: field.max_length])
    return next(found for kind, found in BY_KIND if isinstance(field, kind))


# The more special kind first. From the year 1000: strftime, which DRF uses, leaves out zeros in front.
BY_KIND: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (
        models.DateTimeField,
        st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
    (models.DateField, st.dates(date(1, 1, 1), date(9999, 12, 31))),
    (models.PositiveSmallIntegerField, st.integers(0, 32_767)),
    (models.IntegerField, st.integers(0, 2**31 - 1)),
    (models.TextField, TEXT | LONG),
    (models.BooleanField, st.booleans()),
]


def columns(model: Any) -> list[Any]:
    """Those that a row may have anything in."""
    return [
        field
        for field in model._meta.local_concrete_fields
        if not (field.primary_key or field.is_relation or field.name in ("row_version", "clock"))
        and not isinstance(field, models.UUIDField | models.JSONField | models.BinaryField)
    ]


def nullable_references(model: Any) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if field.is_relation and field.null]


@st.composite
def given_values(draw: Any, model: Any) -> dict[str, Any]:
    """For a few of the columns: with all at once, no row would keep the rules between them."""
    chosen = draw(st.lists(st.sampled_from(columns(model)), min_size=1, max_size=4, unique=True))
    return {field.name: draw(values_of(field)) for field in chosen}


def referred(field: Any, city: Any, row: dict[str, Any]) -> dict[str, Any]:
    """A row behind a reference that may be empty, and what the two have in common."""
    target = make(field.related_model, city, **{n: row[n] for n in COMMON.get(field.name, ()) if n in row})
    return {
        field.name: target,
        **WITH.get(field.name, {}),
        **{name: getattr(target, name) for name in COMMON.get(field.name, ())},
    }


COMMON = {"common_indicator": ("unit", "measure", "accumulation")}


def with_rows_around(row: Any, city: Any, number: int) -> None:
    """Rows that refer to it, and rows it is linked with."""
    for relation in row._meta.get_fields():
        if relation.one_to_many and getattr(relation.related_model, "city_owned", False):
            for _ in range(number):
                make(
                    relation.related_model,
                    city,
                    **{relation.field.name: row},
                    **WITH.get(relation.field.name, {}),
                )
