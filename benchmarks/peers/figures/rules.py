"""What every contender says of an indicator, and of cities together."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

STATUSES = ("proposed", "planned", "funded", "in_progress", "on_hold", "completed", "cancelled")
CONDITIONS = ("closed", "late", "stale", "quiet", "on_time")
PROFILES = ("public", "private", "civic", "knowledge")
TRACKS = (
    "achieved",
    "ahead",
    "on_track",
    "behind",
    "not_due",
    "no_data",
    "no_baseline",
    "no_target",
    "target_against_direction",
)
STEPS = range(7)
ASSESSORS = ("self", "expert", "peer")
ACROSS = ("lead_partner", "lead_expert", "programme_staff", "auditor")
BAND = Decimal("0.15")


def track(indicator: Any, targets: list[Any], actual: Decimal | None, today: date) -> str:
    """`targets` in the order of their days."""
    baseline, sign = indicator.baseline_value, -1 if indicator.direction == "decrease" else 1
    if baseline is None:
        return "no_baseline"
    if indicator.direction == "maintain":
        if actual is None:
            return "no_data"
        return "on_track" if abs(actual - baseline) <= indicator.tolerance * abs(baseline) else "behind"
    if not targets:
        return "no_target"
    final = targets[-1]
    if sign * (final.value - baseline) < 0:
        return "target_against_direction"
    if actual is None:
        return "no_data"
    if sign * (actual - final.value) >= 0:
        return "achieved"
    target, due = due_now(indicator, targets, today)
    if due is None:
        return "not_due"
    if abs(actual - due) <= BAND * abs(target.value - baseline):
        return "on_track"
    return "ahead" if sign * (actual - due) > 0 else "behind"


def due_now(indicator: Any, targets: list[Any], today: date) -> tuple[Any, Decimal | None]:
    past = [target for target in targets if target.due_on <= today]
    if past:
        return past[-1], past[-1].value
    target, baseline, start = targets[0], indicator.baseline_value, indicator.baseline_on
    if start is None or start > today:
        return target, None
    return target, baseline + (target.value - baseline) * (today - start).days / (target.due_on - start).days


def tally(names: Iterable[Any], counts: dict[Any, int]) -> dict[str, int]:
    return {str(name): counts.get(name, 0) for name in names}


def added(tallies: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in tallies:
        for name, n in one.items():
            total[name] = total.get(name, 0) + n
    return total


def shown(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def given(city: str, indicator: Any, latest: Any) -> dict[str, Any]:
    """Of an indicator: what goes into the sum of its common indicator, or why nothing does."""
    value = value_of(latest)
    if value is None:
        why = "not_measured" if latest else "missing"
        return {"city": city, "reason": latest.not_measured_reason if latest else "", "why": why}
    return {
        "city": city,
        "denominator": shown(latest.denominator),
        "indicator": indicator.code,
        "measured_on": latest.measured_on.isoformat(),
        "numerator": shown(latest.numerator),
        "provenance": latest.provenance,
        "quality": latest.quality,
        "value": shown(value),
    }


def value_of(latest: Any) -> Decimal | None:
    if latest is None or latest.not_measured_reason:
        return None
    if latest.value is None:
        return rounded(100 * latest.numerator / latest.denominator)
    return latest.value


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def aggregate(common: Any, inputs: list[dict[str, Any]], left_out: list[Any], cities: int) -> dict[str, Any]:
    state, value, numerator, denominator = "computed", None, None, None
    values = [Decimal(one["value"]) for one in inputs]
    if common.operator == "none":
        state = "not_aggregated"
    elif not inputs:
        state = "no_inputs"
    elif common.measure == "percentage" and common.operator in ("sum", "mean"):
        numerator, denominator = (
            sum(Decimal(one[part]) for one in inputs) for part in ("numerator", "denominator")
        )
        value = rounded(100 * numerator / denominator)
    else:
        how = {"sum": sum, "mean": lambda some: sum(some) / len(some), "minimum": min, "maximum": max}
        value = rounded(how[common.operator](values))
    names = ("code", "name", "unit", "measure", "accumulation", "operator")
    return {
        **{name: getattr(common, name) for name in names},
        "state": state,
        "value": shown(value),
        "numerator": shown(numerator),
        "denominator": shown(denominator),
        "coverage": {"n": len({one["city"] for one in inputs}), "of": cities},
        "inputs": inputs,
        "left_out": left_out,
    }


class Counted:
    """What has been counted of a city, whoever counted it."""

    def __init__(self, city: Any) -> None:
        self.city = city
        self.status: dict[str, int] = {}
        self.condition: dict[str, int] = {}
        self.profile: dict[str, int] = {}
        self.track: dict[str, int] = {}
        self.measured = 0
        self.steps: dict[int, int] = {}
        self.given: dict[Any, list[dict[str, Any]]] = {}

    def take(self, indicator: Any, targets: list[Any], latest: Any, today: date) -> None:
        """An indicator with its targets and its latest measurement."""
        value = value_of(latest)
        state = track(indicator, targets, value, today)
        self.track[state] = self.track.get(state, 0) + 1
        self.measured += value is not None
        if indicator.common_indicator_id:
            told = given(self.city.slug, indicator, latest)
            self.given.setdefault(indicator.common_indicator_id, []).append(told)

    def figures(self, numbers: list[int]) -> dict[str, Any]:
        total, indicators = sum(self.status.values()), sum(self.track.values())
        return {
            "actions": {
                "total": total,
                "by_status": tally(STATUSES, self.status),
                "by_condition": tally(CONDITIONS, self.condition),
            },
            "indicators": {
                "total": indicators,
                "by_track": tally(TRACKS, self.track),
                "coverage": {"n": self.measured, "of": indicators},
            },
            "guidelines": {
                "steps": {str(number): self.steps.get(number) for number in numbers},
                "coverage": {"n": len(self.steps), "of": len(numbers)},
            },
            "stakeholders": {
                "total": sum(self.profile.values()),
                "by_profile": tally(PROFILES, self.profile),
            },
        }


def report(
    network: Any,
    period: Any,
    today: date,
    counted: list[Counted],
    plans: set[Any],
    guidelines: Any,
    common: Any,
) -> dict[str, Any]:
    numbers = [guideline.number for guideline in guidelines]
    told = [(one, one.figures(numbers)) for one in counted]
    telling = [
        (one, f)
        for one, f in told
        if one.city.id in plans
        or f["actions"]["total"]
        or f["indicators"]["total"]
        or f["stakeholders"]["total"]
    ]
    there = {one.city.id for one, _ in telling}
    return {
        "network": {"slug": network.slug, "name": network.name},
        "period": period
        and {
            "code": period.code,
            "kind": period.kind,
            "starts_on": period.starts_on.isoformat(),
            "ends_on": period.ends_on.isoformat(),
        },
        "as_of": today.isoformat(),
        "algorithm": "figures-1",
        "summary": None,
        "coverage": {"n": len(telling), "of": len(told)},
        "fresh": {"n": len(told), "of": len(told)},
        "cities": [
            {
                "city": one.city.slug,
                "name": one.city.name,
                "country": one.city.country,
                "role": one.city.role,
                "as_of": today.isoformat(),
                "source": "live",
                "fresh": True,
                "figures": f,
            }
            for one, f in telling
        ],
        "left_out": [
            {"city": one.city.slug, "reason": "", "why": "no_data"}
            for one, _ in told
            if one.city.id not in there
        ],
        "across": across(telling, guidelines, common),
    }


def across(telling: list[tuple[Counted, dict[str, Any]]], guidelines: Any, common: Any) -> dict[str, Any]:
    all_figures = [f for _, f in telling]

    def sums(name: str, *tallies: str) -> dict[str, Any]:
        return {
            "total": sum(f[name]["total"] for f in all_figures),
            **{one: added(f[name][one] for f in all_figures) for one in tallies},
        }

    aggregates = []
    for indicator in common:
        tied = [(one, one.given.get(indicator.id, [])) for one, _ in telling]
        inputs = [told for _, some in tied for told in some if "value" in told]
        left_out = [told for _, some in tied for told in some if "value" not in told]
        left_out += [
            {"city": one.city.slug, "why": "no_indicator", "reason": ""} for one, some in tied if not some
        ]
        aggregates.append(aggregate(indicator, inputs, left_out, len(telling)))
    return {
        "actions": sums("actions", "by_status", "by_condition"),
        "indicators": sums("indicators", "by_track"),
        "stakeholders": sums("stakeholders", "by_profile"),
        "guidelines": [steps(guideline, telling) for guideline in guidelines],
        "common_indicators": aggregates,
    }


def steps(guideline: Any, telling: list[tuple[Counted, dict[str, Any]]]) -> dict[str, Any]:
    found = [one.steps[guideline.number] for one, _ in telling if guideline.number in one.steps]
    return {
        "number": guideline.number,
        "title": guideline.title,
        "cities_by_step": {str(step): found.count(step) for step in STEPS},
        "coverage": {"n": len(found), "of": len(telling)},
    }
