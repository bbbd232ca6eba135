from typing import ClassVar

import django_filters

from plans.iap.models import Plan
from plans.iap.serializers import PlanSerializer, PublishedPlanSerializer
from tenants.access.published import Visibility
from tenants.api.filters import ContentFilter, PublishedFilter
from tenants.api.views import CityViewSet
from tenants.networks.published import PublishedViewSet


class PlanFilter(ContentFilter):
    status = django_filters.MultipleChoiceFilter(choices=Plan.Status.choices)
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices)

    class Meta:
        model = Plan
        fields: ClassVar[list[str]] = []


class PublishedPlanFilter(PublishedFilter):
    status = django_filters.MultipleChoiceFilter(choices=Plan.Status.choices)

    class Meta:
        model = Plan
        fields: ClassVar[list[str]] = []


class PublishedPlanViewSet(PublishedViewSet):
    """The Integrated Action Plans that cities published."""

    queryset = Plan.objects.all()
    serializer_class = PublishedPlanSerializer
    filterset_class = PublishedPlanFilter
    search_fields = ("title", "challenge", "vision")
    ordering_fields = ("title", "adopted_on", "updated_at")
    default_ordering = "title"


class PlanViewSet(CityViewSet):
    """The Integrated Action Plans of a network's cities."""

    queryset = Plan.objects.all()
    serializer_class = PlanSerializer
    filterset_class: ClassVar[type[PlanFilter] | None] = PlanFilter
    search_fields = ("title", "challenge", "vision")
    ordering_fields = ("title", "adopted_on", "updated_at")
    default_ordering = "title"
    published: ClassVar = PublishedPlanViewSet
