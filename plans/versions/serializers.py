"""The row of a version, and what changed since; its content has an address of its own."""

from typing import ClassVar

from rest_framework import serializers

from plans.versions.content import PART_NAMES
from plans.versions.models import PlanVersion
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, CitySerializer


class PlanVersionSerializer(CitySerializer):
    class Meta:
        model = PlanVersion
        fields = (*CITY_HEAD, "number", "adopted_on", "sha256", *CONTENT_TAIL)
        read_only_fields: ClassVar = fields


class RowNamedSerializer(serializers.Serializer):
    """A row, by which a person knows it."""

    id = serializers.UUIDField()
    code = serializers.CharField(help_text="Empty where rows of this kind have none.")
    title = serializers.CharField(help_text="Or name.")


class FieldChangeSerializer(serializers.Serializer):
    """A field, and its values as the content spells them; null where there is none."""

    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class RowChangeSerializer(RowNamedSerializer):
    """A row that is in both, and differs."""

    fields_changed = FieldChangeSerializer(many=True)


class PartChangesSerializer(serializers.Serializer):
    """What changed in one part of the plan."""

    part = serializers.ChoiceField(choices=PART_NAMES)
    added = RowNamedSerializer(many=True)
    removed = RowNamedSerializer(many=True)
    changed = RowChangeSerializer(many=True)
    left_out = serializers.IntegerField(help_text="Rows that are not listed: at most 200 of each kind are.")


class ChangesSerializer(serializers.Serializer):
    """From one version to another, or to the plan as it is now."""

    since = serializers.IntegerField(help_text="Number of the version.")
    to = serializers.IntegerField(allow_null=True, help_text="Number of the other; null: as it is now.")
    identical = serializers.BooleanField()
    not_compared = serializers.ListField(
        child=serializers.ChoiceField(choices=PART_NAMES), help_text="Parts that only one of the two has."
    )
    parts = PartChangesSerializer(many=True)
