"""How the local group sees its own work: by dimensions of its choice, over time."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.group.walls import KeepsWording
from plans.stakeholders.models import LocalGroupSeat
from tenants.access.models import CityContent, optional_reference, reference, walls
from tenants.access.walls import SameCity

ONE_TO_FIVE = [MinValueValidator(1), MaxValueValidator(5)]


class GroupDimension(CityContent):
    """What the group looks at in itself, such as its mix or its trust. It may be reworded, and retired."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower ones come first.")
    retired_on = models.DateField(null=True, blank=True, editable=False)

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            models.UniqueConstraint(
                fields=["city", "name"],
                name="group_dimension_name",
                violation_error_message=_("The city has a dimension with this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def retire(self, day: date) -> None:
        """It is not scored any more; what was, stays."""
        if self.retired_on:
            raise ValidationError(_("The dimension is retired already."), "retired_already")
        self.retired_on = day
        self.save(update_fields=["retired_on"])

    def reinstate(self) -> None:
        if not self.retired_on:
            raise ValidationError(_("The dimension is not retired."), "not_retired")
        self.retired_on = None
        self.save(update_fields=["retired_on"])


class SelfAssessment(CityContent):
    """A score of one dimension on a day: of the group as a whole, or from one seat.

    It keeps the words in which the dimension was put when it was given.
    """

    dimension = reference(GroupDimension, "self_assessments")
    dimension_name = models.CharField(max_length=200, editable=False, blank=True, default="")
    dimension_description = models.TextField(editable=False, blank=True, default="")
    assessed_on = models.DateField()
    score = models.PositiveSmallIntegerField(validators=ONE_TO_FIVE, help_text="1 poor, 5 good.")
    comment = models.TextField(blank=True, default="")
    seat = optional_reference(LocalGroupSeat, "self_assessments")

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            SameCity("dimension"),
            SameCity("seat"),
            KeepsWording(),
            models.UniqueConstraint(
                fields=["city", "dimension", "assessed_on", "seat"],
                nulls_distinct=False,
                name="self_assessment_once_a_day",
                violation_error_message=_("This was scored on this day; change that score."),
            ),
            models.CheckConstraint(
                condition=Q(score__range=(1, 5)),
                name="self_assessment_score_in_range",
                violation_error_code="out_of_range",
                violation_error_message=_("Scores go from 1 to 5."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "seat"], name="self_assessment_of_seat")]
