"""What a summary says of each city, read set by set for a batch of cities.

Everything is as of one day: conditions and standings are computed for it, and only measurements
made until then count. Nothing personal is read: the reading role of staff could not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from plans.actions.condition import counting_condition
from plans.actions.models import Action
from plans.guidelines.models import Guideline, GuidelineAssessment
from plans.iap.models import Plan
from plans.indicators.models import Indicator
from plans.indicators.standing import ValueState, standing
from plans.stakeholders.models import Stakeholder
from plans.summaries.models import AssessmentState
from tenants.access.models import CityContent
from tenants.networks.models import City, Period

Figures = dict[UUID, dict[str, Any]]

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
        Action.objects.filter(city__in=cities)
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
        .order_by("city_id", "guideline__number")
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
