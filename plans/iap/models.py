"""The Integrated Action Plan: what a city produces with its local group."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.access.models import CityContent, walls
from tenants.access.published import Published, visibility
from tenants.access.translations import Translated, Translations

YEAR = [MinValueValidator(1990), MaxValueValidator(2100)]


class Plan(Translated, CityContent):
    """One per partner city; its city is its key, so objectives and actions need not name it."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        ULG_CONSULTATION = "ulg_consultation"
        PEER_REVIEW = "peer_review"
        REVISED = "revised"
        ADOPTED = "adopted"
        IN_IMPLEMENTATION = "in_implementation"
        CLOSED = "closed"

    title = models.CharField(max_length=200)
    challenge = models.TextField(blank=True, default="", help_text="What the city wants to change.")
    vision = models.TextField(blank=True, default="")
    horizon_starts = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=YEAR, help_text="Year."
    )
    horizon_ends = models.PositiveSmallIntegerField(null=True, blank=True, validators=YEAR, help_text="Year.")
    status = models.CharField(max_length=17, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveSmallIntegerField(default=1, help_text="Of the plan as a document.")
    adopted_on = models.DateField(null=True, blank=True)
    visibility = visibility()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Published(
                "title",
                "challenge",
                "vision",
                "horizon_starts",
                "horizon_ends",
                "status",
                "version",
                "adopted_on",
                "translations",
            ),
            Translations("title", "challenge", "vision"),
            models.UniqueConstraint(
                fields=["city"],
                name="plan_of_city",
                violation_error_code="plan_exists",
                violation_error_message=_("The city has its plan already."),
            ),
            models.CheckConstraint(
                condition=Q(horizon_ends__gte=F("horizon_starts")),
                name="plan_horizon_ends_after_start",
                violation_error_code="ends_before_start",
                violation_error_message=_("A horizon cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
