from uuid import UUID

from celery import shared_task
from django.utils import timezone

from plans.summaries import build, notice
from tenants.access.tasks import Scope, ScopedTask

# A message that waited longer is of no use: the next notice rings again.
FRESH_SECONDS = 30


@shared_task(name="plans.summaries.build", base=ScopedTask, scope=Scope.SHARED)
def build_summary(summary_id: str) -> None:
    """Safe to run twice: the content is rebuilt whole, and published once."""
    build.build(UUID(summary_id))


@shared_task(name="plans.summaries.notice", base=ScopedTask, scope=Scope.SHARED)
def notice_ended_periods() -> None:
    """Safe to miss: the next run finds what this one would have found."""
    notice.notice(timezone.now().date(), ring)


def ring(summary_id: UUID) -> None:
    build_summary.apply_async([str(summary_id)], expires=FRESH_SECONDS, retry=False)
