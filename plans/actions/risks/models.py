"""What may go wrong with an action, or with the plan as a whole."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.actions.walls import ClosedWithAction
from plans.stakeholders.models import Stakeholder
from tenants.access.models import CityContent, optional_reference, reference, walls
from tenants.access.translations import Translated, Translations
from tenants.access.walls import SameCity

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]
# Not a generated column: a trigger that compares whole rows, as `Versioned` does, cannot see one.
SCORE = F("likelihood") * F("impact")


class Risk(Translated, CityContent):
    """How likely, how bad, and what is done against it."""

    class Category(models.TextChoices):
        FINANCIAL = "financial"
        PROCUREMENT_LEGAL = "procurement_legal"
        POLITICAL = "political"
        MANAGEMENT_CAPACITY = "management_capacity"
        TECHNICAL = "technical"
        REPUTATIONAL = "reputational"
        DATA_PROTECTION = "data_protection"

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    action = reference(
        Action,
        "risks",
        on_delete=models.DB_CASCADE,
        null=True,
        blank=True,
        help_text="Null: of the plan as a whole.",
    )
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    category = models.CharField(max_length=19, choices=Category.choices)
    likelihood = models.PositiveSmallIntegerField(validators=ONE_TO_FIVE, help_text="1 hardly, 5 surely.")
    impact = models.PositiveSmallIntegerField(validators=ONE_TO_FIVE, help_text="1 slight, 5 grave.")
    mitigation = models.TextField(blank=True, default="", help_text="What is done against it.")
    owner = optional_reference(Stakeholder, "owned_risks")
    status = models.CharField(max_length=6, choices=Status.choices, default=Status.OPEN)

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("title", "description", "mitigation"),
            SameCity("action"),
            SameCity("owner"),
            ClosedWithAction(),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5)),
                name="risk_one_to_five",
                violation_error_code="not_one_to_five",
                violation_error_message=_("Likelihood and impact go from 1 to 5."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "action"], name="risk_of_action"),
            models.Index(fields=["city", "owner"], name="risk_of_owner"),
        ]

    def __str__(self) -> str:
        return self.title

    def close(self) -> None:
        self.become(self.Status.CLOSED)

    def reopen(self) -> None:
        self.become(self.Status.OPEN)

    def become(self, status: Status) -> None:
        if self.status == status:
            raise ValidationError(
                _("A risk that is %(status)s cannot do this."),
                "wrong_status",
                {"status": self.get_status_display()},
            )
        self.status = status
        self.save(update_fields=["status"])
