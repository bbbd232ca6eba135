from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from plans.group.makeup import across, makeup
from plans.group.models import GroupDimension, SelfAssessment
from plans.group.serializers import (
    GroupDimensionSerializer,
    GroupSerializer,
    GroupsSerializer,
    SelfAssessmentSerializer,
)
from plans.stakeholders.own import ASKS_FOR_OWN, Mine, OwnRowsViewSet
from tenants.access.rights import Can
from tenants.api import conditional
from tenants.api.deeds import Verb
from tenants.api.entered import EnteredView
from tenants.api.entrance import Entrance
from tenants.api.filters import ContentFilter, WholeNumber, after, before
from tenants.api.views import CityViewSet


class GroupDimensionFilter(ContentFilter):
    retired = django_filters.BooleanFilter("retired_on", "isnull", exclude=True, help_text="Is it retired?")

    class Meta:
        model = GroupDimension
        fields: ClassVar[list[str]] = []


class GroupDimensionViewSet(CityViewSet):
    """What the local group looks at in itself, with its latest scores and their trend."""

    queryset = GroupDimension.objects.all()
    serializer_class = GroupDimensionSerializer
    filterset_class = GroupDimensionFilter
    search_fields = ("name", "description")
    named_by = ("name",)
    ordering_fields = ("position", "name", "updated_at")
    default_ordering = "position"
    verbs: ClassVar = {
        "retire": Verb(Can.WRITE, Q(retired_on__isnull=True)),
        "reinstate": Verb(Can.WRITE, Q(retired_on__isnull=False)),
    }

    @extend_schema(request=None, responses=GroupDimensionSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request: Any, **path: Any) -> Any:
        """It is not scored any more; what was, stays."""
        return self.do(request, lambda row: row.retire(self.entrance.today))

    @extend_schema(request=None, responses=GroupDimensionSerializer)
    @action(detail=True, methods=["post"])
    def reinstate(self, request: Any, **path: Any) -> Any:
        """It is scored again."""
        return self.do(request, lambda row: row.reinstate())


class SelfAssessmentFilter(ContentFilter):
    dimension = django_filters.UUIDFilter()
    seat = django_filters.UUIDFilter()
    mine = Mine("seat", help_text="From a seat that you hold today?")
    of_group = django_filters.BooleanFilter("seat", "isnull", help_text="Of the group as a whole?")
    score = WholeNumber()
    assessed_before = before("assessed_on")
    assessed_after = after("assessed_on")

    class Meta:
        model = SelfAssessment
        fields: ClassVar[list[str]] = []


class SelfAssessmentViewSet(OwnRowsViewSet):
    """Scores that the local group gave itself. A member of it writes those of the own seat."""

    queryset = SelfAssessment.objects.all()
    serializer_class = SelfAssessmentSerializer
    filterset_class = SelfAssessmentFilter
    search_fields = ("dimension_name", "comment")
    named_by = ("dimension", "assessed_on", "seat")
    ordering_fields = ("assessed_on", "score", "updated_at")
    default_ordering = "-assessed_on"
    confidential: ClassVar = {"mine": ASKS_FOR_OWN}


class GroupView(EnteredView):
    """Who makes up the local group of the city, in numbers."""

    def visible(self, entrance: Entrance) -> bool:
        return super().visible(entrance) and entrance.city is not None

    @extend_schema(responses=GroupSerializer)
    def get(self, request: Any, **path: Any) -> Response:
        """Counts by profile, role, order and quadrant; whole for those who write in the city."""
        entrance = self.entrance
        whole = Can.WRITE in entrance.rights
        return tagged(GroupSerializer(makeup(entrance.city, entrance.today, whole=whole)).data)


class GroupsView(EnteredView):
    """The local groups of the cities of a network, in numbers."""

    def admit(self, entrance: Entrance) -> None:
        super().admit(entrance)
        if Can.READ_ACROSS not in entrance.rights:
            raise exceptions.PermissionDenied

    @extend_schema(responses=GroupsSerializer)
    def get(self, request: Any, **path: Any) -> Response:
        """Counts alone, city by city and together; a group smaller than five is not broken down."""
        return tagged(GroupsSerializer(across(self.entrance.cities, self.entrance.today)).data)


def tagged(data: Any) -> Response:
    body = JSONRenderer().render(data)
    return Response(body, headers={"ETag": conditional.tag(conditional.digest(body))})
