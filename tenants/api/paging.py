"""Cursor pages: by the value of one field and the id, so that a page stays where it is while rows
come and go (keyset paging). Rows without a value come last, in both directions."""

import base64
import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination

from tenants.api.readpath import Page
from tenants.api.refusals import bad_parameter

DEFAULT_SIZE, MAX_SIZE = 50, 200
PARAMETERS = ("cursor", "page_size", "count", "ordering", "search")


class Order(NamedTuple):
    """A field and a direction; the id decides between equals."""

    field: str
    descending: bool

    @classmethod
    def of(cls, name: str) -> "Order":
        return cls(name.lstrip("-"), name.startswith("-"))

    def terms(self, *, backwards: bool) -> list[Any]:
        falls = self.descending != backwards
        if self.field == "id":
            return ["-id" if falls else "id"]
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        key = F(self.field).desc(**nulls) if falls else F(self.field).asc(**nulls)
        return [key, "-id" if backwards else "id"]

    def beyond(self, value: str | None, pk: str, *, backwards: bool) -> Q:
        """The rows after this position, in the direction of reading."""
        further = "lt" if self.descending != backwards else "gt"
        if self.field == "id":
            return Q(**{f"id__{further}": pk})
        ties = Q(**{"id__lt" if backwards else "id__gt": pk})
        empty = Q(**{f"{self.field}__isnull": True})
        if value is None:
            return ~empty | (empty & ties) if backwards else empty & ties
        same = Q(**{self.field: value}) & ties
        rest = Q(**{f"{self.field}__{further}": value}) | same
        return rest if backwards else rest | empty


class Cursor(NamedTuple):
    """A position and the direction of reading from it."""

    backwards: bool
    value: str | None
    pk: str

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(list(self)).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str | None, rows: models.QuerySet[Any], order: Order) -> "Cursor | None":
        if text is None:
            return None
        try:
            backwards, value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            rows.model._meta.pk.to_python(str(pk))
            if value is not None and order.field != "id":
                value = str(value)
                value.encode()
                field_of(rows, order.field).to_python(value)
            return cls(bool(backwards), value, str(pk))
        except (ValueError, TypeError, RecursionError, ValidationError) as error:
            raise bad_parameter(
                "cursor", "invalid_cursor", _("Take the address from next or previous.")
            ) from error


def field_of(rows: models.QuerySet[Any], path: str) -> "models.Field[Any, Any]":
    """Of the model, of one that it refers to, or of what the view computes."""
    if path in rows.query.annotations:
        return rows.query.annotations[path].output_field
    field: Any = None
    model: Any = rows.model
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return field


class CursorPages(BasePagination):
    """What the contract says of a list; the pages themselves come from the read path."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": address,
                "previous": address,
                "count": {"type": "integer", "description": "Of all rows that fit; only with ?count=true."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        fields = [*view.ordering_fields, *(f"-{name}" for name in view.ordering_fields)]
        described: list[tuple[str, str, dict[str, Any]]] = [
            ("cursor", "From `next` or `previous` of another page.", {"type": "string"}),
            (
                "page_size",
                "Rows per page.",
                {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": DEFAULT_SIZE},
            ),
            ("count", "Also count all rows that fit.", {"type": "boolean", "default": False}),
        ]
        if fields:
            described.append(
                ("ordering", "Field to order by; - for falling.", {"type": "string", "enum": fields})
            )
        if view.search_fields:
            names = ", ".join(view.search_fields)
            described.append(
                ("search", f"Words, each in one of: {names}.", {"type": "string", "maxLength": 200})
            )
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
            for name, text, schema in described
        ]


def page_size(text: str | None) -> int:
    if text is None:
        return DEFAULT_SIZE
    if not text.isascii() or not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= MAX_SIZE:
        raise bad_parameter(
            "page_size", "invalid", _("A whole number from 1 to %(max)d.") % {"max": MAX_SIZE}
        )
    return int(text)


def flag(name: str, text: str | None) -> bool:
    if text not in (None, "true", "false"):
        raise bad_parameter(name, "invalid", _("true or false."))
    return text == "true"


def ordering(text: str | None, allowed: tuple[str, ...], default: str) -> Order:
    if (text is not None and text.lstrip("-") not in allowed) or (text or "").startswith("--"):
        raise bad_parameter(
            "ordering", "invalid", _("One of: %(names)s; with - for falling.") % {"names": ", ".join(allowed)}
        )
    return Order.of(text or default)


def envelope(request: Any, page: Page, cursor: Cursor | None) -> bytes:
    """The body of a list. `next` and `previous` are whole addresses, or null."""
    head = json.dumps(links(request, page, cursor), separators=(",", ":"))[:-1]
    return b'%b,"results":%b}' % (head.encode(), page.rows)


def links(request: Any, page: Any, cursor: Cursor | None) -> dict[str, str | int | None]:
    """To the pages around this one; and the count, where it was asked for."""
    backwards = cursor is not None and cursor.backwards
    ahead = page.more if not backwards else True
    behind = cursor is not None if not backwards else page.more
    found: dict[str, str | int | None] = {
        "next": link(request, Cursor(False, *page.last)) if page.last and ahead else None,
        "previous": link(request, Cursor(True, *page.first)) if page.first and behind else None,
    }
    if page.total is not None:
        found["count"] = page.total
    return found


def link(request: Any, cursor: Cursor) -> str:
    query = {**request.query_params.dict(), "cursor": str(cursor)}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
