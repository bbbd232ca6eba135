"""What was brought is kept for a day, so that it can be had back with the cells marked."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from plans.imports.models import Import, ImportFile
from tenants.access.context import Actor, city_context, staff_context

KEPT_FOR = timedelta(hours=24)


def forget_files(cities: list[UUID]) -> None:
    """Of what is over, in the cities that have any."""
    old = timezone.now() - KEPT_FOR
    with staff_context(cities):
        some = set(
            Import.objects.filter(finished_at__lt=old, has_file=True).values_list("city_id", flat=True)
        )
    for city in some:
        with city_context(city, Actor(role="plans.imports.forget")):
            over = Import.objects.filter(finished_at__lt=old, has_file=True)
            ImportFile.objects.filter(import_job__in=over.values("pk")).delete()
            over.update(has_file=False)
