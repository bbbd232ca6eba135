import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from tenants.access.context import Actor, city_context
from tenants.access.tasks import Scope, ScopedTask
from tenants.networks.models import City
from tenants.personal.erase import erase_due

logger = logging.getLogger(__name__)
# Where the day ends last it ends 12 hours after UTC: until then the row is still to be kept.
LAST_MIDNIGHT = timedelta(hours=12)


@shared_task(name="tenants.personal.erase_due", base=ScopedTask, scope=Scope.SHARED)
def erase_what_is_due() -> None:
    """One transaction in each city. Safe to run twice, and to miss a night."""
    today = (timezone.now() - LAST_MIDNIGHT).date()
    for city in City.objects.order_by("id").values_list("pk", flat=True):
        with city_context(city, Actor(role="tenants.personal.erase_due")):
            erasure = erase_due(today)
        if erasure is not None:
            told = {"city": str(city), "rows": erasure.rows, "changes": erasure.changes}
            logger.info("erased what was due", extra={"fields": told})
