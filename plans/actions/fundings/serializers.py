from typing import ClassVar

from rest_framework import serializers

from plans.actions.fundings.models import Funding
from plans.actions.serializers import ActionInBrief, FundingTotal
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, CitySerializer


class FundingSerializer(CitySerializer):
    class Meta:
        model = Funding
        fields = (
            *CITY_HEAD,
            "action",
            "amount",
            "currency",
            "source_type",
            "state",
            "note",
            "translations",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("action",)
        expandable: ClassVar = {"action": ActionInBrief}


class FundingTotalOfSource(FundingTotal):
    """Of one source, in one currency."""

    source_type = serializers.ChoiceField(choices=Funding.SourceType.choices)


class FundingTotals(serializers.Serializer):
    """What the fundings of the city come to; those of replaced actions are left out."""

    by_currency = FundingTotal(many=True)
    by_source = FundingTotalOfSource(many=True)
    left_out = serializers.IntegerField(help_text="Fundings of actions that others have replaced.")
