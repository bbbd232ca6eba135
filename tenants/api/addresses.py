"""Addresses that a row tells of, written by the read path."""

from typing import Any
from uuid import UUID

from django.db.models import Case, F, Func, Q, TextField, When
from django.urls import reverse

NETWORK, CITY, ID = "_network_", "_city_", UUID(int=0)


def path_of(name: str, when: Q) -> Case:
    """The path of an address of a row of a city, by the name of the route; null unless there is something."""
    return Case(When(when, then=Path(name)), default=None, output_field=TextField())


class Path(Func):
    """The route is looked up when the statement is made: while views are imported there is none yet."""

    output_field = TextField()

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(F("city__network__slug"), F("city__slug"), F("pk"))

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        path = reverse(self.name, kwargs={"network": NETWORK, "city": CITY, "id": ID})
        for place in (NETWORK, CITY, str(ID)):
            path = path.replace(place, "%s")
        parts, params = zip(*map(compiler.compile, self.source_expressions), strict=True)
        return f"format(%s, {', '.join(parts)})", (path, *(value for some in params for value in some))
