"""What becomes of a question: the offering city answers, the adopting one makes an action of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.adoptions.models import Adoption, AdoptionAnswer, AdoptionState
from plans.adoptions.walls import AdoptedAsConsented, AnsweredBeforeAdopted
from tenants.access.translations import renamed

Decision = AdoptionAnswer.Decision

# From which states; what is adopted stays so, and what is open needs no answer.
STEPS = {
    "consent": (AdoptionState.WAITING, AdoptionState.DECLINED),
    "decline": (AdoptionState.WAITING, AdoptionState.CONSENTED),
    "adopt": (AdoptionState.OPEN, AdoptionState.CONSENTED),
    "withdraw": (
        AdoptionState.WAITING,
        AdoptionState.OPEN,
        AdoptionState.CONSENTED,
        AdoptionState.DECLINED,
    ),
}
ANSWERED = AnsweredBeforeAdopted.default_violation_error_message
NOT_CONSENTED = AdoptedAsConsented.default_violation_error_message


def decide(adoption: Any, verb: str, reason: str = "") -> None:
    """In the context of the offering city. `adoption` carries its `state`."""
    if adoption.state not in STEPS[verb]:
        raise ValidationError(ANSWERED, "wrong_status")
    AdoptionAnswer.objects.update_or_create(
        city_id=adoption.offering_id,
        adoption=adoption,
        defaults={
            "asking_id": adoption.city_id,
            "decision": Decision.CONSENTED if verb == "consent" else Decision.DECLINED,
            "reason": reason,
        },
    )


def adopt(adoption: Any, today: date, **given: Any) -> None:
    """Proposes an action, once; what is given goes before what the practice says."""
    if adoption.state != AdoptionState.ADOPTED and adoption.state not in STEPS["adopt"]:
        raise ValidationError(NOT_CONSENTED, "not_consented")
    refuse_adopted(adoption.adopted_on is not None)
    action = Action.objects.create(**{**inheritance(adoption, given), **given})
    # Of two at the same time, the second finds that it is the second.
    left = Adoption.objects.filter(pk=adoption.pk, adopted_on__isnull=True, withdrawn_at__isnull=True)
    refuse_adopted(not left.update(action=action, adopted_on=today))


def withdraw(adoption: Any) -> None:
    """The city that offers the practice sees the question no longer; it may be asked anew."""
    if adoption.state not in STEPS["withdraw"]:
        raise ValidationError(
            _("What was adopted, or is withdrawn already, cannot be withdrawn."), "wrong_status"
        )
    left = Adoption.objects.filter(pk=adoption.pk, adopted_on__isnull=True)
    refuse_adopted(not left.update(withdrawn_at=timezone.now()))


def refuse_adopted(adopted: bool) -> None:
    if adopted:
        raise ValidationError(_("The practice has been adopted already."), "already_adopted")


def inheritance(adoption: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What its action begins with, and its source; a title of the city's own has no translations yet."""
    taken_over = {"summary": "description", **({} if "title" in given else {"title": "title"})}
    return {
        "title": adoption.title,
        "description": adoption.summary,
        "translations": renamed(adoption.translations, taken_over),
        "guidelines": adoption.guidelines,
        "provenance": adoption.provenance,
        "source": f"{adoption.title}, a practice of {adoption.offered_by}",
    }
