"""The steps of a plan that look further than at its status.

Content may be changed in every state but `closed`. What was adopted is kept as a version; changes after
that are seen beside it, and adopting again makes the next one.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as InvalidBody

from plans.actions.models import Action
from plans.frozen.canonical import canonical, sha256
from plans.iap.models import Plan
from plans.reviews.models import PeerReview
from plans.versions.document import document
from plans.versions.models import PlanVersion

Status = Plan.Status


def revise(plan: Plan, reason: str) -> None:
    """After a review by peers; or with the reason why it is revised without one, or once more."""
    plan.require_step("revise")
    if not reason and plan.status in (Status.ADOPTED, Status.IN_IMPLEMENTATION):
        raise ValidationError(_("Say in `reason` why the adopted plan is revised."), "reason_missing")
    if not reason and not has_review(plan):
        raise ValidationError(
            _("No review was submitted since the peer review began. Say in `reason` why there is none."),
            "no_review",
        )
    plan.take("revise", reason)


def has_review(plan: Plan) -> bool:
    """One that was submitted in this peer review."""
    in_time = PeerReview.objects.filter(reviewed=plan.city_id, submitted_at__gte=plan.status_since)
    return plan.status == Status.PEER_REVIEW and in_time.exists()


def adopt(plan: Plan, adopted_on: date, reason: str = "") -> PlanVersion:
    """Keeps the plan as it is now as the next version."""
    step = plan.require_step("adopt")
    last = PlanVersion.objects.filter(city=plan.city_id).order_by("-number").first()
    content = document(plan.city_id)
    if not content["objectives"] or not content["actions"]:
        raise ValidationError(
            _("Add at least an objective and an action; then adopt the plan."), "plan_empty"
        )
    text = canonical(content)
    if last:
        require_news(plan, last, adopted_on, sha256(text))
    version = PlanVersion.objects.create(
        city_id=plan.city_id,
        plan=plan,
        number=last.number + 1 if last else 1,
        adopted_on=adopted_on,
        content=text,
        sha256=sha256(text),
        provenance=plan.provenance,
    )
    goes_on = Status.IN_IMPLEMENTATION if plan.status == Status.IN_IMPLEMENTATION else step.target
    plan.come_into(goes_on, reason, version=version.number, adopted_on=adopted_on)
    return version


def require_news(plan: Plan, last: PlanVersion, adopted_on: date, digest: str) -> None:
    if adopted_on < last.adopted_on:
        sentence = _("Version %(number)d was adopted on %(day)s; this one cannot be earlier.")
        earlier = ErrorDetail(
            sentence % {"number": last.number, "day": last.adopted_on.isoformat()}, "before_last_adoption"
        )
        raise InvalidBody({"adopted_on": [earlier]})
    if digest == last.sha256 and plan.status != Status.REVISED:
        raise ValidationError(
            _("Nothing has changed since version %(number)d was adopted; there is nothing to adopt."),
            "nothing_changed",
            {"number": last.number},
        )


def close(plan: Plan, reason: str) -> None:
    """When all that was planned has come to an end; or with the reason why not."""
    plan.require_step("close")
    if not reason and Action.objects.filter(city=plan.city_id, status__in=Action.OPEN).exists():
        raise ValidationError(
            _("There are open actions. Complete or cancel them, or say in `reason` why the plan is closed."),
            "actions_open",
        )
    plan.take("close", reason)
