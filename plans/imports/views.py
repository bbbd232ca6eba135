from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.imports.marked import write_marked
from plans.imports.models import Import, ImportFile
from plans.imports.receive import ask
from plans.imports.serializers import AskImportSerializer, ImportErrorsSerializer, ImportSerializer
from plans.sheets.collections import importable
from plans.sheets.template import fillable, offered, write_template
from plans.sheets.unpack import MAX_BYTES
from plans.sheets.write import CSV, XLSX, csv_lines
from tenants.access.rights import Can
from tenants.api.deeds import Need
from tenants.api.filters import RowFilter
from tenants.api.refusals import bad_parameter
from tenants.api.rows import RowViewSet
from tenants.api.uploads import TakesAFile, attachment, passing
from tenants.api.views import CityRows
from tenants.jobs.models import JobState


class ImportFilter(RowFilter):
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices)
    thing = django_filters.CharFilter()
    dry_run = django_filters.BooleanFilter()

    class Meta:
        model = Import
        fields: ClassVar[list[str]] = []


FORMATS = {"xlsx": XLSX, "csv": CSV}
FILE = {(200, media_type): OpenApiTypes.BINARY for media_type in FORMATS.values()}
CHOICE = [
    OpenApiParameter("thing", str, description="Of one collection, such as `actions`; a CSV needs it."),
    OpenApiParameter("format", str, enum=sorted(FORMATS), description="`xlsx` when left out."),
]


class ImportViewSet(TakesAFile, CityRows, RowViewSet):
    """Files that a city brings in."""

    queryset = Import.objects.all()
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    search_fields = ("file_name",)
    ordering_fields = ("created_at", "finished_at")
    default_ordering = "-created_at"
    read_right = Can.WRITE
    max_file = MAX_BYTES
    # A job tells how far it is, and no clock counts that.
    counted = False

    @property
    def needs(self) -> Mapping[str, Need]:
        own = dict.fromkeys(("create", "template", "errors", "marked"), Can.WRITE)
        return {**super().needs, **own}

    def query_parameters(self) -> tuple[str, ...]:
        asked = ("thing", "format") if self.action == "template" else ()
        return (*super().query_parameters(), *asked)

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """Who asks for a workbook by its media type gets one, though problems are JSON."""
        return super().perform_content_negotiation(request, force or self.action in ("template", "marked"))

    @extend_schema(request={"multipart/form-data": AskImportSerializer}, responses={202: ImportSerializer})
    def create(self, request: Any, **path: Any) -> Response:
        """Bring in a file, all of it or nothing; watch the row of the import for progress and result."""
        return self.made_known(ask(self.entrance, **self.said(AskImportSerializer)), 202)

    @extend_schema(parameters=CHOICE, responses=FILE, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def template(self, request: Any, **path: Any) -> Any:
        """An empty file to fill in, with notes, choices, and the city's own codes and names; with columns
        for texts in the language of `Accept-Language` too."""
        thing, file_format = request.query_params.get("thing"), request.query_params.get("format", "xlsx")
        if thing is not None and thing not in importable():
            known = _("Known here: %(names)s.") % {"names": ", ".join(importable())}
            raise bad_parameter("thing", "unknown_name", known)
        if file_format not in FORMATS or (file_format == "csv" and thing is None):
            raise bad_parameter("format", "invalid_choice", _("xlsx; or csv, for one thing."))
        views = {name: view for name, view in importable().items() if thing in (None, name)}
        file = passing(f".{file_format}")
        names, beside = offered(self.entrance, list(views.values()))
        if file_format == "xlsx":
            write_template(file.name, views, names, beside)
        else:
            csv_lines([[column.name for column in fillable(views[thing], beside)]], file)
        return attachment(file, f"{thing or self.kwargs['city']}.{file_format}", FORMATS[file_format])

    @extend_schema(responses=ImportErrorsSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def errors(self, request: Any, **path: Any) -> Response:
        """What was wrong, cell by cell; kept for a day."""
        brought = self.brought_file()
        return Response({"found": brought.import_job.errors_found, "errors": brought.errors})

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def marked(self, request: Any, **path: Any) -> Any:
        """The same file as a workbook, with the bad cells coloured; kept for a day."""
        brought = self.brought_file()
        job = brought.import_job
        if not job.is_over:
            raise Http404
        file = passing(".xlsx")
        write_marked(job, brought, file.name)
        return attachment(file, f"{job.file_name.rpartition('.')[0] or 'import'}-marked.xlsx", XLSX)

    def brought_file(self) -> ImportFile:
        found = ImportFile.objects.filter(import_job=self.kwargs["id"], city=self.entrance.city)
        brought = found.select_related("import_job").first()
        if brought is None:
            raise Http404
        return brought
