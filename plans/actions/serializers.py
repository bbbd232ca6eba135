from typing import ClassVar

from rest_framework import serializers

from plans.actions.condition import condition
from plans.actions.models import Action, Milestone
from plans.objectives.serializers import ObjectiveInBrief
from plans.stakeholders.serializers import StakeholderInBrief
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, BodySerializer, CitySerializer


class ActionInBrief(serializers.ModelSerializer):
    """An action beside what belongs to it."""

    class Meta:
        model = Action
        fields = ("id", "code", "title", "status")
        read_only_fields = fields


class MilestoneSerializer(CitySerializer):
    class Meta:
        model = Milestone
        fields = (*CITY_HEAD, "action", "title", "due_on", "reached_on", "translations", *CONTENT_TAIL)
        fixed: ClassVar = ("action",)
        expandable: ClassVar = {"action": ActionInBrief}


class MilestoneOfActionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ("id", "title", "due_on", "reached_on", "provenance")
        read_only_fields = fields


class ConditionSerializer(serializers.Serializer):
    """How the action is doing."""

    state = serializers.ChoiceField(choices=Action.Condition.choices, help_text="What counts.")
    computed = serializers.ChoiceField(choices=Action.Condition.choices, help_text="What the dates say.")
    override_reason = serializers.CharField(
        help_text="Why a person decided otherwise; empty when nobody did."
    )


class ActionSerializer(CitySerializer):
    condition = ConditionSerializer(read_only=True)
    milestones = MilestoneOfActionSerializer(many=True, read_only=True)

    class Meta:
        model = Action
        fields = (
            *CITY_HEAD,
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
            "condition",
            "horizon",
            "visibility",
            "guidelines",
            "primary_guideline",
            "yearly_cost",
            "yearly_cost_currency",
            "milestones",
            "translations",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("status",)
        annotations: ClassVar = {"condition": condition()}
        expandable: ClassVar = {
            "objective": ObjectiveInBrief,
            "lead_actor": StakeholderInBrief,
            "key_partners": StakeholderInBrief,
        }


class OverrideSerializer(BodySerializer):
    """A person's judgement of the condition."""

    condition = serializers.ChoiceField(choices=Action.Condition.choices)
    reason = serializers.CharField(max_length=2000)
