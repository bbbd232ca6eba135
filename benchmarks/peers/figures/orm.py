"""The figures counted by Django's ORM, as one would write it first, for both Django peers: it aggregates
what it can, the latest measurements are DISTINCT ON, and what it cannot say is said in Python."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from peers.figures import rules
from peers.figures.models import (
    Action,
    Assessment,
    Indicator,
    Measurement,
    Membership,
    Milestone,
    Network,
    Plan,
    Stakeholder,
    Target,
    User,
)

Counted = dict[Any, rules.Counted]


def roles(user: User, network: Network | None) -> set[str]:
    """Of the person in the network; none when it is not there for them."""
    mine = Membership.objects.filter(Q(network=network) | Q(network=None), user=user)
    return set(mine.values_list("role", flat=True)) if network else set()


def report(network: Network) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    mine = {"city__network": network}
    periods = network.periods.filter(starts_on__lte=today)
    period = periods.order_by("-starts_on", "-ends_on", "-id").first()
    counted = {city.id: rules.Counted(city) for city in network.citys.order_by("slug")}
    count(Action.objects.filter(**mine), "status", counted)
    count(with_condition(Action.objects.filter(**mine), today), "condition", counted)
    count(Stakeholder.objects.filter(**mine), "profile", counted)
    take_indicators(Indicator.objects.filter(**mine), today, counted)
    assessed = Assessment.objects.filter(period=period, **mine).select_related("guideline")
    for one in sorted(
        assessed, key=lambda one: (rules.ASSESSORS.index(one.assessor), -one.guideline.version)
    ):
        counted[one.city_id].steps.setdefault(one.guideline.number, one.step)
    plans = set(Plan.objects.filter(**mine).values_list("city_id", flat=True))
    guidelines = network.guidelines.order_by("number", "-version").distinct("number")
    common = network.commonindicators.order_by("code")
    return rules.report(network, period, today, list(counted.values()), plans, list(guidelines), list(common))


def count(rows: QuerySet, name: str, counted: Counted) -> None:
    for city, value, n in rows.order_by().values_list("city_id", name).annotate(n=Count("pk")):
        getattr(counted[city], name)[value] = n


def take_indicators(indicators: QuerySet, today: date, counted: Counted) -> None:
    latest = Measurement.objects.filter(measured_on__lte=today)
    latest = latest.order_by("indicator_id", "-measured_on", "-id").distinct("indicator_id")
    for indicator in indicators.order_by("code", "id").prefetch_related(
        Prefetch("targets", Target.objects.order_by("due_on")),
        Prefetch("measurements", latest, to_attr="latest"),
    ):
        last = indicator.latest[0] if indicator.latest else None
        counted[indicator.city_id].take(indicator, list(indicator.targets.all()), last, today)


def with_condition(actions: QuerySet, today: date) -> QuerySet:
    missed = Milestone.objects.filter(
        Q(reached_on=None) | Q(reached_on__gt=today), action=OuterRef("pk"), due_on__lt=today
    )
    midnight = datetime.combine(today, datetime.min.time(), UTC)
    touched = Milestone.objects.filter(action=OuterRef("pk")).order_by("-updated_at").values("updated_at")
    return actions.annotate(
        touched=Greatest("updated_at", Coalesce(Subquery(touched[:1]), "updated_at")),
        condition=Case(
            When(~Q(condition_override=""), then=F("condition_override")),
            When(status__in=("completed", "cancelled"), then=Value("closed")),
            When(Q(ends_on__lt=today) | Exists(missed), then=Value("late")),
            When(touched__lt=midnight - timedelta(days=180), then=Value("stale")),
            When(touched__lt=midnight - timedelta(days=60), then=Value("quiet")),
            default=Value("on_time"),
        ),
    )
