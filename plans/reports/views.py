"""What is asked across the cities of a network."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from plans.figures.counting import ALGORITHM
from plans.reports import figures, published
from plans.reports.serializers import FiguresSerializer
from tenants.access.rights import Can
from tenants.api import conditional
from tenants.api.deeds import Need
from tenants.api.entered import EnteredView

PERIOD = OpenApiParameter(
    "period",
    description="Code of a period that has ended: the figures as its summary published them.",
)


class ReportViewSet(EnteredView, ViewSet):
    """Figures of the cities of a network, and across them."""

    accepts: ClassVar = ("period",)

    @property
    def needs(self) -> Mapping[str, Need]:
        return {"figures": Can.READ_ACROSS}

    @extend_schema(parameters=[PERIOD], responses=FiguresSerializer)
    def figures(self, request: Any, **path: Any) -> Response:
        """Figures of the cities, and what they come to: actions, indicators, guidelines, stakeholders."""
        period = request.query_params.get("period")
        return self.as_published(request, period) if period else self.as_of_now(request)

    def as_of_now(self, request: Any) -> Response:
        """Answered from clocks where the client holds figures that were all fresh."""
        shown = self.shown()
        if held := conditional.if_shown(request, shown):
            return held
        body, fresh = figures.report(self.entrance)
        return Response(body, headers={"ETag": conditional.tag(shown if fresh else conditional.digest(body))})

    def shown(self) -> str:
        entrance = self.entrance
        clocks = (ALGORITHM, entrance.clock, entrance.today.isoformat())
        cities = b"".join(city.bytes for city in entrance.cities)
        return conditional.digest(*(part.encode() for part in clocks), cities)

    def as_published(self, request: Any, period: str) -> Response:
        summary = published.published(self.entrance.network, period, self.entrance.today)  # type: ignore[arg-type]
        shown = conditional.digest(b"figures", summary.sha256.encode())
        if held := conditional.if_shown(request, shown):
            return held
        return Response(published.report(summary), headers={"ETag": conditional.tag(shown)})
