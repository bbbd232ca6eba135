"""What a line of a file says that the row does not, as a body would have it."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from plans.imports.names import Names, names_in
from plans.imports.table import Line, Table
from plans.indicators.corrections import FIGURES
from plans.sheets.cells import EMPTY, TOO_LONG
from plans.sheets.columns import KEY, TRANSLATIONS, Column, Kind, Part, Translation
from plans.sheets.same import is_same
from tenants.access.walls import Reference

NO_SUCH_ROW = Reference.default_violation_error_message
LEFT_OUT: Any = object()
PARTS = "parts"
Shown = dict[str, Any]


class Said:
    """Of the lines of one table. `row` is what the read path shows of a row, what it refers to by name; None
    where there is none yet."""

    def __init__(self, table: Table, names: Names) -> None:
        self.table, self.names = table, names
        columns = table.columns.values()
        self.plain = [c for c in columns if c.name != KEY and not isinstance(c, Translation | Part)]
        self.translations = [c for c in columns if isinstance(c, Translation)]
        self.parts = [c for c in columns if isinstance(c, Part)]
        fixed = set(getattr(table.view.serializer_class.Meta, "fixed", ()))
        corrected = table.view.correction.Meta.figures if table.view.correction else ()
        # What cannot be taken away, an empty cell does not take away.
        self.staying = fixed.difference(corrected)

    def differing(self, line: Line, row: Shown | None) -> dict[str, Any]:
        found = {c.name: self.meant(line, c) for c in self.plain if not self.is_kept(line, c, row)}
        texts: dict[str, Any] = defaultdict(dict)
        for column in self.translations:
            if not self.is_kept(line, column, row):
                texts[column.language][column.field.field_name] = self.meant(line, column)
        if texts:
            found[TRANSLATIONS] = {language: told(some) for language, some in texts.items()}
        if any(not self.is_kept(line, column, row) for column in self.parts):
            found[PARTS] = self.items(line, row)
        return told(found)

    def is_kept(self, line: Line, column: Column, row: Shown | None) -> bool:
        """Is it in the row already?"""
        value = line.values[column.name]
        if row is None:
            return False
        return is_same(column, value, row) or (value in EMPTY and column.name in self.staying)

    def items(self, line: Line, row: Shown | None) -> list[dict[str, Any]]:
        """All parts, those of categories that have no column in the file too."""
        figures: dict[str, dict[str, Any]] = defaultdict(dict)
        for item in (row or {}).get(PARTS, ()):
            figures[item["category"]] = {n: item[n] for n in FIGURES}
        for column in self.parts:
            figures[column.category][column.field.field_name] = line.values[column.name] or None
        kept = {c: some for c, some in figures.items() if any(v not in EMPTY for v in some.values())}
        line.categories = list(kept)
        return [{"category": str(self.names.categories[c]), **some} for c, some in kept.items()]

    def meant(self, line: Line, column: Column) -> Any:
        value = line.values[column.name]
        if value == "" or value == []:
            return nothing(column)
        if value == TOO_LONG:
            self.table.wrong(line, column.name, "too_long", _("The text was left out of the file."))
            return LEFT_OUT
        if not column.by_name:
            return value
        keys = [self.names.key(column.refers_to, name) for name in names_in(value)]
        if not all(keys):
            self.table.wrong(line, column.name, "does_not_exist", NO_SUCH_ROW)
            return LEFT_OUT
        return [str(key) for key in keys] if column.kind is Kind.LIST else str(keys[0])


def told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not LEFT_OUT}


def nothing(column: Column) -> Any:
    """What an empty cell means; where there must be something, the column is left out."""
    if isinstance(column, Translation):
        return ""
    if column.kind is Kind.LIST:
        return []
    if column.field.allow_null:
        return None
    return "" if getattr(column.field, "allow_blank", False) else LEFT_OUT
