"""Views declare; what holds for all rows that are written, of a city or a network, is here, once."""

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from tenants.access.context import PEER_ROLE
from tenants.access.rights import Can
from tenants.api import conditional
from tenants.api.bulk import BulkAnswer, BulkRequest, carried_out
from tenants.api.deeds import reach
from tenants.api.entered import EnteredView, in_place_of
from tenants.api.entrance import Entrance
from tenants.api.renderers import Forwarded
from tenants.api.rows import RowViewSet


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

    @classmethod
    def is_whole(cls) -> bool:
        return cls.rows is CityRows.rows and is_plain(cls.queryset.query)

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

    @classmethod
    def is_whole(cls) -> bool:
        return cls.rows is NetworkRows.rows and is_plain(cls.queryset.query)

    def place(self) -> dict[str, Any]:
        return {"network_id": self.entrance.network}


class NetworkViewSet(NetworkRows, WritableRowViewSet):
    """Reads, makes and changes what a network shares."""

    write_right = Can.WRITE_SHARED


def is_plain(query: Any) -> bool:
    """All rows of a table, and nothing else of them."""
    return not (query.where or query.annotations or query.select_related or query.is_sliced)
