from typing import Any, ClassVar

import django_filters

from plans.campaigns.models import Campaign, Channel
from plans.campaigns.names import as_handle, as_hashtag
from plans.campaigns.serializers import CampaignSerializer, ChannelSerializer
from tenants.api.filters import ContentFilter, OnDay, after, before
from tenants.api.views import CityViewSet


class Handled(django_filters.CharFilter):
    """However it is written."""

    def filter(self, qs: Any, value: str) -> Any:
        return qs.filter(handle=as_handle(value))


class Tagged(django_filters.CharFilter):
    """However it is written."""

    def filter(self, qs: Any, value: str) -> Any:
        return qs.filter(hashtags__contains=[as_hashtag(value)])


class ChannelFilter(ContentFilter):
    platform = django_filters.MultipleChoiceFilter(choices=Channel.Platform.choices)
    handle = Handled(help_text="With or without @.")
    run_by = django_filters.UUIDFilter()
    indicator = django_filters.UUIDFilter("indicators", help_text="Has this indicator.")
    open_on = OnDay("open_on", help_text="Was in use on this day.")

    class Meta:
        model = Channel
        fields: ClassVar[list[str]] = []


class ChannelViewSet(CityViewSet):
    """Where a city speaks to people; `?expand=indicators` tells the figures."""

    queryset = Channel.objects.all()
    serializer_class = ChannelSerializer
    filterset_class = ChannelFilter
    search_fields = ("name", "handle", "audience")
    ordering_fields = ("name", "platform", "opened_on", "updated_at")
    default_ordering = "name"
    named_by = ("platform", "name")


class CampaignFilter(ContentFilter):
    hashtag = Tagged(help_text="With or without #.")
    action = django_filters.UUIDFilter()
    channel = django_filters.UUIDFilter("channels", help_text="Runs on this channel.")
    ambassador = django_filters.UUIDFilter("ambassadors", help_text="Has this stakeholder as ambassador.")
    running_on = OnDay("running_on", help_text="Had begun on this day and was not over.")
    starts_before = before("starts_on")
    starts_after = after("starts_on")
    ends_before = before("ends_on")
    ends_after = after("ends_on")

    class Meta:
        model = Campaign
        fields: ClassVar[list[str]] = []


class CampaignViewSet(CityViewSet):
    """What a city says for a while: hashtags, channels, ambassadors, and the action it serves."""

    queryset = Campaign.objects.all()
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    search_fields = ("title", "description", "audience")
    ordering_fields = ("title", "starts_on", "ends_on", "updated_at")
    named_by = ("title",)
    default_ordering = "title"
