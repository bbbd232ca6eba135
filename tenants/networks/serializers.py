from typing import ClassVar

from rest_framework import serializers

from tenants.api.serializers import CONTENT_TAIL, HEAD, PUBLISHED_TAIL, RowSerializer
from tenants.networks.models import City, Network, Period, Theme, TransnationalMeeting


class NetworkSerializer(RowSerializer):
    class Meta:
        model = Network
        fields = (
            *HEAD,
            "slug",
            "name",
            "type",
            "programme",
            "working_language",
            "starts_on",
            "ends_on",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("slug",)


class ThemeSerializer(RowSerializer):
    class Meta:
        model = Theme
        fields = (*HEAD, "slug", "title", "translations", *CONTENT_TAIL)


class PublicNetworkSerializer(RowSerializer):
    class Meta:
        model = Network
        fields = (
            *HEAD,
            "slug",
            "name",
            "type",
            "programme",
            "working_language",
            "starts_on",
            "ends_on",
            *PUBLISHED_TAIL,
        )


class ThemeInBrief(serializers.ModelSerializer):
    """A theme beside a city that works on it."""

    class Meta:
        model = Theme
        fields = ("slug", "title")
        read_only_fields = fields


class PublicCitySerializer(RowSerializer):
    """A partner city, as everybody may know it."""

    theme = ThemeInBrief(read_only=True, allow_null=True)

    class Meta:
        model = City
        fields = (
            *HEAD,
            "slug",
            "name",
            "country",
            "place_code",
            "role",
            "organisation",
            "organisation_type",
            "theme",
            "languages",
            "timezone",
            "latitude",
            "longitude",
            "population",
            *PUBLISHED_TAIL,
        )


class PartnerCitySerializer(RowSerializer):
    """A city as partner of the network."""

    class Meta:
        model = City
        fields = (
            *HEAD,
            "slug",
            "name",
            "country",
            "place_code",
            "role",
            "organisation",
            "organisation_type",
            "theme",
            "languages",
            "timezone",
            "latitude",
            "longitude",
            "population",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("slug",)


class PeriodSerializer(RowSerializer):
    class Meta:
        model = Period
        fields = (*HEAD, "code", "kind", "starts_on", "ends_on", "due_on", "grace_days", *CONTENT_TAIL)


class TransnationalMeetingSerializer(RowSerializer):
    class Meta:
        model = TransnationalMeeting
        fields = (
            *HEAD,
            "kind",
            "title",
            "place",
            "host",
            "starts_on",
            "ends_on",
            "date_precision",
            "translations",
            *CONTENT_TAIL,
        )
