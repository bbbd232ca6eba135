from rest_framework import serializers

from tenants.api.serializers import KeyField
from tenants.history.models import Change


class ChangeSerializer(serializers.ModelSerializer):
    """One change of one row."""

    serializer_related_field = KeyField
    city = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    before = serializers.DictField(allow_null=True, read_only=True)
    after = serializers.DictField(allow_null=True, read_only=True)

    class Meta:
        model = Change
        fields = (
            "number",
            "city",
            "thing",
            "row",
            "kind",
            "at",
            "actor",
            "actor_role",
            "reason",
            "request_id",
            "before",
            "after",
            "erased_at",
        )
        read_only_fields = fields
