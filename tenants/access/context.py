"""One transaction, one context: whose rows the database shows, and who is asking.

A context owns its transaction. It says to PostgreSQL which city's rows the policies let through
(`city_context`), or enters a role that only reads: for a list of cities (`staff_context`), for what
these published to each other (`peer_context`), for what anybody may read (`public_context`). Nothing
else in the project sets these values; without a context the engine refuses to name a tenant table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Func

STAFF_ROLE, PEER_ROLE, PUBLIC_ROLE = "iap_staff", "iap_peer", "iap_public"


class TenancyError(RuntimeError):
    """A tenant table was named, or a job sent, without saying for which city."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes rows, for the history: a person in a role, or a job by its name."""

    id: UUID | None = None
    role: str = ""
    reason: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Either one city, read and written, or a role that only reads, of a list of cities or of all."""

    city: UUID | None = None
    cities: tuple[UUID, ...] | None = None
    reader: str = ""
    actor: Actor = Actor()

    @property
    def reads_what_is_published(self) -> bool:
        return self.reader in (PEER_ROLE, PUBLIC_ROLE)

    def sees_the_same_as(self, other: Context) -> bool:
        return (self.city, self.cities, self.reader) == (other.city, other.cities, other.reader)

    def settings(self) -> dict[str, str]:
        return {
            "app.city_id": str(self.city or ""),
            "app.city_ids": as_array(self.cities) if self.cities is not None else "",
            "app.actor_id": str(self.actor.id or ""),
            "app.actor_role": self.actor.role,
            "app.reason": self.actor.reason,
            "app.request_id": self.actor.request_id,
            "app.counted": "",  # the city whose clock a change in this context has moved
            "role": self.reader or "none",
        }


NOBODY = Context()
_current: ContextVar[Context | None] = ContextVar("tenancy", default=None)


def current() -> Context | None:
    return _current.get()


def as_array(values: Iterable[object]) -> str:
    """As PostgreSQL writes one, of ids or words."""
    return "{" + ",".join(map(str, values)) + "}"


@contextmanager
def city_context(city: UUID, actor: Actor = Actor()) -> Iterator[None]:
    """Read and write the rows of one city."""
    with _enter(Context(city=city, actor=actor)):
        yield


@contextmanager
def staff_context(cities: Iterable[UUID], actor: Actor = Actor()) -> Iterator[None]:
    """Read the rows of several cities, without personal data, as the role that cannot write."""
    with _enter(Context(cities=tuple(sorted(cities)), reader=STAFF_ROLE, actor=actor)):
        yield


@contextmanager
def peer_context(cities: Iterable[UUID]) -> Iterator[None]:
    """Read what the cities of one network published to it, or to everybody."""
    with _enter(Context(cities=tuple(sorted(cities)), reader=PEER_ROLE)):
        yield


@contextmanager
def public_context() -> Iterator[None]:
    """Read what any city published to everybody."""
    with _enter(Context(reader=PUBLIC_ROLE)):
        yield


# What a statement that has read a city's own rows selects last, to go on as a peer of the cities `{}`.
BECOME_A_PEER = (
    "set_config('app.city_id', '', true), set_config('app.city_ids', {}::text, true), "
    f"set_config('role', '{PEER_ROLE}', true)"
)


@contextmanager
def become_a_peer(cities: Iterable[UUID]) -> Iterator[None]:
    """After `BECOME_A_PEER`, for the rest of the transaction."""
    with already_set(Context(cities=tuple(cities), reader=PEER_ROLE), nested=False):
        yield


@contextmanager
def among_peers(cities: Iterable[UUID]) -> Iterator[None]:
    """Within the context of a city: look at what these published as a peer does, then go on as before."""
    inside = _current.get()
    if inside is None or inside.city is None:
        raise TenancyError("Only a city looks at its peers.")
    looking = replace(inside, city=None, cities=tuple(sorted(cities)), reader=PEER_ROLE)
    before = _current.set(looking)
    try:
        tell(looking)
        yield
        tell(inside)
    finally:
        _current.reset(before)


@contextmanager
def already_set(context: Context, *, nested: bool) -> Iterator[None]:
    """For a statement that has set the values itself, in the transaction now open."""
    before = _current.set(context)
    try:
        yield
        if nested:
            tell(NOBODY)
    finally:
        _current.reset(before)


def tell(context: Context) -> None:
    """Say it to PostgreSQL, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(*told(context))


def told(context: Context) -> tuple[str, list[str]]:
    settings = context.settings()
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    return f"SELECT {calls}", [part for item in settings.items() for part in item]


@contextmanager
def beside(city: UUID) -> Iterator[Callable[[str, Sequence[Any]], None]]:
    """Within a context that sees this city: statements that others see at once, each a transaction of
    its own on a second connection, while the first goes on."""
    inside = _current.get()
    if inside is None or city not in (inside.city, *(inside.cities or ())):
        raise TenancyError("Beside a context one speaks of its own city.")
    with closing(connection.copy()) as other:
        other.ensure_connection()

        def at_once(sql: str, params: Sequence[Any]) -> None:
            with other.connection.transaction():
                other.connection.execute(*told(Context(city=city)))
                other.connection.execute(sql, params)

        yield at_once


@contextmanager
def _enter(context: Context) -> Iterator[None]:
    inside = _current.get()
    if inside is None:
        with _open(context):
            yield
    elif inside.sees_the_same_as(context):
        yield
    else:
        raise TenancyError("Inside the context of one city, another was asked for.")


@contextmanager
def _open(context: Context) -> Iterator[None]:
    # A SET LOCAL outlives RELEASE SAVEPOINT: in an outer transaction we put back what was there.
    nested = connection.in_atomic_block
    with transaction.atomic():
        tell(context)
        with already_set(context, nested=nested):
            yield


@contextmanager
def narrowed(cities: Iterable[UUID]) -> Iterator[None]:
    """Within a context that reads across: only some of its cities, for statements whose cost grows
    with the list that the policies compare each row with."""
    inside = _current.get()
    fewer = frozenset(cities)
    if inside is None or inside.cities is None or not fewer <= set(inside.cities):
        raise TenancyError("Only some of the cities of a context can be read inside it.")
    before = _current.set(replace(inside, cities=tuple(sorted(fewer))))
    try:
        tell_setting("app.city_ids", as_array(sorted(fewer)))
        yield
        tell_setting("app.city_ids", as_array(inside.cities))
    finally:
        _current.reset(before)


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Within a context: the reason that history keeps with the changes made inside."""
    inside = _current.get()
    if inside is None:
        raise TenancyError("A reason needs a context.")
    told = replace(inside, actor=replace(inside.actor, reason=reason))
    tell_setting("app.reason", reason)
    before = _current.set(told)
    try:
        yield
        tell_setting("app.reason", inside.actor.reason)
    finally:
        _current.reset(before)


def tell_setting(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


class CurrentCity(Func):
    """The city of the context, as PostgreSQL knows it; NULL outside of one.

    After a SET LOCAL has ended the setting is '', not NULL: hence nullif.
    """

    template = "nullif(current_setting('app.city_id', true), '')::uuid"
    arity = 0
    allowed_default = True
    output_field = models.UUIDField()


class CurrentActor(CurrentCity):
    """The person of the context, as PostgreSQL knows it; NULL for a job."""

    template = "nullif(current_setting('app.actor_id', true), '')::uuid"
