from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.http import Http404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.summaries.content import SummaryContentSerializer
from plans.summaries.models import Summary
from plans.summaries.notice import ask
from plans.summaries.serializers import AskSerializer, SummarySerializer
from plans.summaries.tasks import ring
from tenants.access.rights import Can
from tenants.api.deeds import Need
from tenants.api.filters import RowFilter
from tenants.api.renderers import Forwarded
from tenants.api.rows import RowViewSet
from tenants.api.views import NetworkRows


class SummaryFilter(RowFilter):
    state = django_filters.MultipleChoiceFilter(choices=Summary.State.choices)
    period = django_filters.UUIDFilter()
    period_code = django_filters.CharFilter("period__code")
    revision = django_filters.NumberFilter()

    class Meta:
        model = Summary
        fields: ClassVar[list[str]] = []


class SummaryViewSet(NetworkRows, RowViewSet):
    """Transnational summaries: one per period and revision; published, they never change."""

    queryset = Summary.objects.all()
    serializer_class = SummarySerializer
    filterset_class = SummaryFilter
    ordering_fields = ("period__ends_on", "published_at", "revision")
    default_ordering = "-period__ends_on"

    @property
    def needs(self) -> Mapping[str, Need]:
        return {**super().needs, "create": Can.SUMMARISE, "content": Can.READ_SHARED}

    @extend_schema(request=AskSerializer, responses={202: SummarySerializer})
    def create(self, request: Any, **path: Any) -> Response:
        """Ask for the summary of a period that has ended; watch its row for progress and result."""
        wanted = self.said(AskSerializer)
        row = ask(self.place()["network_id"], today=self.entrance.today, ring=ring, **wanted)
        return self.made_known(row, 202)

    @extend_schema(responses={200: OpenApiResponse(SummaryContentSerializer, "Canonical JSON (RFC 8785).")})
    @action(detail=True, methods=["get"])
    def content(self, request: Any, **path: Any) -> Response:
        """The published content, byte for byte: its SHA-256 is `sha256` of the summary."""
        row = self.get_object()
        if row.state != Summary.State.PUBLISHED:
            raise Http404
        return Forwarded(row.content.encode(), headers={"ETag": f'"{row.sha256}"', "Content-Language": "en"})
