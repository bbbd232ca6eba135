"""Figures across cities in Django REST framework, as one would write it first: the ORM aggregates what
it can, the latest measurements are DISTINCT ON, and what the ORM cannot say is said in Python."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.http import Http404
from django.urls import path
from django.utils import timezone
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from peers.figures import rules
from peers.figures.models import (
    Action,
    Assessment,
    Indicator,
    Measurement,
    Membership,
    Milestone,
    Network,
    Plan,
    Stakeholder,
    Target,
    Token,
)


class BearerAuthentication(TokenAuthentication):
    keyword = "Bearer"

    def authenticate_credentials(self, key):
        tokens = Token.objects.select_related("user").filter(revoked_at=None, expires_at__gt=timezone.now())
        try:
            token = tokens.get(digest=hashlib.sha256(key.encode()).hexdigest())
        except Token.DoesNotExist:
            raise AuthenticationFailed("Invalid token.") from None
        return token.user, token


class ReadsAcross(BasePermission):
    def has_permission(self, request, view):
        view.network = Network.objects.filter(slug=view.kwargs["network"]).first()
        mine = Membership.objects.filter(Q(network=view.network) | Q(network=None), user=request.user)
        if view.network is None or not mine.exists():
            raise Http404
        return mine.filter(role__in=rules.ACROSS).exists()


class FiguresView(APIView):
    authentication_classes = [BearerAuthentication]
    permission_classes = [IsAuthenticated, ReadsAcross]

    def get(self, request, network):
        today = datetime.now(UTC).date()
        mine = {"city__network": self.network}
        periods = self.network.periods.filter(starts_on__lte=today)
        period = periods.order_by("-starts_on", "-ends_on", "-id").first()
        counted = {city.id: rules.Counted(city) for city in self.network.citys.order_by("slug")}
        self.count(Action.objects.filter(**mine), "status", counted)
        self.count(with_condition(Action.objects.filter(**mine), today), "condition", counted)
        self.count(Stakeholder.objects.filter(**mine), "profile", counted)
        latest = Measurement.objects.filter(measured_on__lte=today)
        latest = latest.order_by("indicator_id", "-measured_on", "-id").distinct("indicator_id")
        indicators = Indicator.objects.filter(**mine).order_by("code", "id")
        for indicator in indicators.prefetch_related(
            Prefetch("targets", Target.objects.order_by("due_on")),
            Prefetch("measurements", latest, to_attr="latest"),
        ):
            last = indicator.latest[0] if indicator.latest else None
            counted[indicator.city_id].take(indicator, list(indicator.targets.all()), last, today)
        assessed = Assessment.objects.filter(period=period, **mine).select_related("guideline")
        for one in sorted(
            assessed, key=lambda one: (rules.ASSESSORS.index(one.assessor), -one.guideline.version)
        ):
            counted[one.city_id].steps.setdefault(one.guideline.number, one.step)
        plans = set(Plan.objects.filter(**mine).values_list("city_id", flat=True))
        guidelines = self.network.guidelines.order_by("number", "-version").distinct("number")
        common = self.network.commonindicators.order_by("code")
        return Response(
            rules.report(
                self.network, period, today, list(counted.values()), plans, list(guidelines), list(common)
            )
        )

    def count(self, rows, name, counted):
        for city, value, n in rows.order_by().values_list("city_id", name).annotate(n=Count("pk")):
            getattr(counted[city], name)[value] = n


def with_condition(actions, today):
    missed = Milestone.objects.filter(
        Q(reached_on=None) | Q(reached_on__gt=today), action=OuterRef("pk"), due_on__lt=today
    )
    midnight = datetime.combine(today, datetime.min.time(), UTC)
    touched = Milestone.objects.filter(action=OuterRef("pk")).order_by("-updated_at").values("updated_at")
    return actions.annotate(
        touched=Greatest("updated_at", Coalesce(Subquery(touched[:1]), "updated_at")),
        condition=Case(
            When(~Q(condition_override=""), then=F("condition_override")),
            When(status__in=("completed", "cancelled"), then=Value("closed")),
            When(Q(ends_on__lt=today) | Exists(missed), then=Value("late")),
            When(touched__lt=midnight - timedelta(days=180), then=Value("stale")),
            When(touched__lt=midnight - timedelta(days=60), then=Value("quiet")),
            default=Value("on_time"),
        ),
    )


urlpatterns = [path("api/v1/networks/<slug:network>/reports/figures/", FiguresView.as_view())]
