from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from tenants.access.context import Actor, city_context
from tenants.access.tasks import Scope, ScopedTask
from tenants.api.models import CityReply, Reply
from tenants.networks.models import City

KEPT_FOR = timedelta(hours=24)


@shared_task(name="tenants.networks.forget_replies", base=ScopedTask, scope=Scope.SHARED)
def forget_replies() -> None:
    """Kept answers are of use for a day."""
    old = timezone.now() - KEPT_FOR
    Reply.objects.filter(created_at__lt=old).delete()
    for city in City.objects.values_list("pk", flat=True):
        with city_context(city, Actor(role="tenants.networks.forget_replies")):
            CityReply.objects.filter(created_at__lt=old).delete()
