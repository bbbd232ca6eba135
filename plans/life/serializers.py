"""What a step of the plan may be told."""

from rest_framework import serializers

from tenants.api.serializers import BodySerializer, not_in_the_future


class StepSerializer(BodySerializer):
    """A reason is kept in the history and shown with the plan."""

    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class ReasonedStepSerializer(BodySerializer):
    """A step that is not taken without saying why."""

    reason = serializers.CharField(max_length=2000)


class AdoptionSerializer(StepSerializer):
    """When the council, or whoever decides, adopted the plan."""

    adopted_on = serializers.DateField(validators=[not_in_the_future])
