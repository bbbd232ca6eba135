"""Parameters as the contract writes them."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from tenants.api.chosen import expandable, readable
from tenants.api.places import is_translated

PATH = [
    ("network", "Slug of the network, such as `interactive-cities`."),
    ("city", "Slug of the partner city in this network, such as `genoa`."),
    ("slug", "Slug."),
    ("id", "Key of the row."),
]


def shape_parameters(serializer_class: Any) -> list[OpenApiParameter]:
    """`fields` for every row, `expand` where it refers to others, the language where it has texts."""
    found = [several("fields", "Members to show; the others are left out.", readable(serializer_class))]
    if names := tuple(expandable(serializer_class)):
        found.append(several("expand", "References to show as rows in `expanded`.", names))
    if is_translated(serializer_class):
        found.append(header("Accept-Language", "Of texts, where they are translated."))
    return found


def parameter(name: str, description: str) -> OpenApiParameter:
    kind = {"type": "string", "format": "uuid"} if name == "id" else {"type": "string"}
    return OpenApiParameter(name, kind, OpenApiParameter.PATH, required=True, description=description)


def query(name: str, description: str, **schema: Any) -> OpenApiParameter:
    """A text; an empty one is refused."""
    return OpenApiParameter(name, {"type": "string", "minLength": 1, **schema}, description=description)


def several(name: str, description: str, names: tuple[str, ...]) -> OpenApiParameter:
    """Some of these names, separated by commas."""
    kind = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(names)}}
    return OpenApiParameter(name, kind, description=description, style="form", explode=False)


def header(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=required, description=description)
