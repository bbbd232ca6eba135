from typing import Any, ClassVar

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.guidelines.models import Guideline, GuidelineAssessment
from plans.guidelines.serializers import (
    GuidelineAssessmentSerializer,
    GuidelineSerializer,
    PublicGuidelineSerializer,
)
from tenants.access.rights import Can
from tenants.api.deeds import Verb, Ways
from tenants.api.filters import ContentFilter, PublicFilter, WholeNumber, after, before
from tenants.api.refusals import Refused
from tenants.api.rows import RowViewSet
from tenants.api.views import CityViewSet, NetworkRows, NetworkViewSet
from tenants.networks.published import PublicView

Assessor = GuidelineAssessment.Assessor


class GuidelineFilter(ContentFilter):
    version = WholeNumber()
    number = WholeNumber()
    slug = django_filters.CharFilter()
    title_status = django_filters.ChoiceFilter(choices=Guideline.TitleStatus.choices)

    class Meta:
        model = Guideline
        fields: ClassVar[list[str]] = []


class GuidelineViewSet(NetworkViewSet):
    """The network's shared learnings, numbered 1 to 12."""

    queryset = Guideline.objects.all()
    serializer_class = GuidelineSerializer
    filterset_class = GuidelineFilter
    search_fields = ("title", "subtitle", "summary")
    ordering_fields = ("number", "title", "updated_at")
    default_ordering = "number"


class PublicGuidelineFilter(PublicFilter):
    version = WholeNumber()
    number = WholeNumber()
    slug = django_filters.CharFilter()

    class Meta:
        model = Guideline
        fields: ClassVar[list[str]] = []


class PublicGuidelineViewSet(PublicView, NetworkRows, RowViewSet):
    """The shared learnings of a network."""

    queryset = Guideline.objects.all()
    serializer_class = PublicGuidelineSerializer
    filterset_class = PublicGuidelineFilter
    search_fields = ("title", "subtitle", "summary")
    ordering_fields = ("number", "title", "updated_at")
    default_ordering = "number"


class GuidelineAssessmentFilter(ContentFilter):
    guideline = WholeNumber("guideline__number", help_text="Number of the guideline.")
    guideline_id = django_filters.UUIDFilter()
    period = django_filters.CharFilter("period__code", help_text="Code of the period.")
    period_id = django_filters.UUIDFilter()
    assessor = django_filters.MultipleChoiceFilter(choices=Assessor.choices)
    step = WholeNumber()
    step_at_least = WholeNumber("step", "gte")
    step_at_most = WholeNumber("step", "lte")
    action = django_filters.UUIDFilter("actions", help_text="Has this action as evidence.")
    indicator = django_filters.UUIDFilter("indicators", help_text="Has this indicator as evidence.")
    assessed_before = before("assessed_on")
    assessed_after = after("assessed_on")

    class Meta:
        model = GuidelineAssessment
        fields: ClassVar[list[str]] = []


class GuidelineAssessmentViewSet(CityViewSet):
    """How far a city has come with each guideline: by its own word, and by an expert's."""

    queryset = GuidelineAssessment.objects.all()
    serializer_class = GuidelineAssessmentSerializer
    filterset_class = GuidelineAssessmentFilter
    search_fields = ("rationale",)
    ordering_fields = ("assessed_on", "step", "target_step", "updated_at")
    default_ordering = "-assessed_on"
    written_with: ClassVar = {Assessor.SELF: Can.WRITE, Assessor.EXPERT: Can.ASSESS}

    @classmethod
    def writers(cls) -> Ways:
        return tuple(Verb(right, Q(assessor=assessor)) for assessor, right in cls.written_with.items())

    def require_makeable(self, values: dict[str, Any]) -> None:
        assessor = values.get("assessor", Assessor.SELF)
        if self.written_with.get(assessor) not in self.entrance.rights:
            wrong = {"pointer": "/assessor", "code": f"not_{assessor}", "detail": str(NOT_YOURS[assessor])}
            raise Refused(403, wrong["code"], NOT_YOURS[assessor], errors=[wrong])


NOT_YOURS = {
    Assessor.SELF: _("The city assesses itself; you may add the assessment of an expert."),
    Assessor.EXPERT: _("Only the network's lead expert and lead partner assess as experts."),
    Assessor.PEER: _("Peers do not assess yet."),
}
