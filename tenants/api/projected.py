"""What a view shows of its rows to whom, compiled once and kept."""

from functools import lru_cache
from typing import Any, NamedTuple

from tenants.access.rights import Can
from tenants.api import conditional, readpath
from tenants.api.chosen import Chosen, expandable
from tenants.api.deeds import allowed_actions


class Projected(NamedTuple):
    """A projection and its digest."""

    sql: str
    digest: bytes


# Bounded, because a client may choose any of a row's members.
@lru_cache(maxsize=1024)
def projection(view: type[Any], rights: frozenset[Can], asked: Chosen, language: str) -> Projected:
    """For each set of rights, choice of members and language."""
    serializer = view.serializer_class
    allowed = {"allowed_actions": allowed_actions(view.deeds(), rights)}
    expand = {name: expandable(serializer)[name] for name in asked.expand}
    sql = readpath.projection(serializer, allowed, asked.fields, expand, language)
    return Projected(sql, conditional.digest(sql.encode()).encode())
