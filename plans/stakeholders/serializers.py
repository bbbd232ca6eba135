from typing import ClassVar

from django.db.models import BooleanField, Case, Q, Value, When
from rest_framework import serializers

from plans.stakeholders.models import (
    LocalGroupSeat,
    SeatHolder,
    Stakeholder,
    StakeholderAssessment,
    StakeholderContact,
)
from plans.stakeholders.quadrant import latest_assessment, quadrant
from tenants.access.clock import Today
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, TAIL, CitySerializer, not_in_the_future


class StakeholderInBrief(serializers.ModelSerializer):
    """A stakeholder beside what it takes part in."""

    class Meta:
        model = Stakeholder
        fields = ("id", "name", "profile")
        read_only_fields = fields


class LatestAssessmentSerializer(serializers.Serializer):
    """How the city sees a stakeholder, by its last assessment."""

    id = serializers.UUIDField()
    assessed_on = serializers.DateField()
    influence = serializers.IntegerField()
    interest = serializers.IntegerField()
    attitude = serializers.ChoiceField(choices=StakeholderAssessment.Attitude.choices)
    quadrant = serializers.ChoiceField(choices=StakeholderAssessment.Quadrant.choices)


class StakeholderSerializer(CitySerializer):
    assessment = LatestAssessmentSerializer(
        read_only=True,
        allow_null=True,
        help_text="The latest. Null when there is none, and for whoever does not write in the city.",
    )

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
            "assessment",
            *CONTENT_TAIL,
        )
        annotations: ClassVar = {"assessment": latest_assessment()}


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


class StakeholderAssessmentSerializer(CitySerializer):
    """Told in confidence: only the city's officers and coordinators see it."""

    quadrant = serializers.ChoiceField(choices=StakeholderAssessment.Quadrant.choices, read_only=True)

    class Meta:
        model = StakeholderAssessment
        fields = (
            *CITY_HEAD,
            "stakeholder",
            "assessed_on",
            "influence",
            "interest",
            "quadrant",
            "attitude",
            "note",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("stakeholder",)
        extra_kwargs: ClassVar = {"assessed_on": {"validators": [not_in_the_future]}}
        annotations: ClassVar = {"quadrant": quadrant()}
        expandable: ClassVar = {"stakeholder": StakeholderInBrief}


def held_now() -> Case:
    today = Today()
    return Case(
        When(Q(until__isnull=True) | Q(until__gte=today), since__lte=today, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


class SeatInBrief(serializers.ModelSerializer):
    """A seat beside what comes from it."""

    class Meta:
        model = LocalGroupSeat
        fields = ("id", "stakeholder", "role", "since", "until")
        read_only_fields = fields


class LocalGroupSeatSerializer(CitySerializer):
    held_now = serializers.BooleanField(read_only=True, help_text="Is it held today?")

    class Meta:
        model = LocalGroupSeat
        fields = (*CITY_HEAD, "stakeholder", "role", "since", "until", "held_now", *CONTENT_TAIL)
        fixed: ClassVar = ("stakeholder",)
        annotations: ClassVar = {"held_now": held_now()}
        expandable: ClassVar = {"stakeholder": StakeholderInBrief}


class SeatHolderSerializer(CitySerializer):
    """Personal data: only the city's officers and coordinators see it."""

    class Meta:
        model = SeatHolder
        fields = (*CITY_HEAD, "seat", "name", "email", "account", "lawful_basis", "keep_until", *TAIL)
        fixed: ClassVar = ("seat",)
        extra_kwargs: ClassVar = {
            "account": {"help_text": "`user` of the member who this is, and so may write from the seat."}
        }
        expandable: ClassVar = {"seat": SeatInBrief}
