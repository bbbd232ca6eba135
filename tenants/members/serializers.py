from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tenants.access.rights import LEVEL, Can, Level, Role
from tenants.api.serializers import HEAD, TAIL, BodySerializer, RowSerializer
from tenants.members.models import Membership, Token, User


class MemberSerializer(RowSerializer):
    """A person's role here. A person without an account gets one by being made a member."""

    level: ClassVar[Level]

    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name", required=False, max_length=200)
    user = serializers.PrimaryKeyRelatedField(read_only=True)

    class Meta:
        model = Membership
        fields: ClassVar = (*HEAD, "user", "email", "name", "role", *TAIL)

    def validate_role(self, role: str) -> str:
        if LEVEL[Role(role)] != self.level:
            raise serializers.ValidationError(_("This role is not given here."), "place_does_not_fit_role")
        return role

    def create(self, validated_data: dict[str, Any]) -> Membership:
        person = validated_data.pop("user")
        user = User.objects.filter(email=person["email"].lower()).first()
        validated_data["user"] = user or User.objects.create_user(
            person["email"], name=person.get("name", "")
        )
        return super().create(validated_data)

    def update(self, instance: Membership, validated_data: dict[str, Any]) -> Membership:
        if "user" in validated_data:
            raise serializers.ValidationError(
                {"email": _("People change their own name and address.")}, "fixed"
            )
        return super().update(instance, validated_data)


class CityMemberSerializer(MemberSerializer):
    level = Level.CITY


class NetworkMemberSerializer(MemberSerializer):
    level = Level.NETWORK


class PlaceSerializer(serializers.Serializer):
    """A role, the place it is for, and what may be done there."""

    role = serializers.ChoiceField(choices=Role.choices)
    level = serializers.ChoiceField(choices=Level.choices)
    network = serializers.CharField(allow_null=True, help_text="Slug.")
    city = serializers.CharField(allow_null=True, help_text="Slug.")
    country = serializers.CharField(allow_null=True)
    may = serializers.ListField(child=serializers.ChoiceField(choices=[(c.value, c.value) for c in Can]))
    url = serializers.URLField(allow_null=True, help_text="Where this role works.")


class MeSerializer(serializers.Serializer):
    """Who you are, and what you may do where."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    roles = PlaceSerializer(many=True)


class TokenSerializer(serializers.ModelSerializer):
    """A personal token; without the token itself, which is shown once."""

    class Meta:
        model = Token
        fields = ("id", "name", "created_at", "expires_at", "last_used_at", "revoked_at")
        read_only_fields = fields


class NewTokenSerializer(BodySerializer):
    """What a new token is for, and until when."""

    name = serializers.CharField(max_length=100, help_text="What it is for, such as the name of a script.")
    expires_at = serializers.DateTimeField(
        required=False, help_text="In a year, when left out; two years at most."
    )

    def validate_expires_at(self, instant: Any) -> Any:
        if not timezone.now() < instant <= timezone.now() + 2 * timedelta(days=365):
            raise serializers.ValidationError(_("Within the next two years."), "out_of_range")
        return instant


class IssuedTokenSerializer(TokenSerializer):
    """A new token. Keep it: it is not shown again."""

    token = serializers.CharField()

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")  # type: ignore[assignment]
