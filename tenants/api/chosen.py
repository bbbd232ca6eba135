"""`?fields=` and `?expand=`: less of a row, or with it the rows that it refers to.

One step deep, and read by the same statement under the same policies: what is expanded is of the
same city, or of its network.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from tenants.api.refusals import bad_parameter

PARAMETERS = ("fields", "expand")


class Chosen(NamedTuple):
    """Which members of a row are asked for; None: all."""

    fields: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()


ALL = Chosen()


# Bounded, because a client may write anything.
@lru_cache(maxsize=1024)
def chosen(fields: str | None, expand: str | None, serializer_class: Any) -> Chosen:
    """As the query says it, if it does."""
    known, leading = readable(serializer_class), tuple(expandable(serializer_class))
    return Chosen(names("fields", fields, known), names("expand", expand, leading) or ())


def names(parameter: str, said: str | None, known: tuple[str, ...]) -> tuple[str, ...] | None:
    """In the order in which they are declared, so that one choice has one statement."""
    if said is None:
        return None
    asked = {name.strip() for name in said.split(",")}
    if not asked <= set(known):
        raise bad_parameter(
            parameter, "unknown_name", _("Known here: %(names)s.") % {"names": ", ".join(known)}
        )
    return tuple(name for name in known if name in asked)


def readable(serializer_class: Any) -> tuple[str, ...]:
    return tuple(field.field_name for field in serializer_class()._readable_fields)


def expandable(serializer_class: Any) -> Mapping[str, type[Any]]:
    """References by name, with the serializer that shows the other row: `Meta.expandable`."""
    return getattr(serializer_class.Meta, "expandable", {})
