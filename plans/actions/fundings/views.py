from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.actions.fundings.models import Funding
from plans.actions.fundings.serializers import FundingSerializer, FundingTotals
from plans.actions.fundings.totals import of_city
from plans.actions.views import OfActionViewSet
from tenants.api.deeds import Need
from tenants.api.filters import ContentFilter


class FundingFilter(ContentFilter):
    action = django_filters.UUIDFilter()
    source_type = django_filters.MultipleChoiceFilter(choices=Funding.SourceType.choices)
    state = django_filters.MultipleChoiceFilter(choices=Funding.State.choices)
    currency = django_filters.CharFilter()

    class Meta:
        model = Funding
        fields: ClassVar[list[str]] = []


class FundingViewSet(OfActionViewSet):
    """The money behind the actions: from where, and how certain."""

    queryset = Funding.objects.all()
    serializer_class = FundingSerializer
    filterset_class = FundingFilter
    search_fields = ("note",)
    named_by = ("action", "source_type", "note")
    ordering_fields = ("amount", "currency", "source_type", "state", "updated_at")
    default_ordering = "id"

    @property
    def needs(self) -> Mapping[str, Need]:
        return {**super().needs, "totals": self.read_right}

    @extend_schema(responses=FundingTotals, filters=False)
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def totals(self, request: Any, **path: Any) -> Response:
        """What the city needs, has applied for and secured: by currency, and by source."""
        return Response(FundingTotals(of_city(self.rows())).data)
