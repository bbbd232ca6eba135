"""Addresses of a city's calendar: to make, to list and to revoke; and the calendar itself."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from plans.calendar.days import days
from plans.calendar.models import CalendarFeed
from plans.calendar.render import calendar
from plans.calendar.serializers import (
    CalendarFeedSerializer,
    IssuedCalendarFeedSerializer,
    NewCalendarFeedSerializer,
)
from tenants.access.context import Actor, staff_context
from tenants.access.rights import LEVEL, Can, Level, Role
from tenants.api import conditional
from tenants.api.entered import EnteredView
from tenants.api.entrance import Entrance
from tenants.api.languages import speak
from tenants.api.problems import MEDIA_TYPE, shape


class FeedsOfCity(EnteredView):
    """For those with a role in the city itself. One sees one's own; who gives roles there sees all, and
    may revoke them."""

    reads_as_staff = False

    def visible(self, entrance: Entrance) -> bool:
        return super().visible(entrance) and entrance.city is not None

    def require_member(self) -> None:
        if not any(LEVEL[Role(role)] == Level.CITY for role in self.entrance.roles):
            raise exceptions.PermissionDenied

    def feeds(self) -> Any:
        self.require_member()
        here = CalendarFeed.objects.filter(city=self.entrance.city).select_related("user")
        everybody = Can.MANAGE_MEMBERS in self.entrance.rights
        return here if everybody else here.filter(user=self.entrance.user.pk)


class CalendarFeedsView(FeedsOfCity):
    """Secret addresses of the city's calendar."""

    is_collection = True

    @extend_schema(responses=CalendarFeedSerializer(many=True))
    def get(self, request: Any, **path: Any) -> Response:
        """Your addresses, revoked ones included; of all members for those who give roles."""
        return written(CalendarFeedSerializer(self.feeds(), many=True).data)

    @extend_schema(request=NewCalendarFeedSerializer, responses={201: IssuedCalendarFeedSerializer})
    def post(self, request: Any, **path: Any) -> Response:
        """Make an address for a calendar programme. It is shown in this answer and never again."""
        self.require_member()
        wanted = self.said(NewCalendarFeedSerializer)
        row, secret = CalendarFeed.issue(request.user, self.entrance.city, **wanted)
        row.refresh_from_db(fields=["created_at"])
        row.url = reverse("calendar", kwargs={"secret": secret}, request=request)  # type: ignore[attr-defined]
        place = {name: self.kwargs[name] for name in ("network", "city")}
        address = reverse("city-calendar-feed", kwargs={**place, "id": row.pk}, request=request)
        # Not kept for a repeated request: nobody shall read a secret again.
        return Response(IssuedCalendarFeedSerializer(row).data, 201, headers={"Location": address})


class CalendarFeedView(FeedsOfCity):
    """One secret address."""

    @extend_schema(responses=CalendarFeedSerializer)
    def get(self, request: Any, **path: Any) -> Response:
        return written(CalendarFeedSerializer(self.feed()).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Any, **path: Any) -> Response:
        """Revoke it, at once and for good."""
        self.feed().revoke()
        return Response(status=204)

    def feed(self) -> CalendarFeed:
        row = self.feeds().filter(pk=self.kwargs["id"]).first()
        if row is None:
            raise Http404
        return row


def written(data: Any) -> Response:
    return Response(JSONRenderer().render(data))


class WhateverIsAskedFor(BaseContentNegotiation):
    """Calendar programmes say all kinds of things in `Accept`, and want the calendar."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


SECRET = OpenApiParameter("secret", str, OpenApiParameter.PATH, description="As it was shown once.")


class CalendarView(APIView):
    """Public, because a calendar programme cannot sign in: the secret in the address is the proof.

    It is read in the role of staff, so that the database keeps back what is personal.
    """

    is_public = True
    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = WhateverIsAskedFor
    http_method_names = ("get", "head")

    @extend_schema(parameters=[SECRET], responses={(200, "text/calendar"): OpenApiTypes.STR, 304: None})
    def get(self, request: Any, secret: str) -> Any:
        """The meetings of the local group, and what is due: milestones, commitments, ends of actions."""
        feed = CalendarFeed.objects.of_secret(secret).select_related("city__network").first()
        if feed is None:
            return unknown(request)
        feed.note_use()
        # As the titles are, whatever the programme reads in.
        speak(feed.city.network.working_language)
        with staff_context((feed.city_id,), Actor(feed.user_id, "calendar")):
            body = calendar(feed.city.name, days())
        told = {
            **PRIVATE,
            "Content-Language": get_language(),
            "ETag": conditional.tag(conditional.digest(body)),
        }
        response = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=told)
        known = conditional.unless_known(request, response)
        for name, value in PRIVATE.items():
            known[name] = value
        return known


PRIVATE = {"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def unknown(request: Any) -> JsonResponse:
    """The same for a secret that was revoked and for one that never was; it is not said back."""
    nowhere = {"instance": request.path.rpartition("/")[0] + "/"}
    problem = shape(404, "not_found", exceptions.NotFound.default_detail, request) | nowhere
    return JsonResponse(problem, status=404, content_type=MEDIA_TYPE, headers=PRIVATE)
