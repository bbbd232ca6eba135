"""Who works on a job: one at a time, until it is done or not heard of.

- `taken` writes a token and a time into the row; a second message finds nothing to take.
- A `Teller` says how far it is, and that it is alive, on a connection beside the one that works.
- `ended` writes the result, in the transaction of the work, if the token is still the one in the row:
  a worker that was taken for dead and wakes up again changes nothing.
- `given_back` leaves the job to another attempt, a little later each time.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError

from tenants.access.context import beside, city_context, staff_context
from tenants.jobs.models import Job, JobState, Leased, LeasedQuerySet

MAX_ATTEMPTS = 8
TELL_SECONDS = 1.0
logger = logging.getLogger(__name__)
Tell = Callable[[int, int], None]


class SupersededError(Exception):
    """Somebody else has taken the job over: what was done here is rolled back."""


def taken(model: type[Job], city: UUID, pk: UUID) -> Any:
    """The job with a token of our own; None when there is nothing to do."""
    with city_context(city):
        return take(model.objects.all(), pk, lease())


def take(rows: LeasedQuerySet, pk: UUID, lasts: timedelta) -> Any:
    token = uuid4()
    rows.to_ring_for(timezone.now()).filter(pk=pk).update(
        state=JobState.RUNNING, attempts=F("attempts") + 1, lease_token=token, leased_until=Now() + lasts
    )
    return rows.filter(pk=pk, lease_token=token).first()


def lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


@contextmanager
def told(job: Job) -> Iterator[Tell]:
    """Within a context: tells at most once a second, and the last time always."""
    sql = (
        f'UPDATE "{job._meta.db_table}" SET rows_done = %s, rows_total = %s, leased_until = now() + %s '
        "WHERE id = %s AND lease_token = %s AND state = 'running'"
    )
    last = 0.0
    with beside(job.city_id) as at_once:

        def tell(done: int, total: int) -> None:
            nonlocal last
            if done == total or time.monotonic() - last > TELL_SECONDS:
                at_once(sql, [done, total, lease(), job.pk, job.lease_token])
                last = time.monotonic()

        yield tell


def ended(job: Job, **result: Any) -> None:
    """Within a context: the job is over; or SupersededError."""
    over = {"lease_token": None, "leased_until": None, "finished_at": Now()}
    if not mine(job).update(
        **{"state": JobState.DONE, "problem": "", "problem_detail": "", **over, **result}
    ):
        raise SupersededError(str(job.pk))


def mine(job: Leased) -> LeasedQuerySet:
    """The row, unless it has been taken over."""
    rows: LeasedQuerySet = type(job).objects.all()
    return rows.filter(pk=job.pk, lease_token=job.lease_token, state=JobState.RUNNING)


def given_back(job: Job, error: Exception) -> None:
    """For another attempt; after the last the row says that it failed."""
    over = tried_enough(job)
    told_as = {"job": str(job.pk), "attempt": job.attempts, "error": type(error).__name__}
    logger.warning("job", extra={"fields": told_as})
    with city_context(job.city_id):
        put_back(
            job,
            problem=FAILED if over else "",
            problem_detail=type(error).__name__ if over else "",
            finished_at=Now() if over else None,
        )


def put_back(job: Leased, **told: Any) -> None:
    """A little later each time."""
    over = tried_enough(job)
    mine(job).update(
        state=JobState.FAILED if over else JobState.WAITING,
        lease_token=None,
        leased_until=None if over else Now() + timedelta(seconds=2**job.attempts),
        **told,
    )


def tried_enough(job: Leased) -> bool:
    return job.attempts >= MAX_ATTEMPTS


FAILED = "tried_in_vain"


def left_alone(model: type[Job], cities: list[UUID]) -> list[tuple[UUID, UUID]]:
    """City and key of every job that nobody works on."""
    with staff_context(cities):
        return list(model.objects.to_ring_for(timezone.now()).order_by("id").values_list("city_id", "pk"))


def ring_or_wait(ring: Callable[..., None], *key: UUID) -> None:
    """Without a broker the row waits for the next look."""
    try:
        ring(*key)
    except (OperationalError, OSError):
        logger.warning("no broker", extra={"fields": {"job": str(key[-1])}})
