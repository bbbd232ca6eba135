from typing import ClassVar

import django_filters

from plans.actions.dependencies.models import Dependency
from plans.actions.dependencies.serializers import DependencySerializer
from plans.actions.views import OfActionViewSet
from tenants.api.filters import ContentFilter


class DependencyFilter(ContentFilter):
    action = django_filters.UUIDFilter()
    depends_on = django_filters.UUIDFilter()

    class Meta:
        model = Dependency
        fields: ClassVar[list[str]] = []


class DependencyViewSet(OfActionViewSet):
    """Which action waits for which; never in a circle."""

    queryset = Dependency.objects.all()
    serializer_class = DependencySerializer
    filterset_class = DependencyFilter
    search_fields = ("note",)
    named_by = ("action", "depends_on")
    ordering_fields = ("created_at", "updated_at")
    default_ordering = "id"
