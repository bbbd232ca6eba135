from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.db import models, transaction
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.exports.formats import FORMATS
from plans.exports.models import Export
from plans.exports.serializers import AskExportSerializer, ExportSerializer
from plans.exports.tasks import ring
from tenants.access.rights import Can
from tenants.api import conditional
from tenants.api.deeds import Need
from tenants.api.filters import RowFilter
from tenants.api.rows import RowViewSet
from tenants.api.uploads import attachment, passing
from tenants.api.views import CityRows
from tenants.jobs.lease import ring_or_wait
from tenants.jobs.models import JobState


class ExportFilter(RowFilter):
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices)

    class Meta:
        model = Export
        fields: ClassVar[list[str]] = []


FILES = {(200, one.media_type): OpenApiTypes.BINARY for one in FORMATS.values()}


class ExportViewSet(CityRows, RowViewSet):
    """All that a city has, as one file, kept for a day."""

    queryset = Export.objects.all()
    serializer_class = ExportSerializer
    filterset_class = ExportFilter
    ordering_fields = ("created_at", "finished_at")
    default_ordering = "-created_at"
    # A job tells how far it is, and no clock counts that.
    counted = False

    @property
    def needs(self) -> Mapping[str, Need]:
        return {**super().needs, "create": Can.READ, "file": Can.READ}

    def rows(self) -> models.QuerySet[Any]:
        return super().rows().filter(**self.seen())

    def place(self) -> dict[str, Any]:
        return {**super().place(), **self.seen()}

    def seen(self) -> dict[str, Any]:
        """One with personal data is not there for who may not read any."""
        return {} if Can.READ_PERSONAL in self.entrance.rights else {"personal": False}

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """Who asks for a file by its media type gets one, though problems are JSON."""
        return super().perform_content_negotiation(request, force or self.action == "file")

    @extend_schema(request=AskExportSerializer, responses={202: ExportSerializer})
    def create(self, request: Any, **path: Any) -> Response:
        """Ask for a file of everything; watch its row, then fetch the file."""
        wanted = self.said(AskExportSerializer)
        if wanted["personal"] and Can.READ_PERSONAL not in self.entrance.rights:
            raise exceptions.PermissionDenied
        asked = {"asked_by": self.entrance.user.pk, "asked_role": self.entrance.strongest}
        told = {"reason": self.entrance.reason, "request_id": self.entrance.request_id}
        row = Export.objects.create(**wanted, **asked, **told)
        city = self.entrance.city
        transaction.on_commit(lambda: ring_or_wait(ring, city, row.pk))  # type: ignore[arg-type]
        return self.made_known(row, 202)

    @extend_schema(responses=FILES)
    @action(detail=True, methods=["get"])
    def file(self, request: Any, **path: Any) -> Any:
        """The file; its SHA-256 is `sha256` of the export."""
        job = self.get_object()
        if job.state != JobState.DONE:
            raise Http404
        if held := conditional.if_shown(request, job.sha256):
            return held
        form = FORMATS[job.format]
        file = passing()
        for piece in job.parts.order_by("number").values_list("content", flat=True).iterator(chunk_size=1):
            file.write(piece)
        name = f"{self.kwargs['city']}-{job.finished_at:%Y-%m-%d}.{form.extension}"
        return attachment(file, name, form.media_type, tag=f'"{job.sha256}"')
