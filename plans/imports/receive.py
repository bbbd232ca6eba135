"""Asks for an import: the file is put where every worker can read it, and a worker is rung for."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from rest_framework.exceptions import ErrorDetail, ValidationError

from plans.imports.models import Import, ImportFile
from plans.imports.tasks import ring
from plans.sheets.unpack import directory, is_workbook
from tenants.api.entrance import Entrance
from tenants.api.uploads import digest_of
from tenants.jobs.lease import ring_or_wait

REQUIRED = "A CSV does not say what it holds: name the `thing`."


def ask(entrance: Entrance, file: UploadedFile, **wanted: Any) -> Import:
    """Refuses at once what a glance shows to be wrong; the worker looks closer."""
    if is_workbook(file):
        directory(file)
    elif not wanted["thing"]:
        raise ValidationError({"thing": ErrorDetail(REQUIRED, "required")})
    job = Import.objects.create(
        **wanted,
        language=entrance.language,
        file_name=file.name or "",
        size=file.size or 0,
        sha256=digest_of(file),
        asked_by=entrance.user.pk,
        asked_role=entrance.strongest,
        reason=entrance.reason,
        request_id=entrance.request_id,
    )
    ImportFile.objects.create(import_job=job, content=file.read())
    city = entrance.city
    assert city is not None  # noqa: S101
    transaction.on_commit(lambda: ring_or_wait(ring, city, job.pk))
    return job
