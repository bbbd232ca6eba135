"""Holds an answer against openapi/openapi.yaml: known route and status, media type, body, headers."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).parent.parent / "openapi" / "openapi.yaml"
BASE = "urn:contract"


@cache
def document() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return closed(yaml.load(DOCUMENT.read_text(), loader))


def closed(node: Any) -> Any:
    """Objects with declared properties hold no others: what is not in the contract is not sent."""
    if isinstance(node, dict):
        closed_node = {key: closed(value) for key, value in node.items()}
        if node.get("type") == "object" and "properties" in node and "additionalProperties" not in node:
            closed_node["additionalProperties"] = False
        return closed_node
    return [closed(item) for item in node] if isinstance(node, list) else node


@cache
def registry() -> Registry[Any]:
    return Registry().with_resource(BASE, Resource(document(), DRAFT202012))


@cache
def routes() -> list[tuple[re.Pattern[str], str]]:
    patterns = [(re.sub(r"\{\w+\}", r"[^/]+", path), path) for path in document()["paths"]]
    return [
        (re.compile(f"{pattern}\\Z"), path)
        for pattern, path in sorted(patterns, key=lambda p: p[0].count("["))
    ]


@cache
def validator(path: str, method: str, status: str, media_type: str) -> Draft202012Validator | None:
    body = document()["paths"][path][method]["responses"][status]
    steps = ["paths", path, method, "responses", status]
    if "$ref" in body:
        steps = ["components", "responses", body["$ref"].rsplit("/", 1)[1]]
        body = document()["components"]["responses"][steps[-1]]
    if "content" not in body:
        return None
    assert media_type in body["content"], f"{method} {path} {status}: {media_type} is not in the contract"
    pointer = "/".join(
        part.replace("~", "~0").replace("/", "~1") for part in (*steps, "content", media_type, "schema")
    )
    return Draft202012Validator({"$ref": f"{BASE}#/{pointer}"}, registry=registry())


def check(method: str, response: Any) -> None:
    path = next((path for pattern, path in routes() if pattern.match(response.wsgi_request.path)), None)
    if path is None or method == "HEAD":
        return
    operation = document()["paths"][path].get(method.lower())
    status = str(response.status_code)
    assert status != "500", response.getvalue()
    if operation is None:
        assert status in ("405", "401"), f"{method} {path} is not in the contract but answered {status}"
        return
    assert status in operation["responses"], (
        f"{method} {path}: {status} is not in the contract: {response.getvalue()!r}"
    )
    media_type = response.headers.get("Content-Type", "").split(";")[0]
    found = validator(path, method.lower(), status, media_type)
    if found is not None and media_type.endswith("json") and not response.streaming:
        errors = list(found.iter_errors(response.json()))
        if "fields" in response.wsgi_request.GET:
            errors = [e for e in errors if not lacks_only(e)]
        errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in errors]
        assert not errors, f"{method} {path} {status}: {errors[:5]}"


def lacks_only(error: Any) -> bool:
    """What is wrong is that members are not there, be it of one of several shapes."""
    if error.validator == "required":
        return True
    shapes: dict[Any, list[Any]] = {}
    for wrong in error.context or ():
        shapes.setdefault(wrong.schema_path[0], []).append(wrong)
    return any(all(lacks_only(wrong) for wrong in shape) for shape in shapes.values())
