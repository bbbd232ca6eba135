"""Who has a stake in the plan, how to reach them, how they are judged, and who sits in the local group."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.stakeholders.walls import MemberOfCity
from tenants.access.models import CityContent, PersonalData, optional_reference, reference, walls
from tenants.access.spans import in_order
from tenants.access.walls import Reference, SameCity
from tenants.members.models import User

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class Stakeholder(CityContent):
    """An organisation or group; never a person, so that it may be counted and shown."""

    class Profile(models.TextChoices):
        PUBLIC = "public"
        PRIVATE = "private"
        CIVIC = "civic"
        KNOWLEDGE = "knowledge"

    class Order(models.TextChoices):
        PRIMARY = "primary"
        SECONDARY = "secondary"

    name = models.CharField(max_length=200)
    profile = models.CharField(max_length=9, choices=Profile.choices)
    order = models.CharField(max_length=9, choices=Order.choices, default=Order.PRIMARY)
    interests = models.TextField(blank=True, default="")
    how_affected = models.TextField(blank=True, default="")
    capacity = models.TextField(blank=True, default="")
    possible_actions = models.TextField(blank=True, default="")

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            models.UniqueConstraint(
                fields=["city", "name"],
                name="stakeholder_name",
                violation_error_message=_("The city has a stakeholder with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StakeholderContact(PersonalData):
    """A person at a stakeholder."""

    stakeholder = reference(Stakeholder, "contacts", on_delete=models.DB_CASCADE)
    name = models.CharField(max_length=200)
    position = models.CharField(max_length=200, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")

    class Meta(PersonalData.Meta):
        constraints: ClassVar = [
            *walls(personal=True),
            SameCity("stakeholder"),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="contact_can_be_reached",
                violation_error_code="unreachable",
                violation_error_message=_("A contact needs an e-mail address or a telephone number."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "stakeholder"], name="contact_of_stakeholder")]


class StakeholderAssessment(CityContent):
    """How a city saw a stakeholder on a day. The rows of a stakeholder over time are its history.

    Told in confidence: who does not write in the city does not read it. Staff counts by it.
    """

    class Attitude(models.TextChoices):
        PROPONENT = "proponent"
        NEUTRAL = "neutral"
        OPPONENT = "opponent"
        VETO_PLAYER = "veto_player"

    class Quadrant(models.TextChoices):
        """Of the matrix of influence and interest."""

        KEY_PLAYER = "key_player"
        CONTEXT_SETTER = "context_setter"
        SUBJECT = "subject"
        CROWD = "crowd"

    stakeholder = reference(Stakeholder, "assessments", on_delete=models.DB_CASCADE)
    assessed_on = models.DateField()
    influence = models.PositiveSmallIntegerField(validators=ONE_TO_FIVE, help_text="1 little, 5 much.")
    interest = models.PositiveSmallIntegerField(validators=ONE_TO_FIVE, help_text="1 little, 5 much.")
    attitude = models.CharField(max_length=11, choices=Attitude.choices, default=Attitude.NEUTRAL)
    note = models.TextField(blank=True, default="")

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(counted=("id", "city", "stakeholder", "assessed_on", "influence", "interest")),
            SameCity("stakeholder"),
            models.UniqueConstraint(
                fields=["city", "stakeholder", "assessed_on"],
                name="stakeholder_assessed_once_a_day",
                violation_error_message=_(
                    "The stakeholder has been assessed on this day; change that assessment."
                ),
            ),
            models.CheckConstraint(
                condition=Q(influence__range=(1, 5), interest__range=(1, 5)),
                name="stakeholder_assessment_in_range",
                violation_error_code="out_of_range",
                violation_error_message=_("Influence and interest go from 1 to 5."),
            ),
        ]


class SeatQuerySet(models.QuerySet["LocalGroupSeat"]):
    def held(self, day: Any) -> Self:
        """On this day, a date or an expression of one; the first and the last day count."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class LocalGroupSeat(CityContent):
    """A place of a stakeholder in the local group, for a time.

    Who sits there is a row of its own, so that seats are counted, and stay when the person is erased.
    """

    class Role(models.TextChoices):
        COORDINATOR = "coordinator"
        MEMBER = "member"
        ELECTED_REPRESENTATIVE = "elected_representative"
        TECHNICAL_EXPERT = "technical_expert"
        OBSERVER = "observer"

    stakeholder = reference(Stakeholder, "seats")
    role = models.CharField(max_length=22, choices=Role.choices, default=Role.MEMBER)
    since = models.DateField(help_text="First day.")
    until = models.DateField(null=True, blank=True, help_text="Last day; null while there is no end.")

    objects: Any = SeatQuerySet.as_manager()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("stakeholder"),
            in_order("seat_ends_after_start", _("A seat cannot end before it starts."), "since", "until"),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "stakeholder"], name="seat_of_stakeholder")]


class SeatHolder(PersonalData):
    """The person in a seat. When another takes the place, that is another seat.

    `account` says which member of the city this is, who may then write from the seat.
    """

    seat = reference(LocalGroupSeat, "holders", on_delete=models.DB_CASCADE)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    account = optional_reference(User, "seat_holders")

    class Meta(PersonalData.Meta):
        constraints: ClassVar = [
            *walls(personal=True),
            SameCity("seat"),
            Reference("account"),
            MemberOfCity("account"),
            models.UniqueConstraint(
                fields=["city", "seat"],
                name="seat_holder_once",
                violation_error_message=_("Somebody holds this seat; who comes after takes another."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "account"], name="seat_holder_of_account")]
