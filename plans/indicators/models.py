"""What is measured: indicators, their targets, the values, and what a network adds up."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.indicators.kinds import Accumulation, Direction, Measure, Type
from plans.indicators.walls import FitsMeasure, SameIndicator, SameUnit
from plans.objectives.models import Objective
from plans.stakeholders.models import Stakeholder
from tenants.access.models import CityContent, optional_reference, reference, walls
from tenants.access.published import Published, PublishedWith, Shown, visibility
from tenants.access.translations import Translated, Translations
from tenants.access.walls import Key, SameCity, SameNetwork
from tenants.networks.models import NetworkContent, of_network


def amount(**options: Any) -> models.DecimalField:
    return models.DecimalField(max_digits=20, decimal_places=4, **options)


class CommonIndicator(Translated, NetworkContent):
    """What a network adds up over its cities, and how: cities are added up through this alone."""

    class Operator(models.TextChoices):
        SUM = "sum"
        MEAN = "mean"
        MINIMUM = "minimum"
        MAXIMUM = "maximum"
        NONE = "none"

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    type = models.CharField(max_length=6, choices=Type.choices, default=Type.OUTPUT)
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.INCREASE)
    accumulation = models.CharField(max_length=13, choices=Accumulation.choices, default=Accumulation.LEVEL)
    measure = models.CharField(max_length=10, choices=Measure.choices, default=Measure.NUMBER)
    operator = models.CharField(
        max_length=7,
        choices=Operator.choices,
        default=Operator.SUM,
        help_text="How cities' values become one.",
    )

    class Meta(NetworkContent.Meta):
        constraints: ClassVar = [
            *of_network(),
            Translations("name"),
            models.UniqueConstraint(
                fields=["network", "code"],
                name="common_indicator_code",
                violation_error_message=_("The network has a common indicator with this code."),
            ),
            # What the indicators of the cities refer to, so that units are never mixed.
            Key(fields=["id", "unit", "measure", "accumulation"], name="common_indicator_unit"),
            Shown("network", "code", "name", "unit", "operator", "translations"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Indicator(Translated, CityContent):
    """How one sees whether an action or an objective works."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=300)
    unit = models.CharField(max_length=40)
    type = models.CharField(max_length=6, choices=Type.choices, default=Type.OUTPUT)
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.INCREASE)
    accumulation = models.CharField(max_length=13, choices=Accumulation.choices, default=Accumulation.LEVEL)
    measure = models.CharField(max_length=10, choices=Measure.choices, default=Measure.NUMBER)
    action = optional_reference(Action, "indicators")
    objective = optional_reference(Objective, "indicators")
    common_indicator = optional_reference(CommonIndicator, "indicators")
    baseline_value = amount(null=True, blank=True, help_text="Of a percentage: on the scale of 0 to 100.")
    baseline_on = models.DateField(null=True, blank=True)
    baseline_absent_reason = models.TextField(blank=True, default="", help_text="Why there is no baseline.")
    tolerance = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        default="0.10",
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="For `maintain`: the part of the baseline by which a value may differ.",
    )
    source_of_verification = models.TextField(blank=True, default="")
    responsible = optional_reference(Stakeholder, "indicators")
    visibility = visibility()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("name", "baseline_absent_reason", "source_of_verification"),
            SameCity("action"),
            SameCity("objective"),
            SameCity("responsible"),
            SameUnit("common_indicator"),
            SameNetwork("common_indicator"),
            Published(
                "code",
                "name",
                "unit",
                "type",
                "direction",
                "accumulation",
                "measure",
                "action",
                "objective",
                "common_indicator",
                "baseline_value",
                "baseline_on",
                "baseline_absent_reason",
                "tolerance",
                "source_of_verification",
                "translations",
            ),
            models.UniqueConstraint(
                fields=["city", "code"],
                name="indicator_code",
                violation_error_message=_("The city has an indicator with this code."),
            ),
            models.CheckConstraint(
                condition=Q(action__isnull=True) | Q(objective__isnull=True),
                name="indicator_of_one_thing",
                violation_error_code="two_parents",
                violation_error_message=_(
                    "An indicator belongs to an action or to an objective, not to both."
                ),
            ),
            models.CheckConstraint(
                condition=Q(baseline_value__isnull=True) | Q(baseline_absent_reason=""),
                name="indicator_baseline_or_reason",
                violation_error_code="baseline_and_reason",
                violation_error_message=_("A baseline is given, or there is a reason why not; not both."),
            ),
            models.CheckConstraint(
                condition=Q(baseline_on__isnull=True) | Q(baseline_value__isnull=False),
                name="indicator_baseline_date_has_value",
                violation_error_code="baseline_value_missing",
                violation_error_message=_("The date of a baseline needs its value."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "action"], name="indicator_of_action"),
            models.Index(fields=["city", "objective"], name="indicator_of_objective"),
            models.Index(fields=["city", "responsible"], name="indicator_of_responsible"),
            models.Index(fields=["city", "common_indicator"], name="indicator_of_common"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Target(CityContent):
    """A value that an indicator shall have on a day. The last one is the final target."""

    indicator = reference(Indicator, "targets", on_delete=models.DB_CASCADE)
    due_on = models.DateField()
    value = amount(help_text="Of a percentage: on the scale of 0 to 100.")

    class Meta(CityContent.Meta):
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            *walls(),
            SameCity("indicator"),
            PublishedWith("indicator", "due_on", "value"),
            models.UniqueConstraint(
                fields=["city", "indicator", "due_on"],
                name="target_once_a_day",
                violation_error_message=_("The indicator has a target for this day."),
            ),
        ]


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def current(self) -> Self:
        """Without those that a later row corrects."""
        return self.filter(superseded_by__isnull=True)

    def in_their_place(self, keys: Iterable[UUID]) -> dict[UUID, UUID]:
        """By the key of a measurement, that of the last correction of it; or its own."""
        found = {key: key for key in keys}
        while later := dict(self.filter(supersedes__in=found.values()).values_list("supersedes", "pk")):
            found = {key: later.get(last, last) for key, last in found.items()}
        return found


