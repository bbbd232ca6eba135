"""Who has a stake in the plan, and how to reach them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.access.models import CityContent, PersonalData, reference, walls
from tenants.access.walls import SameCity


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
