"""Views declare; what holds for all rows is here, once."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from tenants.access.context import PEER_ROLE
from tenants.access.rights import Can
from tenants.api import conditional, paging, readpath
from tenants.api.bulk import BulkAnswer, BulkRequest, carried_out
from tenants.api.chosen import ALL, Chosen, chosen
from tenants.api.chosen import PARAMETERS as SHAPE
from tenants.api.deeds import Need, Verb, Ways, granted, reach
from tenants.api.entered import EnteredView, in_place_of
from tenants.api.entrance import Entrance
from tenants.api.filters import RowFilter, StrictFilters
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
    verbs: ClassVar[dict[str, Verb]] = {}
    named_by: ClassVar[tuple[str, ...]] = ()  # how a person names a row in a file, which can be imported then
    correction: ClassVar[Any] = None  # shapes what a file puts in the place of a row, for other figures
    # Members and filters: without this right null, and refused.
    confidential: ClassVar[Mapping[str, Need]] = {}
    counted: ClassVar[bool] = False  # Every change of these rows moves a clock that the entrance reads.

    @property
    def needs(self) -> Mapping[str, Need]:
        reading = dict.fromkeys(("list", "retrieve"), self.read_right)
        one_of = frozenset(way.right for way in self.writers())
        writing = dict.fromkeys(("create", "partial_update", "destroy", "bulk"), one_of)
        return {**reading, **writing, **{name: verb.right for name, verb in self.verbs.items()}}

    @classmethod
    def writers(cls) -> Ways:
        """The rights that write, each with the rows that it reaches."""
        return (Verb(cls.write_right, cls.changeable),)

    @classmethod
    def deeds(cls) -> dict[str, Ways]:
        """Everything that can be done with a row, as `allowed_actions` names it."""
        own = cls.writers()
        basic = {
            name: own
            for name, method in (("change", "partial_update"), ("delete", "destroy"))
            if hasattr(cls, method)
        }
        return {**basic, **{name.replace("_", "-"): (verb,) for name, verb in cls.verbs.items()}}

    def refuse_confidential(self, name: str) -> None:
        """Who may not read a value may not guess it by a filter."""
        if not granted(self.confidential.get(name), self.entrance.rights):
            raise exceptions.PermissionDenied

    def rows(self) -> models.QuerySet[Any]:
        """The rows of this place. The policies say it once more."""
        raise NotImplementedError

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
        return chosen(self.request.query_params, self.serializer_class)

    def query_parameters(self) -> tuple[str, ...]:
        shaped = SHAPE if self.action in ("list", "retrieve") else ()
        return (*super().query_parameters(), *shaped)

    def answer(self, pk: Any, status: int = 200) -> Forwarded:
        """The row as the read path shows it, with its tag."""
        shown = readpath.one(self.projection(), self.queryset.model, {"id": pk, **self.place()})
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


class WritableRowViewSet(RowViewSet):
    """The methods that write."""

    def create(self, request: Any, **path: Any) -> Forwarded:
        return self.made_known(self.made(request.data))

    def partial_update(self, request: Any, **path: Any) -> Forwarded:
        row = self.get_object()
        conditional.require_match(request, row.row_version)
        self.changed(row, request.data)
        return self.answer(row.pk)

    def destroy(self, request: Any, **path: Any) -> Response:
        row = self.get_object()
        conditional.require_match(request, row.row_version)
        self.deleted(row)
        return Response(status=204)

    def made(self, data: Any) -> Any:
        serializer = self.get_serializer(data=data)
        serializer.is_valid(raise_exception=True)
        self.require_makeable(serializer.validated_data)
        return serializer.save(**self.place())

    def changed(self, row: Any, data: Any) -> None:
        self.require_changeable(row)
        serializer = self.get_serializer(row, data=data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()

    def deleted(self, row: Any) -> None:
        self.require_changeable(row)
        row.delete()

    def require_makeable(self, values: dict[str, Any]) -> None:
        """403 where a right makes only some of the rows."""

    def require_changeable(self, row: Any) -> None:
        mine = reach(self.writers(), self.entrance.rights)
        if mine is not None and not self.queryset.model._base_manager.filter(mine, pk=row.pk).exists():
            raise exceptions.PermissionDenied

    @extend_schema(request=BulkRequest, responses=BulkAnswer)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Any, **path: Any) -> Forwarded:
        """Makes, changes and deletes many rows; all or nothing unless asked otherwise."""
        return Forwarded(JSONRenderer().render(carried_out(self, self.said(BulkRequest))))


class CityRows(EnteredView):
    """Rows of one city; and, read only, the same across the cities of a network."""

    counted: ClassVar[bool] = True
    queryset: models.QuerySet[Any]
    published: ClassVar[type[RowViewSet] | None] = None  # What peers read in place of these rows.

    def rows(self) -> models.QuerySet[Any]:
        if self.entrance.city:
            return self.queryset.filter(city=self.entrance.city)
        return self.queryset.filter(city__in=self.entrance.cities)

    def place(self) -> dict[str, Any]:
        return {"city_id": self.entrance.city or list(self.entrance.cities)}

    def admit(self, entrance: Entrance) -> None:
        if entrance.reader == PEER_ROLE:
            return  # The entrance has found a role in one of the cities.
        super().admit(entrance)
        if not entrance.city and Can.READ_ACROSS not in entrance.rights:
            raise exceptions.PermissionDenied

    def handler(self, request: Any) -> Any:
        if self.published and self.entrance.reader == PEER_ROLE:
            return in_place_of(self, self.published).handler(request)
        return super().handler(request)

    def visible(self, entrance: Entrance) -> bool:
        return super().visible(entrance) and ("city" not in self.kwargs or entrance.city is not None)


class CityViewSet(CityRows, WritableRowViewSet):
    """Reads, makes and changes what one city owns."""


class NetworkRows(EnteredView):
    """Rows that a network shares with all its cities."""

    counted = True
    read_right = Can.READ_SHARED
    queryset: models.QuerySet[Any]

    def rows(self) -> models.QuerySet[Any]:
        return self.queryset.filter(network=self.entrance.network)

    def place(self) -> dict[str, Any]:
        return {"network_id": self.entrance.network}


class NetworkViewSet(NetworkRows, WritableRowViewSet):
    """Reads, makes and changes what a network shares."""

    write_right = Can.WRITE_SHARED
