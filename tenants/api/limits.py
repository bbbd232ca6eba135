"""How much a request may bring, and what no body may hold."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from tenants.api.refusals import Refused

# Of the others a body means nothing (RFC 9110, section 9.3), and is not read.
BRINGING = ("POST", "PATCH")
MAX_BODY = 1_048_576
MAX_DEPTH = 20
MAX_DIGITS = 400


def refuse_a_large_body(request: Any, most: int = MAX_BODY) -> None:
    """By its declared length. Without one Django would read nothing of it, so it is asked for."""
    in_pieces = "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH")
    if in_pieces and request.method in BRINGING:
        raise Refused(411, "length_required", _("Send the length of the body as Content-Length."))
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > most:
        raise Refused(413, "payload_too_large", _("The body is larger than %(max)d bytes.") % {"max": most})


class StrictJSON(parsers.JSONParser):
    """JSON as RFC 8259 and I-JSON (RFC 7493) mean it: one value per key, no NaN, Unicode scalar values.

    Always in UTF-8: among the charsets that Python would obey are some that unpack.
    Numbers with a fraction stay exact.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            text = stream.read().decode()
            refuse_depth(text)
            value = json.loads(
                text,
                parse_constant=refuse_constant,
                object_pairs_hook=once_each,
                parse_int=whole,
                parse_float=exact,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON: %(error)s") % {"error": error}) from error
        refuse_text_no_database_takes(value)
        return value


# A string, closed or not, or a bracket.
STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{\]}]', re.DOTALL)
DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
NO_DATABASE_TAKES = re.compile("[\x00\ud800-\udfff]")


def refuse_depth(text: str) -> None:
    depth = 0
    for found in STRING_OR_BRACKET.finditer(text):
        depth += DEEPER.get(found[0], 0)
        if depth > MAX_DEPTH:
            raise ValueError(_("deeper than %(max)d levels") % {"max": MAX_DEPTH})


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(_("%(name)s is not a number in JSON") % {"name": name})


def whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(_("a number of too many digits"))
    return int(digits)


def exact(digits: str) -> Decimal:
    try:
        if len(digits) <= MAX_DIGITS:
            return Decimal(digits)
    except InvalidOperation:
        pass  # an exponent of more than 18 digits
    raise ValueError(_("a number of too many digits"))


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError(_("a key stands twice"))
    return row


def refuse_text_no_database_takes(value: Any) -> None:
    if isinstance(value, str):
        if NO_DATABASE_TAKES.search(value):
            raise ParseError(_("Text holds a NUL or half of a surrogate pair."))
    elif isinstance(value, dict):
        for key, item in value.items():
            refuse_text_no_database_takes(key)
            refuse_text_no_database_takes(item)
    elif isinstance(value, list):
        for item in value:
            refuse_text_no_database_takes(item)
