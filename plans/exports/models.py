"""All that a city has, as one file."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import BaseConstraint

from tenants.access.models import CityOwned, reference
from tenants.access.walls import SOME_CITIES, CityPolicies, Key, Reference, SameCity, Versioned
from tenants.jobs.models import Job, LeasedQuerySet


class ImpersonalToStaff(CityPolicies):
    """Who reads across cities sees those without personal data."""

    def staff_sees(self, model: type[models.Model]) -> str:
        return f"{SOME_CITIES} AND NOT personal"


def walls() -> list[BaseConstraint]:
    return [
        Key(fields=["city", "id"], name="%(class)s_city_key"),
        Reference("city"),
        ImpersonalToStaff(),
        Versioned(),
    ]


class Export(Job):
    """It goes with its file after a day. The row is the job; see `tenants.jobs`."""

    class Format(models.TextChoices):
        XLSX = "xlsx"
        CSV = "csv"
        JSON = "json"

    format = models.CharField(max_length=4, choices=Format.choices, default=Format.XLSX)
    personal = models.BooleanField(default=False, help_text="Does it hold personal data?")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    expires_at = models.DateTimeField(null=True, help_text="When the file, and this row, go.")

    objects: ClassVar[Any] = LeasedQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints: ClassVar = [*walls()]
        indexes: ClassVar = [models.Index(fields=["city", "state"], name="export_at_work")]


class ExportPart(CityOwned):
    """A piece of the file. It is kept here, and not on a disk, so that every machine has it, the walls
    stand around it, and it goes with the row."""

    keeps_history: ClassVar[bool] = False

    export: Any = reference(Export, "parts", on_delete=models.DB_CASCADE)
    number = models.PositiveIntegerField()
    personal = models.BooleanField()
    content = models.BinaryField()

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("export"),
            models.UniqueConstraint(fields=["city", "export", "number"], name="export_part_number"),
        ]
