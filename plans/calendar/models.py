"""Secret addresses at which a calendar programme reads the days of a city."""

import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from tenants.access.keys import uuid7
from tenants.access.walls import Grants, Reference
from tenants.members.models import Membership, User, digest
from tenants.networks.models import City


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def open(self) -> Self:
        """Not revoked, and of a person who still has a role in the city."""
        roles = Membership.objects.filter(user=OuterRef("user"), city=OuterRef("city"))
        return self.filter(Exists(roles), revoked_at__isnull=True, user__is_active=True)

    def of_secret(self, secret: str) -> Self:
        return self.open().filter(digest=digest(secret))


class CalendarFeed(models.Model):
    """A person's address for one city's calendar: only the digest of its secret is kept.

    It is asked for before there is a city, as a token is, so the row is about a city, not of it; and it
    is good only as long as the person has a role there.
    """

    # Of the programme that asks every few minutes, only so much is of interest.
    NOTED_EVERY = timedelta(hours=1)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.DB_CASCADE, db_constraint=False, related_name="calendar_feeds")
    city = models.ForeignKey(City, models.DB_CASCADE, db_constraint=False, related_name="calendar_feeds")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects: Any = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            Grants(application="SELECT, INSERT, UPDATE"),
            Reference("user"),
            Reference("city"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, user: User, city: Any, name: str) -> tuple["CalendarFeed", str]:
        """The row and the secret itself, which nobody can read again."""
        secret = secrets.token_urlsafe(32)
        return cls.objects.create(user=user, city_id=city, name=name, digest=digest(secret)), secret

    def revoke(self) -> None:
        self.revoked_at = self.revoked_at or timezone.now()
        self.save(update_fields=["revoked_at"])

    def note_use(self) -> None:
        now = timezone.now()
        long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - self.NOTED_EVERY)
        if self.last_used_at is None or self.last_used_at < now - self.NOTED_EVERY:
            type(self).objects.filter(long_ago, pk=self.pk).update(last_used_at=now)
