"""What a file would change: each of its rows beside the row of the city that it names. Nothing is written."""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied, ValidationError

from plans.imports.corrections import Corrections
from plans.imports.models import Import
from plans.imports.names import AT_ONCE, Names, as_key, names_in
from plans.imports.said import NO_SUCH_ROW, Said, Shown
from plans.imports.table import Line, Table
from plans.imports.wanted import Wanted
from plans.sheets.collections import names_of_rows
from plans.sheets.columns import KEY, Column, projected
from tenants.access.keys import uuid7
from tenants.access.rights import Can
from tenants.api import readpath
from tenants.api.deeds import reach

# In the name of a row that cannot be there yet.
NOBODY: Any = object()


class Comparison:
    """Of one table with the rows of the city."""

    def __init__(self, table: Table, job: Import, rights: frozenset[Can], names: Names) -> None:
        self.table, self.job, self.names = table, job, names
        self.view, self.model = table.view, table.view.queryset.model
        self.mine = reach(self.view.writers(), rights)
        self.named_by = [table.known[name] for name in self.view.named_by]
        self.said = Said(table, names)
        self.corrections = Corrections(table, self.said, self.shown)
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
                    self.wrong_name(line, "does_not_exist", NO_SUCH_ROW)
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
        if any(c.name not in self.table.columns and not may_be_empty(c) for c in self.named_by):
            return None
        try:
            name = tuple(self.part(column, line.values.get(column.name, "")) for column in self.named_by)
        except ValidationError:
            return None
        return None if NOBODY in name else name

    def part(self, column: Column, value: Any) -> Any:
        """None is a part like any other where there may be nothing, such as the action of a risk."""
        if value == "" and column.field.allow_null:
            return None
        if column.by_name:
            return self.names.key(column.refers_to, value) or NOBODY
        meant = column.field.run_validation(value)
        meant = meant.pk if isinstance(meant, models.Model) else meant
        return NOBODY if meant is None else meant

    def named(self, names: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[UUID]]:
        """Rows by their names. Of several, those that may be changed: a correction, not what it corrects."""
        columns = [self.model._meta.get_field(c.field.source).attname for c in self.named_by]
        parts = zip(columns, zip(*names, strict=True), strict=False)
        rows = self.model._base_manager.filter(*(among(column, set(values)) for column, values in parts))
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
        line.is_misnamed = True
        has_key = bool(line.values.get(KEY))
        there = [column.name for column in self.named_by if column.name in self.table.columns]
        self.table.wrong(line, KEY if has_key or not there else there[-1], code, detail)

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
                self.names.promised |= {line.key} if keys[line.number] is None else set()

    # ------------------------------------------------------------------------- what of it differs

    def compared(self, lines: Iterable[Line], keys: dict[int, UUID | None]) -> Iterator[Wanted]:
        shown = self.shown([key for line in lines if (key := keys[line.number])])
        said = {line.number: self.said.differing(line, shown.get(keys[line.number])) for line in lines}
        changing = [key for line in lines if (key := keys[line.number]) and said[line.number]]
        rows = self.model._base_manager.in_bulk(changing)
        mine = self.changeable(changing) if changing else set()
        later = self.corrections.later([key for key in changing if key not in mine])
        for line in lines:
            key = keys[line.number]
            if key and not said[line.number]:
                self.unchanged += line.is_sound
            elif key in later and self.corrections.concern(said[line.number]):
                self.unchanged += self.corrections.are_made(line, said[line.number], later[key])
            elif key and key not in mine:
                self.wrong_name(line, "permission_denied", PermissionDenied.default_detail)
            elif found := self.validated(line, rows.get(key), said[line.number], shown.get(key)):
                yield found

    def shown(self, keys: list[UUID]) -> dict[Any, Shown]:
        """Rows as the read path shows them, what they refer to by name."""
        found = readpath.several(projected(self.view, named=True), keys) if keys else {}
        return {UUID(key): row for key, row in found.items()}

    def validated(self, line: Line, row: Any, said: dict[str, Any], shown: Shown | None) -> Wanted | None:
        """None when nothing is left to change, or something is wrong."""
        serializer = self.view.serializer_class(row, data=said, partial=row is not None)
        if not serializer.is_valid():
            if shown is not None and self.corrections.asked_for(serializer.errors):
                return self.corrections.wanted(line, row, said, shown)
            # What could not be read is not missing as well.
            lacking = set(serializer.errors) - line.bad
            told = lacking.intersection(said) if line.is_misnamed else lacking
            reported = {name: e for name, e in serializer.errors.items() if name in told}
            self.table.errors(line, ValidationError(reported))
        if not line.is_sound:
            return None
        values = {n: v for n, v in serializer.validated_data.items() if row is None or differs(row, n, v)}
        if row is not None and not values:
            self.unchanged += 1
            return None
        return Wanted(self.table, line, line.key, self.view.serializer_class, row, values)


def may_be_empty(column: Column) -> bool:
    return bool(column.field.allow_null or getattr(column.field, "allow_blank", False))


def among(column: str, values: set[Any]) -> Q:
    some = Q(**{f"{column}__in": values - {None}})
    return some | Q(**{column: None}) if None in values else some


def differs(row: models.Model, name: str, value: Any) -> bool:
    field: Any = row._meta.get_field(name)
    if field.many_to_many:
        return True
    return bool(getattr(row, field.attname) != (value.pk if isinstance(value, models.Model) else value))
