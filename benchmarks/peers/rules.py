"""What every contender says of an action: how it is doing, and what may be done with it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

QUIET, STALE = timedelta(days=60), timedelta(days=180)
CLOSED = ("completed", "cancelled")
OPEN = ("proposed", "planned", "funded", "in_progress", "on_hold")
STEPS = {
    "plan": ("proposed",),
    "fund": ("planned",),
    "start": ("planned", "funded"),
    "hold": ("planned", "funded", "in_progress"),
    "resume": ("on_hold",),
    "complete": ("in_progress",),
    "cancel": OPEN,
    "reopen": CLOSED,
}
WRITERS = ("officer", "coordinator")


def computed_condition(action: Any, milestones: Any, today: date) -> str:
    if action.status in CLOSED:
        return "closed"
    missed = any(m.due_on < today and (m.reached_on is None or m.reached_on > today) for m in milestones)
    if missed or (action.ends_on and action.ends_on < today):
        return "late"
    last = max(action.updated_at, *(m.updated_at for m in milestones), action.updated_at)
    midnight = datetime.combine(today, time(), UTC)
    return "stale" if last < midnight - STALE else "quiet" if last < midnight - QUIET else "on_time"


def condition_of(action: Any, milestones: Any) -> dict[str, str]:
    computed = computed_condition(action, milestones, datetime.now(UTC).date())
    return {
        "state": action.condition_override or computed,
        "computed": computed,
        "override_reason": action.condition_override_reason,
    }


def allowed_actions(action: Any, milestones: Any, role: str) -> list[str]:
    if role not in WRITERS:
        return []
    still_to_reach = any(m.reached_on is None for m in milestones)
    steps = [
        name
        for name, origins in STEPS.items()
        if action.status in origins and not (name == "complete" and still_to_reach)
    ]
    judged = ["clear-condition"] if action.condition_override else []
    return ["change", "delete", *steps, "override-condition", *judged, "merge", "supersede"]


def broken_rules(values: dict[str, Any]) -> list[str]:
    """Of the row as it would be."""
    starts, ends, cost = values.get("starts_on"), values.get("ends_on"), values.get("yearly_cost")
    primary = values.get("primary_guideline")
    broken = {
        "An action cannot end before it starts.": bool(starts and ends and ends < starts),
        "The primary guideline is one of the action's guidelines.": primary is not None
        and primary not in (values.get("guidelines") or []),
        "A cost has a currency, and a currency a cost.": (cost is None)
        != (not values.get("yearly_cost_currency")),
    }
    return [sentence for sentence, is_broken in broken.items() if is_broken]
