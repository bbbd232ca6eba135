"""The row of a summary, and the question for one."""

from typing import ClassVar

from rest_framework import serializers

from plans.summaries.models import Summary
from tenants.api.serializers import HEAD, TAIL, BodySerializer, RowSerializer


class SummarySerializer(RowSerializer):
    """State, progress and result of a summary; its content has an address of its own."""

    period_code = serializers.SlugRelatedField(source="period", slug_field="code", read_only=True)

    class Meta:
        model = Summary
        fields = (
            *HEAD,
            "period",
            "period_code",
            "revision",
            "reason",
            "state",
            "attempts",
            "cities_done",
            "cities_total",
            "problem",
            "sha256",
            "published_at",
            *TAIL,
        )
        read_only_fields: ClassVar = fields


class AskSerializer(BodySerializer):
    """Which period, and why another revision when there is one."""

    period = serializers.UUIDField()
    reason = serializers.CharField(required=False, default="", max_length=2000)
