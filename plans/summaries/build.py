"""Builds a summary and publishes it exactly once, wherever the worker may be killed.

- The row is leased: `take` writes a token and a time; a second message finds nothing to take.
- All cities are read in one REPEATABLE READ transaction, as the role that cannot write, and what is
  written of them is put aside in pieces.
- How far it is, and that it is alive, is told on a connection of its own, seen at once.
- `publish` joins the pieces and writes content, digest and state together, if the token is still the
  one in the row: a worker that was taken for dead and wakes up again publishes nothing.
"""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from plans.summaries.models import Summary, SummaryPiece
from plans.summaries.write import write
from tenants.access.keys import uuid7
from tenants.jobs.lease import put_back, take

logger = logging.getLogger(__name__)


def build(summary_id: UUID) -> None:
    """Safe to run twice, and at the same time."""
    summary = take(Summary.objects.select_related("network", "period"), summary_id, lease())
    if summary is None:
        return
    token = summary.lease_token
    try:
        with telling(summary_id, token) as teller:
            write(summary, teller.take, teller.tell)
        publish(summary_id, token)
    except Exception as error:
        give_back(summary, error)
        raise


def lease() -> timedelta:
    return timedelta(seconds=settings.SUMMARY_LEASE_SECONDS)


class Teller:
    """Tells the others how far the work is, renews the lease, and puts what is written aside.

    The reading transaction cannot be seen from outside: hence a connection beside it.
    """

    def __init__(self, summary_id: UUID, token: UUID, beside: Any) -> None:
        self.mine = {"id": summary_id, "token": token}
        self.beside = beside

    def tell(self, done: int, total: int) -> None:
        self.execute(
            "UPDATE plans_summary SET cities_done = %(done)s, cities_total = %(total)s, "
            "leased_until = now() + %(lease)s "
            "WHERE id = %(id)s AND lease_token = %(token)s AND state = 'running'",
            {"done": done, "total": total, "lease": lease()},
        )

    def take(self, number: int, text: str) -> None:
        self.execute(
            "INSERT INTO plans_summarypiece (id, summary_id, token, number, text) "
            "VALUES (%(piece)s, %(id)s, %(token)s, %(number)s, %(text)s)",
            {"piece": uuid7(), "number": number, "text": text},
        )

    def execute(self, sql: str, params: dict[str, Any]) -> None:
        with self.beside.cursor() as cursor:
            cursor.execute(sql, {**self.mine, **params})


@contextmanager
def telling(summary_id: UUID, token: UUID) -> Iterator[Teller]:
    with closing(connection.copy()) as beside:
        yield Teller(summary_id, token, beside)


# The pieces become one text in the database: a worker's memory does not grow with the cities.
PUBLISH = """
    UPDATE plans_summary s SET state = 'published', content = written.text,
        sha256 = encode(sha256(convert_to(written.text, 'UTF8')), 'hex'),
        published_at = now(), lease_token = NULL, leased_until = NULL, problem = ''
    FROM (
        SELECT string_agg(text, '' ORDER BY number) AS text FROM plans_summarypiece
        WHERE summary_id = %(id)s AND token = %(token)s
    ) AS written
    WHERE s.id = %(id)s AND s.lease_token = %(token)s AND s.state = 'running'"""


@transaction.atomic
def publish(summary_id: UUID, token: UUID) -> bool:
    """False when somebody else has taken over; then nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLISH, {"id": summary_id, "token": token})
        published = bool(cursor.rowcount)
    mine = {} if published else {"token": token}
    SummaryPiece.objects.filter(summary=summary_id, **mine).delete()
    return published


def give_back(summary: Summary, error: Exception) -> None:
    logger.warning("summary", extra={"fields": {"summary": str(summary.pk), "attempt": summary.attempts}})
    put_back(summary, problem=type(error).__name__)
    SummaryPiece.objects.filter(summary=summary.pk, token=str(summary.lease_token)).delete()
