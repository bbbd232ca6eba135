from typing import Any, ClassVar

from django.db.models import OuterRef, Subquery
from rest_framework import serializers

from plans.reviews.models import (
    DIMENSIONS,
    PeerReview,
    PeerReviewAnswer,
    PeerReviewRequest,
    ReviewState,
    state,
)
from plans.versions.content import PART_NAMES
from tenants.api.places import Place
from tenants.api.readpath import JSON, Json, columns
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, BodySerializer, CitySerializer
from tenants.networks.models import City

DIMENSION_NAMES = [(name, name) for name in DIMENSIONS]
SCORES = tuple(name for dimension in DIMENSIONS for name in (dimension, f"{dimension}_comment"))


class PeerReviewAnswerInBrief(serializers.ModelSerializer):
    """Whether the reviewer will."""

    class Meta:
        model = PeerReviewAnswer
        fields = ("decision", "reason", "updated_at")
        read_only_fields = fields


class PeerReviewInBrief(serializers.ModelSerializer):
    """Five scores, each with a comment."""

    class Meta:
        model = PeerReview
        fields = (*SCORES, "submitted_at", "provenance")
        read_only_fields = fields


def about_request(kind: type[serializers.ModelSerializer], **which: Any) -> Subquery:
    """The one row that the reviewer wrote about the request, as JSON; null when there is none."""
    model = kind.Meta.model
    rows = model._base_manager.filter(request=OuterRef("pk"), **which)
    return Subquery(rows.values(_item=Json(columns(kind(), Place(model))))[:1], output_field=JSON)


class PartsField(serializers.ListField):
    """Parts of the plan, each once; all of them when left out."""

    child = serializers.ChoiceField(choices=PART_NAMES)

    def to_internal_value(self, data: Any) -> Any:
        wanted = super().to_internal_value(data)
        return [name for name, _ in PART_NAMES if name in wanted]


class CityOfNetwork(serializers.SlugRelatedField):
    """A city of the network in the address, by its slug: others are as unknown as invented ones."""

    def get_queryset(self) -> Any:
        return City.objects.filter(network=self.context["view"].entrance.network)


class PeerReviewRequestSerializer(CitySerializer):
    """A request for a review, and what came of it."""

    reviewer = CityOfNetwork(slug_field="slug", queryset=City.objects.all())
    parts = PartsField(
        default=[name for name, _ in PART_NAMES],
        min_length=1,
        max_length=len(PART_NAMES),
        help_text="What of the plan is shared; without the actions that the city keeps to itself.",
    )
    state = serializers.ChoiceField(choices=ReviewState.choices, read_only=True)
    answer = PeerReviewAnswerInBrief(read_only=True, allow_null=True)
    review = PeerReviewInBrief(read_only=True, allow_null=True, help_text="Once it is submitted.")

    class Meta:
        model = PeerReviewRequest
        fields = (
            *CITY_HEAD,
            "reviewer",
            "parts",
            "version",
            "message",
            "sha256",
            "state",
            "answer",
            "review",
            "response",
            "responded_at",
            "withdrawn_at",
            *CONTENT_TAIL,
        )
        extra_kwargs: ClassVar = {"version": {"min_value": 1}}
        annotations: ClassVar = {
            "state": state(),
            "answer": about_request(PeerReviewAnswerInBrief),
            "review": about_request(PeerReviewInBrief, submitted_at__isnull=False),
        }


class ReviewToGiveSerializer(CitySerializer):
    """A request by another city, and what one's own has answered so far."""

    reviewer = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    state = serializers.ChoiceField(choices=ReviewState.choices, read_only=True)
    answer = PeerReviewAnswerInBrief(read_only=True, allow_null=True)
    review = PeerReviewInBrief(read_only=True, allow_null=True, help_text="Also before it is submitted.")

    class Meta:
        model = PeerReviewRequest
        fields = PeerReviewRequestSerializer.Meta.fields
        read_only_fields: ClassVar = fields
        annotations: ClassVar = {
            **PeerReviewRequestSerializer.Meta.annotations,
            "review": about_request(PeerReviewInBrief),
        }


class ScoresSerializer(BodySerializer, serializers.ModelSerializer):
    """Any of the five scores, from 1 to 5, and comments; what is left out stays as it was."""

    class Meta:
        model = PeerReview
        fields = SCORES
        extra_kwargs: ClassVar = {f"{name}_comment": {"max_length": 5000} for name in DIMENSIONS}


class DeclineSerializer(BodySerializer):
    """Why the city does not review."""

    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class ResponseSerializer(BodySerializer):
    """What the reviewed city says to the review."""

    response = serializers.CharField(max_length=5000)


class AverageScoreSerializer(serializers.Serializer):
    """Never without how many scores went in."""

    dimension = serializers.ChoiceField(choices=DIMENSION_NAMES)
    n = serializers.IntegerField()
    average = serializers.DecimalField(
        3, 2, allow_null=True, help_text="From 1 to 5; null when nobody has scored."
    )


class AverageScoresSerializer(serializers.Serializer):
    """Over all submitted reviews of the city's plan."""

    asked = serializers.IntegerField(help_text="Requests that were not withdrawn.")
    submitted = serializers.IntegerField()
    scores = AverageScoreSerializer(many=True)
