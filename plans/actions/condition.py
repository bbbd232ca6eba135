"""How an action is doing, computed from its dates and its silence, as one expression for every reader.

- `closed`: completed or cancelled.
- `late`: its end, or a milestone not yet reached, is past.
- `stale`: nothing about it changed for 180 days; `quiet`: for 60 days.
- `on_time`: none of these.

A person may override what is computed, with a reason, which is shown.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import LessThan

from plans.actions.models import Action, Milestone
from tenants.api.readpath import Json

QUIET, STALE = timedelta(days=60), timedelta(days=180)
CLOSED = (Action.Status.COMPLETED, Action.Status.CANCELLED)


class Today(Func):
    template = "CURRENT_DATE"
    arity = 0
    output_field = DateField()


def computed_condition(as_of: Any) -> Case:
    """From the rows alone. `as_of` is a date or an expression of one."""
    day = Value(as_of, DateField()) if isinstance(as_of, date) else as_of
    missed = Milestone.objects.filter(action=OuterRef("pk"), due_on__lt=day).filter(
        Q(reached_on__isnull=True) | Q(reached_on__gt=day)
    )
    touched = (
        Milestone.objects.filter(action=OuterRef("pk"))
        .order_by()
        .values("action")
        .annotate(at=Max("updated_at"))
    )
    last = Greatest(F("updated_at"), Coalesce(Subquery(touched.values("at")), F("updated_at")))
    return Case(
        When(status__in=CLOSED, then=Value(Action.Condition.CLOSED)),
        When(Q(ends_on__lt=day) | Exists(missed), then=Value(Action.Condition.LATE)),
        When(LessThan(last, day - Value(STALE)), then=Value(Action.Condition.STALE)),
        When(LessThan(last, day - Value(QUIET)), then=Value(Action.Condition.QUIET)),
        default=Value(Action.Condition.ON_TIME),
        output_field=CharField(),
    )


def counting_condition(as_of: Any = None) -> Case:
    """What is computed, unless a person decided otherwise."""
    return Case(
        When(~Q(condition_override=""), then=F("condition_override")),
        default=computed_condition(as_of or Today()),
        output_field=CharField(),
    )


def condition(as_of: Any = None) -> Json:
    """The state that counts, what was computed, and the reason where a person decided otherwise."""
    return Json(
        {
            "state": counting_condition(as_of),
            "computed": computed_condition(as_of or Today()),
            "override_reason": F("condition_override_reason"),
        }
    )
