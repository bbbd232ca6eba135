"""The row of an import, the question for one, and what was wrong."""

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from plans.imports.models import Import
from plans.sheets.collections import importable
from plans.sheets.read import Encoding
from plans.sheets.unpack import MAX_BYTES, MEBIBYTE
from tenants.api.addresses import path_of
from tenants.api.serializers import CITY_HEAD, TAIL, BodySerializer, CitySerializer

WRONG = Q(errors_found__gt=0, has_file=True)


class ImportSerializer(CitySerializer):
    """State, progress and result of an import; its errors and its file have addresses of their own."""

    errors_url = serializers.CharField(
        read_only=True, allow_null=True, help_text="Path of the errors, cell by cell, while they are kept."
    )
    marked_url = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text="Path of the file with the bad cells coloured, while it is kept.",
    )

    class Meta:
        model = Import
        fields = (
            *CITY_HEAD,
            "thing",
            "mode",
            "dry_run",
            "encoding",
            "file_name",
            "size",
            "sha256",
            "state",
            "rows_done",
            "rows_total",
            "made",
            "changed",
            "corrected",
            "unchanged",
            "errors_found",
            "errors_url",
            "marked_url",
            "has_file",
            "problem",
            "problem_detail",
            "finished_at",
            "attempts",
            "asked_by",
            "asked_role",
            "reason",
            *TAIL,
        )
        read_only_fields: ClassVar = fields
        annotations: ClassVar = {
            "errors_url": path_of("city-imports-errors", WRONG),
            "marked_url": path_of("city-imports-marked", WRONG),
        }


class AskImportSerializer(BodySerializer):
    """A file, and what shall be done with it."""

    file = serializers.FileField(
        max_length=200,
        allow_empty_file=True,
        help_text=f"An .xlsx workbook or a CSV, of at most {MAX_BYTES // MEBIBYTE} MiB.",
    )
    thing = serializers.CharField(
        required=False,
        default="",
        help_text="What the file holds, such as `actions`. A CSV needs it; the sheets of a workbook are "
        "named so. `imports/template/` tells what can be imported.",
    )
    mode = serializers.ChoiceField(choices=Import.Mode.choices, default=Import.Mode.CREATE_OR_UPDATE)
    dry_run = serializers.BooleanField(default=False, help_text="Try everything and keep nothing.")
    encoding = serializers.ChoiceField(
        choices=Encoding.choices,
        default=Encoding.UTF_8,
        help_text="Of a CSV that is neither UTF-8 nor marked as UTF-16. It is never guessed.",
    )

    def validate_thing(self, thing: str) -> str:
        if thing and thing not in importable():
            raise serializers.ValidationError(
                _("Known here: %(names)s.") % {"names": ", ".join(importable())}, "invalid_choice"
            )
        return thing

    def validate_file(self, file: Any) -> Any:
        if file.size > MAX_BYTES:
            raise serializers.ValidationError(
                _("At most %(max)d MiB.") % {"max": MAX_BYTES // MEBIBYTE}, "too_long"
            )
        return file


class CellProblem(serializers.Serializer):
    """One thing that is wrong, and in which cell."""

    sheet = serializers.CharField()
    row = serializers.IntegerField(help_text="From 1, the heading included, as a spreadsheet counts.")
    column = serializers.CharField(help_text="Its heading; empty when it is about the whole row.")
    cell = serializers.CharField(allow_null=True, help_text="As a spreadsheet names it, such as C7.")
    code = serializers.CharField(help_text="Stable: programs may rely on it.")
    detail = serializers.CharField(help_text="A sentence for a person.")


class ImportErrorsSerializer(serializers.Serializer):
    found = serializers.IntegerField(help_text="All of them.")
    errors = CellProblem(many=True, help_text="The first thousand.")
