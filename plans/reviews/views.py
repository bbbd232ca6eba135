from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import In
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.reviews.ask import ask
from plans.reviews.averages import averages
from plans.reviews.give import STEPS, decide, require_state, score, submit
from plans.reviews.models import DIMENSIONS, PeerReview, PeerReviewRequest, ReviewState, state
from plans.reviews.serializers import (
    AverageScoresSerializer,
    DeclineSerializer,
    PeerReviewRequestSerializer,
    ResponseSerializer,
    ReviewToGiveSerializer,
    ScoresSerializer,
)
from plans.versions.content import PlanContentSerializer
from plans.versions.views import kept
from tenants.access.rights import Can
from tenants.api.deeds import Need, Verb
from tenants.api.filters import ContentFilter
from tenants.api.rows import RowViewSet
from tenants.api.views import CityRows


def on(verb: str, right: Can = Can.WRITE, *needed: Any) -> Verb:
    """By a right, while the request is in one of the states from which the verb goes."""
    return Verb(right, Q(In(state(), STEPS[verb]), *needed))


ALL_FIVE = {f"{name}__isnull": False for name in DIMENSIONS}
SCORED = Exists(PeerReview.objects.filter(request=OuterRef("pk"), **ALL_FIVE))


class ReviewFilter(ContentFilter):
    state = django_filters.MultipleChoiceFilter(choices=ReviewState.choices)
    version = django_filters.NumberFilter()

    class Meta:
        model = PeerReviewRequest
        fields: ClassVar[list[str]] = []


class RequestRows(CityRows, RowViewSet):
    """Requests between two cities; the other one's part moves no clock of this one."""

    counted = False
    queryset: models.QuerySet[Any] = PeerReviewRequest.objects.with_state()
    search_fields = ("message",)
    ordering_fields = ("created_at", "updated_at")
    default_ordering = "-created_at"

    @property
    def needs(self) -> Mapping[str, Need]:
        return {**super().needs, "content": self.read_right, "scores": self.read_right}

    @extend_schema(responses={200: OpenApiResponse(PlanContentSerializer, "Canonical JSON (RFC 8785).")})
    @action(detail=True, methods=["get"])
    def content(self, request: Any, **path: Any) -> Response:
        """What is shared, byte for byte as it was when asked: its SHA-256 is `sha256`."""
        return kept(self.get_object())


class AskedFilter(ReviewFilter):
    reviewer = django_filters.CharFilter("reviewer__slug", help_text="Slug of the city that is asked.")


class ReviewViewSet(RequestRows):
    """Reviews of the city's plan by other cities: asked for here, and read when they are submitted."""

    serializer_class = PeerReviewRequestSerializer
    filterset_class: ClassVar[type[ReviewFilter] | None] = AskedFilter
    verbs: ClassVar = {"withdraw": on("withdraw"), "respond": on("respond")}

    def create(self, request: Any, **path: Any) -> Response:
        """Ask another city for a review. What is shared is frozen now."""
        wanted = self.said(self.get_serializer)
        return self.made_known(ask(self.place()["city_id"], **wanted))

    @extend_schema(request=None, responses=PeerReviewRequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Any, **path: Any) -> Response:
        """Take the request back, as long as no review was submitted: the reviewer sees it no longer."""

        def taken_back(row: Any) -> None:
            require_state(row, "withdraw")
            row.withdrawn_at = timezone.now()
            row.save(update_fields=["withdrawn_at"])

        return self.do(request, taken_back)

    @extend_schema(request=ResponseSerializer, responses=PeerReviewRequestSerializer)
    @action(detail=True, methods=["post"])
    def respond(self, request: Any, **path: Any) -> Response:
        """Say something to the submitted review; the reviewer reads it. Said again, it replaces."""
        wanted = self.said(ResponseSerializer)

        def responded(row: Any) -> None:
            require_state(row, "respond")
            row.response, row.responded_at = wanted["response"], timezone.now()
            row.save(update_fields=["response", "responded_at"])

        return self.do(request, responded)

    @extend_schema(responses=AverageScoresSerializer)
    @action(detail=False, methods=["get"])
    def scores(self, request: Any, **path: Any) -> Response:
        """The averages over all submitted reviews of the city's plan, with how many there are."""
        return Response(averages(self.place()["city_id"]))


class ToGiveFilter(ReviewFilter):
    city = django_filters.CharFilter("city__slug", help_text="Slug of the city that asks.")


class ReviewToGiveViewSet(RequestRows):
    """Reviews that other cities ask of this one: what each of them shares for it, and nothing else."""

    serializer_class = ReviewToGiveSerializer
    filterset_class: ClassVar[type[ReviewFilter] | None] = ToGiveFilter
    read_right = Can.WRITE
    verbs: ClassVar = {
        "accept": on("accept"),
        "decline": on("decline"),
        "score": on("score"),
        "submit": on("submit", Can.DECIDE, SCORED),
    }

    def rows(self) -> models.QuerySet[Any]:
        return self.queryset.filter(reviewer=self.entrance.city)

    def place(self) -> dict[str, Any]:
        return {"reviewer_id": self.entrance.city}

    @extend_schema(request=None, responses=ReviewToGiveSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Any, **path: Any) -> Response:
        """Promise the review."""
        return self.do(request, lambda row: decide(row, "accept"))

    @extend_schema(request=DeclineSerializer, responses=ReviewToGiveSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Any, **path: Any) -> Response:
        """Say that the city does not review, and why."""
        wanted = self.said(DeclineSerializer)
        return self.do(request, lambda row: decide(row, "decline", wanted["reason"]))

    @extend_schema(request=ScoresSerializer, responses=ReviewToGiveSerializer)
    @action(detail=True, methods=["post"])
    def score(self, request: Any, **path: Any) -> Response:
        """Keep scores and comments; the reviewed city does not see them yet."""
        given = self.said(ScoresSerializer)
        return self.do(request, lambda row: score(row, given))

    @extend_schema(request=None, responses=ReviewToGiveSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Any, **path: Any) -> Response:
        """Give the review to the city that asked; it is not changed any more."""
        return self.do(request, submit)
