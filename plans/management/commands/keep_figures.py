"""Counts the figures of cities anew and keeps them, whatever is kept of them now."""

from typing import Any

from django.utils import timezone

from plans.figures.keep import keep
from plans.figures.models import KeptFigures
from tenants.networks.commands import CityCommand
from tenants.networks.models import City


class Command(CityCommand):
    help = "Counts the figures of cities anew and keeps them, for reports across cities."

    def handle_city(self, city: City, **options: Any) -> None:
        KeptFigures.objects.all().delete()
        keep(city.pk, timezone.now().date())
