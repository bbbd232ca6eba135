"""`?fields=` and `?expand=`: less of a row, or with it the rows that it refers to.

One step deep, and read by the same statement under the same policies: what is expanded is of the
same city, or of its network.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from tenants.api.refusals import bad_parameter

PARAMETERS = ("fields", "expand")


class Chosen(NamedTuple):
    """Which members of a row are asked for; None: all."""

    fields: tuple[str, ...] | None = None
    expand: tuple[str, ...] = ()


ALL = Chosen()


def chosen(query: Mapping[str, str], serializer_class: Any) -> Chosen:
    fields = names(query, "fields", readable(serializer_class))
    expand = names(query, "expand", tuple(expandable(serializer_class)))
    return Chosen(fields, expand or ())


def names(query: Mapping[str, str], parameter: str, known: tuple[str, ...]) -> tuple[str, ...] | None:
    """In the order in which they are declared, so that one choice has one statement."""
    if parameter not in query:
        return None
    asked = {name.strip() for name in query[parameter].split(",")}
    if not asked <= set(known):
        raise bad_parameter(
            parameter, "unknown_name", _("Known here: %(names)s.") % {"names": ", ".join(known)}
        )
    return tuple(name for name in known if name in asked)


@cache
def readable(serializer_class: Any) -> tuple[str, ...]:
    return tuple(field.field_name for field in serializer_class()._readable_fields)


def expandable(serializer_class: Any) -> Mapping[str, type[Any]]:
    """References by name, with the serializer that shows the other row: `Meta.expandable`."""
    return getattr(serializer_class.Meta, "expandable", {})
