"""What the figures across cities are counted from, in plain tables: no walls, no triggers, no history."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


class Row(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)

    class Meta:
        abstract = True


class Network(Row):
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)


class OfNetwork(Row):
    network = models.ForeignKey(Network, models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class Period(OfNetwork):
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=8)
    starts_on = models.DateField()
    ends_on = models.DateField()


class City(OfNetwork):
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    role = models.CharField(max_length=16)


class Guideline(OfNetwork):
    version = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)


class CommonIndicator(OfNetwork):
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    measure = models.CharField(max_length=10)
    accumulation = models.CharField(max_length=13)
    operator = models.CharField(max_length=7)


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"


class Membership(Row):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    network = models.ForeignKey(Network, models.CASCADE, null=True)
    role = models.CharField(max_length=20)


class Token(Row):
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class OfCity(Row):
    city = models.ForeignKey(City, models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class Plan(OfCity):
    pass


class Stakeholder(OfCity):
    profile = models.CharField(max_length=9)


class Action(OfCity):
    status = models.CharField(max_length=11)
    ends_on = models.DateField(null=True)
    condition_override = models.CharField(max_length=8, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)


class Milestone(OfCity):
    action = models.ForeignKey(Action, models.CASCADE, related_name="milestones")
    due_on = models.DateField()
    reached_on = models.DateField(null=True)
    updated_at = models.DateTimeField(auto_now=True)


class Indicator(OfCity):
    code = models.CharField(max_length=20)
    direction = models.CharField(max_length=8)
    tolerance = models.DecimalField(max_digits=5, decimal_places=4)
    baseline_value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    baseline_on = models.DateField(null=True)
    common_indicator = models.ForeignKey(
        CommonIndicator, models.SET_NULL, null=True, related_name="indicators"
    )


class Target(Row):
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets")
    due_on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4)


class Measurement(Row):
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="measurements")
    measured_on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    numerator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    not_measured_reason = models.TextField(blank=True, default="")
    quality = models.CharField(max_length=9)
    provenance = models.CharField(max_length=12)

    class Meta:
        # Without it the latest of each would be looked for in all.
        indexes = [
            models.Index("indicator", models.F("measured_on").desc(), models.F("id").desc(), name="latest")
        ]


class Assessment(OfCity):
    guideline = models.ForeignKey(Guideline, models.CASCADE, related_name="assessments")
    period = models.ForeignKey(Period, models.CASCADE, related_name="assessments")
    assessor = models.CharField(max_length=6)
    step = models.PositiveSmallIntegerField()


class Snapshot(models.Model):
    """The whole answer, for the limit."""

    network = models.OneToOneField(Network, models.CASCADE, primary_key=True)
    body = models.TextField()
