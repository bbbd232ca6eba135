"""The transnational summary: what is published about one network and one period, over all its cities."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.frozen import walls
from tenants.access.keys import uuid7
from tenants.access.walls import Grants, Reference, SameNetwork
from tenants.jobs.models import Leased, LeasedQuerySet
from tenants.networks.models import NetworkOwned, Period, of_network


class LeftOut(models.TextChoices):
    """Why a city is not in a figure."""

    NO_DATA = "no_data"
    NO_INDICATOR = "no_indicator"
    MISSING = "missing"
    NOT_MEASURED = "not_measured"
    NOT_COUNTED = "not_counted"


class AggregateState(models.TextChoices):
    """Whether there is a figure over cities."""

    COMPUTED = "computed"
    NO_INPUTS = "no_inputs"
    NOT_AGGREGATED = "not_aggregated"


class AssessmentState(models.TextChoices):
    ASSESSED = "assessed"
    MISSING = "missing"


class Frozen(walls.Frozen):
    """What is published is neither changed nor deleted, by anybody."""

    violation_error_code = "summary_frozen"
    default_violation_error_message = _("A published summary is not changed; publish a new revision.")
    once = "OLD.state = 'published'"


class SummaryQuerySet(LeasedQuerySet):
    def published(self) -> Self:
        return self.filter(state=Summary.State.PUBLISHED)


class Summary(Leased, NetworkOwned):
    """The row is the truth about the job and its result; Celery only rings.

    `content` is canonical JSON (RFC 8785), and `sha256` its digest.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        PUBLISHED = "published"
        FAILED = "failed"

    period = models.ForeignKey(Period, models.DO_NOTHING, db_constraint=False, related_name="summaries")
    revision = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(blank=True, default="", help_text="Why a new revision was asked for.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    cities_done = models.PositiveIntegerField(default=0)
    cities_total = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, default="", help_text="Why it failed.")
    content = models.TextField(blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    published_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = SummaryQuerySet.as_manager()

    class Meta(NetworkOwned.Meta):
        constraints: ClassVar = [
            *of_network(),
            Reference("period"),
            SameNetwork("period"),
            Frozen(),
            models.UniqueConstraint(fields=["period", "revision"], name="summary_revision"),
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(state__in=["waiting", "running"]),
                name="summary_one_at_work",
                violation_error_code="summary_at_work",
                violation_error_message=_("A summary of this period is being made."),
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | (~Q(content="") & ~Q(sha256="") & Q(published_at__isnull=False)),
                name="summary_published_has_content",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} revision {self.revision}"


class SummaryPiece(models.Model):
    """Part of a summary that is being made, by whom the token says; gone when it is published."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    summary = models.ForeignKey(
        Summary, models.DB_CASCADE, db_constraint=False, db_index=False, related_name="pieces"
    )
    token = models.UUIDField()
    number = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            Grants(application="SELECT, INSERT, DELETE"),
            Reference("summary"),
            models.UniqueConstraint(fields=["summary", "token", "number"], name="summary_piece_once"),
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.summary_id}"
