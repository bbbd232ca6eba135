from typing import ClassVar

from django.db.models import F, OuterRef
from rest_framework import serializers

from plans.actions.condition import condition
from plans.actions.dependencies.waiting import depends_on, waits_for
from plans.actions.fundings.totals import funding_totals
from plans.actions.models import Action, Milestone
from plans.objectives.serializers import ObjectiveInBrief
from plans.stakeholders.serializers import StakeholderInBrief
from tenants.api.readpath import Array
from tenants.api.serializers import (
    BY_ITS_VERBS,
    CITY_HEAD,
    CONTENT_TAIL,
    PUBLISHED_TAIL,
    BodySerializer,
    CitySerializer,
    PublishedSerializer,
)
from tenants.networks.published import IfSeen


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


def money() -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=20, decimal_places=2)


def keys(help_text: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.UUIDField(), read_only=True, help_text=help_text)


class ConditionSerializer(serializers.Serializer):
    """How the action is doing."""

    state = serializers.ChoiceField(choices=Action.Condition.choices, help_text="What counts.")
    computed = serializers.ChoiceField(choices=Action.Condition.choices, help_text="What the dates say.")
    override_reason = serializers.CharField(
        help_text="Why a person decided otherwise; empty when nobody did."
    )


class FundingTotal(serializers.Serializer):
    """In one currency: they are never mixed."""

    currency = serializers.CharField()
    needed = money()
    applied = money()
    secured = money()


class ActionSerializer(CitySerializer):
    condition = ConditionSerializer(read_only=True)
    milestones = MilestoneOfActionSerializer(many=True, read_only=True)
    funding_totals = FundingTotal(many=True, read_only=True)
    depends_on = keys("The actions that it depends on.")
    waits_for = keys("Those of them that are not completed.")
    replaces = keys("The actions that were merged into it, or superseded by it.")
    grown_from = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="The small-scale action that it has grown from."
    )

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
            "funding_totals",
            "depends_on",
            "waits_for",
            "replaced_by",
            "replaced_as",
            "replaced_reason",
            "replaces",
            "grown_from",
            "translations",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("status",)
        instead: ClassVar = {"status": BY_ITS_VERBS}
        annotations: ClassVar = {
            "condition": condition(),
            "funding_totals": funding_totals(),
            "depends_on": depends_on(),
            "waits_for": waits_for(),
            "replaces": Array(Action.objects.filter(replaced_by=OuterRef("pk")).order_by("pk").values("pk")),
            "grown_from": F("grown_from"),
        }
        expandable: ClassVar = {
            "objective": ObjectiveInBrief,
            "lead_actor": StakeholderInBrief,
            "key_partners": StakeholderInBrief,
            "replaced_by": ActionInBrief,
        }


class PublishedActionSerializer(PublishedSerializer):
    """An action as its city shows it to others, with its milestones."""

    objective = ObjectiveInBrief(read_only=True, allow_null=True, help_text="Where the plan is published.")
    milestones = MilestoneOfActionSerializer(many=True, read_only=True)

    class Meta:
        model = Action
        fields = (
            *CITY_HEAD,
            "code",
            "title",
            "description",
            "objective",
            "intended_outputs",
            "starts_on",
            "ends_on",
            "status",
            "replaced_as",
            "horizon",
            "visibility",
            "guidelines",
            "primary_guideline",
            "yearly_cost",
            "yearly_cost_currency",
            "milestones",
            *PUBLISHED_TAIL,
        )
        annotations: ClassVar = {"objective": IfSeen(Action, "objective", ObjectiveInBrief)}


class OverrideSerializer(BodySerializer):
    """A person's judgement of the condition."""

    condition = serializers.ChoiceField(choices=Action.Condition.choices)
    reason = serializers.CharField(max_length=2000)


class MergeSerializer(BodySerializer):
    """Into which other action, and why."""

    into = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)


class SupersedeSerializer(BodySerializer):
    """By which other action, and why."""

    by = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)
