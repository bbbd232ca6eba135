"""Errors as RFC 9457 says: `application/problem+json`, with a stable code and the field."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as RuleBroken
from django.db import DataError, Error, IntegrityError, InterfaceError, OperationalError, models
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler

from tenants.access.between import BetweenCities
from tenants.access.walls import Wall
from tenants.api.refusals import Refused

MEDIA_TYPE = "application/problem+json"
NOT_NULL = "23502"
FOREIGN_KEY, RESTRICTED = "23503", "23001"
TRY_AGAIN = {"40001", "40P01", "55P03"}
NO_TOKEN = _("Send a token: sign in at /api/docs/ and make one by POST /api/v1/me/tokens/.")


class FieldProblem(serializers.Serializer):
    """One thing that is wrong, and where."""

    pointer = serializers.CharField(required=False, help_text="JSON Pointer (RFC 6901) into the body.")
    parameter = serializers.CharField(required=False, help_text="Name of the query parameter.")
    header = serializers.CharField(required=False, help_text="Name of the header.")
    code = serializers.CharField(help_text="Stable: programs may rely on it.")
    detail = serializers.CharField(help_text="A sentence for a person, in the language asked for.")


class Problem(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField(help_text="A URN that ends in the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable: programs may rely on it.")
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The path of the request.")
    request_id = serializers.CharField(help_text="Name it when you ask for help.")
    errors = FieldProblem(many=True, required=False)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. What it does not know stays a 500."""
    known = translated(error, deleting=getattr(context.get("view"), "action", "") == "destroy")
    response = drf_handler(known, context) if known else None
    if response is None or known is None:
        return None
    response.data = body(known, context["request"])
    response.content_type = MEDIA_TYPE
    return response


def translated(error: Exception, *, deleting: bool = False) -> exceptions.APIException | None:
    match error:
        case exceptions.NotAuthenticated():
            error.detail = exceptions.ErrorDetail(NO_TOKEN, error.default_code)
            return error
        case exceptions.APIException():
            return error
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case RuleBroken():
            return Refused(409, error.error_list[0].code or "rule_broken", " ".join(error.messages))
        case IntegrityError():
            return of_constraint(error, deleting=deleting)
        case DataError():
            return Refused(400, "invalid_value", _("A value is outside of what can be stored."))
        case OperationalError() | InterfaceError():
            return unavailable(error)
    return None


def unavailable(error: Error) -> Refused:
    again = getattr(error.__cause__, "sqlstate", None) in TRY_AGAIN
    code = "try_again" if again else "database_unavailable"
    refused = Refused(503, code, _("The database could not answer. Nothing was changed; try again."))
    refused.wait = 1 if again else 5  # DRF turns it into Retry-After
    return refused


def of_constraint(error: IntegrityError, *, deleting: bool = False) -> exceptions.APIException | None:
    """The database is the last word; the constraint's name gives the word its field."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None:
        return None
    if deleting and diagnosis.sqlstate in (FOREIGN_KEY, RESTRICTED):
        return Refused(409, "in_use", _("Other rows refer to this one."))
    if diagnosis.sqlstate == NOT_NULL:
        return field_errors(
            {diagnosis.column_name.removesuffix("_id"): (_("This field is required."), "required")}
        )
    model, constraint = constraints().get(diagnosis.constraint_name or "", (None, None))
    if model is None or constraint is None:
        return None
    code = constraint.violation_error_code or default_code(constraint)
    message = constraint.get_violation_error_message()
    if isinstance(constraint, Wall) and constraint.violation_status != 400:
        return Refused(constraint.violation_status, code, message)
    return field_errors(dict.fromkeys(fields_of(model, constraint), (message, code)) or {"": (message, code)})


def field_errors(problems: dict[str, tuple[Any, str]]) -> exceptions.ValidationError:
    return exceptions.ValidationError(
        {
            name or "non_field_errors": [exceptions.ErrorDetail(text, code)]
            for name, (text, code) in problems.items()
        }
    )


@cache
def constraints() -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    return {c.name: (model, c) for model in apps.get_models() for c in model._meta.constraints}


def default_code(constraint: models.BaseConstraint) -> str:
    return "already_exists" if isinstance(constraint, models.UniqueConstraint) else "rule_broken"


def fields_of(model: type[models.Model], constraint: models.BaseConstraint) -> list[str]:
    """What a person can change: the city is in the path."""
    if isinstance(constraint, Wall) and (field := getattr(constraint, "field", "")):
        return [as_written(model, field)]
    if hasattr(model, "written_in"):
        return [model.written_in]
    if isinstance(constraint, BetweenCities):
        return [constraint.other]
    if isinstance(constraint, models.UniqueConstraint):
        named = list(constraint.fields)
    else:
        named = sorted(getattr(constraint, "condition", models.Q()).referenced_base_fields)
    return [name for name in named if name not in {"id", "city", "network"}]


def as_written(model: type[models.Model], field: str) -> str:
    """A row of a through table is written as an item of a list, under the name of the list."""
    if hasattr(model, "written_in"):
        return str(model.written_in)
    for owner in apps.get_models():
        for link in owner._meta.local_many_to_many:
            if link.remote_field.through is model and link.m2m_reverse_field_name() == field:
                return link.name
    return field


def body(error: exceptions.APIException, request: Any) -> dict[str, Any]:
    errors = getattr(error, "errors", None)
    if isinstance(error, exceptions.ValidationError):
        errors = list(flattened(error.detail))
        return shape(error.status_code, "validation_failed", _("The body has errors."), request, errors)
    code = getattr(error.detail, "code", error.default_code)
    return shape(error.status_code, STABLE.get(code, code), error.detail, request, errors)


STABLE = {"parse_error": "malformed", "error": "server_error", "authentication_failed": "invalid_token"}


def shape(
    status: int, code: str, detail: Any, request: HttpRequest, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    problem = {
        "type": f"urn:iap:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": str(detail),
        "instance": request.path,
        "request_id": getattr(request, "request_id", ""),
    }
    return problem | ({"errors": errors} if errors else {})


def flattened(detail: Any, at: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested errors as a flat list with JSON pointers."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            escaped = str(key).replace("~", "~0").replace("/", "~1")
            yield from flattened(value, at if key == "non_field_errors" else f"{at}/{escaped}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from flattened(value, f"{at}/{index}" if isinstance(value, dict | list) else at)
    else:
        yield {"pointer": at, "code": getattr(detail, "code", "invalid") or "invalid", "detail": str(detail)}


def plain(request: HttpRequest, status: int, code: str, detail: Any) -> JsonResponse:
    """From outside of DRF, spelt as from inside."""
    return JsonResponse(
        shape(status, code, detail, request),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"separators": (",", ":"), "ensure_ascii": False},
        headers={"Cache-Control": "private, no-cache"},
    )


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's handler404: the same body as for a row that is not visible."""
    return plain(request, 404, "not_found", exceptions.NotFound.default_detail)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain(request, 400, "malformed", _("The request cannot be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain(request, 403, "permission_denied", exceptions.PermissionDenied.default_detail)


def server_error(request: HttpRequest) -> JsonResponse:
    return plain(request, 500, "server_error", exceptions.APIException.default_detail)
