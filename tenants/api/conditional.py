"""`ETag`, `If-Match` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13.1).

The tag of a row is `"<row_version>-<what is shown>"`. A read compares the whole of it. A write
compares only the version: a change overtakes another change, not the passing of a day.

What is shown is told by the clocks that the entrance has read, so that a client that has it is
answered before a row is looked at. Where no clock counts, it is a digest of the body.
"""

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from tenants.api.refusals import Refused, bad_header


def digest(*parts: bytes) -> str:
    shown = hashlib.blake2b(digest_size=9)
    for part in parts:
        shown.update(len(part).to_bytes(8) + part)
    return shown.hexdigest()


def tag(shown: str, version: int | None = None) -> str:
    return f'"{version}-{shown}"' if version is not None else f'"{shown}"'


def known_tags(request: Any) -> list[str]:
    """Those that the client holds, compared weakly, as a read does."""
    if request.method not in ("GET", "HEAD"):
        return []
    held = request.META.get("HTTP_IF_NONE_MATCH", "").split(",")
    return [item.strip().removeprefix("W/") for item in held if item.strip()]


def if_shown(request: Any, shown: str) -> Response | None:
    """304 for a client that holds a tag of what would be shown now, of whatever version of the row."""
    held = next((t for t in known_tags(request) if t.endswith((f'-{shown}"', f'"{shown}"'))), None)
    return Response(status=304, headers={"ETag": held}) if held else None


def unless_known(request: Any, response: Any) -> Any:
    """304 without a body for a client that has this representation."""
    known = known_tags(request)
    if known and "ETag" in response.headers and (response.headers["ETag"] in known or known == ["*"]):
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
