from typing import Any, ClassVar

from django.db.models import Case, CharField, Value, When
from rest_framework import serializers

from plans.actions.serializers import ActionInBrief
from plans.guidelines.models import STEP_NAMES, Guideline, GuidelineAssessment
from plans.indicators.serializers import IndicatorInBrief
from tenants.api.serializers import (
    CITY_HEAD,
    CONTENT_TAIL,
    HEAD,
    PUBLISHED_TAIL,
    CitySerializer,
    RowSerializer,
    not_in_the_future,
)


class GuidelineInBrief(serializers.ModelSerializer):
    """A guideline beside how far a city has come with it."""

    class Meta:
        model = Guideline
        fields = ("id", "number", "title")
        read_only_fields = fields


class GuidelineSerializer(RowSerializer):
    class Meta:
        model = Guideline
        fields = (
            *HEAD,
            "version",
            "number",
            "slug",
            "title",
            "subtitle",
            "summary",
            "title_status",
            "exemplar_city",
            "translations",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("version", "number")


class PublicGuidelineSerializer(RowSerializer):
    """A guideline, as everybody may know it."""

    class Meta:
        model = Guideline
        fields = (
            *HEAD,
            "version",
            "number",
            "slug",
            "title",
            "subtitle",
            "summary",
            "title_status",
            "exemplar_city",
            *PUBLISHED_TAIL,
        )


def name_of(step: str) -> Case:
    """Of the step in this column; null where there is none."""
    names = (When(**{step: one}, then=Value(one.label)) for one in GuidelineAssessment.Step)
    return Case(*names, output_field=CharField())


def named(**options: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=STEP_NAMES, read_only=True, **options)


class GuidelineAssessmentSerializer(CitySerializer):
    guideline_number = serializers.IntegerField(source="guideline.number", read_only=True)
    period_code = serializers.CharField(source="period.code", read_only=True)
    step_name = named()
    target_step_name = named(allow_null=True)

    class Meta:
        model = GuidelineAssessment
        fields = (
            *CITY_HEAD,
            "guideline",
            "guideline_number",
            "period",
            "period_code",
            "assessor",
            "step",
            "step_name",
            "target_step",
            "target_step_name",
            "rationale",
            "assessed_on",
            "actions",
            "indicators",
            "evidence_links",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("guideline", "period", "assessor")
        extra_kwargs: ClassVar = {"assessed_on": {"validators": [not_in_the_future]}}
        expandable: ClassVar = {
            "guideline": GuidelineInBrief,
            "actions": ActionInBrief,
            "indicators": IndicatorInBrief,
        }
        annotations: ClassVar = {"step_name": name_of("step"), "target_step_name": name_of("target_step")}
