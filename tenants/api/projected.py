"""What a view shows of its rows to whom, compiled once and kept."""

from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import JSONField, Value

from tenants.access.rights import Can
from tenants.api import conditional, readpath
from tenants.api.chosen import Chosen, expandable
from tenants.api.deeds import allowed_actions, granted

NOTHING = Value(None, JSONField())


class Projected(NamedTuple):
    """A projection and its digest."""

    sql: str
    digest: bytes


# Bounded, because a client may choose any of a row's members.
@lru_cache(maxsize=1024)
def projection(view: type[Any], rights: frozenset[Can], asked: Chosen, language: str) -> Projected:
    """For each set of rights, choice of members and language."""
    serializer = view.serializer_class
    expand = {name: expandable(serializer)[name] for name in asked.expand}
    sql = readpath.projection(serializer, computed(view, rights), asked.fields, expand, language)
    return Projected(sql, conditional.digest(sql.encode()).encode())


def computed(view: type[Any], rights: frozenset[Can]) -> dict[str, Any]:
    """What may be done, and nothing in the place of what is kept back."""
    kept_back = {name: NOTHING for name, need in view.confidential.items() if not granted(need, rights)}
    return {"allowed_actions": allowed_actions(view.deeds(), rights), **kept_back}
