from typing import ClassVar

from rest_framework import serializers

from plans.actions.risks.models import SCORE, Risk
from plans.actions.serializers import ActionInBrief
from plans.stakeholders.serializers import StakeholderInBrief
from tenants.api.serializers import BY_ITS_VERBS, CITY_HEAD, CONTENT_TAIL, CitySerializer


class RiskSerializer(CitySerializer):
    score = serializers.IntegerField(read_only=True, help_text="Likelihood times impact, 1 to 25.")

    class Meta:
        model = Risk
        fields = (
            *CITY_HEAD,
            "action",
            "title",
            "description",
            "category",
            "likelihood",
            "impact",
            "score",
            "mitigation",
            "owner",
            "status",
            "translations",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("action", "status")
        instead: ClassVar = {"status": BY_ITS_VERBS}
        annotations: ClassVar = {"score": SCORE}
        expandable: ClassVar = {"action": ActionInBrief, "owner": StakeholderInBrief}
