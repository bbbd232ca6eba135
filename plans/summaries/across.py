"""What a summary says across cities: sums that carry their inputs, and what was left out and why.

Cities are added up only through a common indicator, by the operator it declares. A missing value is
never a zero, and a percentage is added by its parts. The cities come one after the other, so that
nothing but sums and the texts of their inputs is held.
"""

import json
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from plans.actions.models import Action
from plans.frozen.canonical import canonical, joined, listed
from plans.guidelines.models import Guideline, GuidelineAssessment
from plans.indicators.kinds import Measure
from plans.indicators.models import CommonIndicator
from plans.stakeholders.models import Stakeholder
from plans.summaries.collect import Counted, Input
from plans.summaries.models import AggregateState, LeftOut

PLACES = Decimal("0.0001")


class Across:
    """Takes in city after city; `content` is canonical JSON."""

    def __init__(self, common: Iterable[CommonIndicator], guidelines: Iterable[Guideline]) -> None:
        self.actions = Tally(by_status=Action.Status, by_condition=Action.Condition)
        self.stakeholders = Tally(by_profile=Stakeholder.Profile)
        self.steps = [Steps(guideline) for guideline in guidelines]
        self.figures = {indicator.pk: Figure(indicator) for indicator in common}
        self.cities = 0

    def take(self, city: Counted) -> None:
        self.cities += 1
        self.actions.take(sum(city.by_status), by_status=city.by_status, by_condition=city.by_condition)
        self.stakeholders.take(sum(city.by_profile), by_profile=city.by_profile)
        for steps in self.steps:
            steps.take(city.city, city.steps[str(steps.guideline.number)])
        for key, figure in self.figures.items():
            figure.take(city.city, [given for given in city.inputs if given.common == key])

    def content(self) -> str:
        return joined(
            {
                "actions": canonical(self.actions.content()),
                "stakeholders": canonical(self.stakeholders.content()),
                "guidelines": listed(steps.content(self.cities) for steps in self.steps),
                "indicators": listed(figure.content(self.cities) for figure in self.figures.values()),
            }
        )


class Tally:
    """A total, and counts by the values of enums."""

    def __init__(self, **names: Any) -> None:
        self.total = 0
        self.counts: dict[str, dict[str, int]] = {
            name: {str(value): 0 for value in values.values} for name, values in names.items()
        }

    def take(self, total: int, **counts: list[int]) -> None:
        self.total += total
        for name, tally in self.counts.items():
            for value, n in zip(tally, counts[name], strict=True):
                tally[value] += n

    def content(self) -> dict[str, Any]:
        return {"total": self.total, **self.counts}


class Steps:
    """How many cities stand on each step of a guideline."""

    def __init__(self, guideline: Guideline) -> None:
        self.guideline = guideline
        self.cities: Counter[int] = Counter()
        self.left_out: list[str] = []

    def take(self, city: str, step: int | None) -> None:
        if step is None:
            self.left_out.append(without(city, LeftOut.MISSING))
        else:
            self.cities[step] += 1

    def content(self, cities: int) -> str:
        by_step = {str(step): self.cities[step] for step in GuidelineAssessment.Step.values}
        coverage = {"n": self.cities.total(), "of": cities}
        return joined(
            {
                "number": canonical(self.guideline.number),
                "title": canonical(self.guideline.title),
                "cities_by_step": canonical(by_step),
                "left_out": listed(self.left_out),
                "coverage": canonical(coverage),
            }
        )


class Figure:
    """One figure over cities, with everything that explains it."""

    def __init__(self, common: CommonIndicator) -> None:
        self.common = common
        self.inputs: list[str] = []
        self.left_out: list[str] = []
        self.cities = 0
        self.sum = self.numerator = self.denominator = Decimal()
        self.least: Decimal | None = None
        self.most: Decimal | None = None

    def take(self, city: str, given: list[Input]) -> None:
        measured = [one for one in given if one.value is not None]
        head = f'{{"city":{json.dumps(city)},'
        self.inputs += [head + one.shown for one in measured]
        self.left_out += [head + one.shown for one in given if one.value is None]
        if not given:
            self.left_out.append(without(city, LeftOut.NO_INDICATOR))
        self.cities += bool(measured)
        for one in measured:
            self.add(one)

    def add(self, one: Input) -> None:
        self.sum += one.value
        self.numerator += one.numerator or 0
        self.denominator += one.denominator or 0
        self.least = one.value if self.least is None else min(self.least, one.value)
        self.most = one.value if self.most is None else max(self.most, one.value)

    def content(self, cities: int) -> str:
        common = self.common
        names = ("code", "name", "unit", "measure", "accumulation", "operator")
        return joined(
            {
                **{name: canonical(getattr(common, name)) for name in names},
                **{name: canonical(value) for name, value in self.shown().items()},
                "inputs": listed(self.inputs),
                "left_out": listed(self.left_out),
                "coverage": canonical({"n": self.cities, "of": cities}),
            }
        )

    def shown(self) -> dict[str, Any]:
        if self.common.operator == CommonIndicator.Operator.NONE:
            return shown(AggregateState.NOT_AGGREGATED)
        if not self.inputs:
            return shown(AggregateState.NO_INPUTS)
        if self.common.measure == Measure.PERCENTAGE and self.common.operator in BY_PARTS:
            whole = rounded(100 * self.numerator / self.denominator)
            return shown(AggregateState.COMPUTED, whole, self.numerator, self.denominator)
        return shown(AggregateState.COMPUTED, rounded(OPERATORS[self.common.operator](self)))


BY_PARTS = {CommonIndicator.Operator.SUM, CommonIndicator.Operator.MEAN}
OPERATORS: dict[str, Any] = {
    CommonIndicator.Operator.SUM: lambda figure: figure.sum,
    CommonIndicator.Operator.MEAN: lambda figure: figure.sum / len(figure.inputs),
    CommonIndicator.Operator.MINIMUM: lambda figure: figure.least,
    CommonIndicator.Operator.MAXIMUM: lambda figure: figure.most,
}


def without(city: str, why: LeftOut) -> str:
    return canonical({"city": city, "why": why.value, "reason": ""})


def rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)


def shown(state: AggregateState, *numbers: Decimal) -> dict[str, Any]:
    texts = [text(number) for number in numbers] + [None] * (3 - len(numbers))
    return {"state": state.value, **dict(zip(("value", "numerator", "denominator"), texts, strict=True))}


def text(number: Decimal) -> str:
    """Without trailing zeros or exponent."""
    return f"{number.normalize():f}"
