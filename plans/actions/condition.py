"""How an action is doing, computed from its dates and its silence, as one expression for every reader.

- `closed`: completed or cancelled.
- `late`: its end, or a milestone not yet reached, is past.
- `stale`: nothing about it changed for 180 days; `quiet`: for 60 days.
- `on_time`: none of these.

A person may override what is computed, with a reason, which is shown.
"""

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    JSONField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest

from plans.actions.models import Action, Milestone

CLOSED = (Action.Status.COMPLETED, Action.Status.CANCELLED)


class Today(Func):
    template = "CURRENT_DATE"
    arity = 0
    output_field = DateField()


class Silence(Func):
    """How long nothing changed. OFFSET 0 lets PostgreSQL look for the last change once."""

    template = (
        "(SELECT CASE WHEN last < day - interval '180 days' THEN 'stale'"
        " WHEN last < day - interval '60 days' THEN 'quiet' ELSE 'on_time' END"
        " FROM (SELECT %(expressions)s OFFSET 0) AS silence(last, day))"
    )
    output_field = CharField()


class Judgement(Func):
    """What was computed, once, and what counts."""

    template = (
        "(SELECT json_build_object('state', coalesce(nullif(override, ''), computed), 'computed', computed,"
        " 'override_reason', reason)"
        " FROM (SELECT %(expressions)s OFFSET 0) AS judged(computed, override, reason))"
    )
    output_field = JSONField()


def computed_condition(as_of: Any) -> Case:
    """From the rows alone. `as_of` is a date or an expression of one."""
    day = Value(as_of, DateField()) if isinstance(as_of, date) else as_of
    milestones = Milestone.objects.filter(action=OuterRef("pk"), city=OuterRef("city"))
    missed = milestones.filter(Q(reached_on__isnull=True) | Q(reached_on__gt=day), due_on__lt=day)
    changed = milestones.order_by().values("action").annotate(at=Max("updated_at")).values("at")
    return Case(
        When(status__in=CLOSED, then=Value(Action.Condition.CLOSED)),
        When(Q(ends_on__lt=day) | Exists(missed), then=Value(Action.Condition.LATE)),
        # GREATEST passes over the NULL of an action without milestones.
        default=Silence(Greatest(F("updated_at"), Subquery(changed)), day),
        output_field=CharField(),
    )


def counting_condition(as_of: Any = None) -> Case:
    """What is computed, unless a person decided otherwise."""
    return Case(
        When(~Q(condition_override=""), then=F("condition_override")),
        default=computed_condition(as_of or Today()),
        output_field=CharField(),
    )


def condition(as_of: Any = None) -> Judgement:
    """The state that counts, what was computed, and the reason where a person decided otherwise."""
    return Judgement(
        computed_condition(as_of or Today()), F("condition_override"), F("condition_override_reason")
    )
