from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from plans.actions.risks.models import SCORE, Risk
from plans.actions.risks.serializers import RiskSerializer
from plans.actions.views import OfActionViewSet
from tenants.access.rights import Can
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter, WholeNumber


class RiskFilter(ContentFilter):
    action = django_filters.UUIDFilter()
    of_plan = django_filters.BooleanFilter(
        "action", "isnull", help_text="Of the plan as a whole, or of an action?"
    )
    category = django_filters.MultipleChoiceFilter(choices=Risk.Category.choices)
    status = django_filters.ChoiceFilter(choices=Risk.Status.choices)
    owner = django_filters.UUIDFilter()
    likelihood_at_least = WholeNumber("likelihood", "gte")
    impact_at_least = WholeNumber("impact", "gte")
    score_at_least = WholeNumber("score", "gte", help_text="Likelihood times impact.")

    class Meta:
        model = Risk
        fields: ClassVar[list[str]] = []


class RiskViewSet(OfActionViewSet):
    """What may go wrong with an action, or with the plan: how likely, how bad, what is done against it."""

    queryset = Risk.objects.annotate(score=SCORE)
    serializer_class = RiskSerializer
    filterset_class = RiskFilter
    search_fields = ("title", "description", "mitigation")
    named_by = ("action", "title")
    ordering_fields = ("score", "likelihood", "impact", "title", "updated_at")
    default_ordering = "-score"
    verbs: ClassVar = {
        "close": Verb(Can.WRITE, OfActionViewSet.changeable & Q(status=Risk.Status.OPEN)),
        "reopen": Verb(Can.WRITE, OfActionViewSet.changeable & Q(status=Risk.Status.CLOSED)),
    }

    @extend_schema(request=None, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Any, **path: Any) -> Any:
        """The risk is gone, or has come true."""
        return self.do(request, lambda row: row.close())

    @extend_schema(request=None, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, **path: Any) -> Any:
        """The risk is there again."""
        return self.do(request, lambda row: row.reopen())
