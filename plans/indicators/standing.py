"""How an indicator stands on a day, as one expression for every reader. The rules are in the SQL."""

from datetime import date
from typing import Any

from django.db.models import DateField, F, Func, JSONField, TextChoices, Value

from tenants.access.clock import Today


class ValueState(TextChoices):
    """Zero is measured; what nobody entered is missing."""

    MEASURED = "measured"
    NOT_MEASURED = "not_measured"
    MISSING = "missing"


class ProgressState(TextChoices):
    """A number, or the reason why there is none."""

    MEASURED = "measured"
    NO_BASELINE = "no_baseline"
    NO_TARGET = "no_target"
    NO_MEASUREMENT = "no_measurement"
    WITHIN_TOLERANCE = "within_tolerance"
    OUTSIDE_TOLERANCE = "outside_tolerance"
    ACHIEVED_AT_BASELINE = "achieved_at_baseline"
    NOT_ACHIEVED_AT_BASELINE = "not_achieved_at_baseline"


class TrackState(TextChoices):
    """The value beside the value due by now."""

    ACHIEVED = "achieved"
    AHEAD = "ahead"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    NOT_DUE = "not_due"
    NO_DATA = "no_data"
    NO_BASELINE = "no_baseline"
    NO_TARGET = "no_target"
    TARGET_AGAINST_DIRECTION = "target_against_direction"


class Standing(Func):
    """The table function, which the planner opens up into the query around it."""

    template = "(SELECT standing FROM iap_standings_v1(%(expressions)s))"
    output_field = JSONField()


def standing(as_of: Any = None) -> Standing:
    """Of the indicator at hand, on a date or an expression of one; by default today."""
    day = Value(as_of, DateField()) if isinstance(as_of, date) else as_of or Today()
    return Standing(F("pk"), day)
