from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from plans.actions.serializers import ActionInBrief
from plans.dimensions.models import Category
from plans.indicators.models import CommonIndicator, Indicator, Measurement, Target
from plans.indicators.parts import MeasurementPart
from plans.indicators.standing import ProgressState, TrackState, ValueState, standing
from plans.objectives.serializers import ObjectiveInBrief
from plans.stakeholders.serializers import StakeholderInBrief
from tenants.access.models import CityContent
from tenants.api.serializers import (
    CITY_HEAD,
    CONTENT_TAIL,
    HEAD,
    CitySerializer,
    KeyField,
    RowSerializer,
    not_in_the_future,
)


class CommonIndicatorSerializer(RowSerializer):
    class Meta:
        model = CommonIndicator
        fields = (
            *HEAD,
            "code",
            "name",
            "unit",
            "type",
            "direction",
            "accumulation",
            "measure",
            "operator",
            "translations",
            *CONTENT_TAIL,
        )
        # Cities have entered numbers by these.
        fixed: ClassVar = ("unit", "accumulation", "measure")


def amount_of(help_text: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        20, 4, required=False, allow_null=True, normalize_output=True, help_text=help_text
    )


def figure(help_text: str = "") -> serializers.DecimalField:
    """An exact number as a string, or null."""
    return serializers.DecimalField(
        max_digits=None, decimal_places=None, allow_null=True, help_text=help_text
    )


class ValueSerializer(serializers.Serializer):
    """What the measurements come to: the latest, or for `per_period` their sum."""

    state = serializers.ChoiceField(choices=ValueState.choices)
    value = figure("Of a percentage: on the scale of 0 to 100.")
    numerator = figure()
    denominator = figure()
    measured_on = serializers.DateField(
        allow_null=True, help_text="Day of the latest measurement that went in."
    )
    quality = serializers.ChoiceField(
        choices=Measurement.Quality.choices, allow_null=True, help_text="The weakest of those that went in."
    )
    provenance = serializers.ChoiceField(
        choices=CityContent.Provenance.choices,
        allow_null=True,
        help_text="The least trustworthy of those that went in: one illustrative entry makes the value so.",
    )
    reason = serializers.CharField(help_text="Why it was not measured.")
    entries = serializers.IntegerField(help_text="How many measurements went in.")
    measurement = serializers.UUIDField(allow_null=True, help_text="The latest of them.")


class TargetPointSerializer(serializers.Serializer):
    """A value and the day for which it is set."""

    value = serializers.DecimalField(max_digits=None, decimal_places=None)
    due_on = serializers.DateField()
    provenance = serializers.ChoiceField(choices=CityContent.Provenance.choices)


class ProgressSerializer(serializers.Serializer):
    """The way from baseline to final target: 0.5 is half of it, below 0 a step backwards."""

    state = serializers.ChoiceField(choices=ProgressState.choices)
    value = figure("Only when `state` is measured; not clamped.")


class TrackSerializer(serializers.Serializer):
    """The value beside the value due by now, on the line to the target or at it."""

    state = serializers.ChoiceField(choices=TrackState.choices)
    due_value = figure("Due by now.")
    due_on = serializers.DateField(allow_null=True, help_text="Date of the target that this is judged by.")


class StandingSerializer(serializers.Serializer):
    """How the indicator stands on a day."""

    as_of = serializers.DateField()
    algorithm = serializers.CharField(help_text="Names the rules that the numbers were made with.")
    value = ValueSerializer()
    target = TargetPointSerializer(allow_null=True, help_text="The last of all targets.")
    progress = ProgressSerializer()
    track = TrackSerializer()


class IndicatorInBrief(serializers.ModelSerializer):
    """An indicator beside what belongs to it."""

    class Meta:
        model = Indicator
        fields = ("id", "code", "name", "unit")
        read_only_fields = fields


class CommonIndicatorInBrief(serializers.ModelSerializer):
    """A common indicator beside those of the cities."""

    class Meta:
        model = CommonIndicator
        fields = ("id", "code", "name", "unit", "operator")
        read_only_fields = fields


class TargetSerializer(CitySerializer):
    class Meta:
        model = Target
        fields = (*CITY_HEAD, "indicator", "due_on", "value", *CONTENT_TAIL)
        fixed: ClassVar = ("indicator",)
        expandable: ClassVar = {"indicator": IndicatorInBrief}


