from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from plans.practices.models import GoodPractice
from plans.practices.serializers import (
    GoodPracticeSerializer,
    PublishedPracticeSerializer,
    PublishSerializer,
)
from tenants.access.published import Visibility
from tenants.access.rights import Can
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter, NumberInList, PublishedFilter
from tenants.api.views import CityViewSet
from tenants.networks.published import PublishedViewSet


class GoodPracticeFilter(ContentFilter):
    guideline = NumberInList("guidelines", help_text="Number of a guideline that it shows.")
    theme = django_filters.CharFilter("theme__slug", help_text="Slug of the theme.")
    adoption = django_filters.ChoiceFilter(choices=GoodPractice.Adoption.choices)
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices)

    class Meta:
        model = GoodPractice
        fields: ClassVar[list[str]] = []


class PublishedPracticeFilter(PublishedFilter):
    guideline = NumberInList("guidelines", help_text="Number of a guideline that it shows.")
    theme = django_filters.CharFilter("theme__slug", help_text="Slug of the theme.")
    adoption = django_filters.ChoiceFilter(choices=GoodPractice.Adoption.choices)

    class Meta:
        model = GoodPractice
        fields: ClassVar[list[str]] = []


class PublishedPracticeViewSet(PublishedViewSet):
    """What cities offer others to adopt."""

    queryset = GoodPractice.objects.all()
    serializer_class = PublishedPracticeSerializer
    filterset_class = PublishedPracticeFilter
    search_fields = ("title", "summary", "description")
    ordering_fields = ("title", "updated_at")
    default_ordering = "title"


class GoodPracticeViewSet(CityViewSet):
    """What worked in a city, and it offers others to adopt. Who finds it, the coordinator decides."""

    queryset = GoodPractice.objects.all()
    serializer_class = GoodPracticeSerializer
    filterset_class = GoodPracticeFilter
    published: ClassVar = PublishedPracticeViewSet
    named_by = ("title",)
    search_fields = ("title", "summary", "description")
    ordering_fields = ("title", "updated_at")
    default_ordering = "title"
    verbs: ClassVar = {
        "publish": Verb(Can.DECIDE),
        "withdraw": Verb(Can.DECIDE, ~Q(visibility=Visibility.INTERNAL)),
    }

    @extend_schema(request=PublishSerializer, responses=GoodPracticeSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Any, **path: Any) -> Any:
        """Let the cities of the network find the practice, or everybody."""
        wanted = self.said(PublishSerializer)
        return self.do(request, lambda row: row.publish(wanted["to"]))

    @extend_schema(request=None, responses=GoodPracticeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Any, **path: Any) -> Any:
        """Keep the practice to the city again. Who adopted it keeps what was made of it."""
        return self.do(request, lambda row: row.withdraw())
