"""What the contract says of every operation, beside what its view declares."""

import json
import re
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import PolymorphicProxySerializer

from tenants.api.chosen import expandable
from tenants.api.limits import BRINGING
from tenants.api.parameters import PATH, header, parameter, query, shape_parameters
from tenants.api.problems import MEDIA_TYPE, Problem
from tenants.api.statuses import DESCRIBED, example

PLACES = re.compile(r"networks/\{network\}/cities/\{city\}/|networks/\{network\}/(?=.)")
UNSAFE = ("POST", "PATCH", "DELETE")


class Contract(AutoSchema):
    """Problems, conditional headers and names, so that no view repeats them."""

    def get_operation_id(self) -> str:
        """`actions_list` in a city, `network_actions_list` across its network."""
        path = re.sub(r"^/api/v1/", "", self.path)
        prefix = "network" if path.startswith("networks/{network}/") and "{city}" not in path else ""
        words = [w for w in PLACES.sub("", path).strip("/").split("/") if not w.startswith("{")]
        name = "_".join([prefix, *words] if prefix else words).replace("-", "_")
        action = getattr(self.view, "action", None)
        if action in VERBS:
            return f"{name}_{VERBS[action]}"
        return name if action else f"{name}_{self.plain_verb()}"

    def plain_verb(self) -> str:
        """Of a view that is no viewset."""
        listing = self.method == "GET" and getattr(self.view, "is_collection", False)
        return "list" if listing else {"GET": "read", "POST": "create", "DELETE": "delete"}[self.method]

    def get_summary(self) -> str | None:
        """What stands beside the address on the documentation page."""
        things = self.things
        told = SUMMARIES.get(getattr(self.view, "action", "") or "")
        one = f"one of the {things}" if self.path.endswith("}/") else f"the {things}"
        return (
            told.format(things if told[0] in "LMA" else one)
            if told
            else self.get_description().split("\n")[0].rstrip(".")
        )

    @property
    def things(self) -> str:
        tag = self.get_tags()[0]
        words = [word for word in self.path.strip("/").split("/") if not word.startswith("{")]
        return f"public {words[-1]}" if self.view.is_public else tag.replace("-", " ")

    def get_auth(self) -> list[Any]:
        return [{}] if self.view.is_public else super().get_auth()

    def get_tags(self) -> list[str]:
        path = re.sub(r"^/api/v1/", "", self.path)
        return [PLACES.sub("", path).split("/")[0]]

    def get_override_parameters(self) -> list[Any]:
        parameters = [parameter(*place) for place in PATH if f"{{{place[0]}}}" in self.path]
        if self.method in UNSAFE and hasattr(self.view, "needs"):
            parameters.append(query("reason", "Kept in the history with the change.", maxLength=500))
        if self.method == "POST":
            parameters.append(
                header("Idempotency-Key", "A key of yours: a repeated request has its effect once.")
            )
        if getattr(self.view, "action", "") in ("list", "retrieve"):
            parameters += shape_parameters(self.view.serializer_class)
        if self.changes_a_row:
            parameters.append(header("If-Match", "The ETag of the row as you read it.", required=True))
        if self.method == "GET":
            parameters.append(header("If-None-Match", "An ETag you hold: 304 when nothing changed."))
        return parameters

    @property
    def for_peers(self) -> Any:
        """The view of what was published, where peers read it in place of the rows themselves."""
        across = self.method == "GET" and "{city}" not in self.path
        return getattr(self.view, "published", None) if across else None

    def get_response_serializers(self) -> Any:
        told = super().get_response_serializers()
        if not self.for_peers:
            return told
        both = [self.view.serializer_class, self.for_peers.serializer_class]
        name = f"{both[0].Meta.model.__name__}Read"
        return PolymorphicProxySerializer(name, both, resource_type_field_name=None)

    def _get_filter_parameters(self) -> list[Any]:
        found = super()._get_filter_parameters()
        if not self.for_peers:
            return found
        own, self.view.filterset_class = self.view.filterset_class, self.for_peers.filterset_class
        known = {part["name"] for part in found}
        found += [part for part in super()._get_filter_parameters() if part["name"] not in known]
        self.view.filterset_class = own
        return found

    @property
    def changes_a_row(self) -> bool:
        return getattr(self.view, "action", "") in ("partial_update", "destroy")

    def get_filter_backends(self) -> list[Any]:
        return super().get_filter_backends() if getattr(self.view, "filterset_class", None) else []

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """To a format, which is only a note, an empty text is an address too: `oneOf` would refuse both."""
        super()._insert_field_validators(field, schema)
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        reference = self.resolve_serializer(Problem, direction).ref
        for status in sorted(self.problems() - set(bodies)):
            bodies[status] = {
                "description": DESCRIBED[status],
                "content": {MEDIA_TYPE: {"schema": reference, "example": example(status)}},
            }
        if self.method == "GET" and hasattr(self.view, "needs"):
            bodies["304"] = {"description": "You have this representation."}
        return {status: self.with_headers(status, bodies[status]) for status in sorted(bodies)}

    def problems(self) -> set[str]:
        found = {"400", "404", "503"} if self.view.is_public else {"400", "401", "403", "404", "503"}
        if self.method in BRINGING:
            found |= {"409", "411", "413", "415"}
        if self.method == "POST":
            found.add("422")
        if self.method == "DELETE":
            found.add("409")
        if self.changes_a_row or (self.method == "POST" and "{id}" in self.path):
            found |= {"412", "428"}
        return found

    def with_headers(self, status: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-Request-ID": text("Names the request in logs and history.")}
        headers["Content-Language"] = text("Of the texts; after a comma, of those without a translation.")
        if status in ("200", "201") and hasattr(self.view, "projection"):
            headers["ETag"] = text("For If-Match and If-None-Match.")
        if status in ("201", "202"):
            headers["Location"] = text("The address of what was made.")
        if status == "503":
            headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds."}
        return {**body, "headers": {**body.get("headers", {}), **headers}}


VERBS = {
    "list": "list",
    "retrieve": "read",
    "create": "create",
    "partial_update": "change",
    "destroy": "delete",
}
SUMMARIES = {
    "list": "List {}",
    "retrieve": "Read {}",
    "create": "Add to the {}",
    "partial_update": "Change {}",
    "destroy": "Delete {}",
    "bulk": "Make, change and delete many {}",
}


class ExpandableSchema(OpenApiSerializerExtension):
    """Adds `expanded` to what is read of a row."""

    target_class = "tenants.api.serializers.RowSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        kinds = expandable(type(self.target)) if direction == "response" else {}
        if kinds:
            relation = self.target.Meta.model._meta.get_field
            rows = {
                name: shown(auto_schema.resolve_serializer(kind, direction).ref, relation(name))
                for name, kind in kinds.items()
            }
            text = "The rows asked for by `expand`."
            schema["properties"]["expanded"] = {"type": "object", "description": text, "properties": rows}
        return schema


def shown(reference: dict[str, str], relation: Any) -> dict[str, Any]:
    if relation.many_to_many:
        return {"type": "array", "items": reference}
    return {"oneOf": [reference, {"type": "null"}]} if relation.null else reference


def text(description: str) -> dict[str, Any]:
    return {"schema": {"type": "string"}, "description": description}


def say_once(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Problems and parameters that many operations have stand among the components, by name."""
    named: dict[str, dict[str, Any]] = {"responses": {}, "parameters": {}}
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        responses = operation["responses"]
        for status in {*DESCRIBED, "304"} & set(responses):
            responses[status] = hoisted(named["responses"], f"Status{status}", responses[status])
        concept = operation["tags"][0].replace("-", "_")
        operation["parameters"] = [
            hoisted(named["parameters"], component(part["name"], concept), part)
            if part["name"] in EVERYWHERE | OF_A_CONCEPT
            else part
            for part in operation.get("parameters", [])
        ]
    result["components"] |= named
    return result


def component(parameter: str, concept: str) -> str:
    return parameter if parameter in EVERYWHERE else f"{parameter}_of_{concept}"


EVERYWHERE = {
    "Accept-Language",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "network",
    "city",
    "id",
    "reason",
}
EVERYWHERE |= {"Accept-Language", "cursor", "page_size", "count"}
OF_A_CONCEPT = {"expand", "fields", "ordering", "search"}


def refuse_empty(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A parameter of the query without a value is an error, also where a filter takes any text."""
    for operation in (operation for path in result["paths"].values() for operation in path.values()):
        for part in operation.get("parameters", []):
            schema = part.get("schema", {})
            anything = schema.get("type") == "string" and not schema.keys() & {"enum", "format"}
            if part.get("in") == "query" and anything:
                schema.setdefault("minLength", 1)
    return result


def hoisted(named: dict[str, Any], name: str, part: dict[str, Any]) -> dict[str, Any]:
    """A reference to the component, or the part itself where it differs from the component."""
    kind = "responses" if "content" in part or "schema" not in part else "parameters"
    same = named.setdefault(name, part) == part
    return {"$ref": f"#/components/{kind}/{name}"} if same else part


BLANK = {"type": "string", "maxLength": 0}


def blank_or_written(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Text that may be blank: a format does not refuse the empty text, so both may fit (JSON Schema)."""
    for schema in result["components"]["schemas"].values():
        for member in schema.get("properties", {}).values():
            if BLANK in member.get("oneOf", ()):
                member["anyOf"] = member.pop("oneOf")
    return result


def drop_unused(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Shapes that are only read are made as shapes of a request as well."""
    schemas, told = result["components"]["schemas"], json.dumps(result, default=str)
    used = {name: schema for name, schema in schemas.items() if f'"#/components/schemas/{name}"' in told}
    result["components"]["schemas"] = used
    return result if len(used) == len(schemas) else drop_unused(result)


def sort_components(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """In the order of their names, so that a change of the contract is a small change of the file."""
    for kind, components in result.get("components", {}).items():
        result["components"][kind] = dict(sorted(components.items()))
    return result
