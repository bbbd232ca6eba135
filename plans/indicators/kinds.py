"""What kinds of indicators there are."""

from django.db import models


class Type(models.TextChoices):
    OUTPUT = "output"
    RESULT = "result"


class Direction(models.TextChoices):
    INCREASE = "increase"
    DECREASE = "decrease"
    MAINTAIN = "maintain"


class Accumulation(models.TextChoices):
    """Values of a period add up over time; a running total and a level take the latest."""

    PER_PERIOD = "per_period"
    RUNNING_TOTAL = "running_total"
    LEVEL = "level"


class Measure(models.TextChoices):
    """A percentage is kept as numerator and denominator, so that it can be added by parts."""

    NUMBER = "number"
    PERCENTAGE = "percentage"
