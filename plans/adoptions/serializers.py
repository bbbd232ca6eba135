from typing import ClassVar

from django.db.models import OuterRef, Subquery
from rest_framework import serializers

from plans.actions.serializers import ActionInBrief
from plans.adoptions.models import Adoption, AdoptionAnswer, AdoptionState, state
from tenants.api.places import Place
from tenants.api.readpath import JSON, Json, columns
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, BodySerializer, CitySerializer


class AdoptionAnswerInBrief(serializers.ModelSerializer):
    """Whether the city that offers the practice consents."""

    class Meta:
        model = AdoptionAnswer
        fields = ("decision", "reason", "updated_at")
        read_only_fields = fields


def answer() -> Subquery:
    """The one answer, as JSON; null when there is none."""
    rows = AdoptionAnswer._base_manager.filter(adoption=OuterRef("pk"))
    shown = Json(columns(AdoptionAnswerInBrief(), Place(AdoptionAnswer)))
    return Subquery(rows.values(_item=shown)[:1], output_field=JSON)


def slug() -> serializers.SlugRelatedField:
    return serializers.SlugRelatedField(slug_field="slug", read_only=True, help_text="Whose practice it is.")


class AdoptedPracticeSerializer(CitySerializer):
    """A practice of another city that this one asked for, as it was then; and the action made of it."""

    offering = slug()
    state = serializers.ChoiceField(choices=AdoptionState.choices, read_only=True)
    answer = AdoptionAnswerInBrief(read_only=True, allow_null=True)

    class Meta:
        model = Adoption
        fields = (
            *CITY_HEAD,
            "offering",
            "practice",
            "title",
            "summary",
            "guidelines",
            "message",
            "state",
            "answer",
            "action",
            "adopted_on",
            "withdrawn_at",
            *CONTENT_TAIL,
        )
        read_only_fields = ("action",)
        annotations: ClassVar = {"state": state(), "answer": answer()}
        expandable: ClassVar = {"action": ActionInBrief}


class WantedPracticeSerializer(CitySerializer):
    """A practice of this city that another one asked for: `city` is the one that asks."""

    offering = slug()
    state = serializers.ChoiceField(choices=AdoptionState.choices, read_only=True)
    answer = AdoptionAnswerInBrief(read_only=True, allow_null=True)

    class Meta:
        model = Adoption
        fields = (
            *CITY_HEAD,
            "offering",
            "practice",
            "title",
            "message",
            "state",
            "answer",
            "adopted_on",
            *CONTENT_TAIL,
        )
        read_only_fields: ClassVar = fields
        annotations: ClassVar = {"state": state(), "answer": answer()}


class AdoptionReasonSerializer(BodySerializer):
    """What the city says with its answer."""

    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class AdoptPracticeSerializer(BodySerializer):
    """The action that it becomes."""

    code = serializers.CharField(max_length=20)
    title = serializers.CharField(
        max_length=300, required=False, help_text="That of the practice, when left out."
    )
