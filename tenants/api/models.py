"""Answers that are kept for a day, so that a repeated request gets the same one."""

from typing import ClassVar

from django.db import models

from tenants.access.models import CityOwned, SharedRow, shared, walls


class KeptReply(models.Model):
    """What was answered to a request with an `Idempotency-Key`."""

    user = models.UUIDField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.status} to {self.key}"


class CityReply(KeptReply, CityOwned):
    """Of a request to one city: it may hold the city's rows, so it stands behind the same walls."""

    keeps_history: ClassVar[bool] = False

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [
            *walls(personal=True, history=False),
            models.UniqueConstraint(fields=["city", "user", "key"], name="city_reply_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "created_at"], name="city_reply_age")]


class Reply(KeptReply, SharedRow):
    """Of a request to a network or to one's own account."""

    class Meta(SharedRow.Meta):
        constraints: ClassVar = [
            *shared(staff=""),
            models.UniqueConstraint(fields=["user", "key"], name="reply_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="reply_age")]
