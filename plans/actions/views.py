from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, OuterRef, Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from plans.actions.condition import counting_condition
from plans.actions.dependencies.waiting import blocked
from plans.actions.models import Action, Milestone
from plans.actions.replacement import CURRENT
from plans.actions.serializers import (
    ActionSerializer,
    MergeSerializer,
    MilestoneSerializer,
    OverrideSerializer,
    PublishedActionSerializer,
    SupersedeSerializer,
)
from tenants.access.published import Visibility
from tenants.access.rights import Can
from tenants.access.walls import Reference
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter, NumberInList, PublishedFilter, after, before
from tenants.api.problems import field_errors
from tenants.api.views import CityViewSet
from tenants.networks.published import PublishedViewSet


class InCondition(django_filters.ChoiceFilter):
    def filter(self, qs: Any, value: str) -> Any:
        return qs.alias(counts=counting_condition()).filter(counts=value)


class IsBlocked(django_filters.BooleanFilter):
    def filter(self, qs: Any, value: bool) -> Any:
        return qs.filter(blocked() if value else ~blocked())


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
    blocked = IsBlocked(help_text="Is it open, and waits for another that is not completed?")
    replaced = django_filters.BooleanFilter(
        "replaced_by", "isnull", exclude=True, help_text="Was it merged into another, or superseded?"
    )

    class Meta:
        model = Action
        fields: ClassVar[list[str]] = []


class PublishedActionFilter(PublishedFilter):
    code = django_filters.CharFilter()
    status = django_filters.MultipleChoiceFilter(choices=Action.Status.choices)
    horizon = django_filters.MultipleChoiceFilter(choices=Action.Horizon.choices)
    guideline = NumberInList("guidelines", help_text="Number of a guideline that it follows.")
    primary_guideline = django_filters.NumberFilter()
    objective = django_filters.UUIDFilter()
    ends_before = before("ends_on")
    ends_after = after("ends_on")
    starts_before = before("starts_on")
    starts_after = after("starts_on")

    class Meta:
        model = Action
        fields: ClassVar[list[str]] = []


class PublishedActionViewSet(PublishedViewSet):
    """What cities do that they published, with milestones."""

    queryset = Action.objects.all()
    serializer_class = PublishedActionSerializer
    filterset_class = PublishedActionFilter
    search_fields = ("code", "title", "description", "intended_outputs")
    ordering_fields = ("code", "title", "starts_on", "ends_on", "updated_at")
    default_ordering = "code"


STILL_TO_REACH = Milestone.objects.filter(action=OuterRef("pk")).unreached()


def step(name: str, *needed: Any) -> Verb:
    """From one of the statuses of the step, and of an action that counts."""
    return Verb(Can.WRITE, Q(*needed, CURRENT, status__in=Action.STEPS[name].origins))


def verb(name: str) -> Any:
    """The endpoint of a step that needs no more words than its name."""

    def take(self: Any, request: Any, **path: Any) -> Any:
        return self.do(request, lambda row: row.take(name))

    take.__name__ = name
    take.__doc__ = f"Change the status of the action: {name}."
    made = action(detail=True, methods=["post"], url_path=name, url_name=name)(take)
    # Said before, it would be forgotten.
    return extend_schema(request=None, responses=ActionSerializer)(made)


class ActionViewSet(CityViewSet):
    """What a city does to reach its objectives."""

    queryset = Action.objects.all()
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    search_fields = ("code", "title", "description", "intended_outputs")
    ordering_fields = ("code", "title", "starts_on", "ends_on", "updated_at")
    default_ordering = "code"
    changeable = CURRENT
    published: ClassVar = PublishedActionViewSet
    named_by = ("code",)
    verbs: ClassVar = {
        **{name: step(name) for name in Action.STEPS},
        "complete": step("complete", ~Exists(STILL_TO_REACH)),
        "override_condition": Verb(Can.WRITE, CURRENT),
        # A replaced one has none.
        "clear_condition": Verb(Can.WRITE, ~Q(condition_override="")),
        "merge": Verb(Can.WRITE, CURRENT),
        "supersede": Verb(Can.WRITE, CURRENT),
        "restore": Verb(Can.WRITE, ~CURRENT),
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
        wanted = self.said(OverrideSerializer)
        return self.do(request, lambda row: row.override_condition(**wanted))

    @extend_schema(request=None, responses=ActionSerializer)
    @action(detail=True, methods=["post"], url_path="clear-condition")
    def clear_condition(self, request: Any, **path: Any) -> Any:
        """Take the judgement back; the computed condition counts again."""
        return self.do(request, lambda row: row.clear_condition())

    @extend_schema(request=MergeSerializer, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Any, **path: Any) -> Any:
        """Merge the action into another: it stays readable, the other counts."""
        named = self.said(MergeSerializer)
        return self.do(request, lambda row: row.merge(self.other("into", named), named["reason"]))

    @extend_schema(request=SupersedeSerializer, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def supersede(self, request: Any, **path: Any) -> Any:
        """Have another action take its place: it stays readable, the other counts."""
        named = self.said(SupersedeSerializer)
        return self.do(request, lambda row: row.supersede(self.other("by", named), named["reason"]))

    @extend_schema(request=None, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Any, **path: Any) -> Any:
        """Undo that the action was merged or superseded."""
        return self.do(request, lambda row: row.restore())

    def other(self, field: str, named: dict[str, Any]) -> Action:
        """The action that the body names by this field."""
        found = self.rows().filter(pk=named[field]).first()
        if found is None:
            unknown = (Reference.default_violation_error_message, Reference.violation_error_code)
            raise field_errors({field: unknown})
        return found

    def require_changeable(self, row: Any) -> None:
        """A rule of the domain, known from the row at hand."""
        row.refuse_replaced()


class OfActionViewSet(CityViewSet):
    """What belongs to an action, and is closed with it."""

    changeable = Q(action__replaced_by__isnull=True)

    def require_changeable(self, row: Any) -> None:
        """The database refuses, in the same breath, with 409."""


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


class MilestoneViewSet(OfActionViewSet):
    """Points on the way of an action."""

    queryset = Milestone.objects.all()
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter
    search_fields = ("title",)
    ordering_fields = ("due_on", "reached_on", "title")
    default_ordering = "due_on"
    named_by = ("action", "title", "due_on")
