"""What the content of a summary holds, declared for the contract; `collect` and `across` make it.

All numbers but counts are decimal texts. Everything is as of the last day of the period.
"""

from typing import Any

from rest_framework import serializers

from plans.guidelines.models import GuidelineAssessment
from plans.iap.models import Plan
from plans.indicators.kinds import Accumulation, Measure
from plans.indicators.models import CommonIndicator, Measurement
from plans.indicators.serializers import (
    ProgressSerializer,
    TargetPointSerializer,
    TrackSerializer,
    ValueSerializer,
)
from plans.summaries.models import AggregateState, AssessmentState, LeftOut
from tenants.access.models import CityContent
from tenants.networks.models import City, Period


def decimal(**options: Any) -> serializers.CharField:
    return serializers.CharField(help_text="Decimal.", **options)


def tally() -> serializers.DictField:
    return serializers.DictField(
        child=serializers.IntegerField(), help_text="Every value of the enum, zeros too."
    )


class CoverageSerializer(serializers.Serializer):
    """n of N."""

    n = serializers.IntegerField()
    of = serializers.IntegerField()


class LeftOutSerializer(serializers.Serializer):
    """A city that is not in the figure, and why."""

    city = serializers.CharField()
    why = serializers.ChoiceField(choices=LeftOut.choices)
    reason = serializers.CharField(allow_blank=True, help_text="The city's own words, where it gave any.")


class NamedSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()


class PeriodOfSummarySerializer(serializers.Serializer):
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Period.Kind.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class PlanOfSummarySerializer(serializers.Serializer):
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Plan.Status.choices)
    version = serializers.IntegerField()
    provenance = serializers.ChoiceField(choices=CityContent.Provenance.choices)


class ActionCountsSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    by_status = tally()
    by_condition = tally()


class StakeholderCountsSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    by_profile = tally()


class IndicatorOfSummarySerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    measure = serializers.ChoiceField(choices=Measure.choices)
    common_indicator = serializers.CharField(allow_null=True, help_text="Code.")
    provenance = serializers.ChoiceField(choices=CityContent.Provenance.choices)
    value = ValueSerializer()
    target = TargetPointSerializer(allow_null=True)
    progress = ProgressSerializer()
    track = TrackSerializer()


class GuidelineOfSummarySerializer(serializers.Serializer):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AssessmentState.choices)
    assessor = serializers.ChoiceField(choices=GuidelineAssessment.Assessor.choices, allow_null=True)
    step = serializers.IntegerField(allow_null=True)
    target_step = serializers.IntegerField(allow_null=True)
    assessed_on = serializers.DateField(allow_null=True)
    provenance = serializers.ChoiceField(choices=CityContent.Provenance.choices, allow_null=True)


class IllustrativeSerializer(serializers.Serializer):
    """How many of these are made up for the demo."""

    indicators = serializers.IntegerField()
    guidelines = serializers.IntegerField()


class CityCoverageSerializer(serializers.Serializer):
    indicators = CoverageSerializer()
    guidelines = CoverageSerializer()
    illustrative = IllustrativeSerializer()


class CitySummarySerializer(serializers.Serializer):
    city = serializers.CharField(help_text="Slug.")
    name = serializers.CharField()
    country = serializers.CharField()
    role = serializers.ChoiceField(choices=City.Role.choices)
    organisation = serializers.CharField()
    plan = PlanOfSummarySerializer(allow_null=True)
    actions = ActionCountsSerializer()
    indicators = IndicatorOfSummarySerializer(many=True)
    guidelines = GuidelineOfSummarySerializer(many=True)
    stakeholders = StakeholderCountsSerializer()
    coverage = CityCoverageSerializer()


class GuidelineAcrossSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    title = serializers.CharField()
    cities_by_step = tally()
    left_out = LeftOutSerializer(many=True)
    coverage = CoverageSerializer()


class InputSerializer(serializers.Serializer):
    """One value that went into a figure."""

    city = serializers.CharField()
    indicator = serializers.CharField(help_text="Code of the city's indicator.")
    provenance = serializers.ChoiceField(choices=CityContent.Provenance.choices)
    value = decimal()
    numerator = decimal(allow_null=True)
    denominator = decimal(allow_null=True)
    measured_on = serializers.DateField()
    quality = serializers.ChoiceField(choices=Measurement.Quality.choices)


class AggregateSerializer(serializers.Serializer):
    """One figure over cities, with everything that explains it."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    measure = serializers.ChoiceField(choices=Measure.choices)
    accumulation = serializers.ChoiceField(choices=Accumulation.choices)
    operator = serializers.ChoiceField(choices=CommonIndicator.Operator.choices)
    state = serializers.ChoiceField(choices=AggregateState.choices)
    value = decimal(allow_null=True)
    numerator = decimal(allow_null=True)
    denominator = decimal(allow_null=True)
    inputs = InputSerializer(many=True)
    left_out = LeftOutSerializer(many=True)
    coverage = CoverageSerializer()


class AcrossSerializer(serializers.Serializer):
    actions = ActionCountsSerializer()
    stakeholders = StakeholderCountsSerializer()
    guidelines = GuidelineAcrossSerializer(many=True)
    indicators = AggregateSerializer(many=True)


class SummaryContentSerializer(serializers.Serializer):
    """A transnational summary: its cities, and the figures across them."""

    algorithm = serializers.CharField()
    network = NamedSerializer()
    period = PeriodOfSummarySerializer()
    as_of = serializers.DateField()
    revision = serializers.IntegerField()
    cities = CitySummarySerializer(many=True)
    left_out = LeftOutSerializer(many=True)
    coverage = CoverageSerializer()
    across = AcrossSerializer()
