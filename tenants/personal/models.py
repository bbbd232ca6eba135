"""What was erased, told as numbers."""

from typing import ClassVar

from django.db import models

from tenants.access.models import CityOwned, walls


class Erasure(CityOwned):
    """That people were taken out of a city's rows, its history and its kept replies; never who."""

    class Cause(models.TextChoices):
        ASKED = "asked"
        DUE = "due"

    cause = models.CharField(max_length=5, choices=Cause.choices, editable=False)
    rows = models.PositiveIntegerField(editable=False, help_text="Rows about people that were deleted.")
    changes = models.PositiveIntegerField(
        editable=False, help_text="Changes in the history that lost their values."
    )
    replies = models.PositiveIntegerField(editable=False, help_text="Kept answers that were dropped.")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [*walls()]
