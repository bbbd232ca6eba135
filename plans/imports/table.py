"""A sheet as rows of a collection: which column is which, and what stands in the cells of a row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from plans.imports.findings import Findings
from plans.sheets.beside import Beside
from plans.sheets.cells import read
from plans.sheets.collections import View
from plans.sheets.columns import KEY, Column, Part, Translation, columns_of
from plans.sheets.read import Sheet
from tenants.access.translations import LANGUAGES
from tenants.api.batches import FIRST
from tenants.api.languages import TranslationsField
from tenants.api.problems import flattened


@dataclass
class Line:
    """A row of the sheet: what its cells hold, by the name of the column; "" where one is empty."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    is_sound: bool = True
    # The columns in which something is wrong already.
    bad: set[str] = field(default_factory=set)
    # It is not clear which row is meant, so not what that lacks.
    is_misnamed: bool = False
    # Of the row that it is about, there already or to come.
    key: UUID = FIRST
    # Those of its parts, in their order in a body.
    categories: list[str] = field(default_factory=list)


class Table:
    """`columns`: those that can be written, and the key, each with its place in the sheet."""

    def __init__(self, thing: str, view: View, sheet: Sheet, findings: Findings, beside: Beside) -> None:
        self.thing, self.view, self.sheet, self.findings = thing, view, sheet, findings
        self.known = {column.name: column for column in columns_of(view, beside)}
        self.top = next((n for n, row in enumerate(sheet.rows) if any(map(is_filled, row))), None)
        self.columns: dict[str, Column] = {}
        self.places: dict[str, int] = {}
        self.headed: set[int] = set()
        if self.top is None:
            self.wrong(1, "", "no_heading", _("The sheet is empty: the first row names the columns."))
        else:
            self.read_heading(sheet.rows[self.top])

    def read_heading(self, cells: list[Any]) -> None:
        for place, cell in enumerate(cells):
            name = str(cell).strip().lower()
            if not name:
                continue
            self.headed.add(place)
            if name not in self.known:
                self.wrong_heading(place, name, *self.unknown(name))
            elif name in self.places:
                self.wrong_heading(place, name, "repeated_column", _("This column stands here twice."))
            elif self.known[name].written or name == KEY:
                self.columns[name], self.places[name] = self.known[name], place

    def unknown(self, name: str) -> tuple[str, Any]:
        """Code and sentence. Of a text, it is the language that is not known here."""
        of = name.partition(":")[0]
        languages = [
            c.language
            for c in self.known.values()
            if isinstance(c, Translation) and c.name == f"{of}:{c.language}"
        ]
        if not languages or of == name:
            return "unknown_column", _("There is no such column.")
        if name.partition(":")[2] in LANGUAGES:
            return "working_language", TranslationsField.default_error_messages["working_language"]
        return "unknown_language", _("Known here: %(names)s.") % {"names": ", ".join(languages)}

    def lines(self) -> Iterator[Line]:
        """Empty rows are passed over."""
        if self.top is None:
            return
        for number, cells in enumerate(self.sheet.rows[self.top + 1 :], self.top + 2):
            if any(map(is_filled, cells)):
                yield self.line(number, cells)

    def line(self, number: int, cells: list[Any]) -> Line:
        line = Line(number)
        for place, cell in enumerate(cells):
            if is_filled(cell) and place not in self.headed:
                self.wrong(line, "", "unknown_column", _("There is no heading above this cell."), place)
        for name, column in self.columns.items():
            line.values[name] = self.value(line, column, cells)
        return line

    def value(self, line: Line, column: Column, cells: list[Any]) -> Any:
        place = self.places[column.name]
        cell = cells[place] if place < len(cells) else ""
        if (line.number, place + 1) in self.sheet.formulas:
            self.wrong(line, column.name, "formula", _("A formula. Paste its value in its place."))
            return ""
        if not is_filled(cell):
            return ""
        try:
            return read(column, cell, decimal_comma=self.sheet.decimal_comma)
        except ValidationError as error:
            self.errors(line, error, column.name)
            return ""

    def errors(self, line: Line, error: ValidationError, column: str = "") -> None:
        """As the API tells them, at their cells."""
        for found in flattened(error.detail):
            self.wrong(line, self.column_of(line, found["pointer"]) or column, found["code"], found["detail"])

    def column_of(self, line: Line, pointer: str) -> str:
        """In which column a member of a body stands."""
        match pointer.split("/")[1:]:
            case ["translations", language, name]:
                return f"{name}:{language}"
            case ["parts", *where]:
                of = line.categories[int(where[0])] if where else ""
                return self.part(line, of, where[-1] if where else "")
            case [name, *_rest]:
                return name
        return ""

    def part(self, line: Line, category: str, name: str) -> str:
        """That column of this category, or the first of its columns, or of all, where something stands."""
        some = [c for c in self.columns.values() if isinstance(c, Part) and category in ("", c.category)]
        filled = [column for column in some if line.values[column.name]]
        exact = [column for column in some if column.field.field_name == name]
        return next((column.name for column in (*exact, *filled)), "parts")

    def wrong(self, line: Line | int, column: str, code: str, detail: Any, place: int | None = None) -> None:
        number = line if isinstance(line, int) else line.number
        at = self.places.get(column) if place is None else place
        self.findings.add(self.sheet.name or self.thing, number, column, at, code, detail)
        if isinstance(line, Line):
            line.is_sound = False
            line.bad.add(column)

    def wrong_heading(self, place: int, name: str, code: str, detail: Any) -> None:
        self.wrong((self.top or 0) + 1, name, code, detail, place)


def is_filled(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None
