"""From one day to another; where one of them is not known, nothing is out of order."""

from typing import Any

from django.db import models
from django.db.models import F, Q


def in_order(
    name: str, message: Any, first: str = "starts_on", last: str = "ends_on"
) -> models.CheckConstraint:
    """The last day is not before the first."""
    return models.CheckConstraint(
        condition=Q(**{f"{last}__gte": F(first)}),
        name=name,
        violation_error_code="ends_before_start",
        violation_error_message=message,
    )
