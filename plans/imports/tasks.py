from uuid import UUID

from celery import shared_task

from plans.imports.carry_out import carry_out
from plans.imports.models import Import
from plans.imports.upkeep import forget_files
from tenants.access.tasks import HEADER, Scope, ScopedTask
from tenants.jobs.lease import left_alone
from tenants.networks.models import City

# A message that waited longer is of no use: the next look rings again.
FRESH_SECONDS = 30


@shared_task(name="plans.imports.carry_out", base=ScopedTask, scope=Scope.CITY, bind=True)
def carry_out_import(self: ScopedTask, import_id: str) -> None:
    """Safe to run twice: who does not hold the lease does nothing."""
    carry_out(self.city_named(), UUID(import_id))


@shared_task(name="plans.imports.notice", base=ScopedTask, scope=Scope.SHARED)
def notice_imports() -> None:
    """Safe to miss: the next run finds what this one would have found."""
    for city, key in left_alone(Import, list(City.objects.values_list("pk", flat=True))):
        ring(city, key)


@shared_task(name="plans.imports.forget", base=ScopedTask, scope=Scope.SHARED)
def forget_imported_files() -> None:
    forget_files(list(City.objects.values_list("pk", flat=True)))


def ring(city: UUID, import_id: UUID) -> None:
    carry_out_import.apply_async(
        [str(import_id)], headers={HEADER: str(city)}, expires=FRESH_SECONDS, retry=False
    )
