"""What a summary says, computed once more and another way: by the ORM and in Python, row by row.

The algorithm "summary-1" as it was first written. What the project writes by SQL must be the same,
byte for byte.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from plans.actions.condition import counting_condition
from plans.frozen.canonical import canonical
from plans.indicators.kinds import Measure
from plans.indicators.standing import ValueState, standing
from plans.models import (
    Action,
    CommonIndicator,
    Guideline,
    GuidelineAssessment,
    Indicator,
    Plan,
    Stakeholder,
    Summary,
)
from plans.summaries.models import AggregateState, AssessmentState, LeftOut
from tenants.access.context import staff_context
from tenants.access.models import CityContent
from tenants.models import City, Period

Figures = dict[UUID, dict[str, Any]]
Cities = list[dict[str, Any]]
INPUT = ("value", "numerator", "denominator", "measured_on", "quality", "provenance")
PLACES = Decimal("0.0001")


def by_hand(summary: Summary) -> str:
    cities = list(City.objects.filter(network=summary.network_id).order_by("slug"))
    with staff_context([city.pk for city in cities]):
        return canonical(described(summary, cities))


def described(summary: Summary, cities: list[City]) -> dict[str, Any]:
    latest = Guideline.objects.filter(network=summary.network_id).order_by("number", "-version")
    guidelines = list(latest.distinct("number"))
    common = list(CommonIndicator.objects.filter(network=summary.network_id).order_by("code"))
    figures = collect(cities, summary.period, guidelines)
    reporting = [city for city in figures if says_something(city)]
    silent = [city["city"] for city in figures if not says_something(city)]
    period = summary.period
    return {
        "algorithm": "summary-1",
        "network": {"slug": summary.network.slug, "name": summary.network.name},
        "period": {
            "code": period.code,
            "kind": period.kind,
            "starts_on": period.starts_on.isoformat(),
            "ends_on": period.ends_on.isoformat(),
        },
        "as_of": period.ends_on.isoformat(),
        "revision": summary.revision,
        "cities": reporting,
        "left_out": [{"city": slug, "why": LeftOut.NO_DATA.value, "reason": ""} for slug in silent],
        "coverage": {"n": len(reporting), "of": len(figures)},
        "across": across(reporting, common, guidelines),
    }


def says_something(city: dict[str, Any]) -> bool:
    return bool(
        city["plan"] or city["actions"]["total"] or city["indicators"] or city["stakeholders"]["total"]
    )


# Whose word counts when several have assessed the same guideline: the city's own, then the expert's.
ASSESSORS: list[str] = [
    GuidelineAssessment.Assessor.SELF,
    GuidelineAssessment.Assessor.EXPERT,
    GuidelineAssessment.Assessor.PEER,
]


def collect(cities: list[City], period: Period, guidelines: list[Guideline]) -> list[dict[str, Any]]:
    """One object for each city, in the order given."""
    keys = [city.pk for city in cities]
    day = period.ends_on
    plans, actions = plans_of(keys), actions_of(keys, day)
    indicators, stakeholders = indicators_of(keys, day), stakeholders_of(keys)
    steps = steps_of(keys, period)
    return [
        told(
            city,
            plan=plans.get(city.pk),
            actions=actions[city.pk],
            indicators=indicators[city.pk],
            guidelines=[
                step_with(number, steps[city.pk]) for number in sorted({g.number for g in guidelines})
            ],
            stakeholders=stakeholders[city.pk],
        )
        for city in cities
    ]


def told(city: City, **parts: Any) -> dict[str, Any]:
    return {
        "city": city.slug,
        "name": city.name,
        "country": city.country,
        "role": city.role,
        "organisation": city.organisation,
        **parts,
        "coverage": coverage(parts),
    }


def coverage(parts: dict[str, Any]) -> dict[str, Any]:
    """How much of what could be known is known, and how much of it is real."""
    indicators, guidelines = parts["indicators"], parts["guidelines"]
    measured = [i for i in indicators if i["value"]["state"] == ValueState.MEASURED]
    assessed = [g for g in guidelines if g["state"] == AssessmentState.ASSESSED]
    return {
        "indicators": {"of": len(indicators), "n": len(measured)},
        "guidelines": {"of": len(guidelines), "n": len(assessed)},
        "illustrative": {
            "indicators": sum(
                i["value"]["provenance"] == CityContent.Provenance.ILLUSTRATIVE for i in measured
            ),
            "guidelines": sum(g["provenance"] == CityContent.Provenance.ILLUSTRATIVE for g in assessed),
        },
    }


def plans_of(cities: list[UUID]) -> Figures:
    rows = Plan.objects.filter(city__in=cities).values("city_id", "title", "status", "version", "provenance")
    return {row["city_id"]: besides(row, "city_id") for row in rows}


def besides(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def actions_of(cities: list[UUID], day: date) -> Figures:
    rows = (
        Action.objects.filter(city__in=cities, replaced_by=None)
        .annotate(condition=counting_condition(day))
        .order_by()
        .values_list("city_id", "status", "condition")
        .annotate(n=Count("pk"))
    )
    found: defaultdict[UUID, dict[str, Any]] = defaultdict(
        lambda: tally("by_status", Action.Status) | tally("by_condition", Action.Condition)
    )
    for city, status, condition, n in rows:
        found[city]["total"] += n
        found[city]["by_status"][status] += n
        found[city]["by_condition"][condition] += n
    return found


def stakeholders_of(cities: list[UUID]) -> Figures:
    rows = (
        Stakeholder.objects.filter(city__in=cities)
        .order_by()
        .values_list("city_id", "profile")
        .annotate(n=Count("pk"))
    )
    found: defaultdict[UUID, dict[str, Any]] = defaultdict(lambda: tally("by_profile", Stakeholder.Profile))
    for city, profile, n in rows:
        found[city]["total"] += n
        found[city]["by_profile"][profile] += n
    return found


def tally(name: str, choices: Iterable[Any]) -> dict[str, Any]:
    """Every value is there, so that a zero is seen."""
    return {"total": 0, name: {str(choice.value): 0 for choice in choices}}


def indicators_of(cities: list[UUID], day: date) -> defaultdict[UUID, list[dict[str, Any]]]:
    rows = (
        Indicator.objects.filter(city__in=cities)
        .annotate(standing=standing(day))
        .order_by("code", "id")
        .values(
            "city_id", "code", "name", "unit", "measure", "provenance", "common_indicator__code", "standing"
        )
    )
    found = defaultdict(list)
    for row in rows:
        found[row["city_id"]].append(
            {
                **besides(row, "city_id", "common_indicator__code", "standing"),
                "common_indicator": row["common_indicator__code"],
                **{part: row["standing"][part] for part in ("value", "target", "progress", "track")},
            }
        )
    return found


def steps_of(cities: list[UUID], period: Period) -> defaultdict[UUID, dict[int, dict[str, Any]]]:
    """The step of each guideline as assessed for this very period; an older one is not carried on."""
    rows = (
        GuidelineAssessment.objects.filter(Q(city__in=cities), period=period)
        .order_by("city_id", "guideline__number", "-guideline__version")
        .values(
            "city_id", "guideline__number", "assessor", "step", "target_step", "assessed_on", "provenance"
        )
    )
    found: defaultdict[UUID, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: ASSESSORS.index(row["assessor"])):
        step = besides(row, "city_id", "guideline__number")
        step["assessed_on"] = row["assessed_on"].isoformat()
        found[row["city_id"]].setdefault(row["guideline__number"], step)
    return found


def step_with(number: int, steps: dict[int, dict[str, Any]]) -> dict[str, Any]:
    nothing = dict.fromkeys(("assessor", "step", "target_step", "assessed_on", "provenance"))
    return {
        "number": number,
        "state": (AssessmentState.ASSESSED if number in steps else AssessmentState.MISSING).value,
        **(steps.get(number) or nothing),
    }


def across(cities: Cities, common: list[CommonIndicator], guidelines: list[Guideline]) -> dict[str, Any]:
    return {
        "actions": {
            "total": sum(city["actions"]["total"] for city in cities),
            "by_status": added(city["actions"]["by_status"] for city in cities),
            "by_condition": added(city["actions"]["by_condition"] for city in cities),
        },
        "stakeholders": {
            "total": sum(city["stakeholders"]["total"] for city in cities),
            "by_profile": added(city["stakeholders"]["by_profile"] for city in cities),
        },
        "guidelines": [steps_across(cities, guideline) for guideline in guidelines],
        "indicators": [aggregate(cities, indicator) for indicator in common],
    }


def added(tallies: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for tally in tallies:
        for name, n in tally.items():
            total[name] = total.get(name, 0) + n
    return total


def steps_across(cities: Cities, guideline: Guideline) -> dict[str, Any]:
    """How many cities stand on each step."""
    steps = {str(step.value): 0 for step in GuidelineAssessment.Step}
    left_out = []
    for city in cities:
        assessed = next(g for g in city["guidelines"] if g["number"] == guideline.number)
        if assessed["state"] == AssessmentState.ASSESSED:
            steps[str(assessed["step"])] += 1
        else:
            left_out.append({"city": city["city"], "why": LeftOut.MISSING.value, "reason": ""})
    return {
        "number": guideline.number,
        "title": guideline.title,
        "cities_by_step": steps,
        "left_out": left_out,
        "coverage": {"n": len(cities) - len(left_out), "of": len(cities)},
    }


def aggregate(cities: Cities, common: CommonIndicator) -> dict[str, Any]:
    """One figure over cities, with everything that explains it."""
    inputs, left_out = [], []
    for city in cities:
        tied = [i for i in city["indicators"] if i["common_indicator"] == common.code]
        measured = [as_input(city, i) for i in tied if i["value"]["state"] == ValueState.MEASURED]
        inputs += measured
        left_out += [without(city, i) for i in tied if i["value"]["state"] != ValueState.MEASURED]
        if not tied:
            left_out.append({"city": city["city"], "why": LeftOut.NO_INDICATOR.value, "reason": ""})
    return {
        "code": common.code,
        "name": common.name,
        "unit": common.unit,
        "measure": common.measure,
        "accumulation": common.accumulation,
        "operator": common.operator,
        **figure(common, inputs),
        "inputs": inputs,
        "left_out": left_out,
        "coverage": {"n": len({i["city"] for i in inputs}), "of": len(cities)},
    }


def as_input(city: dict[str, Any], indicator: dict[str, Any]) -> dict[str, Any]:
    value = indicator["value"]
    return {
        "city": city["city"],
        "indicator": indicator["code"],
        **{part: value[part] for part in INPUT},
    }


def without(city: dict[str, Any], indicator: dict[str, Any]) -> dict[str, Any]:
    value = indicator["value"]
    return {"city": city["city"], "why": value["state"], "reason": value["reason"]}


def figure(common: CommonIndicator, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    if common.operator == CommonIndicator.Operator.NONE:
        return shown(AggregateState.NOT_AGGREGATED)
    if not inputs:
        return shown(AggregateState.NO_INPUTS)
    if common.measure == Measure.PERCENTAGE and common.operator in BY_PARTS:
        numerator, denominator = (
            sum((Decimal(i[part]) for i in inputs), Decimal()) for part in ("numerator", "denominator")
        )
        return shown(AggregateState.COMPUTED, rounded(100 * numerator / denominator), numerator, denominator)
    values = [Decimal(i["value"]) for i in inputs]
    return shown(AggregateState.COMPUTED, rounded(OPERATORS[common.operator](values)))


BY_PARTS = {CommonIndicator.Operator.SUM, CommonIndicator.Operator.MEAN}
OPERATORS: dict[str, Any] = {
    CommonIndicator.Operator.SUM: sum,
    CommonIndicator.Operator.MEAN: lambda values: sum(values) / len(values),
    CommonIndicator.Operator.MINIMUM: min,
    CommonIndicator.Operator.MAXIMUM: max,
}


def rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)


def shown(state: AggregateState, *numbers: Decimal) -> dict[str, Any]:
    texts = [text(number) for number in numbers] + [None] * (3 - len(numbers))
    return {"state": state.value, **dict(zip(("value", "numerator", "denominator"), texts, strict=True))}


def text(number: Decimal) -> str:
    """Without trailing zeros or exponent."""
    return f"{number.normalize():f}"
