from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, OuterRef, Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from plans.actions.condition import counting_condition
from plans.actions.models import Action, Milestone
from plans.actions.serializers import ActionSerializer, MilestoneSerializer, OverrideSerializer
from tenants.access.published import Visibility
from tenants.access.rights import Can
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter, NumberInList, after, before
from tenants.api.views import CityViewSet


class InCondition(django_filters.ChoiceFilter):
    def filter(self, qs: Any, value: str) -> Any:
        return qs.alias(counts=counting_condition()).filter(counts=value)


class ActionFilter(ContentFilter):
    code = django_filters.CharFilter()
    status = django_filters.MultipleChoiceFilter(choices=Action.Status.choices)
    condition = InCondition(choices=Action.Condition.choices, help_text="The state that counts.")
    horizon = django_filters.MultipleChoiceFilter(choices=Action.Horizon.choices)
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices)
    guideline = NumberInList("guidelines", help_text="Number of a guideline that it follows.")
    primary_guideline = django_filters.NumberFilter()
    objective = django_filters.UUIDFilter()
    lead_actor = django_filters.UUIDFilter()
    ends_before = before("ends_on")
    ends_after = after("ends_on")
    starts_before = before("starts_on")
    starts_after = after("starts_on")

    class Meta:
        model = Action
        fields: ClassVar[list[str]] = []


STILL_TO_REACH = Milestone.objects.filter(action=OuterRef("pk")).unreached()


def verb(name: str) -> Any:
    """The endpoint of a step that needs no more words than its name."""

    def take(self: Any, request: Any, **path: Any) -> Any:
        return self.do(request, lambda row: row.take(name))

    take.__name__ = name
    take.__doc__ = f"Change the status of the action: {name}."
    described = extend_schema(request=None, responses=ActionSerializer)(take)
    return action(detail=True, methods=["post"], url_path=name, url_name=name)(described)


class ActionViewSet(CityViewSet):
    """What a city does to reach its objectives."""

    queryset = Action.objects.all()
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    search_fields = ("code", "title", "description", "intended_outputs")
    ordering_fields = ("code", "title", "starts_on", "ends_on", "updated_at")
    default_ordering = "code"
    verbs: ClassVar = {
        **{name: Verb(Can.WRITE, Q(status__in=step.origins)) for name, step in Action.STEPS.items()},
        "complete": Verb(Can.WRITE, Q(~Exists(STILL_TO_REACH), status__in=Action.STEPS["complete"].origins)),
        "override_condition": Verb(Can.WRITE),
        "clear_condition": Verb(Can.WRITE, ~Q(condition_override="")),
    }

    plan = verb("plan")
    fund = verb("fund")
    start = verb("start")
    hold = verb("hold")
    resume = verb("resume")
    complete = verb("complete")
    cancel = verb("cancel")
    reopen = verb("reopen")

    @extend_schema(request=OverrideSerializer, responses=ActionSerializer)
    @action(detail=True, methods=["post"], url_path="override-condition")
    def override_condition(self, request: Any, **path: Any) -> Any:
        """Judge the condition yourself, with a reason that everybody sees."""
        wanted = OverrideSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return self.do(request, lambda row: row.override_condition(**wanted.validated_data))

    @extend_schema(request=None, responses=ActionSerializer)
    @action(detail=True, methods=["post"], url_path="clear-condition")
    def clear_condition(self, request: Any, **path: Any) -> Any:
        """Take the judgement back; the computed condition counts again."""
        return self.do(request, lambda row: row.clear_condition())


class MilestoneFilter(ContentFilter):
    action = django_filters.UUIDFilter()
    due_before = before("due_on")
    due_after = after("due_on")
    reached = django_filters.BooleanFilter(
        "reached_on", "isnull", exclude=True, help_text="Has it been reached?"
    )

    class Meta:
        model = Milestone
        fields: ClassVar[list[str]] = []


class MilestoneViewSet(CityViewSet):
    """Points on the way of an action."""

    queryset = Milestone.objects.all()
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter
    search_fields = ("title",)
    ordering_fields = ("due_on", "reached_on", "title")
    default_ordering = "due_on"
