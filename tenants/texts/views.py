"""What is not translated yet, in a city and among what its network shares."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from tenants.access.rights import Can
from tenants.access.translations import LANGUAGES
from tenants.api import conditional, paging
from tenants.api.deeds import Need
from tenants.api.entered import EnteredView
from tenants.api.entrance import Entrance
from tenants.api.refusals import bad_parameter
from tenants.texts.serializers import UntranslatedPageSerializer
from tenants.texts.untranslated import Model, in_a_city, in_a_network, untranslated

ORDER = paging.Order("id", False)
PARAMETERS = [
    OpenApiParameter("language", enum=LANGUAGES, description="When left out, the one of Accept-Language."),
    OpenApiParameter("thing", str, description="Only rows of this kind, such as action."),
    OpenApiParameter("cursor", str, description="From `next` or `previous` of another page."),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("count", bool, description="Also count all such rows."),
]


class UntranslatedView(EnteredView):
    """What is not translated yet, with the texts as they stand in the working language."""

    accepts = ("language", "thing", "cursor", "page_size", "count")
    is_collection = True
    right: ClassVar[Can]

    @property
    def needs(self) -> Mapping[str, Need]:
        return {"": self.right}

    @extend_schema(responses=UntranslatedPageSerializer, parameters=PARAMETERS)
    def get(self, request: Any, **path: Any) -> Response:
        query, entrance = request.query_params, self.entrance
        language = one_of("language", query.get("language", entrance.language), self.known())
        things = self.things()
        if "thing" in query:
            named = one_of("thing", query["thing"], tuple(sorted(things)))
            things = {named: things[named]}
        cursor = read(query.get("cursor"), things)
        page = untranslated(
            # In the working language nothing is lacking.
            things if language != entrance.working_language else {},
            language,
            self.place(),
            size=paging.page_size(query.get("page_size")),
            beyond=(str(cursor.value), cursor.pk) if cursor else None,
            backwards=cursor is not None and cursor.backwards,
            counted=paging.flag("count", query.get("count")),
        )
        body = JSONRenderer().render(
            {"language": language, **paging.links(request, page, cursor), "results": page.rows}
        )
        return Response(body, headers={"ETag": conditional.tag(conditional.digest(body))})

    def known(self) -> tuple[str, ...]:
        return (*LANGUAGES, self.entrance.working_language)

    def things(self) -> Mapping[str, Model]:
        raise NotImplementedError

    def place(self) -> tuple[str, Any]:
        raise NotImplementedError


class CityUntranslatedView(UntranslatedView):
    """What a city has not translated yet, with the texts as they stand in the working language."""

    right = Can.READ

    def visible(self, entrance: Entrance) -> bool:
        return super().visible(entrance) and entrance.city is not None

    def things(self) -> Mapping[str, Model]:
        return in_a_city()

    def place(self) -> tuple[str, Any]:
        return "city_id", self.entrance.city


class NetworkUntranslatedView(UntranslatedView):
    """What a network shares and has not translated yet, as it stands in the working language."""

    right = Can.READ_SHARED

    def things(self) -> Mapping[str, Model]:
        return in_a_network()

    def place(self) -> tuple[str, Any]:
        return "network_id", self.entrance.network


def one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise bad_parameter(name, "unknown_name", _("Known here: %(names)s.") % {"names": ", ".join(known)})
    return value


def read(text: str | None, things: Mapping[str, Model]) -> paging.Cursor | None:
    """A position among these things."""
    cursor = paging.Cursor.read(text, next(iter(things.values()))._base_manager.all(), ORDER)
    if cursor is not None and cursor.value not in things:
        raise bad_parameter("cursor", "invalid_cursor", _("Take the address from next or previous."))
    return cursor
