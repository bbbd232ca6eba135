"""What a file would change: each of its rows beside the row of the city that it names. Nothing is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError

from plans.imports.models import Import
from plans.imports.table import Line, Table
from plans.sheets.cells import TOO_LONG
from plans.sheets.collections import names_of_rows
from plans.sheets.columns import KEY, Column, Kind, projected
from plans.sheets.same import is_same
from tenants.access.keys import uuid7
from tenants.access.rights import Can
from tenants.access.walls import Reference
from tenants.api import readpath
from tenants.api.deeds import reach

AT_ONCE = 500
NO_SUCH_ROW = Reference.default_violation_error_message
LEFT_OUT: Any = object()


@dataclass
class Wanted:
    """A row to make, or to change; `values` as its serializer has validated them."""

    table: Table
    line: Line
    pk: UUID
    serializer: serializers.ModelSerializer
    values: dict[str, Any]

    @property
    def is_new(self) -> bool:
        return self.serializer.instance is None


class Names:
    """Keys of rows by their names: those of the city and its network, and those that the file will make."""

    def __init__(self, network: UUID) -> None:
        self.network = network
        self.found: dict[type[models.Model], dict[str, UUID | None]] = {}

    def look_up(self, model: type[models.Model], names: Iterable[str]) -> None:
        known = self.found.setdefault(model, {})
        unknown = {name for name in names if name not in known}
        known |= dict.fromkeys(unknown)
        by = names_of_rows()[model]
        shared = {} if getattr(model, "city_owned", False) else {"network": self.network}
        for some in batched(unknown, AT_ONCE, strict=False):
            rows = model._base_manager.filter(**shared, **{f"{by}__in": some})
            known |= {str(name): key for name, key in rows.values_list(by, "pk")}

    def add(self, model: type[models.Model], name: str, key: UUID) -> None:
        self.found.setdefault(model, {})[name] = key

    def key(self, model: Any, name: str) -> UUID | None:
        return self.found[model].get(name)


class Comparison:
    """Of one table with the rows of the city."""

    def __init__(self, table: Table, job: Import, rights: frozenset[Can], names: Names) -> None:
        self.table, self.job, self.names = table, job, names
        self.view, self.model = table.view, table.view.queryset.model
        self.mine = reach(self.view.writers(), rights)
        self.named_by = [table.columns[n] for n in self.view.named_by if n in table.columns]
        self.unchanged = 0

    def wanted(self) -> Iterator[Wanted]:
        """The rows to make and to change; what is wrong is among the findings of the table."""
        lines = list(self.table.lines())
        others = [c for c in self.table.columns.values() if c.by_name and c.refers_to is not self.model]
        self.look_up(lines, others)
        keys: dict[int, UUID | None] = {}
        for some in batched(lines, AT_ONCE, strict=False):
            keys |= self.matched(some)
        self.refuse_repeated(lines, keys)
        self.announce(lines, keys)
        self.look_up(lines, [c for c in self.table.columns.values() if c.refers_to is self.model])
        for some in batched(lines, AT_ONCE, strict=False):
            yield from self.compared(some, keys)

    # ---------------------------------------------------------------------------- which row

    def look_up(self, lines: list[Line], columns: list[Column]) -> None:
        for column in columns:
            if column.by_name and column.refers_to:
                texts = {name for line in lines for name in names_in(line.values[column.name])}
                self.names.look_up(column.refers_to, texts)

    def matched(self, lines: Iterable[Line]) -> dict[int, UUID | None]:
        """The key of the row that each line names; None: there is none yet."""
        by_id = {line.number: line.values[KEY] for line in lines if line.values.get(KEY)}
        by_name = {line.number: self.name(line) for line in lines if line.number not in by_id}
        there = self.there(set(by_id.values()))
        named = self.named({name for name in by_name.values() if name})
        found: dict[int, UUID | None] = {}
        for line in lines:
            if line.number in by_id:
                found[line.number] = there.get(by_id[line.number])
                if found[line.number] is None:
                    self.table.wrong(line, KEY, "does_not_exist", NO_SUCH_ROW)
            else:
                found[line.number] = self.only(line, named.get(by_name[line.number] or (), []))
            self.refuse_mode(line, found[line.number])
        return found

    def there(self, texts: set[str]) -> dict[str, UUID]:
        keys = {text: as_key(text) for text in texts}
        some = self.model._base_manager.filter(pk__in=[key for key in keys.values() if key])
        known = set(some.values_list("pk", flat=True))
        return {text: key for text, key in keys.items() if key and key in known}

    def name(self, line: Line) -> tuple[Any, ...] | None:
        """What the row is found again by; None when that is not all there, or makes no sense."""
        if len(self.named_by) < len(self.view.named_by):
            return None
        try:
            name = tuple(self.part(column, line.values[column.name]) for column in self.named_by)
        except ValidationError:
            return None
        return None if None in name else name

    def part(self, column: Column, value: Any) -> Any:
        if column.by_name:
            return self.names.key(column.refers_to, value)
        meant = column.field.run_validation(value)
        return meant.pk if isinstance(meant, models.Model) else meant

    def named(self, names: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[UUID]]:
        """Rows by their names. Of several, those that may be changed: a correction, not what it corrects."""
        columns = [self.model._meta.get_field(c.field.source).attname for c in self.named_by]
        parts = zip(columns, zip(*names, strict=True), strict=False)
        rows = self.model._base_manager.filter(**{f"{c}__in": set(values) for c, values in parts})
        found: dict[tuple[Any, ...], list[UUID]] = {}
        for key, *name in rows.values_list("pk", *columns) if names else ():
            found.setdefault(tuple(name), []).append(key)
        several = [key for keys in found.values() if len(keys) > 1 for key in keys]
        kept = self.changeable(several) if several else set()
        return {n: [k for k in keys if k in kept] if len(keys) > 1 else keys for n, keys in found.items()}

    def only(self, line: Line, keys: list[UUID]) -> UUID | None:
        if len(keys) > 1:
            self.wrong_name(line, "ambiguous", _("Several rows are named so: give the id of the one meant."))
        return keys[0] if keys else None

    def changeable(self, keys: Iterable[UUID]) -> set[UUID]:
        rows = self.model._base_manager.filter(pk__in=list(keys))
        return set((rows.filter(self.mine) if self.mine is not None else rows).values_list("pk", flat=True))

    def refuse_mode(self, line: Line, key: UUID | None) -> None:
        if key and self.job.mode == Import.Mode.CREATE:
            self.wrong_name(line, "already_exists", _("There is such a row already."))
        if not key and self.job.mode == Import.Mode.UPDATE and line.is_sound:
            self.wrong_name(line, "does_not_exist", NO_SUCH_ROW)

    def wrong_name(self, line: Line, code: str, detail: Any) -> None:
        has_key = bool(line.values.get(KEY))
        column = KEY if has_key or not self.named_by else self.named_by[-1].name
        self.table.wrong(line, column, code, detail)

    def refuse_repeated(self, lines: list[Line], keys: dict[int, UUID | None]) -> None:
        """Two lines of the file are not one row."""
        first: dict[Any, int] = {}
        for line in lines:
            name = keys[line.number] or self.name(line)
            if name and first.setdefault(name, line.number) != line.number:
                told = {"row": first[name]}
                self.wrong_name(line, "repeated_row", _("Row %(row)d is about the same.") % told)

    def announce(self, lines: list[Line], keys: dict[int, UUID | None]) -> None:
        """Rows to come have their keys already, and others in the file may refer to them by name."""
        by = names_of_rows().get(self.model)
        for line in lines:
            if keys[line.number] is None:
                line.values.pop(KEY, None)
            line.key = keys[line.number] or uuid7()
            if by and line.values.get(by) and isinstance(line.values[by], str):
                self.names.add(self.model, line.values[by].strip(), line.key)

    # ------------------------------------------------------------------------- what of it differs

    def compared(self, lines: Iterable[Line], keys: dict[int, UUID | None]) -> Iterator[Wanted]:
        known = [key for line in lines if (key := keys[line.number])]
        shown = readpath.several(projected(self.view, named=True), known) if known else {}
        differing = {line.number: self.differing(line, shown.get(str(keys[line.number]))) for line in lines}
        changing = [key for line in lines if (key := keys[line.number]) and differing[line.number]]
        rows = self.model._base_manager.in_bulk(changing)
        mine = self.changeable(changing) if changing else set()
        for line in lines:
            key = keys[line.number]
            if key and not differing[line.number]:
                self.unchanged += line.is_sound
            elif key and key not in mine:
                self.wrong_name(line, "permission_denied", PermissionDenied.default_detail)
            elif found := self.validated(line, rows.get(key), differing[line.number]):
                yield found

    def differing(self, line: Line, row: dict[str, Any] | None) -> dict[str, Any]:
        """What the line says that the row does not."""
        return {
            name: value
            for name, column in self.table.columns.items()
            if name != KEY
            and not (row is not None and is_same(column, line.values[name], row))
            and (value := self.meant(line, column)) is not LEFT_OUT
        }

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

    def validated(self, line: Line, row: Any, data: dict[str, Any]) -> Wanted | None:
        """None when nothing is left to change, or something is wrong."""
        serializer = self.view.serializer_class(row, data=data, partial=row is not None)
        if not serializer.is_valid():
            reported = {name: e for name, e in serializer.errors.items() if line.is_sound or name in data}
            self.table.errors(line, ValidationError(reported))
        if not line.is_sound:
            return None
        values = {n: v for n, v in serializer.validated_data.items() if row is None or differs(row, n, v)}
        if row is not None and not values:
            self.unchanged += 1
            return None
        return Wanted(self.table, line, line.key, serializer, values)


def names_in(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [value.strip()] if isinstance(value, str) and value.strip() else []


def as_key(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def nothing(column: Column) -> Any:
    """What an empty cell means; where there must be something, the column is left out."""
    if column.kind is Kind.LIST:
        return []
    if column.field.allow_null:
        return None
    return "" if getattr(column.field, "allow_blank", False) else LEFT_OUT


def differs(row: models.Model, name: str, value: Any) -> bool:
    field: Any = row._meta.get_field(name)
    if field.many_to_many:
        return True
    return bool(getattr(row, field.attname) != (value.pk if isinstance(value, models.Model) else value))
