"""What every row is: a key, a version and, for the rows of a city, the city."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BaseConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.access.between import BetweenCities
from tenants.access.context import CurrentCity
from tenants.access.keys import uuid7
from tenants.access.walls import (
    CityPolicies,
    Grants,
    KeptHistory,
    Key,
    Reference,
    SameCity,
    SameNetwork,
    Versioned,
)

READ_AND_WRITE = "SELECT, INSERT, UPDATE, DELETE"


class Row(models.Model):
    """Has a version that goes up by one with every change; an `If-Match` names it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    row_version = models.IntegerField(default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar[Any] = ["id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Sourced(models.Model):
    """One can always ask of such a row where it comes from, and whether it was made up for the demo."""

    class Provenance(models.TextChoices):
        REPORTED = "reported", _("reported by those it is about")
        PUBLISHED = "published", _("stated by a public source")
        DERIVED = "derived", _("derived from public statements")
        ILLUSTRATIVE = "illustrative", _("illustrative: made up to show the system")

    provenance = models.CharField(
        max_length=12,
        choices=Provenance.choices,
        default=Provenance.REPORTED,
        db_default=Provenance.REPORTED,
        help_text="How far the row can be trusted; illustrative rows are made up for the demo.",
    )
    source = models.TextField(
        blank=True, default="", db_default="", help_text="Where the row comes from, as one would cite it."
    )
    illustrative_fields = ArrayField(
        models.CharField(max_length=60),
        blank=True,
        default=list,
        db_default=[],
        help_text="Fields of a row from a source that are made up all the same.",
    )

    class Meta:
        abstract = True


class SharedRow(Row):
    """A row of the network or the programme; every city may come across it."""

    class Meta(Row.Meta):
        abstract = True


def shared(
    *, application: str = READ_AND_WRITE, staff: str = "SELECT", besides: str = ""
) -> list[BaseConstraint]:
    """What `Meta.constraints` of a shared row begins with."""
    return [Versioned(besides=besides), Grants(application=application, staff=staff)]


class CityOwned(Row):
    """A row that belongs to exactly one city: the one of the context in which it was written."""

    city_owned: ClassVar[bool] = True
    keeps_history: ClassVar[bool] = True

    city = models.ForeignKey(
        "tenants.City",
        models.DO_NOTHING,
        db_constraint=False,
        db_default=CurrentCity(),
        db_index=False,
        editable=False,
        related_name="+",
    )

    class Meta(Row.Meta):
        abstract = True


def walls(
    *, personal: bool = False, history: bool = True, counted: Sequence[str] = (), given: str = ""
) -> list[BaseConstraint]:
    """What `Meta.constraints` of a row of a city begins with; a system check insists on it.

    `counted`: the columns of rows told in confidence that staff may count by, but neither the others
    nor the changes. `given`: the column that is set when a draft is given; before, it is the city's alone.
    """
    kept = [KeptHistory(personal=personal or bool(counted), given=given)] if history else []
    return [
        Key(fields=["city", "id"], name="%(class)s_city_key"),
        Reference("city"),
        CityPolicies(personal=personal, counted=counted, given=given),
        Versioned(),
        *kept,
    ]


def link(one: str, other: str, *, name: str) -> list[BaseConstraint]:
    """`Meta.constraints` of a row that says of two others of its city that they belong together, once."""
    once = models.UniqueConstraint(fields=["city", one, other], name=name)
    return [*walls(), SameCity(one), SameCity(other), once]


def between_cities(other: str, *, once: str = "") -> list[BaseConstraint]:
    """What follows `walls()` in a row that only its city writes, and the city in `other` reads as well."""
    return [
        Reference(other),
        SameNetwork(other),
        BetweenCities(other, once=once),
        # What an answer by the other city refers to, with SameTwoCities.
        Key(fields=["city", other, "id"], name="%(class)s_two_cities_key"),
    ]


def reference(to: Any, related_name: str, *, on_delete: Any = models.DO_NOTHING, **options: Any) -> Any:
    """A ForeignKey for the ORM alone: the key that the database keeps is a constraint, such as
    SameCity, and its index, where one is of use, is led by the city."""
    return models.ForeignKey(
        to, on_delete, db_constraint=False, db_index=False, related_name=related_name, **options
    )


def optional_reference(to: Any, related_name: str, **options: Any) -> Any:
    return reference(to, related_name, null=True, blank=True, **options)


class CityContent(Sourced, CityOwned):
    """What a city writes in its plan."""

    class Meta(CityOwned.Meta):
        abstract = True


class PersonalData(CityOwned):
    """What is known of a person: with the basis for keeping it, and an end.

    Staff does not read it, and whoever counts must not need it: a row like this hangs on one that says
    what may be counted, and goes without taking that along. Begin `Meta.constraints` with
    `*walls(personal=True)`; a system check insists on it.
    """

    class LawfulBasis(models.TextChoices):
        """Regulation (EU) 2016/679, article 6(1); vital interests do not occur here."""

        CONSENT = "consent"
        CONTRACT = "contract"
        LEGAL_OBLIGATION = "legal_obligation"
        PUBLIC_TASK = "public_task"
        LEGITIMATE_INTERESTS = "legitimate_interests"

    lawful_basis = models.CharField(max_length=20, choices=LawfulBasis.choices)
    keep_until = models.DateField()

    class Meta(CityOwned.Meta):
        abstract = True
