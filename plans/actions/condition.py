"""How an action is doing, computed from its dates and its silence, as one expression for every reader.

- `closed`: completed or cancelled, or another action has replaced it.
- `late`: its end, or a milestone not yet reached, is past.
- `stale`: nothing about it changed for 180 days; `quiet`: for 60 days. Its milestones, fundings, risks and
  dependencies are about it.
- `on_time`: none of these.

A person may override what is computed, with a reason, which is shown.
"""

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
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

from plans.actions.dependencies.models import Dependency
from plans.actions.fundings.models import Funding
from plans.actions.models import Action, Milestone
from plans.actions.replacement import CURRENT
from plans.actions.risks.models import Risk
from tenants.access.clock import Today

CLOSED = (Action.Status.COMPLETED, Action.Status.CANCELLED)
ABOUT = (Milestone, Funding, Risk, Dependency)


class Ago(Func):
    """As long before a day as an action may be silent without a word."""

    template = "(%(expressions)s - interval '60 days')"
    output_field = DateTimeField()


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
    return Case(
        When(Q(status__in=CLOSED) | ~CURRENT, then=Value(Action.Condition.CLOSED)),
        When(Q(ends_on__lt=day) | Exists(missed), then=Value(Action.Condition.LATE)),
        # Mostly the action itself changed not long ago, and nothing else is looked at.
        When(updated_at__gte=Ago(day), then=Value(Action.Condition.ON_TIME)),
        # GREATEST passes over the NULL of an action without such rows.
        default=Silence(Greatest(F("updated_at"), *map(last_change, ABOUT)), day),
        output_field=CharField(),
    )


def last_change(model: Any) -> Subquery:
    """Of the rows of this kind that are about the action."""
    rows = model.objects.filter(action=OuterRef("pk")).order_by()
    return Subquery(rows.values("action").annotate(at=Max("updated_at")).values("at"))


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
