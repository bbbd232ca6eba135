"""When the local group met, who came, what was decided, and who will do what."""

from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.stakeholders.models import LocalGroupSeat, Stakeholder
from tenants.access.models import CityContent, optional_reference, reference, walls
from tenants.access.walls import SameCity


class LocalGroupMeeting(CityContent):
    """A meeting of the city's local group; where the network's cities meet is a transnational one."""

    class Kind(models.TextChoices):
        PLENARY = "plenary"
        SUBGROUP = "subgroup"
        PUBLIC_EVENT = "public_event"
        BILATERAL = "bilateral"

    class Purpose(models.TextChoices):
        NEEDS = "needs"
        PLANNING = "planning"
        TESTING = "testing"
        VALIDATION = "validation"
        COMMUNICATION = "communication"

    title = models.CharField(max_length=200)
    held_on = models.DateField(help_text="The day, past or to come.")
    place = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PLENARY)
    purpose = models.CharField(max_length=13, choices=Purpose.choices)
    agenda = models.TextField(blank=True, default="")
    minutes_link = models.URLField(max_length=500, blank=True, default="")
    guests = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many came without a seat; null when nobody counted."
    )

    class Meta(CityContent.Meta):
        ordering: ClassVar = ["held_on", "id"]
        constraints: ClassVar = [*walls()]
        indexes: ClassVar = [models.Index(fields=["city", "held_on"], name="meeting_of_day")]

    def __str__(self) -> str:
        return self.title


class Attendance(CityContent):
    """Whether a seat was taken at a meeting. A seat without a row was not looked for.

    The day is not held against `since` and `until` of the seat: who came is known on the evening itself, from
    when a seat was held is often found out later, and neither is refused for the other.
    """

    meeting = reference(LocalGroupMeeting, "attendances", on_delete=models.DB_CASCADE)
    seat = reference(LocalGroupSeat, "attendances")
    present = models.BooleanField()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("meeting"),
            SameCity("seat"),
            models.UniqueConstraint(
                fields=["city", "meeting", "seat"],
                name="attendance_once",
                violation_error_message=_("The attendance of this seat is known; change it."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "seat"], name="attendance_of_seat")]


class Decision(CityContent):
    """What a meeting decided, about an action or in general."""

    meeting = reference(LocalGroupMeeting, "decisions", on_delete=models.DB_CASCADE)
    text = models.TextField()
    action = optional_reference(Action, "decisions")

    class Meta(CityContent.Meta):
        constraints: ClassVar = [*walls(), SameCity("meeting"), SameCity("action")]
        indexes: ClassVar = [
            models.Index(fields=["city", "meeting"], name="decision_of_meeting"),
            models.Index(fields=["city", "action"], name="decision_on_action"),
        ]


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def open(self) -> Self:
        return self.filter(done_on__isnull=True)

    def overdue(self, today: Any) -> Self:
        """Open, and due before this day, a date or an expression of one."""
        return self.open().filter(due_on__lt=today)


class Commitment(CityContent):
    """What a stakeholder, or whoever holds a seat, will do, and by when."""

    seat = optional_reference(LocalGroupSeat, "commitments")
    stakeholder = optional_reference(Stakeholder, "commitments")
    what = models.CharField(max_length=500)
    due_on = models.DateField(null=True, blank=True, help_text="The last day; null when none was named.")
    action = optional_reference(Action, "commitments")
    meeting = optional_reference(LocalGroupMeeting, "commitments", on_delete=models.DB_SET_NULL)
    done_on = models.DateField(null=True, blank=True, editable=False)

    objects: Any = CommitmentQuerySet.as_manager()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("seat"),
            SameCity("stakeholder"),
            SameCity("action"),
            SameCity("meeting"),
            models.CheckConstraint(
                condition=Q(seat__isnull=True, stakeholder__isnull=False)
                | Q(seat__isnull=False, stakeholder__isnull=True),
                name="commitment_of_one",
                violation_error_code="seat_or_stakeholder",
                violation_error_message=_("A commitment is that of a seat or of a stakeholder, of one."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "seat"], name="commitment_of_seat"),
            models.Index(fields=["city", "stakeholder"], name="commitment_of_stakeholder"),
            models.Index(fields=["city", "action"], name="commitment_to_action"),
            models.Index(fields=["city", "meeting"], name="commitment_at_meeting"),
        ]

    def __str__(self) -> str:
        return self.what

    def fulfil(self, day: date) -> None:
        if self.done_on:
            raise ValidationError(_("The commitment is fulfilled already."), "fulfilled_already")
        self.done_on = day
        self.save(update_fields=["done_on"])

    def reopen(self) -> None:
        if not self.done_on:
            raise ValidationError(_("The commitment is open."), "not_fulfilled")
        self.done_on = None
        self.save(update_fields=["done_on"])
