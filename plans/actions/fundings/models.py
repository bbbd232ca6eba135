"""The money behind an action."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.actions.costs import ISO_4217
from plans.actions.models import Action
from plans.actions.walls import ClosedWithAction
from tenants.access.models import CityContent, reference, walls
from tenants.access.translations import Translated, Translations
from tenants.access.walls import SameCity


class Funding(Translated, CityContent):
    """An amount from one source, and how certain it is. Currencies are never mixed."""

    class SourceType(models.TextChoices):
        LOCAL = "local"
        REGIONAL = "regional"
        NATIONAL = "national"
        ERDF = "erdf"
        ESF = "esf"
        INTERREG = "interreg"
        TOURIST_TAX = "tourist_tax"
        PRIVATE = "private"
        OTHER = "other"

    class State(models.TextChoices):
        NEEDED = "needed"
        APPLIED = "applied"
        SECURED = "secured"

    action = reference(Action, "fundings", on_delete=models.DB_CASCADE)
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    currency = models.CharField(max_length=3, validators=[ISO_4217], help_text="ISO 4217.")
    source_type = models.CharField(
        max_length=11,
        choices=SourceType.choices,
        help_text="Where the money comes from; `source` says where the row does.",
    )
    state = models.CharField(max_length=7, choices=State.choices, default=State.NEEDED)
    note = models.TextField(blank=True, default="")

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("note"),
            SameCity("action"),
            ClosedWithAction(),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="funding_amount_positive",
                violation_error_code="amount_not_positive",
                violation_error_message=_("An amount is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="funding_currency_is_a_code",
                violation_error_code="no_such_currency",
                violation_error_message=_("Three capital letters (ISO 4217)."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "action"], name="funding_of_action")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
