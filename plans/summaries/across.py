"""What a summary says across cities: sums that carry their inputs, and what was left out and why.

Cities are added up only through a common indicator, by the operator it declares. A missing value is
never a zero, and a percentage is added by its parts.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from plans.guidelines.models import Guideline, GuidelineAssessment
from plans.indicators.kinds import Measure
from plans.indicators.models import CommonIndicator
from plans.indicators.standing import ValueState
from plans.summaries.models import AggregateState, AssessmentState, LeftOut

Cities = list[dict[str, Any]]
INPUT = ("value", "numerator", "denominator", "measured_on", "quality", "provenance")
PLACES = Decimal("0.0001")


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
