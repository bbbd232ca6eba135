from uuid import UUID

from celery import shared_task
from django.utils import timezone

from plans.exports.build import build
from plans.exports.models import Export
from tenants.access.context import Actor, city_context
from tenants.access.tasks import HEADER, Scope, ScopedTask
from tenants.jobs.lease import left_alone
from tenants.networks.models import City

# A message that waited longer is of no use: the next look rings again.
FRESH_SECONDS = 30


@shared_task(name="plans.exports.build", base=ScopedTask, scope=Scope.CITY, bind=True)
def build_export(self: ScopedTask, export_id: str) -> None:
    """Safe to run twice: who does not hold the lease does nothing."""
    build(self.city_named(), UUID(export_id))


@shared_task(name="plans.exports.notice", base=ScopedTask, scope=Scope.SHARED)
def notice_exports() -> None:
    """Safe to miss: the next run finds what this one would have found."""
    for city, key in left_alone(Export, list(City.objects.values_list("pk", flat=True))):
        ring(city, key)


@shared_task(name="plans.exports.forget", base=ScopedTask, scope=Scope.SHARED)
def forget_exports() -> None:
    """A file is kept for a day, and its row with it."""
    now = timezone.now()
    for city in City.objects.values_list("pk", flat=True):
        with city_context(city, Actor(role="plans.exports.forget")):
            Export.objects.filter(expires_at__lt=now).delete()


def ring(city: UUID, export_id: UUID) -> None:
    build_export.apply_async(
        [str(export_id)], headers={HEADER: str(city)}, expires=FRESH_SECONDS, retry=False
    )
