"""JSON that PostgreSQL wrote goes out as it is."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer


class ForwardedJSON(JSONRenderer):
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        if isinstance(data, bytes):
            return data
        return super().render(data, accepted_media_type, renderer_context)


class Forwarded(HttpResponse):
    """An answer that is JSON already: there is nothing to render."""

    def __init__(self, data: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(data, ForwardedJSON.media_type, status, headers=headers)

    @property
    def data(self) -> bytes:
        return self.content


class Negotiation(DefaultContentNegotiation):
    """Whoever takes anything gets the first there is; so does who asks for just that."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        first = renderers[0]
        accepted = request.META.get("HTTP_ACCEPT", "*/*")
        if accepted in ("*/*", first.media_type) and not self.settings.URL_FORMAT_OVERRIDE:
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
