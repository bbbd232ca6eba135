"""Rows are listed and read: what holds for all of them is here, once."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.http import Http404
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from tenants.access.rights import Can
from tenants.api import ahead, conditional, paging, readpath, writepath
from tenants.api.chosen import ALL, Chosen, chosen
from tenants.api.chosen import PARAMETERS as SHAPE
from tenants.api.deeds import Need, Verb, Ways, granted
from tenants.api.entered import EnteredView
from tenants.api.filters import RowFilter, StrictFilters
from tenants.api.idempotency import is_kept
from tenants.api.places import is_translated
from tenants.api.projected import Projected, projection
from tenants.api.renderers import Forwarded


class RowViewSet(EnteredView, GenericViewSet):
    """Lists, reads, makes, changes and deletes the rows of one concept."""

    queryset: models.QuerySet[Any]
    filterset_class: ClassVar[type[RowFilter] | None] = None
    filter_backends = (StrictFilters,)
    pagination_class = paging.CursorPages
    search_fields: ClassVar[tuple[str, ...]] = ()
    ordering_fields: ClassVar[tuple[str, ...]] = ()
    default_ordering: ClassVar[str] = "id"
    lookup_value_converter = "uuid"
    lookup_field = "id"
    read_right: ClassVar[Can] = Can.READ
    write_right: ClassVar[Can] = Can.WRITE
    changeable: ClassVar[Q | None] = None
    deletable: ClassVar[Q | None] = None  # Beside that; the database is who refuses.
    verbs: ClassVar[dict[str, Verb]] = {}
    named_by: ClassVar[tuple[str, ...]] = ()  # how a person names a row in a file, which can be imported then
    correction: ClassVar[Any] = None  # shapes what a file puts in the place of a row, for other figures
    # Members and filters: without this right null, and refused.
    confidential: ClassVar[Mapping[str, Need]] = {}
    counted: ClassVar[bool] = False  # Every change of these rows moves a clock that the entrance reads.

    @property
    def needs(self) -> Mapping[str, Need]:
        return needs_of_rows(type(self))  # type: ignore[arg-type]

    @classmethod
    def writers(cls) -> Ways:
        """The rights that write, each with the rows that it reaches."""
        return (Verb(cls.write_right, cls.changeable),)

    @classmethod
    def deeds(cls) -> dict[str, Ways]:
        """Everything that can be done with a row, as `allowed_actions` names it."""
        own = cls.writers()
        going = tuple(way.besides(cls.deletable) for way in own)
        named = {"change": ("partial_update", own), "delete": ("destroy", going)}
        basic = {name: ways for name, (method, ways) in named.items() if hasattr(cls, method)}
        return {**basic, **{name.replace("_", "-"): (verb,) for name, verb in cls.verbs.items()}}

    def refuse_confidential(self, name: str) -> None:
        """Who may not read a value may not guess it by a filter."""
        if not granted(self.confidential.get(name), self.entrance.rights):
            raise exceptions.PermissionDenied

    def rows(self) -> models.QuerySet[Any]:
        """The rows of this place. The policies say it once more."""
        raise NotImplementedError

    @classmethod
    def is_whole(cls) -> bool:
        """Is `rows` no more than `place` says, so that one of them is found without the ORM?"""
        return False

    def place(self) -> dict[str, Any]:
        """The columns, and their values, that make a row one of this place."""
        raise NotImplementedError

    @cached_property
    def projected(self) -> Projected:
        # mypy takes the hash of a view for that of its class.
        return projection(type(self), self.entrance.rights, self.asked(), self.translation())  # type: ignore[arg-type]

    def translation(self) -> str:
        """The language that texts are read in; "" for the one they are written in, as a write answers."""
        entrance = self.entrance
        reads = self.action in ("list", "retrieve") and is_translated(self.serializer_class)
        return entrance.language if reads and entrance.language != entrance.working_language else ""

    def languages(self) -> str:
        """A text without a translation is in the working language."""
        return ", ".join(filter(None, (self.translation(), super().languages())))

    def projection(self) -> str:
        return self.projected.sql

    def asked(self) -> Chosen:
        """Which members of the rows; a write always answers with all of them."""
        if self.action not in ("list", "retrieve"):
            return ALL
        query = self.request.query_params
        return chosen(query.get("fields"), query.get("expand"), self.serializer_class)

    def query_parameters(self) -> tuple[str, ...]:
        shaped = SHAPE if self.action in ("list", "retrieve") else ()
        return (*super().query_parameters(), *shaped)

    def answer(self, pk: Any, status: int = 200) -> Forwarded:
        """The row as the read path shows it, with its tag."""
        where, last = {"id": pk, **self.place()}, not is_kept(self.request)
        asked = readpath.asked_of_one(self.projection(), self.queryset.model, where, last=last)
        if self.action == "retrieve":
            ahead.remember(self.request, asked)
        shown = readpath.one(asked)
        if shown is None:
            raise Http404
        tag = conditional.tag(self.shown or conditional.digest(shown.body), shown.version)
        return Forwarded(shown.body, status, headers={"ETag": tag})

    @cached_property
    def shown(self) -> str | None:
        """A digest of all that decides what this address shows, to this person; None where no clock tells.

        The clocks were read before the rows: what is shown may be newer than its tag, never older.
        """
        if not self.counted or self.request.method not in SAFE_METHODS:
            return None
        entrance, meta = self.entrance, self.request.META
        person = getattr(entrance.user, "pk", "")
        whose, when = " ".join(map(str, (person, *entrance.cities))), f"{entrance.clock} {entrance.today}"
        told = (self.request.path, meta.get("QUERY_STRING", ""), whose, when)
        return conditional.digest(self.projected.digest, *(part.encode() for part in told))

    def get_object(self) -> Any:
        key = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        if self.is_whole():
            asked = writepath.asked_for(self.queryset.model, {self.lookup_field: key, **self.place()})
            ahead.remember(self.request, asked)
            row = writepath.found(self.queryset.model, asked)
        else:
            # Whoever reads a related row by accident is told, instead of asking one query more.
            row = self.rows().fetch_mode(models.FETCH_RAISE).filter(**{self.lookup_field: key}).first()
        if row is None:
            raise Http404
        return row

    def made_known(self, row: Any, status: int = 201) -> Forwarded:
        """The row, which is new, with its address."""
        response = self.answer(row.pk, status)
        response["Location"] = self.address(row)
        return response

    def address(self, row: Any) -> str:
        return reverse(f"{self.basename}-detail", kwargs=self.path_of(row), request=self.request)

    def path_of(self, row: Any) -> dict[str, Any]:
        """What stands in the row's address."""
        place = {name: value for name, value in self.kwargs.items() if name in ("network", "city")}
        return place | {self.lookup_url_kwarg or self.lookup_field: getattr(row, self.lookup_field)}

    def list(self, request: Any, **path: Any) -> Forwarded:
        query = request.query_params
        order = paging.ordering(query.get("ordering"), self.ordering_fields, self.default_ordering)
        cursor = paging.Cursor.read(query.get("cursor"), self.queryset, order)
        backwards = cursor is not None and cursor.backwards
        rows = self.filter_queryset(self.rows())
        here = rows.filter(order.beyond(cursor.value, cursor.pk, backwards=backwards)) if cursor else rows
        page = readpath.page(
            self.projection(),
            here.order_by(*order.terms(backwards=backwards)),
            F(order.field),
            size=paging.page_size(query.get("page_size")),
            backwards=backwards,
            counted=rows if paging.flag("count", query.get("count")) else None,
            last=True,
        )
        body = paging.envelope(request, page, cursor)
        return Forwarded(body, headers={"ETag": conditional.tag(self.shown or conditional.digest(body))})

    def retrieve(self, request: Any, **path: Any) -> Forwarded:
        return self.answer(self.kwargs["id"])

    def do(self, request: Any, deed: Any) -> Forwarded:
        """A verb: the row changes its state by its own method, then shows itself."""
        row = self.get_object()
        if request.headers.get("If-Match"):
            conditional.require_match(request, row.row_version)
        deed(row)
        return self.answer(row.pk)

    def handler(self, request: Any) -> Any:
        """A client that holds what would be shown is answered before a row is looked at."""
        shown = self.shown if self.action in ("list", "retrieve") else None
        return (conditional.if_shown(request, shown) if shown else None) or super().handler(request)


@cache
def needs_of_rows(view: type[RowViewSet]) -> Mapping[str, Need]:
    """The rights to read, to write, and of each verb."""
    reading = dict.fromkeys(("list", "retrieve"), view.read_right)
    one_of = frozenset(way.right for way in view.writers())
    writing = dict.fromkeys(("create", "partial_update", "destroy", "bulk"), one_of)
    return {**reading, **writing, **{name: verb.right for name, verb in view.verbs.items()}}
