"""What something costs a year, or once: an amount and its currency, both or neither."""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

ISO_4217 = RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters (ISO 4217)."))


def cost() -> models.DecimalField:
    return models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


def currency() -> models.CharField:
    return models.CharField(max_length=3, blank=True, default="", validators=[ISO_4217])


def cost_has_currency(cost: str, currency: str, *, name: str) -> models.CheckConstraint:
    known, named = Q(**{f"{cost}__isnull": False}), ~Q(**{currency: ""})
    return models.CheckConstraint(
        condition=Q(**{f"{cost}__isnull": True, currency: ""}) | (known & named),
        name=name,
        violation_error_code="currency_missing",
        violation_error_message=_("A cost has a currency, and a currency a cost."),
    )
