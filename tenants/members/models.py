"""People, what they may do where, and the tokens they do it with."""

import hashlib
import secrets
from datetime import timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.access.keys import uuid7
from tenants.access.models import SharedRow, shared
from tenants.access.rights import LEVEL, Level, Role
from tenants.access.walls import Grants, Reference
from tenants.api.models import Reply
from tenants.networks.models import City, Network


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, password: str | None = None, name: str = "") -> "User":
        user = self.model(email=email.lower(), name=name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in with an address and a password, or with a token."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    # A domain that cannot exist (RFC 2606).
    NOBODY = "erased.invalid"

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [Grants(application="SELECT, INSERT, UPDATE")]

    def __str__(self) -> str:
        return self.email

    def erase(self) -> None:
        """The person goes; the number stays, and with it what the history says of somebody's deeds."""
        self.email, self.name = f"erased-{self.pk}@{self.NOBODY}", ""
        self.is_active, self.last_login = False, None
        self.set_unusable_password()
        self.save(update_fields=["email", "name", "is_active", "last_login", "password"])
        self.memberships.all().delete()
        self.tokens.update(name="", revoked_at=Coalesce("revoked_at", Now()))
        Reply.objects.filter(user=self.pk).delete()


def of_level(level: Level) -> list[str]:
    return [role for role, its_level in LEVEL.items() if its_level == level]


class Membership(SharedRow):
    """A person's role for a city, a network, a country or the whole programme."""

    user = models.ForeignKey(User, models.DB_CASCADE, db_constraint=False, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    city = models.ForeignKey(
        City, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="memberships"
    )
    network = models.ForeignKey(
        Network, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="memberships"
    )
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta(SharedRow.Meta):
        constraints: ClassVar = [
            *shared(staff=""),
            Reference("user"),
            Reference("city"),
            Reference("network"),
            models.CheckConstraint(
                condition=(
                    Q(role__in=of_level(Level.CITY), city__isnull=False, network__isnull=True, country="")
                    | Q(
                        role__in=of_level(Level.NETWORK), city__isnull=True, network__isnull=False, country=""
                    )
                    | (
                        Q(role__in=of_level(Level.COUNTRY), city__isnull=True, network__isnull=True)
                        & ~Q(country="")
                    )
                    | Q(
                        role__in=of_level(Level.PROGRAMME),
                        city__isnull=True,
                        network__isnull=True,
                        country="",
                    )
                ),
                name="membership_place_fits_role",
                violation_error_code="place_does_not_fit_role",
                violation_error_message=_("A role is for a city, a network, a country or the programme."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "city", "network", "country"],
                nulls_distinct=False,
                name="membership_once",
                violation_error_code="already_member",
                violation_error_message=_("The person has this role already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Token(models.Model):
    """A personal API token: only its digest is kept, so it is shown once."""

    PREFIX = "iap_"
    LIFE = timedelta(days=365)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.DB_CASCADE, db_constraint=False, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [Grants(application="SELECT, INSERT, UPDATE, DELETE"), Reference("user")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, user: User, name: str, *, life: timedelta = LIFE, secret: str = "") -> tuple["Token", str]:
        """The row and the token itself, which nobody can read again."""
        token = cls.PREFIX + (secret or secrets.token_urlsafe(32))
        row = cls.objects.create(user=user, name=name, digest=digest(token), expires_at=timezone.now() + life)
        return row, token

    def revoke(self) -> None:
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])


def digest(token: str) -> str:
    """SHA-256 is enough for 256 random bits; a slow hash guards guessable passwords."""
    return hashlib.sha256(token.encode()).hexdigest()