class Measurement(CityContent):
    """What was measured on a day; or that it was not, and why. Zero is a value.

    A correction is a new row that supersedes the old one, which stays readable.
    """

    class Quality(models.TextChoices):
        MEASURED = "measured"
        ESTIMATED = "estimated"

    indicator = reference(Indicator, "measurements", on_delete=models.DB_CASCADE)
    measured_on = models.DateField()
    value = amount(null=True, blank=True, help_text="Of a number.")
    numerator = amount(null=True, blank=True, help_text="Of a percentage.")
    denominator = amount(null=True, blank=True, help_text="Of a percentage; greater than zero.")
    not_measured_reason = models.TextField(blank=True, default="", help_text="Why there is no value.")
    quality = models.CharField(max_length=9, choices=Quality.choices, default=Quality.MEASURED)
    comment = models.TextField(blank=True, default="")
    evidence_links = ArrayField(models.URLField(max_length=500), blank=True, default=list)
    supersedes = optional_reference("self", "superseded_by")

    objects: Any = MeasurementQuerySet.as_manager()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("indicator"),
            SameIndicator("supersedes"),
            # What the standing is made of; not the comment, nor the evidence.
            PublishedWith(
                "indicator",
                "measured_on",
                "value",
                "numerator",
                "denominator",
                "not_measured_reason",
                "quality",
                "supersedes",
            ),
            FitsMeasure(),
            # What a correction refers to.
            Key(fields=["city", "indicator", "id"], name="measurement_of_indicator"),
            models.UniqueConstraint(
                fields=["city", "supersedes"],
                name="measurement_superseded_once",
                violation_error_code="superseded_already",
                violation_error_message=_(
                    "The measurement has been corrected already; correct the correction."
                ),
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        value__isnull=False,
                        numerator__isnull=True,
                        denominator__isnull=True,
                        not_measured_reason="",
                    )
                    | Q(
                        value__isnull=True,
                        numerator__isnull=False,
                        denominator__isnull=False,
                        not_measured_reason="",
                    )
                    | (
                        Q(value__isnull=True, numerator__isnull=True, denominator__isnull=True)
                        & ~Q(not_measured_reason="")
                    )
                ),
                name="measurement_one_of_three",
                violation_error_code="one_of_three",
                violation_error_message=_(
                    "A value, or numerator and denominator, or the reason why neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(denominator__gt=0),
                name="measurement_denominator_positive",
                violation_error_code="denominator_not_positive",
                violation_error_message=_("A denominator is greater than zero."),
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="measurement_not_its_own_correction",
                violation_error_message=_("A measurement does not correct itself."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                "city", "indicator", F("measured_on").desc(), F("id").desc(), name="measurement_latest"
            )
        ]
