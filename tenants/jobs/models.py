"""Work for one city that takes time: the row is the truth about the job, Celery only rings."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from tenants.access.context import Actor
from tenants.access.models import CityOwned


class JobState(models.TextChoices):
    """Refused: it cannot be done as it was asked for. Failed: it was tried several times in vain."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class LeasedQuerySet(models.QuerySet[Any]):
    def unfinished(self) -> Self:
        return self.filter(state__in=(JobState.WAITING, JobState.RUNNING))

    def to_ring_for(self, now: datetime) -> Self:
        """Nobody works on it: not begun, or the one who did has not been heard of."""
        return self.unfinished().filter(Q(leased_until__isnull=True) | Q(leased_until__lt=now))


class Leased(models.Model):
    """Who works on it holds a lease and its token, and ends it only with the token that is still in the row.

    It has a `state`, in which waiting and running are called as those of a job.
    """

    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = LeasedQuerySet.as_manager()

    class Meta:
        abstract = True


class Job(Leased, CityOwned):
    """It keeps no history of its own: what a job changes is in the history of those rows, under the
    name of the person who asked. `problem` is a code, `problem_detail` its sentence.
    """

    keeps_history: ClassVar[bool] = False

    state = models.CharField(max_length=7, choices=JobState.choices, default=JobState.WAITING)
    rows_done = models.PositiveIntegerField(default=0, help_text="How far it is.")
    rows_total = models.PositiveIntegerField(default=0, help_text="How many rows there are; 0 until counted.")
    problem = models.CharField(max_length=60, blank=True, default="", help_text="Code of what went wrong.")
    problem_detail = models.TextField(blank=True, default="", help_text="The same in a sentence.")
    finished_at = models.DateTimeField(null=True, help_text="When it was done, refused or given up.")
    asked_by = models.UUIDField(help_text="The person.")
    asked_role = models.CharField(max_length=60, help_text="The role in which the person asked.")
    reason = models.TextField(blank=True, default="", help_text="Why, as it goes into the history.")
    request_id = models.CharField(max_length=64, blank=True, default="")

    class Meta(CityOwned.Meta):
        abstract = True

    @property
    def actor(self) -> Actor:
        """Under whose name it changes rows."""
        return Actor(self.asked_by, self.asked_role, self.reason, self.request_id)

    @property
    def is_over(self) -> bool:
        return self.state not in (JobState.WAITING, JobState.RUNNING)
