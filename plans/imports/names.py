"""Keys of rows by the names that stand in a file."""

from collections.abc import Iterable
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import models

from plans.sheets.beside import categories, of_network
from plans.sheets.collections import names_of_rows
from tenants.networks.models import Network

AT_ONCE = 500


class Names:
    """Of the city and its network, and those that the file will make."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.found: dict[type[models.Model], dict[str, UUID | None]] = {}
        # Rows that the file makes, if it can.
        self.promised: set[UUID] = set()
        self.categories = categories(network.pk)
        self.beside = of_network(network, self.categories)

    def look_up(self, model: type[models.Model], names: Iterable[str]) -> None:
        known = self.found.setdefault(model, {})
        unknown = {name for name in names if name not in known}
        known |= dict.fromkeys(unknown)
        by = names_of_rows()[model]
        shared = {} if getattr(model, "city_owned", False) else {"network": self.network}
        for some in batched(unknown, AT_ONCE, strict=False):
            rows = model._base_manager.filter(**shared, **{f"{by}__in": some})
            known |= {str(name): key for name, key in rows.values_list(by, "pk")}

    def add(self, model: type[models.Model], name: str, key: UUID) -> None:
        self.found.setdefault(model, {})[name] = key

    def key(self, model: Any, name: str) -> UUID | None:
        return self.found[model].get(name)


def names_in(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [value.strip()] if isinstance(value, str) and value.strip() else []


def as_key(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
