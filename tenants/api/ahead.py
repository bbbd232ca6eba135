"""What goes to the server together with the entrance: the statement that will most likely be asked next.

Which row is meant stands in the address; what is shown of it, and from which city, only the entrance can
say, and as a rule says what it said the last time to the same person at the same place. So the statement
of that time is sent along. The policies judge it after the entrance, as they would have a moment later,
and its answer is given only to whoever asks for exactly this statement with exactly these values.
"""

from collections.abc import Mapping
from typing import Any, Final

from tenants.access.postgresql.prepared import Asked

KEPT = 4_000
LONGEST = 1_000
ROW: Final = object()

# By person, place, kind of rows and what is done with one; None where it was wrong once.
likely: dict[Any, Asked | None] = {}


def expected(request: Any, how: str, proof: str) -> Asked | None:
    """What a request for one row will ask after the entrance."""
    path: Mapping[str, Any] = request.parser_context["kwargs"]
    view, meta = request.parser_context["view"], request.META
    query, accepted = meta.get("QUERY_STRING", ""), meta.get("HTTP_ACCEPT_LANGUAGE", "")
    # A client that holds the row will most likely not be shown it again; a file can be read only once, and so
    # what brings one cannot begin again.
    unlikely = "HTTP_IF_NONE_MATCH" in meta or meta.get("CONTENT_TYPE", "").startswith("multipart/")
    if "id" not in path or unlikely or len(query) + len(accepted) > LONGEST:
        return None
    place = (path.get("network"), path.get("city"))
    kind = (type(view), getattr(view, "action", ""), request.method)
    request.likely = (*kind, how, proof, place, query, accepted)
    known = likely.get(request.likely)
    return known and known._replace(values=tuple(path["id"] if v is ROW else v for v in known.values))


def remember(request: Any, asked: Asked) -> None:
    """That this was asked first after the entrance."""
    key = getattr(request, "likely", None)
    if key is None or key in likely:
        return
    if len(likely) >= KEPT:
        likely.clear()
    row = request.parser_context["kwargs"]["id"]
    likely[key] = asked._replace(values=tuple(ROW if v == row else v for v in asked.values))


def forget(request: Any) -> None:
    """It was wrong: roles, rights or languages have changed since."""
    likely[request.likely] = None
