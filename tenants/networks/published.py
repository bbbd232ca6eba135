"""What cities published: to whoever asks without a token, and to their peers in the network.

One view shows it to both. At the public addresses it has a door of its own, which asks for no proof
and enters `iap_public`; at the addresses of a network it stands in for the view of the rows themselves.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import OuterRef, Subquery
from rest_framework.authentication import BaseAuthentication

from tenants.access.asking import fetch
from tenants.access.context import PUBLIC_ROLE
from tenants.api.deeds import Need
from tenants.api.entered import EnteredView
from tenants.api.entrance import Entrance
from tenants.api.languages import negotiated
from tenants.api.places import Place, annotations
from tenants.api.readpath import JSON, Json, columns
from tenants.api.rows import RowViewSet

# Long enough to carry a crowd, short enough that what is withdrawn is soon gone.
KEPT_SECONDS = 60

ENTER = f"""
WITH network AS MATERIALIZED (
    SELECT id, working_language, clock FROM tenants_network WHERE slug = %(network)s::text
),
partner AS MATERIALIZED (
    SELECT id, clock FROM tenants_city WHERE network_id = (SELECT id FROM network)
)
SELECT (SELECT id FROM network), (SELECT working_language FROM network),
    ARRAY(SELECT id FROM partner ORDER BY id),
    format('%%s.%%s', (SELECT clock FROM network), (SELECT sum(clock) FROM partner)),
    current_date,
    set_config('app.city_id', '', true), set_config('app.city_ids', '', true),
    set_config('app.actor_id', '', true), set_config('app.actor_role', '', true),
    set_config('app.reason', '', true), set_config('app.request_id', %(request_id)s::text, true),
    set_config('role', '{PUBLIC_ROLE}', true)
"""


class PublicEntrance(BaseAuthentication):
    """Everybody comes in, whatever token or cookie they bring, as the role that sees what is public."""

    def authenticate(self, request: Any) -> tuple[None, Entrance]:
        place = request.parser_context["kwargs"]
        request_id = getattr(request, "request_id", "")
        row = fetch(ENTER, {"network": place.get("network"), "request_id": request_id})
        network, language, cities, clock, today, *_ = row
        return None, Entrance(
            user=None,
            network=network,
            working_language=language or "en",
            language=negotiated(request.headers.get("Accept-Language", ""), language or "en"),
            clock=clock,
            cities=tuple(cities),
            reader=PUBLIC_ROLE,
            today=today,
            request_id=request_id,
        )


class PublicView(EnteredView):
    """The base of every view that answers without a token. It only reads; whoever passes the answer on
    may keep it for a while, and a page of any origin may show it."""

    is_public = True
    authentication_classes: ClassVar[Any] = (PublicEntrance,)
    permission_classes: ClassVar[Any] = ()
    http_method_names: ClassVar[list[str]] = ["get", "head"]
    answers_with: ClassVar[dict[str, str]] = {
        "Cache-Control": f"public, max-age={KEPT_SECONDS}",
        "Vary": "Accept-Language",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, X-Request-ID",
    }

    @property
    def needs(self) -> Mapping[str, Need]:
        return {}

    def visible(self, entrance: Entrance) -> bool:
        return True

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        if response.status_code >= 400:
            self.headers["Cache-Control"] = "no-cache"
        return super().finalize_response(request, response, *args, **kwargs)


class PublishedViewSet(PublicView, RowViewSet):
    """Rows that cities published. The policies say which, the grants which of their columns."""

    counted = True

    def rows(self) -> models.QuerySet[Any]:
        return self.queryset.filter(city__in=self.entrance.cities)

    def place(self) -> dict[str, Any]:
        return {"city_id": list(self.entrance.cities)}


class IfSeen(Subquery):
    """The row that the field `name` refers to, shown by `kind`; null where it was not published."""

    def __init__(self, model: type[models.Model], name: str, kind: Any, language: str = "") -> None:
        relation: Any = model._meta.get_field(name)
        place = Place(relation.related_model, "", annotations(kind), language)
        rows = relation.related_model._base_manager.filter(pk=OuterRef(relation.attname)).order_by()
        self.shown = (model, name, kind)
        super().__init__(rows.annotate(_item=Json(columns(kind(), place))).values("_item"), output_field=JSON)

    def in_language(self, language: str) -> "IfSeen":
        return IfSeen(*self.shown, language)
