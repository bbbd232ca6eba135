import json
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from plans.demo import adoptions, group, load, people, reviews
from plans.demo.read import Row, documents
from tenants.networks.commands import CityCommand
from tenants.networks.models import City, Network

REAL_DATA = (
    "This database has networks that are not the demo's. "
    "To put the demo beside them all the same, say --beside-real-data."
)
SAME_NAME = "This database has a network of the same name as one of the demo's. The demo would write into it."


class Command(CityCommand):
    """Safe to run again, and after a run that was cut short: what is there stays as it is.

    The networks and people come first, in one transaction; then each city in one of its own. A city is
    empty as long as its clock stands at zero: what was deleted since does not come back.
    """

    help = "Loads the demo's networks and people, and says on stdout, as JSON, how to sign in."
    # They have just run before the migrations, and cost more time here than all of the loading.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--beside-real-data", action="store_true", help="load beside networks of others")

    def handle(self, *args: Any, beside_real_data: bool = False, **options: Any) -> None:
        self.documents = documents()
        everyone = list(people.everyone(self.documents))
        with transaction.atomic():
            if not people.are_known(everyone):
                self.refuse_real_data(beside=beside_real_data)
            self.found_networks()
            people.settle(everyone)
        super().handle(city=None)
        for document in self.documents:
            reviews.exchange(document.get("reviews", []), document["network"]["slug"])
            adoptions.pass_on(document.get("adoptions", []), document["network"]["slug"])
        told = {"networks": list(named(self.documents)), "tokens": people.tokens(everyone)}
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def refuse_real_data(self, *, beside: bool) -> None:
        """Whoever got a role in a real city by mistake could read and change it."""
        real = set(Network.objects.values_list("slug", flat=True))
        if real & {document["network"]["slug"] for document in self.documents}:
            raise CommandError(SAME_NAME)
        if real and not beside:
            raise CommandError(REAL_DATA)

    def found_networks(self) -> None:
        known = set(Network.objects.values_list("slug", flat=True))
        for document in self.documents:
            if document["network"]["slug"] not in known:
                load.found_network(document)

    def cities(self, named: str | None) -> list[City]:
        self.given = {
            (d["network"]["slug"], city["slug"]): city for d in self.documents for city in d["cities"]
        }
        return [city for city in super().cities(named) if city.clock == 0 and place(city) in self.given]

    def handle_city(self, city: City, **options: Any) -> None:
        self.stderr.write("/".join(place(city)))
        load.fill_city(city, self.given[place(city)])
        group.seat_local_group(city, self.given[place(city)])


def place(city: City) -> tuple[str, str]:
    return city.network.slug, city.slug


def named(documents: Iterable[Row]) -> Iterable[dict[str, Any]]:
    for document in documents:
        network = document["network"]
        yield {
            "slug": network["slug"],
            "name": network["name"],
            "cities": [city["slug"] for city in document["cities"]],
        }
