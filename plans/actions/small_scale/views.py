from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from plans.actions.small_scale.models import SmallScaleAction
from plans.actions.small_scale.serializers import (
    DecideSerializer,
    SmallScaleActionSerializer,
    TurnIntoActionSerializer,
)
from tenants.access.rights import Can
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter, NumberInList, after, before
from tenants.api.views import CityViewSet


class SmallScaleActionFilter(ContentFilter):
    decision = django_filters.MultipleChoiceFilter(choices=SmallScaleAction.Decision.choices)
    decided = django_filters.BooleanFilter("decision", "isnull", exclude=True, help_text="Is it decided?")
    objective = django_filters.UUIDFilter()
    guideline = NumberInList("guidelines", help_text="Number of a guideline that it follows.")
    became_action = django_filters.UUIDFilter()
    has_become_action = django_filters.BooleanFilter(
        "became_action", "isnull", exclude=True, help_text="Has an action grown from it?"
    )
    starts_before = before("starts_on")
    starts_after = after("starts_on")
    ends_before = before("ends_on")
    ends_after = after("ends_on")

    class Meta:
        model = SmallScaleAction
        fields: ClassVar[list[str]] = []


NOT_GROWN = Q(became_action__isnull=True)


class SmallScaleActionViewSet(CityViewSet):
    """Cheap tests of ideas before they become actions: what is supposed, what came out, what is decided."""

    queryset = SmallScaleAction.objects.all()
    serializer_class = SmallScaleActionSerializer
    filterset_class = SmallScaleActionFilter
    search_fields = ("title", "hypothesis", "outcome")
    named_by = ("title",)
    ordering_fields = ("title", "starts_on", "ends_on", "updated_at")
    default_ordering = "starts_on"
    verbs: ClassVar = {
        "decide": Verb(Can.WRITE, NOT_GROWN),
        "turn_into_action": Verb(Can.WRITE, NOT_GROWN & Q(decision__in=SmallScaleAction.GOES_ON)),
    }

    @extend_schema(request=DecideSerializer, responses=SmallScaleActionSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Any, **path: Any) -> Any:
        """Adopt the idea, adapt it or drop it, by what came out."""
        wanted = self.said(DecideSerializer)
        return self.do(request, lambda row: row.decide(**wanted))

    @extend_schema(request=TurnIntoActionSerializer, responses=SmallScaleActionSerializer)
    @action(detail=True, methods=["post"], url_path="turn-into-action")
    def turn_into_action(self, request: Any, **path: Any) -> Any:
        """Propose the action that grows from it, once; `became_action` names it."""
        wanted = self.said(TurnIntoActionSerializer)
        return self.do(request, lambda row: row.turn_into_action(**wanted))
