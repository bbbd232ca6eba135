from typing import Any, ClassVar

import django_filters
from django.db import models
from django.db.models import Q
from django.db.models.lookups import In
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.adoptions.ask import ask
from plans.adoptions.give import STEPS, adopt, decide, withdraw
from plans.adoptions.models import Adoption, AdoptionState, as_they_stand, state
from plans.adoptions.serializers import (
    AdoptedPracticeSerializer,
    AdoptionReasonSerializer,
    AdoptPracticeSerializer,
    WantedPracticeSerializer,
)
from tenants.access.rights import Can
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter
from tenants.api.rows import RowViewSet
from tenants.api.views import CityRows


def on(verb: str, right: Can) -> Verb:
    """By a right, while the adoption is in one of the states from which the verb goes."""
    return Verb(right, Q(In(state(), STEPS[verb])))


class AdoptionStateFilter(ContentFilter):
    state = django_filters.MultipleChoiceFilter(choices=AdoptionState.choices)
    practice = django_filters.UUIDFilter(help_text="Id of the practice.")

    class Meta:
        model = Adoption
        fields: ClassVar[list[str]] = []


class AdoptionFilter(AdoptionStateFilter):
    offering = django_filters.CharFilter("offering__slug", help_text="Slug of the city that offers it.")
    action = django_filters.UUIDFilter("action_id", help_text="Id of the action that was made of it.")


class AdoptionRequestFilter(AdoptionStateFilter):
    city = django_filters.CharFilter("city__slug", help_text="Slug of the city that asks.")


class AdoptionRows(CityRows, RowViewSet):
    """Between two cities; the other one's part moves no clock of this one."""

    counted = False
    queryset: models.QuerySet[Any] = as_they_stand()
    search_fields = ("title", "message")
    ordering_fields = ("created_at", "updated_at", "title")
    default_ordering = "-created_at"


class AdoptionViewSet(AdoptionRows):
    """Practices of other cities that this one asked for, and makes actions of."""

    serializer_class = AdoptedPracticeSerializer
    filterset_class = AdoptionFilter
    verbs: ClassVar = {name: on(name, Can.WRITE) for name in ("adopt", "withdraw")}

    def create(self, request: Any, **path: Any) -> Response:
        """Ask the city that offers the practice. One that is open needs no answer."""
        wanted = self.said(self.get_serializer)
        return self.made_known(ask(**self.place(), network=self.entrance.network, **wanted))

    @extend_schema(request=AdoptPracticeSerializer, responses=AdoptedPracticeSerializer)
    @action(detail=True, methods=["post"])
    def adopt(self, request: Any, **path: Any) -> Response:
        """Propose an action of the city's own that begins with the practice, once."""
        wanted = self.said(AdoptPracticeSerializer)
        return self.do(request, lambda row: adopt(row, self.entrance.today, **wanted))

    @extend_schema(request=None, responses=AdoptedPracticeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Any, **path: Any) -> Response:
        """Take the question back, as long as nothing was made of it. It may be asked anew."""
        return self.do(request, withdraw)


class AdoptionRequestViewSet(AdoptionRows):
    """Practices of this city that others ask for. The coordinator answers."""

    serializer_class = WantedPracticeSerializer
    filterset_class = AdoptionRequestFilter
    verbs: ClassVar = {"consent": on("consent", Can.DECIDE), "decline": on("decline", Can.DECIDE)}

    def rows(self) -> models.QuerySet[Any]:
        return self.queryset.filter(offering=self.entrance.city)

    def place(self) -> dict[str, Any]:
        return {"offering_id": self.entrance.city}

    @extend_schema(request=AdoptionReasonSerializer, responses=WantedPracticeSerializer)
    @action(detail=True, methods=["post"])
    def consent(self, request: Any, **path: Any) -> Response:
        """The other city may adopt the practice."""
        return self.answered(request, "consent")

    @extend_schema(request=AdoptionReasonSerializer, responses=WantedPracticeSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Any, **path: Any) -> Response:
        """The other city may not, as long as it has not; and why."""
        return self.answered(request, "decline")

    def answered(self, request: Any, verb: str) -> Response:
        said = self.said(AdoptionReasonSerializer)
        return self.do(request, lambda row: decide(row, verb, said["reason"]))
