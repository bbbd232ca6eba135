from typing import ClassVar

import django_filters

from plans.stakeholders.models import Stakeholder, StakeholderContact
from plans.stakeholders.serializers import StakeholderContactSerializer, StakeholderSerializer
from tenants.access.rights import Can
from tenants.api.filters import ContentFilter, RowFilter, before
from tenants.api.views import CityViewSet


class StakeholderFilter(ContentFilter):
    profile = django_filters.MultipleChoiceFilter(choices=Stakeholder.Profile.choices)
    order = django_filters.ChoiceFilter(choices=Stakeholder.Order.choices)

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
