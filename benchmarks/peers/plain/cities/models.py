"""The same rows in plain tables: no walls, no triggers, no history."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from peers import rules


class Network(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    slug = models.SlugField(max_length=60, unique=True)


class City(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    network = models.ForeignKey(Network, models.CASCADE, related_name="cities")
    slug = models.SlugField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "slug"], name="city_slug")]


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"


class Membership(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    city = models.ForeignKey(City, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20)


class Token(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Owned(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    city = models.ForeignKey(City, models.CASCADE, related_name="+")
    row_version = models.IntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    provenance = models.CharField(max_length=12, default="reported")
    source = models.TextField(blank=True, default="")
    illustrative_fields = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]


class Stakeholder(Owned):
    name = models.CharField(max_length=200)
    profile = models.CharField(max_length=9)
    interests = models.TextField(blank=True, default="")
    how_affected = models.TextField(blank=True, default="")


class Objective(Owned):
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=300)


class Action(Owned):
    class Status(models.TextChoices):
        PROPOSED = "proposed"
        PLANNED = "planned"
        FUNDED = "funded"
        IN_PROGRESS = "in_progress"
        ON_HOLD = "on_hold"
        COMPLETED = "completed"
        CANCELLED = "cancelled"

    class Horizon(models.TextChoices):
        SHORT = "short"
        MEDIUM = "medium"
        LONG = "long"

    class Visibility(models.TextChoices):
        INTERNAL = "internal"
        NETWORK = "network"
        PUBLIC = "public"

    code = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    objective = models.ForeignKey(Objective, models.CASCADE, null=True, blank=True, related_name="actions")
    lead_actor = models.ForeignKey(Stakeholder, models.SET_NULL, null=True, blank=True, related_name="led")
    key_partners = models.ManyToManyField(Stakeholder, blank=True, related_name="partnered")
    intended_outputs = models.TextField(blank=True, default="")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.PROPOSED)
    horizon = models.CharField(max_length=6, choices=Horizon.choices, default=Horizon.MEDIUM)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.NETWORK)
    guidelines = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    primary_guideline = models.PositiveSmallIntegerField(null=True, blank=True)
    yearly_cost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    yearly_cost_currency = models.CharField(max_length=3, blank=True, default="")
    condition_override = models.CharField(max_length=8, blank=True, default="")
    condition_override_reason = models.TextField(blank=True, default="")

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["city", "code"], name="action_code")]

    @property
    def condition(self) -> dict[str, str]:
        return rules.condition_of(self, self.milestones.all())


class Milestone(Owned):
    action = models.ForeignKey(Action, models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    reached_on = models.DateField(null=True, blank=True)
