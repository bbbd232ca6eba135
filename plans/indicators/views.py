from typing import Any, ClassVar

import django_filters
from django.db.models import Exists, OuterRef, Q
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from plans.indicators.corrections import CorrectionSerializer
from plans.indicators.kinds import Accumulation, Direction, Measure, Type
from plans.indicators.models import CommonIndicator, Indicator, Measurement, Target
from plans.indicators.parts import MeasurementPart
from plans.indicators.published import PublishedIndicatorSerializer
from plans.indicators.serializers import (
    CommonIndicatorSerializer,
    IndicatorSerializer,
    MeasurementSerializer,
    TargetSerializer,
)
from plans.indicators.standing import ProgressState, TrackState, ValueState, standing
from tenants.access.published import Visibility
from tenants.access.rights import Can
from tenants.api.conditional import require_match
from tenants.api.deeds import Verb
from tenants.api.filters import ContentFilter, PublishedFilter, after, before
from tenants.api.views import CityViewSet, NetworkViewSet
from tenants.networks.published import PublishedViewSet


class DefinitionFilter(ContentFilter):
    """What an indicator and a common indicator have in common."""

    code = django_filters.CharFilter()
    type = django_filters.ChoiceFilter(choices=Type.choices)
    direction = django_filters.MultipleChoiceFilter(choices=Direction.choices)
    accumulation = django_filters.MultipleChoiceFilter(choices=Accumulation.choices)
    measure = django_filters.ChoiceFilter(choices=Measure.choices)


class CommonIndicatorFilter(DefinitionFilter):
    operator = django_filters.MultipleChoiceFilter(choices=CommonIndicator.Operator.choices)

    class Meta:
        model = CommonIndicator
        fields: ClassVar[list[str]] = []


class CommonIndicatorViewSet(NetworkViewSet):
    """What a network adds up over its cities, and how."""

    queryset = CommonIndicator.objects.all()
    serializer_class = CommonIndicatorSerializer
    filterset_class = CommonIndicatorFilter
    search_fields = ("code", "name", "unit")
    ordering_fields = ("code", "name", "updated_at")
    default_ordering = "code"
    named_by = ("code",)


class Stands(django_filters.MultipleChoiceFilter):
    """By the state of one part of the standing, as it is today."""

    def __init__(self, part: str, states: Any) -> None:
        super().__init__(choices=states.choices, help_text=f"State of `standing.{part}`, today.")
        self.part = part

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.alias(stands=standing()).filter(**{f"stands__{self.part}__state__in": value})


class IndicatorFilter(DefinitionFilter):
    action = django_filters.UUIDFilter()
    objective = django_filters.UUIDFilter()
    common_indicator = django_filters.UUIDFilter()
    responsible = django_filters.UUIDFilter()
    visibility = django_filters.ChoiceFilter(choices=Visibility.choices)
    value = Stands("value", ValueState)
    progress = Stands("progress", ProgressState)
    track = Stands("track", TrackState)

    class Meta:
        model = Indicator
        fields: ClassVar[list[str]] = []


class PublishedIndicatorFilter(PublishedFilter):
    code = django_filters.CharFilter()
    type = django_filters.ChoiceFilter(choices=Type.choices)
    direction = django_filters.MultipleChoiceFilter(choices=Direction.choices)
    accumulation = django_filters.MultipleChoiceFilter(choices=Accumulation.choices)
    measure = django_filters.ChoiceFilter(choices=Measure.choices)
    action = django_filters.UUIDFilter()
    objective = django_filters.UUIDFilter()
    common_indicator = django_filters.UUIDFilter()
    value = Stands("value", ValueState)
    progress = Stands("progress", ProgressState)
    track = Stands("track", TrackState)

    class Meta:
        model = Indicator
        fields: ClassVar[list[str]] = []


class PublishedIndicatorViewSet(PublishedViewSet):
    """How cities see whether it works, where they published it: with targets, and how it stands."""

    queryset = Indicator.objects.all()
    serializer_class = PublishedIndicatorSerializer
    filterset_class = PublishedIndicatorFilter
    search_fields = ("code", "name", "unit", "source_of_verification")
    ordering_fields = ("code", "name", "type", "updated_at")
    default_ordering = "code"


class IndicatorViewSet(CityViewSet):
    """How a city sees whether its actions and objectives work, and how each indicator stands."""

    queryset = Indicator.objects.all()
    serializer_class = IndicatorSerializer
    published: ClassVar = PublishedIndicatorViewSet
    filterset_class = IndicatorFilter
    search_fields = ("code", "name", "unit", "source_of_verification")
    ordering_fields = ("code", "name", "type", "updated_at")
    default_ordering = "code"
    named_by = ("code",)


class TargetFilter(ContentFilter):
    indicator = django_filters.UUIDFilter()
    due_before = before("due_on")
    due_after = after("due_on")

    class Meta:
        model = Target
        fields: ClassVar[list[str]] = []


class TargetViewSet(CityViewSet):
    """Values that indicators shall have on a day."""

    queryset = Target.objects.all()
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
    ordering_fields = ("due_on", "updated_at")
    default_ordering = "due_on"
    named_by = ("indicator", "due_on")


class IsMeasured(django_filters.BooleanFilter):
    def filter(self, qs: Any, value: bool) -> Any:
        measured = Q(not_measured_reason="")
        return qs.filter(measured if value else ~measured)


class BrokenDown(django_filters.UUIDFilter):
    def filter(self, qs: Any, value: Any) -> Any:
        parts = MeasurementPart.objects.filter(measurement=OuterRef("pk"), category__dimension=value)
        return qs.filter(Exists(parts))


class MeasurementFilter(ContentFilter):
    indicator = django_filters.UUIDFilter()
    measured_before = before("measured_on")
    measured_after = after("measured_on")
    quality = django_filters.ChoiceFilter(choices=Measurement.Quality.choices)
    measured = IsMeasured(help_text="Was it measured? Zero is; not measured has a reason.")
    broken_down_by = BrokenDown(help_text="Has parts in this dimension.")
    current = django_filters.BooleanFilter(
        "superseded_by", "isnull", help_text="Does it count, or has it been superseded by a correction?"
    )

    class Meta:
        model = Measurement
        fields: ClassVar[list[str]] = []


class MeasurementViewSet(CityViewSet):
    """What was measured. A correction is a new measurement that supersedes the old one."""

    queryset = Measurement.objects.all()
    serializer_class = MeasurementSerializer
    filterset_class = MeasurementFilter
    search_fields = ("comment", "not_measured_reason")
    ordering_fields = ("measured_on", "created_at", "updated_at")
    default_ordering = "-measured_on"
    named_by = ("indicator", "measured_on")
    correction: ClassVar = CorrectionSerializer
    changeable = Q(superseded_by__isnull=True)
    verbs: ClassVar = {"correct": Verb(Can.WRITE, Q(superseded_by__isnull=True))}

    @extend_schema(request=CorrectionSerializer, responses={201: MeasurementSerializer})
    @action(detail=True, methods=["post"])
    def correct(self, request: Any, **path: Any) -> Response:
        """Enter what takes the place of this measurement, which stays readable as it was."""
        wrong = self.get_object()
        if request.headers.get("If-Match"):
            require_match(request, wrong.row_version)
        given = CorrectionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self.made_known(given.save(**given.in_place_of(wrong), **self.place()))
