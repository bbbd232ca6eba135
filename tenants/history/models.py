"""What happened: one row for every change of every row of a city, written by a trigger."""

from typing import ClassVar

from django.db import models

from tenants.access.context import CurrentCity
from tenants.access.walls import SOME_CITIES, CityPolicies, Reference


class HistoryPolicies(CityPolicies):
    """Staff sees what changed, but not in personal data."""

    def staff_sees(self, model: type[models.Model]) -> str:
        return f"{SOME_CITIES} AND NOT personal"


class Change(models.Model):
    """The application may read it and take a person out of it, nothing else: the trigger writes as the owner.

    `number` counts the changes of one city without a gap, in the order of their commits.
    """

    city_owned: ClassVar[bool] = True

    class Kind(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        DELETED = "deleted"

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey(
        "tenants.City",
        models.DO_NOTHING,
        db_constraint=False,
        db_default=CurrentCity(),
        db_index=False,
        related_name="+",
    )
    number = models.BigIntegerField(help_text="1 for the first change in the city, then one more each.")
    thing = models.CharField(max_length=60, help_text="What kind of row: action, indicator, ...")
    row = models.UUIDField(help_text="The id of the row that changed.")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, help_text="The person; null when a job did it.")
    actor_role = models.CharField(max_length=60, help_text="The role in which the person did it, or the job.")
    reason = models.TextField()
    request_id = models.CharField(max_length=64)
    personal = models.BooleanField()
    before = models.JSONField(
        null=True, help_text="The values that were there; of a change, only those that changed."
    )
    after = models.JSONField(null=True, help_text="The values since.")
    erased_at = models.DateTimeField(
        null=True, help_text="When the values were taken out, with what else was kept of a person."
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "id"], name="%(class)s_city_key"),
            models.UniqueConstraint(fields=["city", "number"], name="%(class)s_number"),
            Reference("city"),
            HistoryPolicies(writable=False),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "row", "number"], name="%(class)s_of_row")]

    def __str__(self) -> str:
        return f"{self.thing} {self.row} {self.kind}"
