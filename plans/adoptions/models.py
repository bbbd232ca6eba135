"""Adoptions: a city asks another for a good practice, and makes an action of its own of it.

What is asked is a row of the city that adopts, what is answered a row of the city that offers: each writes
its own and reads the other's.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.adoptions.walls import AdoptedAsConsented, AdoptedWithAction, AnsweredBeforeAdopted
from plans.frozen.walls import FrozenFields
from tenants.access.between import SameTwoCities
from tenants.access.models import (
    CityContent,
    CityOwned,
    between_cities,
    optional_reference,
    reference,
    walls,
)
from tenants.access.translations import Translated, Translations
from tenants.access.walls import SameCity
from tenants.networks.models import City


class AdoptionState(models.TextChoices):
    """How far an adoption has come, by what both cities have written."""

    WAITING = "waiting"
    OPEN = "open"
    CONSENTED = "consented"
    DECLINED = "declined"
    ADOPTED = "adopted"
    WITHDRAWN = "withdrawn"


class Adoption(Translated, CityContent):
    """What the practice was when it was asked for: it may be changed, withdrawn or gone meanwhile."""

    offering = reference(City, "+", editable=False)
    practice = models.UUIDField(help_text="Of another city, published to this one.")
    title = models.CharField(max_length=200, editable=False)
    summary = models.TextField(blank=True, default="", editable=False)
    guidelines = ArrayField(models.PositiveSmallIntegerField(), default=list, editable=False)
    translations = models.JSONField(default=dict, db_default={}, editable=False)
    is_open = models.BooleanField(default=False, editable=False)
    message = models.TextField(blank=True, default="", max_length=5000, help_text="To the city that offers.")
    action = optional_reference(Action, "adoptions", on_delete=models.DB_SET_NULL)
    adopted_on = models.DateField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            *between_cities("offering", once="withdrawn_at IS NULL"),
            SameCity("action"),
            Translations("title", "summary"),
            FrozenFields(
                "offering",
                "practice",
                "title",
                "summary",
                "translations",
                "guidelines",
                "is_open",
                "message",
            ),
            models.UniqueConstraint(
                fields=["city", "practice"],
                condition=Q(withdrawn_at__isnull=True),
                name="adoption_asked_once",
                violation_error_code="asked_already",
                violation_error_message=_("The city has asked for this practice already."),
            ),
            models.UniqueConstraint(fields=["city", "action"], name="adoption_of_action"),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True) | Q(action__isnull=False),
                name="adoption_adopted_as_action",
            ),
            models.CheckConstraint(
                condition=Q(adopted_on__isnull=True) | Q(withdrawn_at__isnull=True),
                name="adoption_adopted_or_withdrawn",
            ),
            AdoptedAsConsented(),
            AdoptedWithAction(),
        ]
        indexes: ClassVar = [models.Index(fields=["offering", "id"], name="adoption_for")]

    def __str__(self) -> str:
        return self.title


class AdoptionAnswer(CityOwned):
    """Whether the city that offers the practice consents."""

    class Decision(models.TextChoices):
        CONSENTED = "consented"
        DECLINED = "declined"

    asking = reference(City, "+")
    adoption = reference(Adoption, "answers")
    decision = models.CharField(max_length=9, choices=Decision.choices)
    reason = models.TextField(blank=True, default="")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [
            *walls(),
            *between_cities("asking"),
            SameTwoCities("adoption"),
            AnsweredBeforeAdopted(),
            models.UniqueConstraint(fields=["city", "adoption"], name="adoption_answer_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["asking", "adoption"], name="adoption_answer_to")]


def state() -> Case:
    """Of an adoption, from what both cities wrote."""
    answers: Any = AdoptionAnswer.objects.filter(adoption=OuterRef("pk"))
    return Case(
        When(withdrawn_at__isnull=False, then=Value(AdoptionState.WITHDRAWN)),
        When(adopted_on__isnull=False, then=Value(AdoptionState.ADOPTED)),
        When(is_open=True, then=Value(AdoptionState.OPEN)),
        When(Exists(answers.filter(decision="consented")), then=Value(AdoptionState.CONSENTED)),
        When(Exists(answers), then=Value(AdoptionState.DECLINED)),
        default=Value(AdoptionState.WAITING),
        output_field=CharField(),
    )


def as_they_stand() -> models.QuerySet[Adoption]:
    """With their state, and the name of the city that offers."""
    return Adoption.objects.annotate(state=state(), offered_by=F("offering__name"))
