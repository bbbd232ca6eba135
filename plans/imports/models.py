"""A file that a city brings in, and what became of it."""

from typing import Any, ClassVar

from django.db import models

from plans.sheets.read import Encoding
from tenants.access.models import CityOwned, reference, walls
from tenants.access.walls import SameCity
from tenants.jobs.models import Job, LeasedQuerySet


class Import(Job):
    """All of its rows are brought in, or none. The row is the job; see `tenants.jobs`."""

    class Mode(models.TextChoices):
        """A row whose name, code or id is there already is changed; one that is not is made."""

        CREATE_OR_UPDATE = "create_or_update"
        CREATE = "create"
        UPDATE = "update"

    thing = models.CharField(
        max_length=60,
        blank=True,
        default="",
        help_text="What the file holds, such as `actions`; empty: its sheets say so by their names.",
    )
    mode = models.CharField(max_length=16, choices=Mode.choices, default=Mode.CREATE_OR_UPDATE)
    dry_run = models.BooleanField(default=False, help_text="Everything is tried, and nothing is kept.")
    encoding = models.CharField(
        max_length=12, choices=Encoding.choices, default=Encoding.UTF_8, help_text="Of a CSV."
    )
    language = models.CharField(
        max_length=5, default="en", editable=False, help_text="That errors are told in."
    )
    file_name = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    has_file = models.BooleanField(default=True, help_text="Can it still be had back, with its errors?")
    made = models.PositiveIntegerField(default=0, help_text="Rows that were not there before.")
    changed = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(
        default=0, help_text="Rows whose figures are never overwritten: others took their place."
    )
    unchanged = models.PositiveIntegerField(default=0, help_text="Rows that were as the file has them.")
    errors_found = models.PositiveIntegerField(default=0, help_text="0, or nothing was kept.")

    objects: ClassVar[Any] = LeasedQuerySet.as_manager()

    class Meta(Job.Meta):
        constraints: ClassVar = [*walls(history=False)]
        indexes: ClassVar = [models.Index(fields=["city", "state"], name="import_at_work")]

    def __str__(self) -> str:
        return self.file_name


class ImportFile(CityOwned):
    """What was brought, and what was found wrong with it: it may hold words about persons, so only the
    city's own people come near it, and it goes after a day."""

    keeps_history: ClassVar[bool] = False

    import_job: Any = reference(Import, "files", on_delete=models.DB_CASCADE)
    content = models.BinaryField()
    errors = models.JSONField(default=list)

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [
            *walls(personal=True, history=False),
            SameCity("import_job"),
            models.UniqueConstraint(fields=["city", "import_job"], name="import_file_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "created_at"], name="import_file_age")]
