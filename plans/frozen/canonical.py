"""Canonical JSON (RFC 8785), so that the same content has the same digest everywhere.

Content holds texts, whole numbers, truth values and nulls only; decimals are texts. For these, and
keys in ASCII, sorted keys without white space are what the RFC asks for.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def canonical(content: Any) -> str:
    refuse_floats(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def joined(members: Mapping[str, str]) -> str:
    """An object of members that are canonical already; its keys are plain words."""
    return "{" + ",".join(f'"{name}":{members[name]}' for name in sorted(members)) + "}"


def listed(items: Iterable[str]) -> str:
    return "[" + ",".join(items) + "]"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_floats(value: Any) -> None:
    """Two machines may print a float differently."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; published numbers are decimal texts.")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        refuse_floats(item)
