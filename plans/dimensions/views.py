from typing import ClassVar

import django_filters

from plans.dimensions.models import Category, Dimension
from plans.dimensions.serializers import CategorySerializer, DimensionSerializer
from tenants.api.filters import ContentFilter
from tenants.api.views import NetworkViewSet


class DimensionFilter(ContentFilter):
    code = django_filters.CharFilter()
    retired = django_filters.BooleanFilter()

    class Meta:
        model = Dimension
        fields: ClassVar[list[str]] = []


class DimensionViewSet(NetworkViewSet):
    """By what a network's cities may break down what they measure."""

    queryset = Dimension.objects.all()
    serializer_class = DimensionSerializer
    filterset_class = DimensionFilter
    search_fields = ("code", "name")
    ordering_fields = ("code", "name", "updated_at")
    default_ordering = "code"


class CategoryFilter(ContentFilter):
    dimension = django_filters.UUIDFilter()
    code = django_filters.CharFilter()
    retired = django_filters.BooleanFilter()

    class Meta:
        model = Category
        fields: ClassVar[list[str]] = []


class CategoryViewSet(NetworkViewSet):
    """The parts into which dimensions divide. One that has values is renamed or retired, not deleted."""

    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    search_fields = ("code", "name")
    ordering_fields = ("position", "code", "name", "updated_at")
    default_ordering = "position"
