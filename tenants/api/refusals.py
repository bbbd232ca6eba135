"""Saying no, with a code of our own."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions


class Refused(exceptions.APIException):
    """Any status with a code of our own."""

    def __init__(
        self, status: int, code: str, detail: Any, *, errors: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(detail, code)
        self.status_code, self.errors = status, errors


def bad_parameter(name: str, code: str, detail: Any) -> Refused:
    return Refused(
        400,
        "invalid_parameter",
        _("The query parameter %(name)s cannot be used.") % {"name": name},
        errors=[{"parameter": name, "code": code, "detail": str(detail)}],
    )


def bad_header(status: int, name: str, code: str, detail: Any) -> Refused:
    return Refused(status, code, detail, errors=[{"header": name, "code": code, "detail": str(detail)}])
