from typing import ClassVar

import django_filters
from django_filters import rest_framework as filters

from tenants.access.rights import Can
from tenants.api.views import CityViewSet
from tenants.history.models import Change
from tenants.history.serializers import ChangeSerializer


class ChangeFilter(filters.FilterSet):
    row = django_filters.UUIDFilter(help_text="The changes of one row.")
    thing = django_filters.CharFilter(help_text="The changes of one kind of row, such as action.")
    kind = django_filters.ChoiceFilter(choices=Change.Kind.choices)
    actor = django_filters.UUIDFilter(help_text="The changes made by one person.")
    since = django_filters.IsoDateTimeFilter("at", "gte")
    until = django_filters.IsoDateTimeFilter("at", "lt")

    class Meta:
        model = Change
        fields: ClassVar[list[str]] = []


class HistoryViewSet(CityViewSet):
    """Every change of a city's rows: who, when, what, before and after. Nobody can write it."""

    queryset = Change.objects.all()
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    read_right = Can.READ_HISTORY
    ordering_fields = ("number", "at")
    default_ordering = "number"
    http_method_names: ClassVar[list[str]] = ["get", "head"]
