from typing import ClassVar

from rest_framework import serializers

from plans.actions.serializers import ActionInBrief
from plans.campaigns.models import Campaign, Channel
from plans.campaigns.names import Handle, Hashtags
from plans.indicators.models import Indicator
from plans.indicators.serializers import StandingSerializer
from plans.indicators.standing import standing
from plans.stakeholders.serializers import StakeholderInBrief
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, CitySerializer


class FigureOfChannel(serializers.ModelSerializer):
    """An indicator of a channel, and how it stands."""

    standing = StandingSerializer(read_only=True)

    class Meta:
        model = Indicator
        fields = ("id", "code", "name", "unit", "standing")
        read_only_fields = fields
        annotations: ClassVar = {"standing": standing()}


class ChannelInBrief(serializers.ModelSerializer):
    """A channel beside what runs on it."""

    class Meta:
        model = Channel
        fields = ("id", "platform", "name", "handle", "address")
        read_only_fields = fields


class ChannelSerializer(CitySerializer):
    """Where a city speaks to people."""

    handle = Handle(help_text="Of the account; kept in lower case, without @.")

    class Meta:
        model = Channel
        fields = (
            *CITY_HEAD,
            "platform",
            "name",
            "handle",
            "address",
            "audience",
            "opened_on",
            "closed_on",
            "run_by",
            "indicators",
            "translations",
            *CONTENT_TAIL,
        )
        expandable: ClassVar = {"run_by": StakeholderInBrief, "indicators": FigureOfChannel}


class CampaignSerializer(CitySerializer):
    """What a city says for a while."""

    hashtags = Hashtags(help_text="With or without #; kept in lower case, each once.")

    class Meta:
        model = Campaign
        fields = (
            *CITY_HEAD,
            "title",
            "description",
            "hashtags",
            "audience",
            "address",
            "starts_on",
            "ends_on",
            "action",
            "channels",
            "ambassadors",
            "translations",
            *CONTENT_TAIL,
        )
        expandable: ClassVar = {
            "action": ActionInBrief,
            "channels": ChannelInBrief,
            "ambassadors": StakeholderInBrief,
        }
