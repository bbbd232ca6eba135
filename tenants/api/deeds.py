"""What may be done with a row, by which right and in which state; `allowed_actions` tells it."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import models
from django.db.models import Case, Q, Value, When

from tenants.access.rights import Can

# Of several rights, one is enough.
Need = Can | frozenset[Can] | None


class Verb(NamedTuple):
    """A right, and the state of the row in which the deed is allowed."""

    right: Can
    when: Q | None = None

    def besides(self, state: Q | None) -> "Verb":
        """In this state as well."""
        return self._replace(when=self.when & state if self.when and state else self.when or state)


Ways = tuple[Verb, ...]


def granted(need: Need, rights: frozenset[Can]) -> bool:
    return need is None or not rights.isdisjoint({need} if isinstance(need, Can) else need)


def reach(ways: Iterable[Verb], rights: frozenset[Can]) -> Q | None:
    """The rows to which the deed may be done with these rights; None: to all."""
    states = [way.when for way in ways if way.right in rights]
    return reduce(or_, (when for when in states if when), Q(pk__in=[])) if all(states) else None


def allowed_actions(deeds: dict[str, Ways], rights: frozenset[Can]) -> "Names":
    """The names of what may be done, as a JSON array made from the state of the row."""
    allowed = [
        (name, reach(ways, rights))
        for name, ways in deeds.items()
        if any(way.right in rights for way in ways)
    ]
    return Names(
        *(
            Case(When(state, then=Value(name)), default=None) if state else Value(name)
            for name, state in allowed
        )
    )


class Names(models.Func):
    """The arguments that are not null, as a JSON array."""

    template = "to_json(array_remove(ARRAY[%(expressions)s]::text[], NULL))"
    output_field = models.JSONField()
