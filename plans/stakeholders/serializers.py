from typing import ClassVar

from rest_framework import serializers

from plans.stakeholders.models import Stakeholder, StakeholderContact
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, TAIL, CitySerializer


class StakeholderInBrief(serializers.ModelSerializer):
    """A stakeholder beside what it takes part in."""

    class Meta:
        model = Stakeholder
        fields = ("id", "name", "profile")
        read_only_fields = fields


class StakeholderSerializer(CitySerializer):
    class Meta:
        model = Stakeholder
        fields = (
            *CITY_HEAD,
            "name",
            "profile",
            "order",
            "interests",
            "how_affected",
            "capacity",
            "possible_actions",
            *CONTENT_TAIL,
        )


class StakeholderContactSerializer(CitySerializer):
    """Personal data: only the city's officers and coordinators see it."""

    class Meta:
        model = StakeholderContact
        fields = (
            *CITY_HEAD,
            "stakeholder",
            "name",
            "position",
            "email",
            "phone",
            "lawful_basis",
            "keep_until",
            *TAIL,
        )
        fixed: ClassVar = ("stakeholder",)
        expandable: ClassVar = {"stakeholder": StakeholderInBrief}
