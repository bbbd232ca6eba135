"""The base of every management command that touches the rows of cities; nothing else gets a context."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.access.context import Actor, city_context
from tenants.networks.models import City


class CityCommand(BaseCommand):
    """`--city network/city`, or `--all-cities`: one transaction in each city, one after the other."""

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--city", metavar="NETWORK/CITY", help="slugs, such as interactive-cities/genoa")
        which.add_argument("--all-cities", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        name = self.__class__.__module__.rsplit(".", 1)[-1]
        for city in self.cities(options.pop("city")):
            with city_context(city.pk, Actor(role=f"command {name}")):
                self.handle_city(city, **options)

    def cities(self, named: str | None) -> list[City]:
        cities = City.objects.select_related("network").order_by("network__slug", "slug")
        if named is None:
            return list(cities)
        network, _, slug = named.partition("/")
        found = list(cities.filter(network__slug=network, slug=slug))
        if not found:
            raise CommandError(f"There is no city {named}.")
        return found

    def handle_city(self, city: City, **options: Any) -> None:
        raise NotImplementedError
