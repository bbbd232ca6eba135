"""Networks, their cities, themes, periods and transnational meetings."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db import models

from tenants.access.rights import Can
from tenants.api.deeds import Need
from tenants.api.filters import ContentFilter, after, before
from tenants.api.views import NetworkViewSet, WritableRowViewSet
from tenants.networks.models import City, Network, Period, Theme, TransnationalMeeting
from tenants.networks.serializers import (
    NetworkSerializer,
    PartnerCitySerializer,
    PeriodSerializer,
    ThemeSerializer,
    TransnationalMeetingSerializer,
)


class NetworkFilter(ContentFilter):
    type = django_filters.MultipleChoiceFilter(choices=Network.Type.choices)

    class Meta:
        model = Network
        fields: ClassVar[list[str]] = []


class NetworksViewSet(WritableRowViewSet):
    """The networks in which you have a role."""

    queryset = Network.objects.all()
    serializer_class = NetworkSerializer
    filterset_class = NetworkFilter
    search_fields = ("name", "slug")
    ordering_fields = ("name", "starts_on")
    default_ordering = "name"
    lookup_field = "slug"
    lookup_url_kwarg = "network"
    lookup_value_converter = "slug"
    read_right = Can.READ_SHARED
    write_right = Can.RUN_PROGRAMME

    @property
    def needs(self) -> Mapping[str, Need]:
        """Whoever signed in may list; the list holds one's own networks."""
        return {**super().needs, "list": None}

    def rows(self) -> models.QuerySet[Network]:
        return self.queryset.filter(pk__in=self.entrance.networks)

    def place(self) -> dict[str, Any]:
        return {}

    def retrieve(self, request: Any, **path: Any) -> Any:
        return self.answer(self.entrance.network)


class ThemeFilter(ContentFilter):
    class Meta:
        model = Theme
        fields: ClassVar[list[str]] = []


class ThemeViewSet(NetworkViewSet):
    """The strands of a network's topic."""

    queryset = Theme.objects.all()
    serializer_class = ThemeSerializer
    filterset_class = ThemeFilter
    search_fields = ("title",)
    ordering_fields = ("title", "slug")
    default_ordering = "slug"
    named_by = ("slug",)


class CityFilter(ContentFilter):
    country = django_filters.CharFilter(help_text="Two capital letters (ISO 3166).")
    role = django_filters.ChoiceFilter(choices=City.Role.choices)
    theme = django_filters.CharFilter("theme__slug", help_text="Slug of the theme.")
    place_code = django_filters.CharFilter()

    class Meta:
        model = City
        fields: ClassVar[list[str]] = []


class PartnerCityViewSet(NetworkViewSet):
    """The partner cities of a network."""

    queryset = City.objects.all()
    serializer_class = PartnerCitySerializer
    filterset_class = CityFilter
    search_fields = ("name", "organisation")
    ordering_fields = ("name", "country", "population")
    default_ordering = "name"
    lookup_field = "slug"
    lookup_value_converter = "slug"
    write_right = Can.RUN_PROGRAMME

    def retrieve(self, request: Any, **path: Any) -> Any:
        return self.answer(self.get_object().pk)


class PeriodFilter(ContentFilter):
    code = django_filters.CharFilter()
    kind = django_filters.ChoiceFilter(choices=Period.Kind.choices)
    ends_before = before("ends_on")
    starts_after = after("starts_on")

    class Meta:
        model = Period
        fields: ClassVar[list[str]] = []


class PeriodViewSet(NetworkViewSet):
    """The quarters or semesters that a network reports on."""

    queryset = Period.objects.all()
    serializer_class = PeriodSerializer
    filterset_class = PeriodFilter
    search_fields = ("code",)
    ordering_fields = ("starts_on", "due_on", "code")
    default_ordering = "starts_on"
    write_right = Can.RUN_PROGRAMME


class MeetingFilter(ContentFilter):
    kind = django_filters.MultipleChoiceFilter(choices=TransnationalMeeting.Kind.choices)
    host = django_filters.UUIDFilter()
    starts_after = after("starts_on")
    starts_before = before("starts_on")

    class Meta:
        model = TransnationalMeeting
        fields: ClassVar[list[str]] = []


class TransnationalMeetingViewSet(NetworkViewSet):
    """Where the network's cities meet."""

    queryset = TransnationalMeeting.objects.all()
    serializer_class = TransnationalMeetingSerializer
    filterset_class = MeetingFilter
    search_fields = ("title", "place")
    ordering_fields = ("starts_on",)
    default_ordering = "starts_on"
