"""The plan as it was adopted, version by version."""

from typing import ClassVar

from django.db import models

from plans.frozen.walls import Frozen
from plans.iap.models import Plan
from tenants.access.models import CityContent, reference, walls
from tenants.access.walls import SameCity


class PlanVersion(CityContent):
    """Kept as it was: `content` is canonical JSON (RFC 8785), and `sha256` its digest."""

    plan = reference(Plan, "versions")
    number = models.PositiveSmallIntegerField(help_text="1 for the first, then one more each.")
    adopted_on = models.DateField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("plan"),
            Frozen(),
            models.UniqueConstraint(fields=["city", "number"], name="plan_version_number"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
