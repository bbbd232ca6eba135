"""Writes the content of a summary, piece by piece: canonical JSON, all cities at one moment.

The cities come in batches, each in a context of its own, all in one REPEATABLE READ transaction.
Nothing is held but what is said across cities: this is the first member of the content by its name,
and known last. So pieces have numbers, and whoever takes them puts them in order.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from plans.frozen.canonical import canonical, joined, listed
from plans.guidelines.models import Guideline
from plans.indicators.models import CommonIndicator
from plans.summaries.across import Across
from plans.summaries.collect import Counted, collect
from plans.summaries.models import LeftOut, Summary
from tenants.access.context import Actor, staff_context
from tenants.networks.models import City

ALGORITHM = "summary-1"
# Ten cities show their progress; of ten thousand, each is compared with few others by the policies.
BATCHES, MOST_AT_ONCE = 20, 25

Take = Callable[[int, str], None]
Tell = Callable[[int, int], None]


def content(summary: Summary) -> str:
    """What the summary would say now."""
    pieces: dict[int, str] = {}
    write(summary, pieces.__setitem__)
    return "".join(pieces[number] for number in sorted(pieces))


def write(summary: Summary, take: Take, tell: Tell = lambda done, total: None) -> None:
    with at_one_moment():
        written = Written(summary)
        cities = list(
            City.objects.filter(network=summary.network_id).order_by("slug").values_list("pk", flat=True)
        )
        tell(0, len(cities))
        size = min(max(1, len(cities) // BATCHES), MOST_AT_ONCE)
        for start in range(0, len(cities), size):
            piece = written.batch(cities[start : start + size])
            take(1 + start, piece)
            tell(min(start + size, len(cities)), len(cities))
        take(0, written.head())
        take(1 + len(cities), written.tail())


@contextmanager
def at_one_moment() -> Iterator[None]:
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class Written:
    """What has been said so far."""

    def __init__(self, summary: Summary) -> None:
        common = CommonIndicator.objects.filter(network=summary.network_id).order_by("code")
        self.summary = summary
        self.across = Across(common, latest_guidelines(summary.network_id))
        self.left_out: list[str] = []

    def batch(self, cities: list[UUID]) -> str:
        with staff_context(cities, Actor(role="summary")):
            counted = collect(cities, self.summary.period)
        return "".join(self.city(city) for city in counted)

    def city(self, city: Counted) -> str:
        if not city.says_something:
            self.left_out.append(canonical({"city": city.city, "why": LeftOut.NO_DATA.value, "reason": ""}))
            return ""
        comma = "," if self.across.cities else ""
        self.across.take(city)
        return comma + city.content

    def head(self) -> str:
        """Up to the first city."""
        members = {
            "across": self.across.content(),
            "algorithm": canonical(ALGORITHM),
            "as_of": canonical(self.summary.period.ends_on.isoformat()),
        }
        return joined(members)[:-1] + ',"cities":['

    def tail(self) -> str:
        """From the last city on."""
        network, period = self.summary.network, self.summary.period
        reporting = self.across.cities
        members = {
            "coverage": canonical({"n": reporting, "of": reporting + len(self.left_out)}),
            "left_out": listed(self.left_out),
            "network": canonical({"slug": network.slug, "name": network.name}),
            "period": canonical(
                {
                    "code": period.code,
                    "kind": period.kind,
                    "starts_on": period.starts_on.isoformat(),
                    "ends_on": period.ends_on.isoformat(),
                }
            ),
            "revision": canonical(self.summary.revision),
        }
        return "]," + joined(members)[1:]


def latest_guidelines(network: UUID) -> Any:
    """Of each number the latest version."""
    return Guideline.objects.filter(network=network).order_by("number", "-version").distinct("number")
