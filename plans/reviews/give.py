"""What the reviewer does with a request, in the reviewer's own context: its rows are of that city."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.reviews.models import DIMENSIONS, PeerReview, PeerReviewAnswer, PeerReviewRequest, ReviewState

Decision = PeerReviewAnswer.Decision

# From which states of the request; what is submitted or withdrawn stays so.
STEPS = {
    "accept": (ReviewState.WAITING, ReviewState.DECLINED),
    "decline": (ReviewState.WAITING, ReviewState.ACCEPTED),
    "score": (ReviewState.ACCEPTED,),
    "submit": (ReviewState.ACCEPTED,),
    "withdraw": (ReviewState.WAITING, ReviewState.ACCEPTED, ReviewState.DECLINED),
    "respond": (ReviewState.SUBMITTED,),
}
FIRST = {
    "accept": _("It has been accepted, or submitted, already."),
    "decline": _("It has been declined, or submitted, already."),
    "score": _("Accept the request first; what is submitted is not changed."),
    "submit": _("Accept the request first; what is submitted stays."),
    "withdraw": _("What is submitted or withdrawn already cannot be withdrawn."),
    "respond": _("There is no submitted review to respond to."),
}


def require_state(request: Any, verb: str) -> None:
    """`request` carries its `state`."""
    if request.state not in STEPS[verb]:
        raise ValidationError(FIRST[verb], "wrong_status")


def decide(request: PeerReviewRequest, verb: str, reason: str = "") -> None:
    require_state(request, verb)
    decision = Decision.ACCEPTED if verb == "accept" else Decision.DECLINED
    PeerReviewAnswer.objects.update_or_create(
        city_id=request.reviewer_id,
        request=request,
        defaults={"reviewed_id": request.city_id, "decision": decision, "reason": reason},
    )


def score(request: PeerReviewRequest, given: dict[str, Any]) -> None:
    """Keeps what is given; the rest stays as it was."""
    require_state(request, "score")
    PeerReview.objects.update_or_create(
        city_id=request.reviewer_id, request=request, defaults={"reviewed_id": request.city_id, **given}
    )


def submit(request: PeerReviewRequest) -> None:
    require_state(request, "submit")
    review = PeerReview.objects.filter(city=request.reviewer_id, request=request).first()
    missing = [name for name in DIMENSIONS if review is None or getattr(review, name) is None]
    if review is None or missing:
        raise ValidationError(
            _("Give all five scores first; missing: %(missing)s."),
            "scores_missing",
            {"missing": ", ".join(missing)},
        )
    review.submitted_at = timezone.now()
    review.save(update_fields=["submitted_at"])
