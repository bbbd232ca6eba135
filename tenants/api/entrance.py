"""What is known of a request once its person and its place are proven."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from tenants.access.context import Actor, Context
from tenants.access.rights import LEVEL, RANKED, Can, Level, Role, rights_of


@dataclass(frozen=True)
class Entrance:
    """A person in front of an address: of one city, of a network, or of nothing in particular.

    `roles` are those that count at this address; `cities` those that a reader across cities, or of what
    cities published, may see; `language` is the one the person reads best of those known here; `networks`
    the one of the address, or all in which the person has a role; `reader` the role of the database that
    was entered, where one only reads; `clock` goes on with every change of a row of this city, or of these
    cities, or of what their network shares.
    """

    user: Any
    network: UUID | None = None
    city: UUID | None = None
    working_language: str = "en"
    language: str = "en"
    clock: str = ""
    roles: tuple[str, ...] = ()
    cities: tuple[UUID, ...] = ()
    networks: tuple[UUID, ...] = ()
    reader: str = ""
    today: date = field(default_factory=date.today)
    request_id: str = ""
    reason: str = ""

    @cached_property
    def rights(self) -> frozenset[Can]:
        """Outside of a city, a role in one of them opens what all share, and nothing in the others."""
        above = [role for role in self.roles if LEVEL[Role(role)] != Level.CITY]
        if self.city or len(above) == len(self.roles):
            return rights_of(list(self.roles))
        return rights_of(above) | {Can.READ_SHARED}

    @property
    def context(self) -> Context:
        actor = Actor(self.user.pk if self.user else None, self.strongest, self.reason, self.request_id)
        if self.reader:
            return Context(cities=self.cities, reader=self.reader, actor=actor)
        return Context(city=self.city, actor=actor)

    @property
    def strongest(self) -> str:
        """The role that goes into the history."""
        return next((role for role in RANKED if role in self.roles), "")
