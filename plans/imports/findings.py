"""What is wrong in a file, cell by cell."""

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

MOST_KEPT = 1_000


class Findings:
    """Counts all errors and keeps the first thousand, in the codes and sentences of the API."""

    def __init__(self, sheets: list[str]) -> None:
        self.sheets = sheets
        self.count = 0
        self.kept: list[dict[str, Any]] = []

    def add(self, sheet: str, row: int, column: str, place: int | None, code: str, detail: Any) -> None:
        """Row 1 is the first of the sheet; `place` is that of the column, from 0, where it has one."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            cell = None if place is None else xl_rowcol_to_cell(row - 1, place)
            found = {"sheet": sheet, "row": row, "column": column, "cell": cell}
            self.kept.append({**found, "code": code, "detail": str(detail)})

    def in_order(self) -> list[dict[str, Any]]:
        """As one goes through the file."""
        return sorted(self.kept, key=self.place)

    def place(self, found: dict[str, Any]) -> tuple[Any, ...]:
        cell = found["cell"] or ""
        return self.sheets.index(found["sheet"]), found["row"], len(cell), cell
