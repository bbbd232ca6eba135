"""What changed from one document of the plan to another: rows by their id, fields by their name."""

from collections.abc import Mapping
from typing import Any

from plans.versions.content import PARTS

# Of each kind in each part: more than anybody reads, less than a server minds.
MOST_ROWS = 200

Row = Mapping[str, Any]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """By part; a part that one of them does not have cannot be compared."""
    both = [name for name in PARTS if name in before and name in after]
    return {
        "identical": before == after,
        "not_compared": [name for name in PARTS if (name in before) != (name in after)],
        "parts": [{"part": name, **of_part(before[name], after[name])} for name in both],
    }


def of_part(before: list[Row], after: list[Row]) -> dict[str, Any]:
    was, becomes = {row["id"]: row for row in before}, {row["id"]: row for row in after}
    changed = [(row, of_row(was[key], row)) for key, row in becomes.items() if key in was]
    kinds: dict[str, list[dict[str, Any]]] = {
        "added": [named(row) for key, row in becomes.items() if key not in was],
        "removed": [named(row) for key, row in was.items() if key not in becomes],
        "changed": [{**named(row), "fields_changed": fields} for row, fields in changed if fields],
    }
    shown = {kind: rows[:MOST_ROWS] for kind, rows in kinds.items()}
    return {**shown, "left_out": sum(len(rows[MOST_ROWS:]) for rows in kinds.values())}


def of_row(was: Row, becomes: Row) -> list[dict[str, Any]]:
    """A field that only one of them has is null in the other."""
    names = [*becomes, *(name for name in was if name not in becomes)]
    return [
        {"field": name, "before": was.get(name), "after": becomes.get(name)}
        for name in names
        if was.get(name) != becomes.get(name)
    ]


def named(row: Row) -> dict[str, str]:
    """By which a person knows it."""
    return {"id": row["id"], "code": row.get("code", ""), "title": row.get("title") or row.get("name", "")}
