from celery import shared_task
from django.utils import timezone

from plans.figures import keep
from tenants.access.tasks import Scope, ScopedTask


@shared_task(name=keep.ROLE, base=ScopedTask, scope=Scope.SHARED)
def refresh_figures() -> None:
    """Safe to miss: a report counts what is stale, and the next look keeps it."""
    keep.refresh(timezone.now().date())
