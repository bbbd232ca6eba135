"""The base of every Celery task: it says whose rows it touches, and finds them again at the worker.

The city travels in the headers of the message, never in its arguments; arguments are ids, never rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any
from uuid import UUID

from celery import Task

from tenants.access.context import Actor, TenancyError, city_context, current

HEADER = "city"


class Scope(Enum):
    """CITY: the rows of one city. SHARED: rows that cities share; what it reads across, it says itself."""

    CITY = "city"
    SHARED = "shared"


class ScopedTask(Task):
    """`@app.task(base=ScopedTask, scope=Scope.CITY)`; without a scope it is neither sent nor run."""

    abstract = True
    scope: Scope | None = None

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        if self.declared() is Scope.CITY:
            headers[HEADER] = headers.get(HEADER) or self.city_of_the_context()
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.declared()
        return super().__call__(*args, **kwargs)

    @contextmanager
    def city(self) -> Iterator[None]:
        """One transaction in the city that the message names; a task may open several."""
        with city_context(self.city_named(), Actor(role=self.name)):
            yield

    def city_named(self) -> UUID:
        """By the message; for a task that opens its transactions itself."""
        named = (self.request.headers or {}).get(HEADER) or getattr(self.request, HEADER, None)
        if self.declared() is not Scope.CITY or not named:
            raise TenancyError(f"{self.name} came without a city.")
        return UUID(named)

    def declared(self) -> Scope:
        if self.scope is None:
            raise TenancyError(f"{self.name} does not declare its scope.")
        return self.scope

    def city_of_the_context(self) -> str:
        context = current()
        if context is None or context.city is None:
            raise TenancyError(f"{self.name} was sent without a city.")
        return str(context.city)
