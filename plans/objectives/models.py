"""What the city wants to reach."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.iap.walls import PublishedWithPlan
from tenants.access.models import CityContent, optional_reference, walls
from tenants.access.translations import Translated, Translations
from tenants.access.walls import SameCity


class Objective(Translated, CityContent):
    """Strategic, or specific under a strategic one."""

    class Level(models.TextChoices):
        STRATEGIC = "strategic"
        SPECIFIC = "specific"

    code = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    expected_result = models.TextField(blank=True, default="")
    level = models.CharField(max_length=9, choices=Level.choices, default=Level.STRATEGIC)
    parent = optional_reference("self", "children")

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("title", "expected_result"),
            SameCity("parent"),
            PublishedWithPlan("code", "title", "expected_result", "level", "parent", "translations"),
            models.UniqueConstraint(
                fields=["city", "code"],
                name="objective_code",
                violation_error_message=_("The city has an objective with this code."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="objective_not_its_own_parent",
                violation_error_code="own_parent",
                violation_error_message=_("An objective is not its own parent."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(level="specific"),
                name="objective_parent_of_specific",
                violation_error_code="strategic_has_no_parent",
                violation_error_message=_("Only a specific objective has a parent."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "parent"], name="objective_children")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
