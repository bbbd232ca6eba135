"""Writes rows as a workbook or as CSV, row by row, into a file. A text is a text, whatever it begins with."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from xlsxwriter import Workbook

from plans.sheets.cells import DANGEROUS, LONGEST, SIGNIFICANT, TOO_LONG, disarmed
from plans.sheets.columns import Column, Kind

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows go to disk as they come, and a cell is what was written: no formula, no link, no number.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
HEADING = {"bold": True, "bg_color": "#DCE6F1", "bottom": 1}
NEEDED = {**HEADING, "bg_color": "#FCE4D6"}
READ_ONLY = {**HEADING, "bg_color": "#EDEDED", "italic": True}
# Spreadsheets count days from 1900 and took that year for a leap year.
FIRST_YEAR = 1901
LONGEST_NAME = 31
# No XML holds them.
NO_CHARACTERS = ("\ufffe", "\uffff")


def sheet_name(thing: str) -> str:
    return thing[:LONGEST_NAME]


class Book(Workbook):
    """A workbook whose cells are written by what they hold."""

    def __init__(self, path: str) -> None:
        super().__init__(path, OPTIONS)
        self.day = self.add_format({"num_format": "yyyy-mm-dd"})
        self.heading, self.needed, self.read_only = (
            self.add_format(look) for look in (HEADING, NEEDED, READ_ONLY)
        )

    def headed(self, thing: str, columns: Sequence[Column]) -> Any:
        """A sheet that begins with the names of its columns."""
        sheet = self.add_worksheet(sheet_name(thing))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, width(column))
            sheet.write_string(0, place, column.name, self.look(column))
        return sheet

    def look(self, column: Column) -> Any:
        if not column.written:
            return self.read_only
        return self.needed if column.needed else self.heading

    def put(self, sheet: Any, row: int, place: int, value: Any, look: Any = None) -> None:
        match value:
            case None | "":
                sheet.write_blank(row, place, None, look)
            case bool():
                sheet.write_boolean(row, place, value, look)
            case int() | float() | Decimal() if fits(value):
                sheet.write_number(row, place, value, look)
            case date() if value.year >= FIRST_YEAR:
                sheet.write_datetime(row, place, value, look or self.day)
            case _:
                sheet.write_string(row, place, whole_text(value), look)


def width(column: Column) -> int:
    return {Kind.TEXT: 24, Kind.NESTED: 24, Kind.LIST: 24}.get(column.kind, 14)


def fits(number: Any) -> bool:
    """Does a spreadsheet keep all its digits?"""
    return len(Decimal(str(number)).normalize().as_tuple().digits) <= SIGNIFICANT


def whole_text(value: Any) -> str:
    text = written(value)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return TOO_LONG if units > LONGEST or any(no in text for no in NO_CHARACTERS) else text


def written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    return str(value)


def csv_lines(rows: Iterable[Sequence[Any]], into: IO[bytes]) -> None:
    """In UTF-8, with the mark by which spreadsheets know it."""
    text = io.TextIOWrapper(into, "utf-8-sig", newline="", write_through=True)
    csv.writer(text, lineterminator="\r\n").writerows([guarded(value) for value in row] for row in rows)
    text.detach()


def guarded(value: Any) -> str:
    """A number may begin with its sign; a text that does is kept from being a formula."""
    text = written(value)
    return disarmed(text) if isinstance(value, str) and text.startswith((*DANGEROUS, "'")) else text
