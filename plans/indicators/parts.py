"""What was measured, broken down by dimensions of the network."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.dimensions.models import Category
from plans.indicators.models import Measurement, amount
from plans.indicators.walls import PartsFit
from tenants.access.models import CityOwned, reference, walls
from tenants.access.walls import Reference, SameCity, SameNetwork


class MeasurementPart(CityOwned):
    """The part of a measurement that falls into one category.

    It keeps the words of the day on which it was entered (a trigger writes them): whoever renames a
    dimension or a category later does not rewrite what was entered.
    """

    # Where a body says it, for errors that point at a field.
    written_in: ClassVar[str] = "parts"

    measurement = reference(Measurement, "parts", on_delete=models.DB_CASCADE)
    category = reference(Category, "+")
    dimension_name = models.CharField(max_length=120, editable=False)
    category_name = models.CharField(max_length=120, editable=False)
    value = amount(null=True, blank=True, help_text="Of a number.")
    numerator = amount(null=True, blank=True, help_text="Of a percentage.")
    denominator = amount(null=True, blank=True, help_text="Of a percentage; greater than zero.")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("measurement"),
            Reference("category"),
            SameNetwork("category"),
            PartsFit(),
            models.UniqueConstraint(
                fields=["city", "measurement", "category"],
                name="part_once",
                violation_error_code="category_twice",
                violation_error_message=_("A category stands once among the parts."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, numerator__isnull=True, denominator__isnull=True)
                | Q(value__isnull=True, numerator__isnull=False, denominator__gt=0),
                name="part_value_or_parts",
                violation_error_code="one_of_two",
                violation_error_message=_(
                    "A part is a value, or numerator and a denominator greater than zero."
                ),
            ),
        ]
