"""An action may be merged into another or superseded by it; it stays readable, and closed."""

from typing import Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BaseConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from plans.actions.walls import ClosedWhenReplaced, ReplacedByCurrent
from tenants.access.models import reference
from tenants.access.walls import SameCity


class ReplacedAs(models.TextChoices):
    MERGED = "merged"
    SUPERSEDED = "superseded"


CURRENT = Q(replaced_by__isnull=True)
NEVER_REPLACED: dict[str, object] = {"replaced_by": None, "replaced_as": None, "replaced_reason": ""}


class Replaceable(models.Model):
    """Which other took its place, how and why. Its status stays what it was."""

    replaced_by = reference(
        "self", "replaces", null=True, blank=True, editable=False, help_text="The action that counts instead."
    )
    replaced_by_id: UUID | None
    replaced_as = models.CharField(
        max_length=10, choices=ReplacedAs.choices, null=True, blank=True, editable=False
    )
    replaced_reason = models.TextField(blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True

    def merge(self, into: Self, reason: str) -> None:
        self.replace(into, ReplacedAs.MERGED, reason)

    def supersede(self, by: Self, reason: str) -> None:
        self.replace(by, ReplacedAs.SUPERSEDED, reason)

    def replace(self, other: Self, how: ReplacedAs, reason: str) -> None:
        """From now on the other counts. A judgement of the condition ends: the condition is closed."""
        self.refuse_replaced()
        if other.pk == self.pk:
            raise ValidationError(_("An action does not replace itself."), "own_replacement")
        if other.replaced_by_id:
            raise ValidationError(
                ReplacedByCurrent.default_violation_error_message, ReplacedByCurrent.violation_error_code
            )
        self.keep(
            replaced_by=other,
            replaced_as=how,
            replaced_reason=reason,
            condition_override="",
            condition_override_reason="",
        )

    def restore(self) -> None:
        """It counts again, with the status that it had."""
        if not self.replaced_by_id:
            raise ValidationError(_("The action was not replaced."), "not_replaced")
        self.keep(**NEVER_REPLACED)

    def keep(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))

    def refuse_replaced(self) -> None:
        if self.replaced_by_id:
            raise ValidationError(
                ClosedWhenReplaced.default_violation_error_message, ClosedWhenReplaced.violation_error_code
            )


def replacement_rules() -> list[BaseConstraint]:
    """What `Meta.constraints` needs besides the walls."""
    whole = Q(replaced_by__isnull=False, replaced_as__isnull=False) & ~Q(replaced_reason="")
    return [
        SameCity("replaced_by"),
        ClosedWhenReplaced(),
        ReplacedByCurrent(),
        models.CheckConstraint(
            condition=Q(**NEVER_REPLACED) | (whole & Q(condition_override="")),
            name="action_replacement_is_whole",
            violation_error_message=_("A replaced action says by which other, how and why."),
        ),
        models.CheckConstraint(
            condition=CURRENT | ~Q(replaced_by=F("id")),
            name="action_not_its_own_replacement",
            violation_error_code="own_replacement",
            violation_error_message=_("An action does not replace itself."),
        ),
    ]
