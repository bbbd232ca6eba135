"""Rows whose figures are never overwritten: another figure in a file makes a correction, as the verb does."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from plans.imports.said import PARTS, Said, Shown
from plans.imports.table import Line, Table
from plans.imports.wanted import Wanted
from plans.sheets.columns import Column, Part
from plans.sheets.same import is_same
from tenants.access.keys import uuid7
from tenants.api.problems import flattened

ALREADY = _("The measurement has been corrected already; correct the correction.")


class Corrections:
    """Of the rows of one table; of a view without `correction` there are none."""

    def __init__(self, table: Table, said: Said, shown: Callable[[list[UUID]], dict[UUID, Shown]]) -> None:
        self.table, self.said, self.shown = table, said, shown
        self.shape: Any = table.view.correction
        self.figures = set(self.shape.Meta.figures) if self.shape else set()
        self.fields = set(self.shape.Meta.fields) if self.shape else set()

    def asked_for(self, errors: Any) -> bool:
        """Is all that cannot be written a figure that is there already?"""
        found = list(flattened(errors))
        return all(e["code"] == "fixed" and e["pointer"].split("/")[1] in self.figures for e in found)

    def wanted(self, line: Line, row: Any, said: dict[str, Any], shown: Shown) -> Wanted | None:
        """What takes the place of the row: what the line says, and what stays where it has no column."""
        others = {name: value for name, value in said.items() if name not in self.fields}
        rest = self.table.view.serializer_class(row, data=others, partial=True)
        if not rest.is_valid():
            self.table.errors(line, ValidationError(rest.errors))
        kept = {name: shown[name] for name in self.fields} | {PARTS: self.said.items(line, shown)}
        mine = {name: value for name, value in said.items() if name in self.fields}
        correction = self.shape(data=self.shape.beside(mine, kept))
        if not correction.is_valid():
            self.table.errors(line, ValidationError(correction.errors))
        if not line.is_sound:
            return None
        values = correction.in_place_of(row)
        return Wanted(self.table, line, uuid7(), self.shape, None, values, corrects=True)

    def later(self, keys: Iterable[UUID]) -> dict[UUID, Shown]:
        """By the key of a row that was corrected, its last correction."""
        if not self.shape:
            return {}
        last = self.table.view.queryset.model.objects.in_their_place(keys)
        shown = self.shown(list(set(last.values())))
        return {key: shown[found] for key, found in last.items() if found != key}

    def concern(self, said: dict[str, Any]) -> bool:
        return not self.figures.isdisjoint(said)

    def are_made(self, line: Line, said: dict[str, Any], later: Shown) -> bool:
        """Does the correction say it? Or else it is this one that is to be corrected."""
        columns = [column for column in self.table.columns.values() if field_of(column) in self.fields]
        if all(is_same(column, line.values[column.name], later) for column in columns):
            return line.is_sound
        wrong = next(column for column in columns if field_of(column) in self.figures.intersection(said))
        self.table.wrong(line, wrong.name, "superseded_already", ALREADY)
        return False


def field_of(column: Column) -> str:
    return column.items if isinstance(column, Part) else column.name
