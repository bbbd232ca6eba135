"""What a city offers the others to adopt."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.actions.followed import guidelines, guidelines_exist
from tenants.access.models import CityContent, optional_reference, walls
from tenants.access.published import Published, Visibility, visibility
from tenants.access.translations import Translated, Translations
from tenants.access.walls import Reference, SameNetwork
from tenants.networks.models import Theme


class GoodPractice(Translated, CityContent):
    """Something that worked in a city. The city says who may find it, and whether it wants to be asked."""

    class Adoption(models.TextChoices):
        ON_REQUEST = "on_request", _("the city wants to be asked")
        OPEN = "open", _("any city of the network may adopt it")

    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True, default="", help_text="In a few sentences, for whoever looks.")
    description = models.TextField(blank=True, default="")
    guidelines = guidelines("Numbers of the guidelines that it shows, 1 to 12.")
    theme = optional_reference(Theme, "practices")
    evidence_links = ArrayField(models.URLField(max_length=500), blank=True, default=list)
    adoption = models.CharField(max_length=10, choices=Adoption.choices, default=Adoption.ON_REQUEST)
    visibility = visibility(Visibility.INTERNAL, editable=False)

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Reference("theme"),
            SameNetwork("theme"),
            Translations("title", "summary", "description"),
            Published(
                "title",
                "summary",
                "description",
                "guidelines",
                "theme",
                "evidence_links",
                "adoption",
                "translations",
            ),
            models.UniqueConstraint(
                fields=["city", "title"],
                name="practice_title",
                violation_error_message=_("The city has a practice with this title."),
            ),
            guidelines_exist("practice_guidelines_exist"),
            models.CheckConstraint(
                condition=Q(visibility=Visibility.INTERNAL) | ~Q(summary=""),
                name="practice_published_has_summary",
                violation_error_code="summary_missing",
                violation_error_message=_("What is published has a summary."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def publish(self, to: str) -> None:
        if self.visibility == to:
            raise ValidationError(_("The practice is published to these already."), "already_published")
        self.show_to(to)

    def withdraw(self) -> None:
        """Those who adopted it keep what they made of it."""
        if self.visibility == Visibility.INTERNAL:
            raise ValidationError(_("The practice is not published."), "not_published")
        self.show_to(Visibility.INTERNAL)

    def show_to(self, whom: str) -> None:
        self.visibility = whom
        self.save(update_fields=["visibility"])
