import json
from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.versions.changes import changes
from plans.versions.content import PlanContentSerializer
from plans.versions.document import document
from plans.versions.models import PlanVersion
from plans.versions.serializers import ChangesSerializer, PlanVersionSerializer
from tenants.access.rights import Can
from tenants.api.deeds import Need
from tenants.api.filters import ContentFilter, WholeNumber, after, before
from tenants.api.refusals import bad_parameter
from tenants.api.rows import RowViewSet
from tenants.api.views import CityRows


class PlanVersionFilter(ContentFilter):
    number = WholeNumber()
    adopted_before = before("adopted_on")
    adopted_after = after("adopted_on")

    class Meta:
        model = PlanVersion
        fields: ClassVar[list[str]] = []


class PlanVersionViewSet(CityRows, RowViewSet):
    """The plan as it was adopted, version by version. Nobody can change one."""

    queryset = PlanVersion.objects.all()
    serializer_class = PlanVersionSerializer
    filterset_class: ClassVar[type[django_filters.FilterSet] | None] = PlanVersionFilter
    ordering_fields = ("number", "adopted_on")
    default_ordering = "-number"

    @property
    def needs(self) -> Mapping[str, Need]:
        return {**super().needs, "content": Can.READ, "changes": Can.READ}

    def query_parameters(self) -> tuple[str, ...]:
        return (*super().query_parameters(), *(("to",) if self.action == "changes" else ()))

    @extend_schema(responses={200: OpenApiResponse(PlanContentSerializer, "Canonical JSON (RFC 8785).")})
    @action(detail=True, methods=["get"])
    def content(self, request: Any, **path: Any) -> Response:
        """The adopted content, byte for byte: its SHA-256 is `sha256` of the version."""
        return kept(self.get_object())

    @extend_schema(
        parameters=[OpenApiParameter("to", int, description="Number of another version; left out: now.")],
        responses=ChangesSerializer,
    )
    @action(detail=True, methods=["get"])
    def changes(self, request: Any, **path: Any) -> Response:
        """What changed since this version: until now, or `to` another one."""
        since, to = self.get_object(), request.query_params.get("to")
        other = self.version(to) if to is not None else None
        now = json.loads(other.content) if other else document(since.city_id)
        body = {"since": since.number, "to": other.number if other else None}
        return Response(body | changes(json.loads(since.content), now))

    def version(self, number: str) -> PlanVersion:
        found = self.rows().filter(number=number).first() if is_number(number) else None
        if found is None:
            raise bad_parameter("to", "does_not_exist", _("There is no version with this number."))
        return found


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 2**15


def kept(row: Any) -> Response:
    """What a row keeps, as it was kept."""
    if not row.content:
        raise Http404
    return Response(row.content.encode(), headers={"ETag": f'"{row.sha256}"', "Content-Language": "en"})
