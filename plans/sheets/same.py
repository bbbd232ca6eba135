"""Does a cell say what is there already? Then it changes nothing, however it is written."""

from decimal import Decimal, InvalidOperation
from typing import Any

from plans.sheets.cells import EMPTY, TOO_LONG, shown
from plans.sheets.columns import Column, Kind
from plans.sheets.write import written


def is_same(column: Column, value: Any, row: dict[str, Any]) -> bool:
    """`value` as read from a cell; `row` as the read path shows it, what it refers to by name."""
    there = column.of(row)
    if value in EMPTY or value == []:
        return there in EMPTY or there == [] or (isinstance(there, str) and not there.strip())
    if value == TOO_LONG:
        return there not in EMPTY
    if there is None:
        return False
    match column.kind:
        case Kind.DECIMAL:
            return is_number(value) and Decimal(value) == Decimal(there)
        case Kind.LIST:
            return listed(column, value) == listed(column, there)
        case Kind.FLAG:
            return bool(value == there) or value == written(there)
    return bool(value == written(shown(column, row)))


def is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def listed(column: Column, items: Any) -> Any:
    """Rows that it refers to are in no order."""
    texts = [str(item) for item in items]
    return set(texts) if column.refers_to else texts
