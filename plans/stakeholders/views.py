from typing import Any, ClassVar

import django_filters
from django.db.models import Subquery

from plans.stakeholders.models import (
    LocalGroupSeat,
    SeatHolder,
    Stakeholder,
    StakeholderAssessment,
    StakeholderContact,
)
from plans.stakeholders.own import ASKS_FOR_OWN, Mine
from plans.stakeholders.quadrant import latest, quadrant
from plans.stakeholders.serializers import (
    LocalGroupSeatSerializer,
    SeatHolderSerializer,
    StakeholderAssessmentSerializer,
    StakeholderContactSerializer,
    StakeholderSerializer,
)
from tenants.access.rights import Can
from tenants.api.filters import ContentFilter, OnDay, RowFilter, WholeNumber, after, before
from tenants.api.views import CityViewSet

Attitude, Quadrant = StakeholderAssessment.Attitude, StakeholderAssessment.Quadrant


class OfLatestAssessment(django_filters.MultipleChoiceFilter):
    """Stakeholders by a value of their latest assessment; who was never assessed has none."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        found = Subquery(latest().values(self.field_name))
        return qs.alias(**{f"latest_{self.field_name}": found}).filter(
            **{f"latest_{self.field_name}__in": value}
        )


class StakeholderFilter(ContentFilter):
    profile = django_filters.MultipleChoiceFilter(choices=Stakeholder.Profile.choices)
    order = django_filters.ChoiceFilter(choices=Stakeholder.Order.choices)
    quadrant = OfLatestAssessment(choices=Quadrant.choices, help_text="By the latest assessment.")
    attitude = OfLatestAssessment(choices=Attitude.choices, help_text="By the latest assessment.")

    class Meta:
        model = Stakeholder
        fields: ClassVar[list[str]] = []


class StakeholderViewSet(CityViewSet):
    """Organisations and groups with a stake in the plan."""

    queryset = Stakeholder.objects.all()
    serializer_class = StakeholderSerializer
    filterset_class = StakeholderFilter
    search_fields = ("name", "interests")
    ordering_fields = ("name", "profile", "updated_at")
    default_ordering = "name"
    named_by = ("name",)
    confidential: ClassVar = {"assessment": Can.WRITE, "quadrant": Can.WRITE, "attitude": Can.WRITE}


class StakeholderContactFilter(RowFilter):
    stakeholder = django_filters.UUIDFilter()
    keep_until_before = before("keep_until")

    class Meta:
        model = StakeholderContact
        fields: ClassVar[list[str]] = []


class StakeholderContactViewSet(CityViewSet):
    """People at the stakeholders: personal data, for officers and coordinators of the city."""

    queryset = StakeholderContact.objects.all()
    serializer_class = StakeholderContactSerializer
    filterset_class = StakeholderContactFilter
    search_fields = ("name", "email", "position")
    ordering_fields = ("name", "keep_until")
    default_ordering = "name"
    read_right = Can.READ_PERSONAL


class InQuadrant(django_filters.MultipleChoiceFilter):
    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.alias(computed=quadrant()).filter(computed__in=value)


class StakeholderAssessmentFilter(ContentFilter):
    stakeholder = django_filters.UUIDFilter()
    quadrant = InQuadrant(choices=Quadrant.choices)
    attitude = django_filters.MultipleChoiceFilter(choices=Attitude.choices)
    influence_at_least = WholeNumber("influence", "gte")
    interest_at_least = WholeNumber("interest", "gte")
    assessed_before = before("assessed_on")
    assessed_after = after("assessed_on")

    class Meta:
        model = StakeholderAssessment
        fields: ClassVar[list[str]] = []


class StakeholderAssessmentViewSet(CityViewSet):
    """How the city sees its stakeholders, over time: told in confidence to those who write in it."""

    queryset = StakeholderAssessment.objects.all()
    serializer_class = StakeholderAssessmentSerializer
    filterset_class = StakeholderAssessmentFilter
    search_fields = ("note",)
    named_by = ("stakeholder", "assessed_on")
    ordering_fields = ("assessed_on", "influence", "interest", "updated_at")
    default_ordering = "-assessed_on"
    read_right = Can.WRITE


class LocalGroupSeatFilter(ContentFilter):
    stakeholder = django_filters.UUIDFilter()
    profile = django_filters.MultipleChoiceFilter(
        "stakeholder__profile", choices=Stakeholder.Profile.choices, help_text="Of the stakeholder."
    )
    role = django_filters.MultipleChoiceFilter(choices=LocalGroupSeat.Role.choices)
    on = OnDay("held", help_text="Held on this day.")
    mine = Mine("pk", help_text="Do you hold it today?")

    class Meta:
        model = LocalGroupSeat
        fields: ClassVar[list[str]] = []


class LocalGroupSeatViewSet(CityViewSet):
    """Places of stakeholders in the local group; who holds them is told apart."""

    queryset = LocalGroupSeat.objects.all()
    serializer_class = LocalGroupSeatSerializer
    filterset_class = LocalGroupSeatFilter
    search_fields = ("stakeholder__name",)
    named_by = ("stakeholder", "role", "since")
    ordering_fields = ("since", "until", "role", "updated_at")
    default_ordering = "since"
    confidential: ClassVar = {"mine": ASKS_FOR_OWN}


class SeatHolderFilter(RowFilter):
    seat = django_filters.UUIDFilter()
    stakeholder = django_filters.UUIDFilter("seat__stakeholder")
    account = django_filters.UUIDFilter()
    keep_until_before = before("keep_until")

    class Meta:
        model = SeatHolder
        fields: ClassVar[list[str]] = []


class SeatHolderViewSet(CityViewSet):
    """The people in the seats: personal data, for officers and coordinators of the city."""

    queryset = SeatHolder.objects.all()
    serializer_class = SeatHolderSerializer
    filterset_class = SeatHolderFilter
    search_fields = ("name", "email")
    ordering_fields = ("name", "keep_until")
    default_ordering = "name"
    read_right = Can.READ_PERSONAL
