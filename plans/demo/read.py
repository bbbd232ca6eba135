"""The documents of the demo, read into plain rows."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"

Row = dict[str, Any]


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Takes 3.3 as it is written, not as the binary fraction next to it."""


Loader.add_constructor("tag:yaml.org,2002:float", lambda _loader, node: Decimal(node.value))


def documents() -> list[Row]:
    """One for each network, in the shape that the head of `interactive-cities.yaml` describes."""
    return [document(path) for path in sorted(DATA.glob("*.yaml"))]


def document(path: Path) -> Row:
    written = yaml.load(path.read_text("utf-8"), Loader)  # noqa: S506 - a safe loader
    sources = written.pop("sources")
    written.pop("meta", None)
    return told(written, sources)


def told(value: Any, sources: dict[str, str]) -> Any:
    """With addresses in the place of their keys, and without what is only for readers of the file."""
    if isinstance(value, list):
        return [told(item, sources) for item in value]
    if not isinstance(value, dict):
        return value
    row = {name: told(item, sources) for name, item in value.items() if name != "extra"}
    if "source" in row:
        row["source"] = "; ".join(sources[key] for key in row["source"])
    return row
