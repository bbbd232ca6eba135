from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tenants.access.rights import Role
from tenants.api.serializers import CITY_HEAD, TAIL, BodySerializer, CitySerializer
from tenants.history.models import Change
from tenants.personal.erase import Person
from tenants.personal.models import Erasure


class PersonSerializer(BodySerializer):
    """Whose data is meant: by address, or by name."""

    email = serializers.EmailField(required=False, help_text="Of any case.")
    name = serializers.CharField(required=False, max_length=200, help_text="The whole name, of any case.")
    rows = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        min_length=1,
        max_length=200,
        help_text="Only these of the rows: where two people have one name.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("email" in attrs) == ("name" in attrs):
            raise serializers.ValidationError(_("Say either the address or the name."), "one_of_two")
        return attrs

    def person(self) -> Person:
        said = dict(self.validated_data)
        among = said.pop("rows", None)
        return Person(**said, among=tuple(among) if among is not None else None)


class HeldRowSerializer(serializers.Serializer):
    """A row about the person, with every value."""

    thing = serializers.CharField()
    id = serializers.UUIDField()
    values = serializers.DictField()


class HeldChangeSerializer(serializers.Serializer):
    """What the history keeps of the person."""

    number = serializers.IntegerField()
    thing = serializers.CharField()
    row = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Change.Kind.choices)
    at = serializers.DateTimeField()
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)


class HeldRoleSerializer(serializers.Serializer):
    """A role in the city, of an account with the address."""

    user = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices)
    since = serializers.DateTimeField()


class HeldSerializer(serializers.Serializer):
    """All that a city holds on one person."""

    rows = HeldRowSerializer(many=True)
    changes = HeldChangeSerializer(many=True)
    roles = HeldRoleSerializer(many=True)


class DueSerializer(serializers.Serializer):
    """A row that will be erased after its last day."""

    id = serializers.UUIDField()
    keep_until = serializers.DateField()


class KeptSerializer(serializers.Serializer):
    """How much of one kind is kept of people."""

    thing = serializers.CharField()
    rows = serializers.IntegerField()
    due = DueSerializer(many=True, help_text="Within 30 days, or already.")


class ErasedSerializer(serializers.Serializer):
    """What an erasure has done."""

    rows = serializers.IntegerField()
    changes = serializers.IntegerField(help_text="Changes in the history that lost their values.")
    replies = serializers.IntegerField(help_text="Kept answers that were dropped.")


class ErasureSerializer(CitySerializer):
    """That people were erased, as numbers."""

    class Meta:
        model = Erasure
        fields = (*CITY_HEAD, "cause", "rows", "changes", "replies", *TAIL)
        read_only_fields: ClassVar = fields


class AccountSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    last_login = serializers.DateTimeField(allow_null=True)


class OwnRoleSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=Role.choices)
    city = serializers.CharField(allow_null=True)
    network = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)
    since = serializers.DateTimeField()


class OwnTokenSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class DeedsSerializer(serializers.Serializer):
    """How often the person made, changed or deleted rows of a kind in a city."""

    network = serializers.CharField()
    city = serializers.CharField()
    thing = serializers.CharField()
    kind = serializers.ChoiceField(choices=Change.Kind.choices)
    n = serializers.IntegerField()
    first_at = serializers.CharField()
    last_at = serializers.CharField()


class OwnDataSerializer(serializers.Serializer):
    """All that is held on you: the account, and what the history says that you did, as counts."""

    account = AccountSerializer()
    roles = OwnRoleSerializer(many=True)
    tokens = OwnTokenSerializer(many=True)
    deeds = DeedsSerializer(many=True)


class FarewellSerializer(BodySerializer):
    """Said on purpose: it cannot be undone."""

    for_good = serializers.BooleanField(help_text="Only true.")

    def validate_for_good(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError(_("Say true: this cannot be undone."), "not_confirmed")
        return value
