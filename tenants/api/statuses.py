"""The statuses of the contract that are problems, in words and with an example of each."""

from http import HTTPStatus
from typing import Any

DESCRIBED = {
    "400": "The request is malformed or a value is invalid.",
    "401": "No token, or one that is unknown, expired or revoked.",
    "403": "You may see this, but not do this.",
    "404": "There is no such thing, or not for you.",
    "409": "A rule of the domain, or a request that is still running.",
    "411": "The length of the body is missing.",
    "412": "The row has changed since it was read.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The Idempotency-Key was used for another request.",
    "428": "If-Match is missing.",
    "503": "The database is away for a moment.",
}
# One code of each, for the examples.
CODES = {
    "400": "validation_failed",
    "401": "invalid_token",
    "403": "permission_denied",
    "404": "not_found",
    "409": "rule_broken",
    "411": "length_required",
    "412": "precondition_failed",
    "413": "payload_too_large",
    "415": "unsupported_media_type",
    "422": "idempotency_key_reused",
    "428": "precondition_required",
    "503": "database_unavailable",
}


def example(status: str) -> dict[str, Any]:
    problem = {
        "type": f"urn:iap:problem:{CODES[status]}",
        "title": HTTPStatus(int(status)).phrase,
        "status": int(status),
        "code": CODES[status],
        "detail": DESCRIBED[status],
        "instance": "/api/v1/networks/interactive-cities/cities/genoa/actions/",
        "request_id": "0192d1c0-7a3e-7d50-9c3b-3f1a5e0c9a11",
    }
    if status != "400":
        return problem
    wrong = {
        "pointer": "/ends_on",
        "code": "ends_before_start",
        "detail": "An action cannot end before it starts.",
    }
    return {**problem, "detail": "The body has errors.", "errors": [wrong]}
