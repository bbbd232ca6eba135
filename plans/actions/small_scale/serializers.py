from typing import ClassVar

from rest_framework import serializers

from plans.actions.models import Action
from plans.actions.serializers import ActionInBrief
from plans.actions.small_scale.models import SmallScaleAction
from plans.objectives.serializers import ObjectiveInBrief
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, BodySerializer, CitySerializer


class SmallScaleActionSerializer(CitySerializer):
    class Meta:
        model = SmallScaleAction
        fields = (
            *CITY_HEAD,
            "title",
            "hypothesis",
            "objective",
            "guidelines",
            "cost",
            "cost_currency",
            "starts_on",
            "ends_on",
            "outcome",
            "decision",
            "became_action",
            "translations",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("decision",)
        expandable: ClassVar = {"objective": ObjectiveInBrief, "became_action": ActionInBrief}


class DecideSerializer(BodySerializer):
    """What is done with the idea, and why."""

    decision = serializers.ChoiceField(choices=SmallScaleAction.Decision.choices)
    outcome = serializers.CharField(required=False, help_text="What came out, unless it stands there.")


class TurnIntoActionSerializer(BodySerializer):
    """The code of the action, and what it does not take over from the test."""

    code = serializers.CharField(max_length=Action._meta.get_field("code").max_length)
    title = serializers.CharField(required=False, max_length=Action._meta.get_field("title").max_length)
