from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.actions.models import Action
from plans.iap.models import Plan
from plans.iap.serializers import PlanSerializer
from plans.iap.views import PlanViewSet
from plans.life.serializers import AdoptionSerializer, ReasonedStepSerializer, StepSerializer
from plans.life.steps import adopt, close, revise
from plans.objectives.models import Objective
from plans.versions.models import PlanVersion
from tenants.access.context import because
from tenants.access.rights import Can
from tenants.api.deeds import Verb

OF_CITY = {"city": OuterRef("city")}
IS_FILLED = Exists(Objective.objects.filter(**OF_CITY)) & Exists(Action.objects.filter(**OF_CITY))
DECIDED = ("adopt", "start_implementation", "close", "reopen")


def step(name: str, body: type[StepSerializer] | type[ReasonedStepSerializer], told: str) -> Any:
    """The endpoint of a step that needs no more than the status, and perhaps a reason."""

    def take(self: Any, request: Any, **path: Any) -> Any:
        return self.go(body, lambda plan, reason: plan.take(name, reason))

    take.__name__, take.__doc__ = name, told
    return stepping(name, body)(take)


def stepping(name: str, body: Any) -> Callable[[Any], Any]:
    address = name.replace("_", "-")

    def described(take: Any) -> Any:
        made = action(detail=True, methods=["post"], url_path=address, url_name=address)(take)
        return extend_schema(request=body, responses=PlanSerializer)(made)

    return described


class OwnPlanViewSet(PlanViewSet):
    """The city's Integrated Action Plan: there is one, and it goes from draft to closed by verbs."""

    filterset_class = None
    changeable = ~Q(status=Plan.Status.CLOSED)
    # What was adopted is kept, and what it was kept of.
    deletable = Q(~Exists(PlanVersion.objects.filter(plan=OuterRef("pk"))))
    verbs: ClassVar = {
        **{
            name: Verb(Can.DECIDE if name in DECIDED else Can.WRITE, Q(status__in=taken.origins))
            for name, taken in Plan.STEPS.items()
        },
        "adopt": Verb(Can.DECIDE, Q(IS_FILLED, status__in=Plan.STEPS["adopt"].origins)),
    }

    def get_object(self) -> Plan:
        row = self.rows().first()
        if row is None:
            raise Http404
        return row

    def retrieve(self, request: Any, **path: Any) -> Any:
        return self.answer(self.get_object().pk)

    def path_of(self, row: Any) -> dict[str, Any]:
        return {"network": self.kwargs["network"], "city": self.kwargs["city"]}

    def go(self, body: Any, take: Callable[..., Any]) -> Response:
        """Takes a step with what the body tells; its reason may also stand in the query."""
        given = dict(self.said(body))
        reason = given.pop("reason") or self.entrance.reason

        def taken(plan: Plan) -> None:
            with because(reason):
                take(plan, reason=reason, **given)

        return self.do(self.request, taken)

    consult = step("consult", StepSerializer, "Give the plan to the local group for consultation.")
    open_peer_review = step(
        "open_peer_review",
        StepSerializer,
        "Open the plan for reviews by other cities; ask them at `reviews/`.",
    )
    send_back = step(
        "send_back", ReasonedStepSerializer, "End the consultation or review: the plan is a draft again."
    )
    start_implementation = step(
        "start_implementation", StepSerializer, "Begin to carry out the adopted plan."
    )
    reopen = step("reopen", ReasonedStepSerializer, "Take the closed plan back into implementation.")

    @stepping("revise", StepSerializer)
    def revise(self, request: Any, **path: Any) -> Response:
        """Revise the plan: after a review, or with the reason why without one."""
        return self.go(StepSerializer, revise)

    @stepping("adopt", AdoptionSerializer)
    def adopt(self, request: Any, **path: Any) -> Response:
        """Adopt the plan as it is now: it is kept as the next version."""
        return self.go(AdoptionSerializer, adopt)

    @stepping("close", StepSerializer)
    def close(self, request: Any, **path: Any) -> Response:
        """Close the plan, when its actions are completed or cancelled, or with a reason."""
        return self.go(StepSerializer, close)
