"""Networks and their cities, as everybody may know them."""

from typing import Any, ClassVar

import django_filters
from django.db import models
from django.http import Http404

from tenants.api.filters import PublicFilter
from tenants.api.rows import RowViewSet
from tenants.api.views import NetworkRows
from tenants.networks.models import City, Network
from tenants.networks.published import PublicView
from tenants.networks.serializers import PublicCitySerializer, PublicNetworkSerializer


class PublicNetworkFilter(PublicFilter):
    type = django_filters.MultipleChoiceFilter(choices=Network.Type.choices)

    class Meta:
        model = Network
        fields: ClassVar[list[str]] = []


class PublicNetworkViewSet(PublicView, RowViewSet):
    """The networks of the programme."""

    queryset = Network.objects.all()
    serializer_class = PublicNetworkSerializer
    filterset_class = PublicNetworkFilter
    search_fields = ("name", "slug")
    ordering_fields = ("name", "starts_on")
    default_ordering = "name"
    lookup_field = "slug"
    lookup_url_kwarg = "network"
    lookup_value_converter = "slug"

    def rows(self) -> models.QuerySet[Network]:
        return self.queryset.all()

    def place(self) -> dict[str, Any]:
        return {}

    def retrieve(self, request: Any, **path: Any) -> Any:
        return self.answer(self.entrance.network)


class PublicCityFilter(PublicFilter):
    country = django_filters.CharFilter(help_text="Two capital letters (ISO 3166).")
    role = django_filters.ChoiceFilter(choices=City.Role.choices)
    theme = django_filters.CharFilter("theme__slug", help_text="Slug of the theme.")
    place_code = django_filters.CharFilter()

    class Meta:
        model = City
        fields: ClassVar[list[str]] = []


class PublicCityViewSet(PublicView, NetworkRows, RowViewSet):
    """The partner cities of a network."""

    queryset = City.objects.all()
    serializer_class = PublicCitySerializer
    filterset_class = PublicCityFilter
    search_fields = ("name", "organisation")
    ordering_fields = ("name", "country", "population")
    default_ordering = "name"
    lookup_field = "slug"
    lookup_value_converter = "slug"

    def retrieve(self, request: Any, **path: Any) -> Any:
        key = self.rows().filter(slug=self.kwargs["slug"]).values_list("pk", flat=True).first()
        if key is None:
            raise Http404
        return self.answer(key)
