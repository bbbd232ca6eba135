"""`ETag`, `If-Match` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1).

The tag of a row is `"<row_version>-<digest of what is shown>"`. A read compares the whole of it. A
write compares only the version: a change overtakes another change, not the passing of a day.
"""

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from tenants.api.refusals import Refused, bad_header


def tag(body: bytes, version: int | None = None) -> str:
    shown = hashlib.blake2b(body, digest_size=9).hexdigest()
    return f'"{version}-{shown}"' if version is not None else f'"{shown}"'


def unless_known(request: Any, response: Response) -> Response:
    """304 without a body for a client that has this representation."""
    if request.method in ("GET", "HEAD") and "ETag" in response.headers:
        known = [
            item.strip().removeprefix("W/") for item in request.headers.get("If-None-Match", "").split(",")
        ]
        if response.headers["ETag"] in known or known == ["*"]:
            return Response(status=304, headers={"ETag": response.headers["ETag"]})
    return response


def require_match(request: Any, version: int) -> None:
    """The client has seen the row as it is; otherwise nothing is written."""
    header = request.headers.get("If-Match")
    if header is None:
        raise bad_header(428, "If-Match", "precondition_required", _("Send the ETag of the row as If-Match."))
    if header.strip() != "*" and not any(names(item, version) for item in header.split(",")):
        raise bad_header(
            412, "If-Match", "precondition_failed", _("The row has changed since. Read it again.")
        )


def names(item: str, version: int) -> bool:
    """Weak tags never match for writing."""
    item = item.strip()
    return item.startswith('"') and item.endswith('"') and item[1:-1].split("-")[0] == str(version)


def require_version(version: int | None, expected: int) -> None:
    """The same for an item of a bulk request."""
    if version is not None and version != expected:
        raise Refused(412, "precondition_failed", _("The row has changed since. Read it again."))
