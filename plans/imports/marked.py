"""The file that was brought, as a workbook with the bad cells coloured and the errors beside them."""

import io
from typing import Any

from plans.imports.models import Import, ImportFile
from plans.sheets.read import Sheet, sheets
from plans.sheets.unpack import MAX_COLUMNS
from plans.sheets.write import Book, sheet_name

BAD = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
WIDTH = 18
Marks = dict[tuple[int, int], list[str]]


def write_marked(job: Import, brought: ImportFile, path: str) -> None:
    """Refused as the import was when it could not be read at all."""
    read = sheets(io.BytesIO(bytes(brought.content)), job.thing, job.encoding)
    with Book(path) as book:
        bad = book.add_format(BAD)
        bad_day = book.add_format({**BAD, "num_format": "yyyy-mm-dd"})
        for sheet in read:
            page = book.add_worksheet(sheet_name(sheet.name))
            page.set_column(0, MAX_COLUMNS - 1, WIDTH)
            mark(book, page, sheet, marks_of(sheet, brought.errors), (bad, bad_day))


def marks_of(sheet: Sheet, errors: list[dict[str, Any]]) -> Marks:
    """By row and place; what is about a whole row stands at its first cell."""
    marks: Marks = {}
    for error in errors:
        if error["sheet"] == sheet.name:
            place = place_of(error["cell"])
            marks.setdefault((error["row"] - 1, place), []).append(error["detail"])
    return marks


def place_of(cell: str | None) -> int:
    place = 0
    for letter in (cell or "A").rstrip("0123456789"):
        place = place * 26 + ord(letter) - 64
    return place - 1


def mark(book: Book, page: Any, sheet: Sheet, marks: Marks, looks: tuple[Any, Any]) -> None:
    for row, cells in enumerate(sheet.rows):
        width = max([len(cells), *(place + 1 for at, place in marks if at == row)])
        for place in range(width):
            cell = cells[place] if place < len(cells) else ""
            wrong = marks.get((row, place))
            look = looks[hasattr(cell, "isoformat")] if wrong else None
            book.put(page, row, place, cell, look)
            if wrong:
                page.write_comment(row, place, "\n".join(wrong), {"x_scale": 2})
