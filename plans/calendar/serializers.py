from rest_framework import serializers

from plans.calendar.models import CalendarFeed
from tenants.api.serializers import BodySerializer


class CalendarFeedSerializer(serializers.ModelSerializer):
    """An address of the city's calendar; without the secret itself, which is shown once."""

    email = serializers.EmailField(source="user.email", help_text="Whose it is.")

    class Meta:
        model = CalendarFeed
        fields = ("id", "email", "name", "created_at", "last_used_at", "revoked_at")
        read_only_fields = fields


class NewCalendarFeedSerializer(BodySerializer):
    """What a new address is for."""

    name = serializers.CharField(max_length=100, help_text="Where it goes, such as the name of a programme.")


class IssuedCalendarFeedSerializer(CalendarFeedSerializer):
    """A new address. Whoever has it reads the calendar: keep it to yourself. It is not shown again."""

    url = serializers.URLField()

    class Meta(CalendarFeedSerializer.Meta):
        fields = (*CalendarFeedSerializer.Meta.fields, "url")  # type: ignore[assignment]
