"""The figures of a city as last counted, kept so that a report over many cities need not count again."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.access.models import CityOwned, walls


def listed(kind: Callable[..., Any], *, gaps: bool = False, **options: Any) -> ArrayField:
    return ArrayField(kind(null=gaps, **options), default=list)


def amounts() -> ArrayField:
    return listed(models.DecimalField, gaps=True, max_digits=30, decimal_places=4)


class KeptFigures(CityOwned):
    """One row a city: its figures, and what they were counted from.

    Fresh as long as what they were counted from is what there is now: the city's `clock`, which every
    change of its rows moves; the day; the period whose assessments count; the `numbering` of the
    guidelines; the algorithm. So nobody who writes need think of this row, and it cannot be stale
    unseen. It moves no clock itself and has no history: it can be made again at any time.

    `period` is no reference: it says what was counted, and stands in nobody's way.
    """

    keeps_history = False

    clock = models.BigIntegerField(default=0)
    as_of = models.DateField()
    period = models.UUIDField(null=True)
    numbering = models.CharField(max_length=64, blank=True, default="")
    algorithm = models.CharField(max_length=20, default="")
    says_something = models.BooleanField(default=False)
    # Counts in the order of the values that the enum declares.
    by_status = listed(models.IntegerField)
    by_condition = listed(models.IntegerField)
    by_track = listed(models.IntegerField)
    by_profile = listed(models.IntegerField)
    # The step with each guideline, by its number from 1; without a value where nobody assessed it.
    steps = listed(models.SmallIntegerField, gaps=True)
    # The city's values of common indicators, side by side: which, value and parts, and what is shown of it.
    input_of = listed(models.UUIDField)
    input_values, input_numerators, input_denominators = amounts(), amounts(), amounts()
    input_shown = listed(models.TextField)
    shown = models.TextField(default="{}", help_text="The figures as JSON, for a report.")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [
            *walls(history=False),
            models.UniqueConstraint(fields=["city"], name="figures_once"),
        ]
