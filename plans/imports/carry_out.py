"""Brings a file in: all of its rows, or none.

The file is read and compared with what is there first, without a lock; then the city is locked, as for
every writer, and what differs is written, some rows at once, and where these are refused each behind a
savepoint, so that all errors are told. Has the city changed since the comparison began (its clock tells),
it is made again under the lock. A dry run does the same and takes it back.
"""

import io
from collections.abc import Iterator, Sequence
from itertools import batched, groupby
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework.exceptions import PermissionDenied, ValidationError

from plans.imports.compare import Comparison
from plans.imports.findings import Findings
from plans.imports.models import Import, ImportFile
from plans.imports.names import Names
from plans.imports.table import Table
from plans.imports.wanted import Wanted
from plans.sheets.collections import collections, importable
from plans.sheets.read import Sheet, sheets
from plans.sheets.template import UNREAD
from plans.sheets.unpack import MAX_ROWS, refuse_size, refused
from plans.sheets.write import sheet_name
from tenants.access.context import city_context
from tenants.access.rights import Can, rights_of
from tenants.api.problems import translated
from tenants.api.refusals import Refused
from tenants.jobs.lease import SupersededError, Tell, ended, given_back, taken, told
from tenants.jobs.models import JobState
from tenants.members.models import Membership
from tenants.networks.models import City

# More of them would be written one by one where one is refused.
WRITTEN_AT_ONCE = 200
NOTHING_CHANGED = _("Nothing was changed: not every row can be brought in.")


def carry_out(city: UUID, import_id: UUID) -> None:
    """Safe to run twice, and at the same time."""
    job = taken(Import, city, import_id)
    if job is None:
        return
    try:
        with override(job.language):
            bring_in(job)
    except SupersededError:
        return
    except Refused as refusal:
        with override(job.language):
            refuse(job, refusal)
    except Exception as error:
        given_back(job, error)
        raise


def refuse(job: Import, refusal: Refused) -> None:
    code = getattr(refusal.detail, "code", "")
    with city_context(job.city_id):
        ended(job, state=JobState.REFUSED, problem=code, problem_detail=str(refusal.detail))


def bring_in(job: Import) -> None:
    refuse_who_has_left(job)
    read = by_thing(job, list(brought(job)))
    with city_context(job.city_id, job.actor), told(job) as tell:
        with transaction.atomic():
            work = Work(job, read, tell)
            work.carry_out()
            if job.dry_run or work.findings.count:
                transaction.set_rollback(True)
        ImportFile.objects.filter(import_job=job).update(errors=work.findings.in_order())
        ended(job, **work.result())


def refuse_who_has_left(job: Import) -> None:
    """The role in which it was asked for is looked for again: the job may have waited."""
    roles = Membership.objects.filter(user=job.asked_by, city=job.city_id).values_list("role", flat=True)
    if Can.WRITE not in rights_of(list(roles)):
        raise Refused(403, "permission_denied", PermissionDenied.default_detail)


def brought(job: Import) -> list[Sheet]:
    with city_context(job.city_id):
        content = bytes(ImportFile.objects.get(import_job=job).content)
    return sheets(io.BytesIO(content), job.thing, job.encoding)


def by_thing(job: Import, found: list[Sheet]) -> dict[str, Sheet]:
    """Sheets by what they hold, in the order in which rows refer to each other."""
    named = {sheet_name(thing): thing for thing in importable()}
    sheets = {sheet.name.strip().lower(): sheet for sheet in found}
    # An exported workbook also has what cannot be brought in.
    unread = {*UNREAD, *map(sheet_name, collections())} - set(named)
    sheets = {name: sheet for name, sheet in sheets.items() if name not in unread}
    if job.thing:
        only = sheets.get(sheet_name(job.thing)) or (
            next(iter(sheets.values())) if len(sheets) == 1 else None
        )
        if only is None:
            raise refused("sheet_missing", _("The file has no sheet %(name)s.") % {"name": job.thing})
        sheets = {sheet_name(job.thing): only}
    for name in sheets:
        if name not in named:
            told = {"name": name, "known": ", ".join(named)}
            raise refused("unknown_sheet", _("What is on the sheet %(name)s? Known: %(known)s.") % told)
    if sum(len(sheet.rows) for sheet in sheets.values()) > MAX_ROWS + len(sheets):
        refuse_size(MAX_ROWS + 2, 0)
    return {thing: sheets[name] for name, thing in named.items() if name in sheets}


