"""What an action waits for, as expressions for every reader."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from plans.actions.dependencies.models import Dependency
from plans.actions.models import Action
from tenants.api.readpath import Array


def of_action() -> QuerySet[Dependency]:
    return Dependency.objects.filter(action=OuterRef("pk")).order_by("depends_on")


def unmet() -> QuerySet[Dependency]:
    """One that was cancelled, or replaced, is waited for until the dependency is taken out."""
    return of_action().exclude(depends_on__status=Action.Status.COMPLETED)


def depends_on() -> Array:
    return Array(of_action().values("depends_on"))


def waits_for() -> Array:
    """Those that are not completed."""
    return Array(unmet().values("depends_on"))


def blocked() -> Q:
    """Open, and it waits for another."""
    return Q(Exists(unmet()), status__in=Action.OPEN, replaced_by__isnull=True)
