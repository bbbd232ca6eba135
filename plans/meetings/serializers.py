from typing import ClassVar

from django.db.models import BooleanField, Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from rest_framework import serializers

from plans.actions.serializers import ActionInBrief
from plans.meetings.models import Attendance, Commitment, Decision, LocalGroupMeeting
from plans.stakeholders.serializers import SeatInBrief, StakeholderInBrief
from tenants.access.clock import Today
from tenants.api.readpath import JSON, Json
from tenants.api.serializers import (
    CITY_HEAD,
    CONTENT_TAIL,
    BodySerializer,
    CitySerializer,
    not_in_the_future,
)


def attendance() -> Coalesce:
    """Seats that were there and seats that were not, of those whose attendance is known."""
    of_meeting = Attendance.objects.filter(meeting=OuterRef("pk")).order_by().values("meeting")
    counted = of_meeting.annotate(
        _there=Count("pk", filter=Q(present=True)), _missing=Count("pk", filter=Q(present=False))
    )
    told = counted.annotate(_told=Json({"present": F("_there"), "absent": F("_missing")})).values("_told")
    nobody = Json({"present": Value(0), "absent": Value(0)})
    return Coalesce(Subquery(told, output_field=JSON), nobody, output_field=JSON)


class MeetingAttendanceSerializer(serializers.Serializer):
    """How many seats were taken."""

    present = serializers.IntegerField()
    absent = serializers.IntegerField(help_text="Said to have been away; a seat nobody noted is in neither.")


class DecisionOfMeetingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Decision
        fields = ("id", "text", "action", "provenance")
        read_only_fields = fields


class LocalGroupMeetingInBrief(serializers.ModelSerializer):
    """A meeting beside what came of it."""

    class Meta:
        model = LocalGroupMeeting
        fields = ("id", "title", "held_on", "kind")
        read_only_fields = fields


class LocalGroupMeetingSerializer(CitySerializer):
    attendance = MeetingAttendanceSerializer(read_only=True)
    decisions = DecisionOfMeetingSerializer(many=True, read_only=True)

    class Meta:
        model = LocalGroupMeeting
        fields = (
            *CITY_HEAD,
            "title",
            "held_on",
            "place",
            "kind",
            "purpose",
            "agenda",
            "minutes_link",
            "guests",
            "attendance",
            "decisions",
            *CONTENT_TAIL,
        )
        annotations: ClassVar = {"attendance": attendance()}


class AttendanceSerializer(CitySerializer):
    class Meta:
        model = Attendance
        fields = (*CITY_HEAD, "meeting", "seat", "present", *CONTENT_TAIL)
        fixed: ClassVar = ("meeting", "seat")
        expandable: ClassVar = {"meeting": LocalGroupMeetingInBrief, "seat": SeatInBrief}


class DecisionSerializer(CitySerializer):
    class Meta:
        model = Decision
        fields = (*CITY_HEAD, "meeting", "text", "action", *CONTENT_TAIL)
        fixed: ClassVar = ("meeting",)
        expandable: ClassVar = {"meeting": LocalGroupMeetingInBrief, "action": ActionInBrief}


def overdue() -> Case:
    return Case(
        When(done_on__isnull=True, due_on__lt=Today(), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


class CommitmentSerializer(CitySerializer):
    overdue = serializers.BooleanField(read_only=True, help_text="Still open, and its day is past?")

    class Meta:
        model = Commitment
        fields = (
            *CITY_HEAD,
            "seat",
            "stakeholder",
            "what",
            "due_on",
            "action",
            "meeting",
            "done_on",
            "overdue",
            *CONTENT_TAIL,
        )
        annotations: ClassVar = {"overdue": overdue()}
        expandable: ClassVar = {
            "seat": SeatInBrief,
            "stakeholder": StakeholderInBrief,
            "action": ActionInBrief,
            "meeting": LocalGroupMeetingInBrief,
        }


class FulfilSerializer(BodySerializer):
    """When it was done; today, when left out."""

    done_on = serializers.DateField(required=False, validators=[not_in_the_future])
