"""Takes people out of what a city keeps: rows, history, kept replies. What is counted stays."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from tenants.access.models import PersonalData
from tenants.api.models import CityReply
from tenants.history.models import Change
from tenants.personal.models import Erasure

Model = type[models.Model]
Rows = list[tuple[Model, list[Any]]]


@cache
def personal_models() -> dict[str, Model]:
    """Every kind of row about a person, as the history names it."""
    found = [model for model in apps.get_models() if issubclass(model, PersonalData)]
    return {str(model._meta.verbose_name).replace(" ", "_"): model for model in found}


class Person(NamedTuple):
    """Who is meant: by an address, or by a name, and then perhaps only in some of the rows."""

    email: str = ""
    name: str = ""
    among: tuple[UUID, ...] | None = None

    def within(self, prefix: str = "") -> Q:
        """Columns, or with a prefix members of JSON, that say it is this person. Case does not matter."""
        field, word = ("email", self.email) if self.email else ("name", self.name)
        return Q(**{f"{prefix}{field}__iexact": word})

    def rows(self) -> Rows:
        mine = self.within() if self.among is None else self.within() & Q(pk__in=self.among)
        return [(model, list(model._base_manager.filter(mine))) for model in personal_models().values()]

    def traces(self) -> models.QuerySet[Change]:
        """Changes of every row that was this person at any time, whatever it says now."""
        said = Change.objects.filter(self.within("before__") | self.within("after__"), personal=True)
        if self.among is not None:
            said = said.filter(row__in=self.among)
        return Change.objects.filter(personal=True, erased_at=None, row__in=said.order_by().values("row"))


def erase_person(person: Person) -> Erasure:
    """Inside a city: all that is kept of a person there."""
    traces = set(person.traces().values_list("row", flat=True))
    return erased(Erasure.Cause.ASKED, person.rows(), traces)


def erase_due(today: date) -> Erasure | None:
    """Inside a city: whoever was to be kept until yesterday or before, deleted rows in the history included.

    Safe to run twice, and to miss: the next run finds what is left.
    """
    kinds = personal_models().values()
    rows = [(model, list(model._base_manager.filter(keep_until__lt=today))) for model in kinds]
    deleted = Change.objects.filter(
        personal=True, erased_at=None, kind=Change.Kind.DELETED, before__keep_until__lt=today.isoformat()
    )
    traces = set(deleted.values_list("row", flat=True))
    if not traces and not any(found for _model, found in rows):
        return None
    return erased(Erasure.Cause.DUE, rows, traces)


def erased(cause: Erasure.Cause, rows: Rows, traces: set[UUID]) -> Erasure:
    """First the rows, because the history writes down what they were; then the history."""
    keys = {row.pk for _model, found in rows for row in found}
    for model, found in rows:
        if found:
            model._base_manager.filter(pk__in=[row.pk for row in found]).delete()
    return Erasure.objects.create(
        cause=cause,
        rows=len(keys),
        changes=forget_in_history(keys | traces),
        replies=forget_replies(keys | traces),
    )


def forget_in_history(rows: Iterable[UUID]) -> int:
    """The application cannot write history: a function of the owner takes personal values out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenants_forget(%s::uuid[])", [list(rows)])
        return cursor.fetchone()[0]


def forget_replies(rows: Iterable[UUID]) -> int:
    """Those that show one of the rows."""
    table = CityReply._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE EXISTS ("
            "SELECT FROM unnest(%s::text[]) shown WHERE position(convert_to(shown, 'UTF8') IN body) > 0)",
            [[str(key) for key in rows]],
        )
        return cursor.rowcount
