"""Makes the file: everything of a city at one moment, written row by row and kept in pieces.

Without personal data it is read in the role that could not see any.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import IO, Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from plans.exports.formats import FORMATS, About, Contents
from plans.exports.models import Export, ExportPart
from plans.sheets.beside import in_use
from plans.sheets.collections import View, collections, is_personal
from plans.sheets.columns import Column, columns_of, projected
from tenants.access.context import city_context, staff_context
from tenants.access.rights import Can
from tenants.api.batches import batches
from tenants.jobs.lease import SupersededError, Tell, ended, given_back, taken, told
from tenants.networks.models import City

KEPT_FOR = timedelta(hours=24)
ROWS_AT_ONCE = 500
PIECE = 1_048_576


def build(city: UUID, export_id: UUID) -> None:
    """Safe to run twice, and at the same time."""
    job = taken(Export, city, export_id)
    if job is None:
        return
    try:
        with tempfile.NamedTemporaryFile() as file:
            write(job, file.name)
            keep(job, file)
    except SupersededError:
        return
    except Exception as error:
        given_back(job, error)
        raise


def write(job: Export, path: str) -> None:
    city = City.objects.select_related("network").get(pk=job.city_id)
    with snapshot(), reading(job), told(job) as tell:
        contents = counted(city, job, tell)
        about = About(city.network.slug, city.slug, moment(), job.personal)
        FORMATS[job.format].write(path, about, contents)


@contextmanager
def snapshot() -> Iterator[None]:
    """All rows as they are at one moment."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def reading(job: Export) -> AbstractContextManager[None]:
    return city_context(job.city_id, job.actor) if job.personal else staff_context([job.city_id], job.actor)


def moment() -> str:
    with connection.cursor() as cursor:
        cursor.execute("""SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""")
        return str(cursor.fetchone()[0])


def exported(*, personal: bool) -> dict[str, View]:
    """What whoever reads the city may read; what is personal or in confidence only when it is asked for."""
    return {
        name: view
        for name, view in collections().items()
        if view.read_right == Can.READ or (personal and is_personal(view))
    }


def counted(city: City, job: Export, tell: Tell) -> Contents:
    """The rows of each collection in batches, as JSON arrays; tells how far it is."""
    views = exported(personal=job.personal)
    total = sum(view.queryset.model._base_manager.filter(city=city).count() for view in views.values())
    done = 0

    def rows(view: View) -> Iterator[str]:
        nonlocal done
        named = FORMATS[job.format].named
        where = {"city_id": city.pk}
        for batch in batches(projected(view, named=named), view.queryset.model, where, ROWS_AT_ONCE):
            yield batch
            done = min(done + ROWS_AT_ONCE, total)
            tell(done, total)

    return {name: (columns(view, city), rows(view)) for name, view in views.items()}


def columns(view: View, city: City) -> Sequence[Column]:
    return columns_of(view, in_use(view.queryset.model, city.pk))


def keep(job: Export, file: IO[bytes]) -> None:
    """All of it and the end of the job, or nothing."""
    digest, size, number = hashlib.sha256(), 0, 0
    with city_context(job.city_id, job.actor):
        ExportPart.objects.filter(export=job).delete()
        file.seek(0)
        while piece := file.read(PIECE):
            ExportPart.objects.create(export=job, number=number, personal=job.personal, content=piece)
            digest.update(piece)
            size, number = size + len(piece), number + 1
        ended(job, size=size, sha256=digest.hexdigest(), expires_at=Now() + KEPT_FOR, **all_done(job))


def all_done(job: Export) -> dict[str, Any]:
    job.refresh_from_db(fields=["rows_total"])
    return {"rows_done": job.rows_total}
