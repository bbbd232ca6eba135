from typing import ClassVar

import django_filters

from plans.objectives.models import Objective
from plans.objectives.serializers import ObjectiveSerializer, PublishedObjectiveSerializer
from tenants.api.filters import ContentFilter, PublishedFilter
from tenants.api.views import CityViewSet
from tenants.networks.published import PublishedViewSet


class ObjectiveFilter(ContentFilter):
    code = django_filters.CharFilter()
    level = django_filters.ChoiceFilter(choices=Objective.Level.choices)
    parent = django_filters.UUIDFilter()

    class Meta:
        model = Objective
        fields: ClassVar[list[str]] = []


class PublishedObjectiveFilter(PublishedFilter):
    code = django_filters.CharFilter()
    level = django_filters.ChoiceFilter(choices=Objective.Level.choices)
    parent = django_filters.UUIDFilter()

    class Meta:
        model = Objective
        fields: ClassVar[list[str]] = []


class PublishedObjectiveViewSet(PublishedViewSet):
    """What the cities want to reach that published their plans."""

    queryset = Objective.objects.all()
    serializer_class = PublishedObjectiveSerializer
    filterset_class = PublishedObjectiveFilter
    search_fields = ("code", "title", "expected_result")
    ordering_fields = ("code", "title", "updated_at")
    default_ordering = "code"


class ObjectiveViewSet(CityViewSet):
    """What a city wants to reach."""

    queryset = Objective.objects.all()
    serializer_class = ObjectiveSerializer
    filterset_class = ObjectiveFilter
    search_fields = ("code", "title", "expected_result")
    ordering_fields = ("code", "title", "updated_at")
    default_ordering = "code"
    published: ClassVar = PublishedObjectiveViewSet
    named_by = ("code",)
