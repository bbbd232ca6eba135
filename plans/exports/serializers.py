from typing import ClassVar

from django.db.models import Q
from rest_framework import serializers

from plans.exports.models import Export
from tenants.api.addresses import path_of
from tenants.api.serializers import CITY_HEAD, TAIL, BodySerializer, CitySerializer
from tenants.jobs.models import JobState


class ExportSerializer(CitySerializer):
    """State and progress of an export; its file has an address of its own."""

    file_url = serializers.CharField(
        read_only=True, allow_null=True, help_text="Path of the file, once it is there."
    )

    class Meta:
        model = Export
        fields = (
            *CITY_HEAD,
            "format",
            "personal",
            "state",
            "rows_done",
            "rows_total",
            "size",
            "sha256",
            "file_url",
            "problem",
            "problem_detail",
            "finished_at",
            "expires_at",
            "attempts",
            "asked_by",
            "asked_role",
            *TAIL,
        )
        read_only_fields: ClassVar = fields
        annotations: ClassVar = {"file_url": path_of("city-exports-file", Q(state=JobState.DONE))}


class AskExportSerializer(BodySerializer):
    format = serializers.ChoiceField(
        choices=Export.Format.choices,
        help_text="A workbook, tables of text in a zip, or one JSON document.",
    )
    personal = serializers.BooleanField(
        default=False, help_text="With personal data, for those who may read it."
    )
