from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from plans.meetings.models import Attendance, Commitment, Decision, LocalGroupMeeting
from plans.meetings.serializers import (
    AttendanceSerializer,
    CommitmentSerializer,
    DecisionSerializer,
    FulfilSerializer,
    LocalGroupMeetingSerializer,
)
from plans.stakeholders.own import ASKS_FOR_OWN, Mine, OwnRowsViewSet
from tenants.access.clock import Today
from tenants.access.rights import Can
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter, after, before
from tenants.api.views import CityViewSet


class AttendedBy(django_filters.UUIDFilter):
    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(attendances__seat=value, attendances__present=True)


class LocalGroupMeetingFilter(ContentFilter):
    kind = django_filters.MultipleChoiceFilter(choices=LocalGroupMeeting.Kind.choices)
    purpose = django_filters.MultipleChoiceFilter(choices=LocalGroupMeeting.Purpose.choices)
    attended_by = AttendedBy(help_text="This seat was taken.")
    held_before = before("held_on")
    held_after = after("held_on")

    class Meta:
        model = LocalGroupMeeting
        fields: ClassVar[list[str]] = []


class LocalGroupMeetingViewSet(CityViewSet):
    """Meetings of the local group, past and to come."""

    queryset = LocalGroupMeeting.objects.all()
    serializer_class = LocalGroupMeetingSerializer
    filterset_class = LocalGroupMeetingFilter
    search_fields = ("title", "place", "agenda")
    named_by = ("held_on", "title")
    ordering_fields = ("held_on", "title", "updated_at")
    default_ordering = "-held_on"


class AttendanceFilter(ContentFilter):
    meeting = django_filters.UUIDFilter()
    seat = django_filters.UUIDFilter()
    present = django_filters.BooleanFilter()

    class Meta:
        model = Attendance
        fields: ClassVar[list[str]] = []


class AttendanceViewSet(CityViewSet):
    """Which seats were taken at the meetings. All of a meeting at once: in bulk."""

    queryset = Attendance.objects.all()
    serializer_class = AttendanceSerializer
    filterset_class = AttendanceFilter
    ordering_fields = ("created_at", "updated_at")


class DecisionFilter(ContentFilter):
    meeting = django_filters.UUIDFilter()
    action = django_filters.UUIDFilter()
    decided_before = before("meeting__held_on")
    decided_after = after("meeting__held_on")

    class Meta:
        model = Decision
        fields: ClassVar[list[str]] = []


class DecisionViewSet(CityViewSet):
    """What the meetings of the local group decided."""

    queryset = Decision.objects.all()
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    search_fields = ("text",)
    ordering_fields = ("created_at", "updated_at")


class Overdue(django_filters.BooleanFilter):
    def filter(self, qs: Any, value: bool) -> Any:
        late = Q(done_on__isnull=True, due_on__isnull=False, due_on__lt=Today())
        return qs.filter(late if value else ~late)


class OfStakeholder(django_filters.UUIDFilter):
    def filter(self, qs: Any, value: Any) -> Any:
        return qs.filter(Q(stakeholder=value) | Q(seat__stakeholder=value))


class CommitmentFilter(ContentFilter):
    seat = django_filters.UUIDFilter()
    stakeholder = OfStakeholder(help_text="That committed itself, or from one of its seats.")
    action = django_filters.UUIDFilter()
    meeting = django_filters.UUIDFilter()
    mine = Mine("seat", help_text="Of a seat that you hold today?")
    done = django_filters.BooleanFilter("done_on", "isnull", exclude=True, help_text="Is it fulfilled?")
    overdue = Overdue(help_text="Still open, and its day is past?")
    due_before = before("due_on")
    due_after = after("due_on")

    class Meta:
        model = Commitment
        fields: ClassVar[list[str]] = []


class CommitmentViewSet(OwnRowsViewSet):
    """Who will do what by when. A member of the local group writes those of the own seat."""

    queryset = Commitment.objects.all()
    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilter
    search_fields = ("what",)
    named_by = ("stakeholder", "what")
    ordering_fields = ("due_on", "done_on", "what", "updated_at")
    default_ordering = "due_on"
    confidential: ClassVar = {"mine": ASKS_FOR_OWN}
    verbs: ClassVar = {
        "fulfil": Verb(Can.WRITE, Q(done_on__isnull=True)),
        "reopen": Verb(Can.WRITE, Q(done_on__isnull=False)),
    }

    @extend_schema(request=FulfilSerializer, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def fulfil(self, request: Any, **path: Any) -> Any:
        """It is done: today, or on the day that the body names."""
        told = FulfilSerializer(data=request.data or {})
        told.is_valid(raise_exception=True)
        day = told.validated_data.get("done_on", self.entrance.today)
        return self.do(request, lambda row: row.fulfil(day))

    @extend_schema(request=None, responses=CommitmentSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, **path: Any) -> Any:
        """It is not done after all."""
        return self.do(request, lambda row: row.reopen())
