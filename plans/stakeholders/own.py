"""What is one's own: written from a seat that one holds today."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from plans.stakeholders.models import LocalGroupSeat, SeatHolder
from tenants.access.clock import Today
from tenants.access.context import CurrentActor
from tenants.access.rights import Can
from tenants.api.deeds import Verb, Ways
from tenants.api.refusals import Refused
from tenants.api.views import CityViewSet


def from_own_seat(seat: str = "seat") -> Q:
    """Rows whose seat the person of the context holds."""
    held = LocalGroupSeat.objects.held(Today()).values("pk")
    mine = SeatHolder.objects.filter(seat__in=held, account=CurrentActor())
    return Q(Exists(mine.filter(seat=OuterRef(seat))))


OWN = from_own_seat()
# Who may ask for the rows that are theirs: who may have any.
ASKS_FOR_OWN = frozenset({Can.WRITE, Can.CONTRIBUTE})


class Mine(django_filters.BooleanFilter):
    """Of rows with a seat in this column; the view names it `confidential`."""

    def filter(self, qs: Any, value: bool) -> Any:
        own = from_own_seat(self.field_name)
        return qs.filter(own if value else ~own)


class OwnRowsViewSet(CityViewSet):
    """Who writes in the city writes every row; a member of the local group those from the own seat."""

    @classmethod
    def writers(cls) -> Ways:
        return Verb(Can.WRITE), Verb(Can.CONTRIBUTE, OWN)

    @classmethod
    def deeds(cls) -> dict[str, Ways]:
        """A verb belongs to the same people, in the state that it asks for."""
        verbs = {
            name.replace("_", "-"): (verb, Verb(Can.CONTRIBUTE, OWN & verb.when if verb.when else OWN))
            for name, verb in cls.verbs.items()
        }
        return super().deeds() | verbs

    @property
    def needs(self) -> Any:
        writers = frozenset(way.right for way in self.writers())
        return {**super().needs, **dict.fromkeys(self.verbs, writers)}

    def made(self, data: Any) -> Any:
        row = super().made(data)
        self.require_own(row)
        return row

    def changed(self, row: Any, data: Any) -> None:
        super().changed(row, data)
        # Nor given to another seat.
        self.require_own(row)

    def do(self, request: Any, deed: Any) -> Any:
        def by_the_right_person(row: Any) -> None:
            self.require_changeable(row)
            deed(row)

        return super().do(request, by_the_right_person)

    def require_own(self, row: Any) -> None:
        try:
            self.require_changeable(row)
        except exceptions.PermissionDenied:
            wrong = {"pointer": "/seat", "code": "not_own_seat", "detail": str(NOT_YOURS)}
            raise Refused(403, "not_own_seat", NOT_YOURS, errors=[wrong]) from None


NOT_YOURS = _("You write from your own seat in the local group, while you hold it.")
