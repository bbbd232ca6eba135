"""What stands in a cell for a value of the API, and the other way round."""

import json
import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import fields
from rest_framework.exceptions import ErrorDetail, ValidationError

from plans.sheets.columns import Column, Kind

LONGEST = 32_767
# Stands for a text that no cell of a spreadsheet holds; brought back, it leaves the value as it is.
TOO_LONG = "[left out: too long for a cell; CSV and JSON have it]"
SIGNIFICANT = 15  # digits of a number that a spreadsheet keeps
EMPTY = (None, "")

COMMA = re.compile(r"[+-]?\d+,\d+\Z", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d+)?\Z", re.ASCII)
EUROPEAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z", re.ASCII)


def wrong(code: str, detail: Any) -> ValidationError:
    return ValidationError([ErrorDetail(detail, code)])


# ------------------------------------------------------------------------------------- to a cell


def shown(column: Column, row: dict[str, Any]) -> Any:
    """A text, Decimal, whole number, truth value, date, or None."""
    value = column.of(row)
    if value is None:
        return None
    match column.kind:
        case Kind.DECIMAL:
            return Decimal(value)
        case Kind.DATE:
            return date.fromisoformat(value)
        case Kind.LIST:
            return joined(value)
        case Kind.NESTED:
            return json.dumps(value, ensure_ascii=False)
        case Kind.WHOLE | Kind.FLAG:
            return value
    return str(value)


def joined(items: list[Any]) -> str:
    """One to a line; as a JSON array where an item would not survive that."""
    texts = [str(item) for item in items]
    if all(isinstance(item, int) for item in items):
        return ", ".join(texts)
    plain = all(text == text.strip() and text and text.splitlines() == [text] for text in texts)
    if plain and not texts[0].startswith("["):
        return "\n".join(texts)
    return json.dumps(texts, ensure_ascii=False)


# ----------------------------------------------------------------------------------- from a cell


def read(column: Column, cell: Any, *, decimal_comma: bool = False) -> Any:
    """The value as a body would have it; ValidationError where the cell cannot be understood.

    What it means is for the serializer to say.
    """
    if cell == TOO_LONG:
        return cell
    match column.kind:
        case Kind.DECIMAL:
            return number(cell, decimal_comma=decimal_comma)
        case Kind.WHOLE:
            return plain(cell)
        case Kind.DATE:
            return day(cell)
        case Kind.LIST:
            return items(column, plain(cell))
        case Kind.FLAG:
            return cell if isinstance(cell, bool) else plain(cell).strip().lower()
    return plain(cell)


def plain(cell: Any) -> str:
    """As one sees it: 7, not 7.0."""
    match cell:
        case bool():
            return str(cell).lower()
        case float() | int():
            return in_digits(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
        case str():
            return cell
    return str(cell.isoformat() if hasattr(cell, "isoformat") else cell)


def in_digits(cell: float) -> str:
    """The digits that the spreadsheet keeps, without an exponent."""
    value = Decimal(f"{cell:.{SIGNIFICANT}g}")
    return f"{value.normalize():f}" if value.is_finite() else str(value)


def number(cell: Any, *, decimal_comma: bool) -> str:
    text = plain(cell).strip()
    if not isinstance(cell, str):
        return text
    grouped = bool(THOUSANDS.match(text))
    if grouped and ("," in text or decimal_comma or not is_number(text)):
        raise wrong("ambiguous_number", _("Is this a decimal sign or a thousands separator? Write 1234.5."))
    return text.replace(",", ".") if COMMA.match(text) else text


def is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def day(cell: Any) -> str:
    text = plain(cell).strip()
    european = EUROPEAN_DAY.match(text)
    if european:
        return f"{european[3]}-{european[2]:0>2}-{european[1]:0>2}"
    return text


def items(column: Column, text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list) and all(isinstance(item, str | int) for item in found):
            return found
    if isinstance(getattr(column.field, "child", None), fields.IntegerField):
        return [item for item in re.split(r"[,;\s]+", text) if item]
    return [line.strip() for line in text.splitlines() if line.strip()]


# ------------------------------------------------------------------------------------------- CSV

# A spreadsheet takes what begins so for a formula.
DANGEROUS = tuple("=+-@\t\r")


def disarmed(text: str) -> str:
    """Behind an apostrophe, which `armed` takes away again."""
    return f"'{text}" if text.startswith(DANGEROUS) or (text[:1] == "'" and is_guarded(text)) else text


def armed(text: str) -> str:
    return text[1:] if is_guarded(text) else text


def is_guarded(text: str) -> bool:
    return text[:1] == "'" and text[1:].startswith((*DANGEROUS, "'"))
