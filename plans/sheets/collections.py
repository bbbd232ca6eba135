"""What a city has collections of, as its addresses say; which of them can be imported, in which order."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import models
from django.urls import URLResolver, get_resolver

from tenants.access.rights import Can
from tenants.api.rows import RowViewSet
from tenants.api.views import CityViewSet, NetworkViewSet

OF_A_CITY = re.compile(r"networks/<slug:network>/cities/<slug:city>/([\w/-]+)/\Z")
# A class derived from CityViewSet; mypy takes the hash of a view for that of its class.
View = Any


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, path)
        else:
            shown = getattr(entry.callback, "actions", {}).get("get") in ("list", "retrieve")
            yield path, getattr(entry.callback, "cls", None) if shown else None


def is_a(view: Any, base: type) -> bool:
    return isinstance(view, type) and issubclass(view, base)


@cache
def collections() -> dict[str, View]:
    """By their name in the address: `guideline-assessments`, ..."""
    places = ((OF_A_CITY.search(path), view) for path, view in addresses() if is_a(view, CityViewSet))
    return {place[1].replace("/", "-"): view for place, view in places if place}


def is_personal(view: View) -> bool:
    """About people, or told in confidence: not for everybody who reads the city."""
    return view.read_right in (Can.READ_PERSONAL, Can.WRITE)


@cache
def importable() -> dict[str, View]:
    """Those that say by what a person names a row; what others refer to comes before them."""
    named = {name: view for name, view in collections().items() if view.named_by}
    models_of = {view.queryset.model: name for name, view in named.items()}
    found: dict[str, View] = {}

    def add(name: str) -> None:
        for model in referred_to(named[name]):
            before = models_of.get(model)
            if before and before != name and before not in found:
                add(before)
        found.setdefault(name, named[name])

    for name in named:
        add(name)
    return found


def referred_to(view: View) -> list[Any]:
    model = view.queryset.model
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [f.related_model for f in fields if f.is_relation]


@cache
def names_of_rows() -> dict[type[models.Model], str]:
    """The one field by which rows of these models are named: an action by its code."""
    views: set[type[RowViewSet]] = {
        view for _, view in addresses() if is_a(view, CityViewSet) or is_a(view, NetworkViewSet)
    }
    return {view.queryset.model: view.named_by[0] for view in views if len(view.named_by) == 1}
