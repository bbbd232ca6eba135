"""Files in and out: what a view that takes a file declares, and how one leaves."""

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Any, ClassVar

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import parsers
from rest_framework.exceptions import APIException, ParseError

from tenants.api.entered import EnteredView
from tenants.api.limits import refuse_text_no_database_takes

# What a form may weigh around its file.
AROUND = 16_384


class Form(parsers.MultiPartParser):
    """multipart/form-data: each part once, the file in a temporary file, the rest short."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        request = parser_context["request"]._request
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
        try:
            parsed = super().parse(
                stream, media_type, {**parser_context, "encoding": settings.DEFAULT_CHARSET}
            )
        except SuspiciousOperation as error:  # too many parts, or too much of one
            raise ParseError(_("The form cannot be read.")) from error
        parts = [*parsed.data.lists(), *parsed.files.lists()]
        if any(len(values) > 1 for _name, values in parts) or len(dict(parts)) != len(parts):
            raise ParseError(_("A part of the form stands twice."))
        refuse_text_no_database_takes(list(parsed.data.lists()))
        return {name: values[0] for name, values in parts}


class TakesAFile(EnteredView):
    """A view whose POST is a form with a file of at most `max_file` bytes.

    The form is received before the transaction opens: a slow client keeps no city waiting.
    """

    parser_classes = (Form,)
    max_file: ClassVar[int]
    unreadable: APIException | None = None

    @property
    def max_body(self) -> int:
        return self.max_file + AROUND

    def inside(self, request: Any) -> Any:
        if request.method == "POST":
            try:
                _received = request.data
            except APIException as error:
                # First who is asking; then what is wrong.
                self.unreadable = error
        return super().inside(request)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.unreadable:
            raise self.unreadable

    def brought(self, request: Any) -> Iterator[bytes]:
        """The parts, not the bytes between them: those are new whenever the form is sent again."""
        for name, value in sorted(request.data.items()):
            if isinstance(value, UploadedFile):
                yield f"{name}={value.name}={digest_of(value)}\n".encode()
            else:
                yield f"{name}={value}\n".encode()


def digest_of(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def passing(suffix: str = "") -> Any:
    """A file to write an answer into; it is gone when it is closed, with the answer."""
    return tempfile.NamedTemporaryFile(suffix=suffix)


def attachment(file: IO[bytes], name: str, media_type: str, *, tag: str = "") -> FileResponse:
    """A file that is all there: it leaves after the context has ended, and touches no row any more."""
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if tag:
        response.headers["ETag"] = tag
    return response
