"""What a report on figures holds, declared for the contract; SQL makes it, or a published summary."""

from django.db import models
from rest_framework import serializers

from plans.summaries.content import (
    ActionCountsSerializer,
    AggregateSerializer,
    CoverageSerializer,
    LeftOutSerializer,
    NamedSerializer,
    PeriodOfSummarySerializer,
    StakeholderCountsSerializer,
    tally,
)
from tenants.networks.models import City


class Source(models.TextChoices):
    """Where the figures of a city come from."""

    KEPT = "kept"
    LIVE = "live"
    PUBLISHED = "published"


class TrackCountsSerializer(serializers.Serializer):
    total = serializers.IntegerField()
    by_track = tally()


class IndicatorCountsSerializer(TrackCountsSerializer):
    coverage = CoverageSerializer(help_text="How many have a measured value.")


class StepsOfCitySerializer(serializers.Serializer):
    steps = serializers.DictField(
        child=serializers.IntegerField(allow_null=True),
        help_text="The step with each guideline, by its number; null where nobody assessed it in the period.",
    )
    coverage = CoverageSerializer()


class CityFiguresSerializer(serializers.Serializer):
    actions = ActionCountsSerializer()
    indicators = IndicatorCountsSerializer()
    guidelines = StepsOfCitySerializer()
    stakeholders = StakeholderCountsSerializer()


class CityOfReportSerializer(serializers.Serializer):
    """A city and its figures, with where these come from."""

    city = serializers.CharField(help_text="Slug.")
    name = serializers.CharField()
    country = serializers.CharField()
    role = serializers.ChoiceField(choices=City.Role.choices)
    as_of = serializers.DateField(help_text="The day for which they were counted.")
    source = serializers.ChoiceField(choices=Source.choices)
    fresh = serializers.BooleanField(
        allow_null=True,
        help_text="Are they what the city's rows say now? Null of a summary: it says what was published.",
    )
    figures = CityFiguresSerializer()


class StepsAcrossSerializer(serializers.Serializer):
    """How many cities stand on each step of a guideline."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    cities_by_step = tally()
    coverage = CoverageSerializer()


class FiguresAcrossSerializer(serializers.Serializer):
    actions = ActionCountsSerializer()
    indicators = TrackCountsSerializer()
    stakeholders = StakeholderCountsSerializer()
    guidelines = StepsAcrossSerializer(many=True)
    common_indicators = AggregateSerializer(many=True)


class SourceSummarySerializer(serializers.Serializer):
    """The summary that the figures were published in."""

    id = serializers.UUIDField()
    revision = serializers.IntegerField()
    sha256 = serializers.CharField()


class FiguresSerializer(serializers.Serializer):
    """The figures of the cities of a network, and what they come to across cities."""

    network = NamedSerializer()
    period = PeriodOfSummarySerializer(
        allow_null=True,
        help_text="Whose assessments count: the one asked for, or the last that began.",
    )
    as_of = serializers.DateField()
    algorithm = serializers.CharField(help_text="Names the rules that the figures were made with.")
    summary = SourceSummarySerializer(allow_null=True, help_text="Only of a period that was asked for.")
    coverage = CoverageSerializer(help_text="Cities that say something, of all that you may see.")
    fresh = CoverageSerializer(allow_null=True, help_text="Cities whose figures are what their rows say now.")
    cities = CityOfReportSerializer(many=True)
    left_out = LeftOutSerializer(many=True)
    across = FiguresAcrossSerializer()
