"""Which guidelines something follows: their numbers, in a list."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

GUIDELINE = [MinValueValidator(1), MaxValueValidator(12)]


def guidelines(help_text: str = "Numbers of the guidelines it follows, 1 to 12.") -> ArrayField:
    number = models.PositiveSmallIntegerField(validators=GUIDELINE)
    return ArrayField(number, default=list, blank=True, size=12, help_text=help_text)


def guidelines_exist(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(guidelines__contained_by=list(range(1, 13))),
        name=name,
        violation_error_code="no_such_guideline",
        violation_error_message=_("The guidelines are numbered 1 to 12."),
    )
