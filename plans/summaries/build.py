"""Builds a summary and publishes it exactly once, wherever the worker may be killed.

- The row is leased: `take` writes a token and a time; a second message finds nothing to take.
- All cities are read in one REPEATABLE READ transaction, as the role that cannot write.
- How far it is, and that it is alive, is told on a connection of its own, seen at once.
- `publish` writes content, digest and state together, if the token is still the one in the row:
  a worker that was taken for dead and wakes up again publishes nothing.
"""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from plans.guidelines.models import Guideline
from plans.indicators.models import CommonIndicator
from plans.summaries.across import across
from plans.summaries.canonical import canonical, sha256
from plans.summaries.collect import collect
from plans.summaries.models import LeftOut, Summary
from tenants.access.context import Actor, staff_context
from tenants.networks.models import City

ALGORITHM = "summary-1"
MAX_ATTEMPTS = 8
BATCHES = 20
logger = logging.getLogger(__name__)


def build(summary_id: UUID) -> None:
    """Safe to run twice, and at the same time."""
    token = uuid4()
    if not take(summary_id, token):
        return
    summary = Summary.objects.select_related("network", "period").get(pk=summary_id)
    try:
        content = canonical(contents(summary, told=Teller(summary_id, token)))
        publish(summary_id, token, content)
    except Exception as error:
        give_back(summary, token, error)
        raise


def take(summary_id: UUID, token: UUID) -> bool:
    free = Summary.objects.to_ring_for(timezone.now()).filter(pk=summary_id)
    return bool(
        free.update(
            state=Summary.State.RUNNING,
            attempts=F("attempts") + 1,
            lease_token=token,
            leased_until=Now() + lease(),
        )
    )


def lease() -> timedelta:
    return timedelta(seconds=settings.SUMMARY_LEASE_SECONDS)


class Teller:
    """Tells the others how far the work is, and renews the lease."""

    def __init__(self, summary_id: UUID, token: UUID) -> None:
        self.mine = {"pk": summary_id, "lease_token": token}

    @contextmanager
    def listening(self) -> Iterator[Any]:
        """The reading transaction cannot be seen from outside: hence a connection beside it."""
        with closing(connection.copy()) as beside:
            yield lambda done, total: self.tell(beside, done, total)

    def tell(self, beside: Any, done: int, total: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE plans_summary SET cities_done = %s, cities_total = %s, leased_until = now() + %s "
                "WHERE id = %s AND lease_token = %s AND state = 'running'",
                [done, total, lease(), self.mine["pk"], self.mine["lease_token"]],
            )


def contents(summary: Summary, told: Teller | None = None) -> dict[str, Any]:
    """What the summary says now, of all cities at one moment."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cities = list(City.objects.filter(network=summary.network_id).order_by("slug"))
        with staff_context([city.pk for city in cities], Actor(role="summary")):
            return described(summary, cities, told)


def described(summary: Summary, cities: list[City], told: Teller | None) -> dict[str, Any]:
    guidelines = list(latest_guidelines(summary.network_id))
    common = list(CommonIndicator.objects.filter(network=summary.network_id).order_by("code"))
    figures = list(collected(summary, cities, guidelines, told))
    reporting = [city for city in figures if says_something(city)]
    silent = [city["city"] for city in figures if not says_something(city)]
    period = summary.period
    return {
        "algorithm": ALGORITHM,
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


def collected(
    summary: Summary, cities: list[City], guidelines: list[Guideline], told: Teller | None
) -> Iterator[dict[str, Any]]:
    """In batches, so that ten cities show their progress and ten thousand stay quick."""
    size = max(1, len(cities) // BATCHES)
    with told.listening() if told else silence() as tell:
        tell(0, len(cities))
        for start in range(0, len(cities), size):
            yield from collect(cities[start : start + size], summary.period, guidelines)
            tell(min(start + size, len(cities)), len(cities))


@contextmanager
def silence() -> Iterator[Any]:
    yield lambda done, total: None


def latest_guidelines(network: UUID) -> Any:
    """Of each number the latest version."""
    return Guideline.objects.filter(network=network).order_by("number", "-version").distinct("number")


def says_something(city: dict[str, Any]) -> bool:
    return bool(
        city["plan"] or city["actions"]["total"] or city["indicators"] or city["stakeholders"]["total"]
    )


def publish(summary_id: UUID, token: UUID, content: str) -> bool:
    """False when somebody else has taken over; then nothing is written."""
    mine = Summary.objects.filter(pk=summary_id, lease_token=token, state=Summary.State.RUNNING)
    return bool(
        mine.update(
            state=Summary.State.PUBLISHED,
            content=content,
            sha256=sha256(content),
            published_at=Now(),
            lease_token=None,
            leased_until=None,
            problem="",
        )
    )


def give_back(summary: Summary, token: UUID, error: Exception) -> None:
    """For another attempt, a little later each time; after the last the row says that it failed."""
    over = summary.attempts >= MAX_ATTEMPTS
    logger.warning("summary", extra={"fields": {"summary": str(summary.pk), "attempt": summary.attempts}})
    Summary.objects.filter(pk=summary.pk, lease_token=token, state=Summary.State.RUNNING).update(
        state=Summary.State.FAILED if over else Summary.State.WAITING,
        problem=type(error).__name__,
        lease_token=None,
        leased_until=None if over else Now() + timedelta(seconds=2**summary.attempts),
    )
