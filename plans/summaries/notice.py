"""Notices that a period of a network has ended, and rings for every summary nobody works on."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from plans.summaries.models import Summary
from tenants.api.refusals import Refused
from tenants.jobs.lease import ring_or_wait
from tenants.networks.models import Period

Ring = Callable[[UUID], None]


def notice(today: date, ring: Ring) -> None:
    """A row for every ended period that has none, and a bell for every row that waits.

    A day, a message or a worker that was lost loses nothing: the next call finds what is left.
    """
    due = Period.objects.ended(today).filter(summaries__isnull=True)
    Summary.objects.bulk_create(
        (Summary(network_id=period.network_id, period=period) for period in due), ignore_conflicts=True
    )
    for key in Summary.objects.to_ring_for(timezone.now()).order_by("id").values_list("pk", flat=True):
        ring(key)


def ask(network: UUID, period: UUID, reason: str, today: date, ring: Ring) -> Summary:
    """By hand: the one that is being made, a first one, or with a reason the next revision."""
    row = period_of(network, period)
    if row.ends_on >= today:
        raise Refused(409, "period_not_ended", _("The period %(code)s has not ended.") % {"code": row.code})
    at_work = Summary.objects.unfinished().filter(period=row).first()
    summary = at_work or next_revision(row, reason)
    transaction.on_commit(lambda: ring_or_wait(ring, summary.pk))
    return summary


def period_of(network: UUID, period: UUID) -> Period:
    """Locked, so that two who ask at once make one revision."""
    row = Period.objects.select_for_update().filter(network=network, pk=period).first()
    if row is None:
        raise ValidationError({"period": ErrorDetail(_("There is no such row."), "does_not_exist")})
    return row


def next_revision(period: Period, reason: str) -> Summary:
    last = Summary.objects.filter(period=period).order_by("-revision").first()
    if last is not None and last.state == Summary.State.PUBLISHED and not reason:
        raise Refused(
            409,
            "summary_published",
            _("This period has its summary. Give a reason to publish a new revision."),
        )
    return Summary.objects.create(
        network_id=period.network_id, period=period, revision=last.revision + 1 if last else 1, reason=reason
    )
