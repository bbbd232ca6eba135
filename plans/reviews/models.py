"""Peer reviews: a city shares its plan with another one, which answers with five scores.

The request is a row of the city that asks, answer and review are rows of the city that gives them: each
writes its own and reads the other's.
"""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from plans.frozen.walls import Frozen, FrozenFields
from tenants.access.between import SameTwoCities
from tenants.access.models import CityContent, CityOwned, between_cities, reference, walls
from tenants.networks.models import City

DIMENSIONS = ("coherence", "answer_to_challenge", "feasibility", "integrated_approach", "presentation")
ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class ReviewState(models.TextChoices):
    """How far a review has come, by what both cities have written."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class PeerReviewRequestQuerySet(models.QuerySet["PeerReviewRequest"]):
    def with_state(self) -> Self:
        return self.annotate(state=state())

    def unanswered(self) -> Self:
        return self.with_state().filter(state=ReviewState.WAITING)


class PeerReviewRequest(CityContent):
    """What a city shares with a reviewer, frozen when it asked: it shows nothing else of itself.

    `content` is canonical JSON, and `sha256` its digest. Taken back, it is gone for the reviewer.
    """

    reviewer = reference(City, "+")
    parts = ArrayField(models.CharField(max_length=40), help_text="What of the plan is shared.")
    version = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Number of the adopted version that is shared; null: the plan as it was when asked.",
    )
    message = models.TextField(blank=True, default="", max_length=5000)
    content = models.TextField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    response = models.TextField(blank=True, default="", editable=False, help_text="To the review.")
    responded_at = models.DateTimeField(null=True, editable=False)

    objects: Any = PeerReviewRequestQuerySet.as_manager()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            *between_cities("reviewer", once="withdrawn_at IS NULL"),
            FrozenFields("reviewer", "parts", "version", "message", "content", "sha256"),
        ]
        indexes: ClassVar = [models.Index(fields=["reviewer", "id"], name="review_request_for")]


class PeerReviewAnswer(CityOwned):
    """Whether the reviewer will."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted"
        DECLINED = "declined"

    reviewed = reference(City, "+")
    request = reference(PeerReviewRequest, "answers")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reason = models.TextField(blank=True, default="")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = [
            *walls(),
            *between_cities("reviewed"),
            SameTwoCities("request"),
            models.UniqueConstraint(fields=["city", "request"], name="review_answer_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["reviewed", "request"], name="review_answer_to")]


def score() -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(null=True, blank=True, validators=ONE_TO_FIVE)


def comment() -> models.TextField:
    return models.TextField(blank=True, default="")


def from_one_to_five(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{name}__range": (1, 5)}),
        name=f"review_{name}_1_to_5",
        violation_error_message=_("A score is from 1 to 5."),
    )


class PeerReview(CityContent):
    """Five scores from 1 to 5. Nobody outside of the city sees them until they are submitted; then they
    stay."""

    reviewed = reference(City, "+")
    request = reference(PeerReviewRequest, "reviews")
    coherence, coherence_comment = score(), comment()
    answer_to_challenge, answer_to_challenge_comment = score(), comment()
    feasibility, feasibility_comment = score(), comment()
    integrated_approach, integrated_approach_comment = score(), comment()
    presentation, presentation_comment = score(), comment()
    submitted_at = models.DateTimeField(null=True, editable=False)

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(given="submitted_at"),
            *between_cities("reviewed", once="submitted_at IS NOT NULL"),
            SameTwoCities("request"),
            Frozen(once="OLD.submitted_at IS NOT NULL"),
            models.UniqueConstraint(fields=["city", "request"], name="review_once"),
            *map(from_one_to_five, DIMENSIONS),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(**{f"{name}__isnull": False for name in DIMENSIONS}),
                name="review_submitted_has_scores",
                violation_error_code="scores_missing",
                violation_error_message=_("Give all five scores before you submit."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["reviewed", "request"], name="review_of_request")]


def state() -> Case:
    """Of a request, from what the reviewer wrote about it."""
    answers = PeerReviewAnswer.objects.filter(request=OuterRef("pk"))
    submitted = PeerReview.objects.filter(request=OuterRef("pk"), submitted_at__isnull=False)
    return Case(
        When(withdrawn_at__isnull=False, then=Value(ReviewState.WITHDRAWN)),
        When(Exists(submitted), then=Value(ReviewState.SUBMITTED)),
        When(Exists(answers.filter(decision="accepted")), then=Value(ReviewState.ACCEPTED)),
        When(Exists(answers), then=Value(ReviewState.DECLINED)),
        default=Value(ReviewState.WAITING),
        output_field=CharField(),
    )
