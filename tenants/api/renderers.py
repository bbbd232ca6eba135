"""JSON that PostgreSQL wrote goes out as it is."""

from typing import Any

from rest_framework.renderers import JSONRenderer


class ForwardedJSON(JSONRenderer):
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        if isinstance(data, bytes):
            return data
        return super().render(data, accepted_media_type, renderer_context)
