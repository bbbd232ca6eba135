"""Where a city speaks to people, and the campaigns it runs there."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.campaigns.names import LONGEST_HANDLE, LONGEST_HASHTAG, each_written_as_hashtag
from plans.indicators.models import Indicator
from plans.stakeholders.models import Stakeholder
from tenants.access.models import CityContent, CityOwned, link, optional_reference, reference, walls
from tenants.access.spans import in_order
from tenants.access.translations import Translated, Translations
from tenants.access.walls import SameCity


class ChannelQuerySet(models.QuerySet["Channel"]):
    def open_on(self, day: date) -> Self:
        begun = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
        return self.filter(begun, Q(closed_on__isnull=True) | Q(closed_on__gt=day))


class Channel(Translated, CityContent):
    """An account, a page or a letter through which the city speaks."""

    class Platform(models.TextChoices):
        FACEBOOK = "facebook"
        INSTAGRAM = "instagram"
        TWITTER = "twitter"
        YOUTUBE = "youtube"
        LINKEDIN = "linkedin"
        TIKTOK = "tiktok"
        MASTODON = "mastodon"
        BLUESKY = "bluesky"
        TELEGRAM = "telegram"
        WHATSAPP = "whatsapp"
        VKONTAKTE = "vkontakte"
        WEBSITE = "website"
        BLOG = "blog"
        FORUM = "forum"
        NEWSLETTER = "newsletter"
        MOBILE_APP = "mobile_app"
        OTHER = "other"

    platform = models.CharField(max_length=10, choices=Platform.choices)
    name = models.CharField(max_length=200, help_text="What people know it by.")
    handle = models.CharField(
        max_length=LONGEST_HANDLE, blank=True, default="", help_text="Of the account, without @."
    )
    address = models.URLField(max_length=500, blank=True, default="")
    audience = models.TextField(blank=True, default="", help_text="Whom it shall reach.")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="First day on which it was no longer used.")
    run_by = optional_reference(Stakeholder, "channels")
    indicators = models.ManyToManyField(
        Indicator, through="ChannelIndicator", blank=True, related_name="channels"
    )

    objects: Any = ChannelQuerySet.as_manager()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("audience"),
            SameCity("run_by"),
            models.UniqueConstraint(
                fields=["city", "platform", "name"],
                name="channel_name",
                violation_error_message=_("The city has a channel with this name on this platform."),
            ),
            models.UniqueConstraint(
                fields=["city", "platform", "handle"],
                condition=~Q(handle=""),
                name="channel_handle",
                violation_error_message=_("The city has a channel with this handle on this platform."),
            ),
            models.CheckConstraint(
                condition=Regex(F("handle"), r"^[^\s@]*$"),
                name="channel_handle_is_one_word",
                violation_error_code="invalid_handle",
                violation_error_message=_(
                    "A handle is one word of letters, digits, dots, hyphens and underscores."
                ),
            ),
            in_order(
                "channel_closed_after_opened",
                _("A channel cannot close before it opens."),
                "opened_on",
                "closed_on",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "run_by"], name="channel_run_by")]

    def __str__(self) -> str:
        return f"{self.name} ({self.platform})"


class ChannelIndicator(CityOwned):
    """An indicator that counts what happens on a channel."""

    channel = reference(Channel, "indicator_links", on_delete=models.DB_CASCADE)
    indicator = reference(Indicator, "channel_links", on_delete=models.DB_CASCADE)

    class Meta(CityOwned.Meta):
        constraints: ClassVar = link("channel", "indicator", name="channel_indicator_once")
        indexes: ClassVar = [models.Index(fields=["city", "indicator"], name="channel_of_indicator")]


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def running_on(self, day: date) -> Self:
        """Begun, and not over; one without an end runs on."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class Campaign(Translated, CityContent):
    """What the city says for a while, on some of its channels, with the help of ambassadors."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    hashtags = ArrayField(
        models.CharField(max_length=LONGEST_HASHTAG),
        blank=True,
        default=list,
        help_text="In lower case, each with its #.",
    )
    audience = models.TextField(blank=True, default="", help_text="Whom it shall reach.")
    address = models.URLField(max_length=500, blank=True, default="")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    action = optional_reference(Action, "campaigns")
    channels = models.ManyToManyField(
        Channel, through="CampaignChannel", blank=True, related_name="campaigns"
    )
    ambassadors = models.ManyToManyField(
        Stakeholder, through="CampaignAmbassador", blank=True, related_name="campaigns"
    )

    objects: Any = CampaignQuerySet.as_manager()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("title", "description", "audience"),
            SameCity("action"),
            models.UniqueConstraint(
                fields=["city", "title"],
                name="campaign_title",
                violation_error_message=_("The city has a campaign with this title."),
            ),
            in_order("campaign_ends_after_start", _("A campaign cannot end before it starts.")),
            models.CheckConstraint(
                condition=each_written_as_hashtag("hashtags"),
                name="campaign_hashtags_written",
                violation_error_code="invalid_hashtag",
                violation_error_message=_("A hashtag is # and one word."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "action"], name="campaign_of_action")]

    def __str__(self) -> str:
        return self.title


class CampaignChannel(CityOwned):
    """A channel on which a campaign runs."""

    campaign = reference(Campaign, "channel_links", on_delete=models.DB_CASCADE)
    channel = reference(Channel, "campaign_links")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = link("campaign", "channel", name="campaign_channel_once")
        indexes: ClassVar = [models.Index(fields=["city", "channel"], name="campaign_of_channel")]


class CampaignAmbassador(CityOwned):
    """A stakeholder that carries a campaign to its own people."""

    campaign = reference(Campaign, "ambassador_links", on_delete=models.DB_CASCADE)
    stakeholder = reference(Stakeholder, "campaign_links")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = link("campaign", "stakeholder", name="campaign_ambassador_once")
        indexes: ClassVar = [models.Index(fields=["city", "stakeholder"], name="campaign_of_ambassador")]
