"""What a version of the plan holds: a list of serializers, one for each part. No personal data.

A new part joins `PARTS`; versions adopted before do not have it. Rows refer to each other by code, so that
a version can be read by itself; `id` tells which row of another version is the same one.
"""

from typing import Any, ClassVar, NamedTuple

from django.db.models import OuterRef
from rest_framework import serializers

from plans.actions.fundings.models import Funding
from plans.actions.models import Action, ActionPartner, Milestone
from plans.actions.risks.models import Risk
from plans.iap.models import Plan
from plans.indicators.models import Indicator, Target
from plans.objectives.models import Objective
from tenants.api.readpath import Array

FORMAT = "plan-1"
# How far a row can be trusted.
MARKS = ("provenance", "illustrative_fields")


def by(field: str, **options: Any) -> serializers.SlugRelatedField:
    """The row that is referred to, by this word of it."""
    return serializers.SlugRelatedField(slug_field=field, read_only=True, **options)


def translations() -> serializers.DictField:
    texts = serializers.DictField(child=serializers.CharField())
    return serializers.DictField(child=texts, read_only=True, help_text="By language and field.")


class PlanPart(serializers.ModelSerializer):
    """The plan's own text."""

    translations = translations()

    class Meta:
        model = Plan
        fields = (
            "id",
            "title",
            "challenge",
            "vision",
            "horizon_starts",
            "horizon_ends",
            "translations",
            *MARKS,
        )


class ObjectivePart(serializers.ModelSerializer):
    parent = by("code", allow_null=True)
    translations = translations()

    class Meta:
        model = Objective
        fields = ("id", "code", "title", "expected_result", "level", "parent", "translations", *MARKS)


class MilestonePart(serializers.ModelSerializer):
    translations = translations()

    class Meta:
        model = Milestone
        fields = ("title", "due_on", "reached_on", "translations")


class ActionPart(serializers.ModelSerializer):
    objective = by("code", allow_null=True)
    lead_actor = by("name", allow_null=True)
    key_partners = serializers.ListField(child=serializers.CharField(), read_only=True, help_text="Names.")
    milestones = MilestonePart(many=True, read_only=True)
    translations = translations()

    class Meta:
        model = Action
        fields = (
            "id",
            "code",
            "title",
            "description",
            "objective",
            "lead_actor",
            "key_partners",
            "intended_outputs",
            "starts_on",
            "ends_on",
            "status",
            "horizon",
            "visibility",
            "guidelines",
            "primary_guideline",
            "yearly_cost",
            "yearly_cost_currency",
            "milestones",
            "translations",
            *MARKS,
        )
        annotations: ClassVar = {
            "key_partners": Array(
                ActionPartner.objects.filter(action=OuterRef("pk"))
                .order_by("stakeholder__name")
                .values("stakeholder__name")
            )
        }


class TargetPart(serializers.ModelSerializer):
    value = serializers.DecimalField(20, 4, read_only=True, normalize_output=True)

    class Meta:
        model = Target
        fields = ("due_on", "value")


class IndicatorPart(serializers.ModelSerializer):
    action = by("code", allow_null=True)
    objective = by("code", allow_null=True)
    common_indicator = by("code", allow_null=True)
    responsible = by("name", allow_null=True)
    baseline_value = serializers.DecimalField(20, 4, read_only=True, allow_null=True, normalize_output=True)
    tolerance = serializers.DecimalField(5, 4, read_only=True, normalize_output=True)
    targets = TargetPart(many=True, read_only=True)
    translations = translations()

    class Meta:
        model = Indicator
        fields = (
            "id",
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
            "translations",
            *MARKS,
        )


class FundingPart(serializers.ModelSerializer):
    action = by("code")
    translations = translations()

    class Meta:
        model = Funding
        fields = (
            "id",
            "action",
            "amount",
            "currency",
            "source_type",
            "state",
            "note",
            "translations",
            *MARKS,
        )


class RiskPart(serializers.ModelSerializer):
    action = by("code", allow_null=True)
    owner = by("name", allow_null=True)
    translations = translations()

    class Meta:
        model = Risk
        fields = (
            "id",
            "title",
            "description",
            "category",
            "likelihood",
            "impact",
            "mitigation",
            "action",
            "owner",
            "status",
            "translations",
            *MARKS,
        )


class Part(NamedTuple):
    """Rows of one kind, in this order."""

    serializer: type[serializers.ModelSerializer]
    order: str = "code"


PARTS: dict[str, Part] = {
    "plan": Part(PlanPart, "title"),
    "objectives": Part(ObjectivePart),
    "actions": Part(ActionPart),
    "indicators": Part(IndicatorPart),
    "fundings": Part(FundingPart, "source_type"),
    "risks": Part(RiskPart, "title"),
}
PART_NAMES = [(name, name) for name in PARTS]


class PlanContentSerializer(serializers.Serializer):
    """The plan by its parts; a part that was not yet kept, or is not shared, is absent."""

    format = serializers.CharField(help_text="Names the rules by which the content was made.")

    def get_fields(self) -> dict[str, Any]:
        parts = {name: part.serializer(many=True, required=False) for name, part in PARTS.items()}
        return {**super().get_fields(), **parts}
