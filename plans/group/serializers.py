from typing import ClassVar

from django.db.models import F
from rest_framework import serializers

from plans.group.models import GroupDimension, SelfAssessment
from plans.group.suppress import State
from plans.group.trend import Scored, Trend
from plans.stakeholders.serializers import SeatInBrief
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, CitySerializer, not_in_the_future


class DayOfScoresSerializer(serializers.Serializer):
    """The scores of one day."""

    assessed_on = serializers.DateField()
    mean = serializers.DecimalField(max_digits=3, decimal_places=2)
    scores = serializers.IntegerField(help_text="How many went into the mean.")


class ScoredSerializer(serializers.Serializer):
    """How a dimension stands by its scores, and where it goes."""

    trend = serializers.ChoiceField(choices=Trend.choices)
    latest = DayOfScoresSerializer(allow_null=True)
    previous = DayOfScoresSerializer(allow_null=True, help_text="The day of scores before the latest.")


class GroupDimensionInBrief(serializers.ModelSerializer):
    """A dimension as it is worded now, beside a score."""

    class Meta:
        model = GroupDimension
        fields = ("id", "name", "retired_on")
        read_only_fields = fields


class GroupDimensionSerializer(CitySerializer):
    scored = ScoredSerializer(read_only=True)

    class Meta:
        model = GroupDimension
        fields = (*CITY_HEAD, "name", "description", "position", "retired_on", "scored", *CONTENT_TAIL)
        annotations: ClassVar = {"scored": Scored(F("id"))}


class SelfAssessmentSerializer(CitySerializer):
    class Meta:
        model = SelfAssessment
        fields = (
            *CITY_HEAD,
            "dimension",
            "dimension_name",
            "dimension_description",
            "assessed_on",
            "score",
            "comment",
            "seat",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("dimension",)
        extra_kwargs: ClassVar = {
            "assessed_on": {"validators": [not_in_the_future]},
            "dimension_name": {"help_text": "As it was called when the score was given."},
            "dimension_description": {"help_text": "As it was described when the score was given."},
            "seat": {"help_text": "From which seat; null for the group as a whole."},
        }
        expandable: ClassVar = {"dimension": GroupDimensionInBrief, "seat": SeatInBrief}


class BreakdownSerializer(serializers.Serializer):
    """A group in parts. A group smaller than five is not broken down."""

    state = serializers.ChoiceField(choices=State.choices)
    n = serializers.IntegerField(help_text="How many are in the group.")
    parts = serializers.DictField(
        child=serializers.IntegerField(), allow_null=True, help_text="How many by value; null when too small."
    )


class TotalBreakdownSerializer(BreakdownSerializer):
    """Over the cities in which it may be seen."""

    left_out = serializers.ListField(
        child=serializers.CharField(), help_text="Cities in which the group is too small; not in `n` either."
    )


class MeetingsHeldSerializer(serializers.Serializer):
    """Until today."""

    held = serializers.IntegerField()
    with_attendance = serializers.IntegerField(help_text="Of these, those at which it was noted who came.")
    last_held_on = serializers.DateField(allow_null=True)


class AttendanceRateSerializer(serializers.Serializer):
    """Added by its parts over all meetings."""

    present = serializers.IntegerField(help_text="Seats that were taken.")
    noted = serializers.IntegerField(help_text="Seats of which it was noted whether they were.")
    rate = serializers.DecimalField(
        max_digits=5, decimal_places=4, allow_null=True, help_text="Null where nobody noted it."
    )


class SeatsSerializer(serializers.Serializer):
    """Seats held today; by profile and order of their stakeholders."""

    n = serializers.IntegerField()
    by_role = BreakdownSerializer()
    by_profile = BreakdownSerializer()
    by_order = BreakdownSerializer()


class StakeholdersSerializer(serializers.Serializer):
    """Stakeholders; by quadrant those that were assessed."""

    n = serializers.IntegerField()
    without_seat = serializers.IntegerField(help_text="Holding no seat today.")
    by_profile = BreakdownSerializer()
    by_order = BreakdownSerializer()
    by_quadrant = BreakdownSerializer()


class GroupSerializer(serializers.Serializer):
    """Who makes up the local group of a city, in numbers."""

    city = serializers.CharField(help_text="Slug.")
    as_of = serializers.DateField()
    algorithm = serializers.CharField()
    seats = SeatsSerializer()
    stakeholders = StakeholdersSerializer()
    meetings = MeetingsHeldSerializer()
    attendance = AttendanceRateSerializer()


class TotalSeatsSerializer(SeatsSerializer):
    by_role = TotalBreakdownSerializer()
    by_profile = TotalBreakdownSerializer()
    by_order = TotalBreakdownSerializer()


class TotalStakeholdersSerializer(StakeholdersSerializer):
    by_profile = TotalBreakdownSerializer()
    by_order = TotalBreakdownSerializer()
    by_quadrant = TotalBreakdownSerializer()


class TotalSerializer(serializers.Serializer):
    """All cities together."""

    cities = serializers.IntegerField(help_text="How many went in.")
    seats = TotalSeatsSerializer()
    stakeholders = TotalStakeholdersSerializer()
    meetings = MeetingsHeldSerializer()
    attendance = AttendanceRateSerializer()


class GroupsSerializer(serializers.Serializer):
    """The local groups of a network's cities: counts alone."""

    as_of = serializers.DateField()
    algorithm = serializers.CharField()
    cities = GroupSerializer(many=True)
    total = TotalSerializer()
