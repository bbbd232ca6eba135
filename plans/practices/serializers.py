from typing import ClassVar

from rest_framework import serializers

from plans.practices.models import GoodPractice
from tenants.access.published import Visibility
from tenants.api.serializers import (
    CITY_HEAD,
    CONTENT_TAIL,
    PUBLISHED_TAIL,
    BodySerializer,
    CitySerializer,
    PublishedSerializer,
)
from tenants.networks.serializers import ThemeInBrief

# To these a practice is published.
AUDIENCES = [choice for choice in Visibility.choices if choice[0] != Visibility.INTERNAL]


class GoodPracticeSerializer(CitySerializer):
    class Meta:
        model = GoodPractice
        fields = (
            *CITY_HEAD,
            "title",
            "summary",
            "description",
            "guidelines",
            "theme",
            "evidence_links",
            "adoption",
            "visibility",
            "translations",
            *CONTENT_TAIL,
        )
        expandable: ClassVar = {"theme": ThemeInBrief}


class PublishedPracticeSerializer(PublishedSerializer):
    """A practice as its city offers it to others."""

    theme = ThemeInBrief(read_only=True, allow_null=True)

    class Meta:
        model = GoodPractice
        fields = (
            *CITY_HEAD,
            "title",
            "summary",
            "description",
            "guidelines",
            "theme",
            "evidence_links",
            "adoption",
            "visibility",
            *PUBLISHED_TAIL,
        )


class PublishSerializer(BodySerializer):
    """For whom."""

    to = serializers.ChoiceField(choices=AUDIENCES)