class TargetOfIndicatorSerializer(serializers.ModelSerializer):
    value = serializers.DecimalField(20, 4, read_only=True, normalize_output=True)

    class Meta:
        model = Target
        fields = ("id", "due_on", "value", "provenance")
        read_only_fields = fields


class IndicatorSerializer(CitySerializer):
    targets = TargetOfIndicatorSerializer(many=True, read_only=True)
    standing = StandingSerializer(read_only=True)

    class Meta:
        model = Indicator
        fields = (
            *CITY_HEAD,
            "code",
            "name",
            "unit",
            "type",
            "direction",
            "accumulation",
            "measure",
            "action",
            "objective",
            "common_indicator",
            "baseline_value",
            "baseline_on",
            "baseline_absent_reason",
            "tolerance",
            "source_of_verification",
            "responsible",
            "visibility",
            "targets",
            "standing",
            "translations",
            *CONTENT_TAIL,
        )
        # Its measurements are numbers, or they have parts.
        fixed: ClassVar = ("measure",)
        annotations: ClassVar = {"standing": standing()}
        expandable: ClassVar = {
            "action": ActionInBrief,
            "objective": ObjectiveInBrief,
            "common_indicator": CommonIndicatorInBrief,
            "responsible": StakeholderInBrief,
        }


class MeasurementPartSerializer(serializers.ModelSerializer):
    """What of it falls into one category of a dimension, in the words of the day of entry."""

    category = KeyField(queryset=Category.objects.all())
    value = amount_of("Of a number.")
    numerator = amount_of("Of a percentage.")
    denominator = amount_of("Of a percentage; greater than zero.")

    class Meta:
        model = MeasurementPart
        fields = ("category", "dimension_name", "category_name", "value", "numerator", "denominator")
        read_only_fields = ("dimension_name", "category_name")


ENTERED = (
    "measured_on",
    "value",
    "numerator",
    "denominator",
    "not_measured_reason",
    "quality",
)
CORRECTED = _("Figures stay as they were entered: `correct` enters others in their place.")


class MeasurementSerializer(CitySerializer):
    """What was measured on a day. Its figures stay as they were entered; a correction supersedes them."""

    parts = MeasurementPartSerializer(
        many=True, required=False, max_length=200, help_text="Broken down by dimensions of the network."
    )
    superseded_by = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="The correction that counts in its place."
    )

    class Meta:
        model = Measurement
        fields: ClassVar[tuple[str, ...]] = (
            *CITY_HEAD,
            "indicator",
            "measured_on",
            "value",
            "numerator",
            "denominator",
            "not_measured_reason",
            "quality",
            "comment",
            "evidence_links",
            "parts",
            "supersedes",
            "superseded_by",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("indicator", *ENTERED, "supersedes")
        instead: ClassVar = dict.fromkeys((*ENTERED, "parts"), CORRECTED)
        expandable: ClassVar = {"indicator": IndicatorInBrief}
        extra_kwargs: ClassVar[dict[str, Any]] = {"measured_on": {"validators": [not_in_the_future]}}
        annotations: ClassVar = {"superseded_by": F("superseded_by")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The parts may be sent back as they were read."""
        if self.instance is not None and "parts" in attrs:
            kept = MeasurementPart.objects.filter(measurement=self.instance)
            if as_set(kept) != as_set(MeasurementPart(**part) for part in attrs.pop("parts")):
                raise self.refused("parts")
        return super().validate(attrs)

    def create(self, validated_data: dict[str, Any]) -> Any:
        parts = validated_data.pop("parts", [])
        row = super().create(validated_data)
        MeasurementPart.objects.bulk_create(MeasurementPart(measurement=row, **part) for part in parts)
        return row

    @classmethod
    def create_all(cls, many: list[dict[str, Any]]) -> None:
        parts = {values["id"]: values.pop("parts", ()) for values in many}
        super().create_all(many)
        MeasurementPart.objects.bulk_create(
            MeasurementPart(measurement_id=key, **part) for key, some in parts.items() for part in some
        )


def as_set(parts: Iterable[MeasurementPart]) -> set[tuple[Any, ...]]:
    return {(p.category_id, p.value, p.numerator, p.denominator) for p in parts}
