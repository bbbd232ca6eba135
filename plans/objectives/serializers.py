from typing import ClassVar

from rest_framework import serializers

from plans.objectives.models import Objective
from tenants.api.serializers import (
    CITY_HEAD,
    CONTENT_TAIL,
    PUBLISHED_TAIL,
    CitySerializer,
    PublishedSerializer,
)


class ObjectiveInBrief(serializers.ModelSerializer):
    """An objective beside what belongs to it."""

    class Meta:
        model = Objective
        fields = ("id", "code", "title", "level")
        read_only_fields = fields


class ObjectiveSerializer(CitySerializer):
    class Meta:
        model = Objective
        fields = (
            *CITY_HEAD,
            "code",
            "title",
            "expected_result",
            "level",
            "parent",
            "translations",
            *CONTENT_TAIL,
        )
        expandable: ClassVar = {"parent": ObjectiveInBrief}


class PublishedObjectiveSerializer(PublishedSerializer):
    """Of a city that published its plan."""

    class Meta:
        model = Objective
        fields = (*CITY_HEAD, "code", "title", "expected_result", "level", "parent", *PUBLISHED_TAIL)