class Work:
    """What is done inside the transaction, and what came of it."""

    def __init__(self, job: Import, read: dict[str, Sheet], tell: Tell) -> None:
        self.job, self.read, self.tell = job, read, tell
        self.rights = rights_of([job.asked_role])
        self.begin()

    def begin(self) -> None:
        self.findings = Findings([sheet.name or thing for thing, sheet in self.read.items()])
        # Rows that will not be there, whose own errors are told: what refers to them is not told as well.
        self.missing: set[UUID] = set()
        self.made = self.changed = self.corrected = self.unchanged = 0

    def carry_out(self) -> None:
        seen = self.clock(locked=False)
        wanted = self.compared()
        if wanted and self.clock(locked=True) != seen:
            wanted = self.compared()
        done = self.rows - len(wanted)
        for some in batched(parents_first(wanted), WRITTEN_AT_ONCE, strict=False):
            self.write(some)
            done += len(some)
            self.tell(done, self.rows)

    def clock(self, *, locked: bool) -> int:
        cities = City.objects.select_for_update(no_key=True) if locked else City.objects
        return cities.values_list("clock", flat=True).get(pk=self.job.city_id)

    @property
    def rows(self) -> int:
        """Without the headings."""
        return sum(max(len(sheet.rows) - 1, 0) for sheet in self.read.values())

    def compared(self) -> list[Wanted]:
        self.begin()
        city = City.objects.select_related("network").get(pk=self.job.city_id)
        names, found = Names(city.network), []
        for thing, sheet in self.read.items():
            self.tell(0, self.rows)
            table = Table(thing, importable()[thing], sheet, self.findings, names.beside)
            comparison = Comparison(table, self.job, self.rights, names)
            if not self.findings.count or table.columns:
                found += list(comparison.wanted())
            self.unchanged += comparison.unchanged
        self.missing = names.promised - {wanted.pk for wanted in found}
        return found

    def write(self, some: Sequence[Wanted]) -> None:
        """At once; when that is refused, one by one, to tell which."""
        if self.missing and not self.missing.isdisjoint(
            key for wanted in some for key in referred_to(wanted)
        ):
            some = [wanted for wanted in some if not self.is_left_out(wanted)]
        try:
            with transaction.atomic():
                save(some)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if len(some) == 1:
                self.missing.add(some[0].pk)
                self.tell_wrong(some[0], error)
            else:
                for wanted in some:
                    self.write([wanted])
        else:
            self.count(some)

    def is_left_out(self, wanted: Wanted) -> bool:
        found = not self.missing.isdisjoint(referred_to(wanted))
        if found:
            self.missing.add(wanted.pk)
        return found

    def count(self, written: Sequence[Wanted]) -> None:
        self.corrected += sum(wanted.corrects for wanted in written)
        self.made += sum(wanted.is_new and not wanted.corrects for wanted in written)
        self.changed += sum(not wanted.is_new for wanted in written)

    def tell_wrong(self, wanted: Wanted, error: Exception) -> None:
        known = translated(error)
        if known is None:
            raise error
        if isinstance(known, ValidationError):
            wanted.table.errors(wanted.line, known)
        else:
            wanted.table.wrong(wanted.line, "", str(getattr(known.detail, "code", "")), known.detail)

    def result(self) -> dict[str, Any]:
        names = ("made", "changed", "corrected", "unchanged")
        counts = {name: getattr(self, name) for name in names}
        done = {"rows_done": self.rows, "rows_total": self.rows, "errors_found": self.findings.count}
        if not self.findings.count:
            return {**counts, **done}
        problem = {"problem": "import_failed", "problem_detail": str(NOTHING_CHANGED)}
        return {**counts, **done, **problem, "state": JobState.REFUSED}


def save(some: Sequence[Wanted]) -> None:
    """In their order; those that are new, of one kind, together."""
    for (shape, is_new), alike in groupby(some, lambda wanted: (wanted.shape, wanted.is_new)):
        if is_new:
            shape.create_all([{"id": wanted.pk, **wanted.values} for wanted in alike])
        else:
            for wanted in alike:
                shape().update(wanted.row, dict(wanted.values))


def referred_to(wanted: Wanted) -> Iterator[UUID]:
    """The keys of the rows that it needs."""
    for value in wanted.values.values():
        yield from (
            one.pk for one in (value if isinstance(value, list) else [value]) if isinstance(one, Model)
        )


def parents_first(wanted: list[Wanted]) -> Iterator[Wanted]:
    """Rows that are to be made, after those of their own kind that they refer to."""
    waiting = {row.pk: row for row in wanted}
    for row in wanted:
        chain = [row] if row.pk in waiting else []
        while chain and (parent := waiting.get(own_parent(chain[-1]))) and parent not in chain:
            chain.append(parent)
        for found in reversed(chain):
            del waiting[found.pk]
            yield found


def own_parent(wanted: Wanted) -> Any:
    model = wanted.table.view.queryset.model
    own = (v.pk for v in wanted.values.values() if isinstance(v, model))
    return next(own, None)
