"""The small-number rule, said once: a group smaller than five is not broken down.

Of so few people or organisations a part may be a single one. What is left out of a breakdown is left
out of every sum of breakdowns too, or the difference would tell it.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

SMALLEST = 5
Parts = Mapping[str, int]


class Breakdown(NamedTuple):
    """A group, and its parts by some value; None where it is too small to be broken down."""

    n: int
    parts: dict[str, int] | None

    @property
    def state(self) -> "State":
        return State.TOO_SMALL if self.parts is None else State.COUNTED


class State(models.TextChoices):
    COUNTED = "counted"
    TOO_SMALL = "too_small", _("fewer than five, not broken down")


def broken_down(parts: Parts, *, smallest: int = SMALLEST) -> Breakdown:
    n = sum(parts.values())
    return Breakdown(n, dict(parts) if n >= smallest else None)


def added(breakdowns: Iterable[Breakdown], *, smallest: int = SMALLEST) -> Breakdown:
    """The sum of those that may be seen; `n` counts these alone."""
    total: dict[str, int] = {}
    for breakdown in breakdowns:
        for value, n in (breakdown.parts or {}).items():
            total[value] = total.get(value, 0) + n
    return broken_down(total, smallest=smallest)
