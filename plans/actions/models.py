"""What a city does to reach an objective, and the milestones on the way."""

from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.actions.costs import cost, cost_has_currency, currency
from plans.actions.followed import GUIDELINE, guidelines, guidelines_exist
from plans.actions.replacement import CURRENT, Replaceable, replacement_rules
from plans.actions.walls import ClosedWithAction
from plans.iap.models import Step
from plans.objectives.models import Objective
from plans.stakeholders.models import Stakeholder
from tenants.access.models import CityContent, CityOwned, link, optional_reference, reference, walls
from tenants.access.published import Published, PublishedWith, visibility
from tenants.access.spans import in_order
from tenants.access.translations import Translated, Translations
from tenants.access.walls import SameCity


class ActionQuerySet(models.QuerySet["Action"]):
    def current(self) -> Self:
        """Without those that another has replaced."""
        return self.filter(CURRENT)


class Action(Replaceable, Translated, CityContent):
    """Something a city does; its status changes by verbs only."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        PLANNED = "planned", _("Planned")
        FUNDED = "funded", _("Funded")
        IN_PROGRESS = "in_progress", _("In Progress")
        ON_HOLD = "on_hold", _("On Hold")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")

    class Horizon(models.TextChoices):
        SHORT = "short"
        MEDIUM = "medium"
        LONG = "long"

    class Condition(models.TextChoices):
        CLOSED = "closed"
        LATE = "late"
        STALE = "stale"
        QUIET = "quiet"
        ON_TIME = "on_time"

    OPEN = (Status.PROPOSED, Status.PLANNED, Status.FUNDED, Status.IN_PROGRESS, Status.ON_HOLD)
    STEPS: ClassVar[dict[str, Step]] = {
        "plan": Step((Status.PROPOSED,), Status.PLANNED),
        "fund": Step((Status.PLANNED,), Status.FUNDED),
        "start": Step((Status.PLANNED, Status.FUNDED), Status.IN_PROGRESS),
        "hold": Step((Status.PLANNED, Status.FUNDED, Status.IN_PROGRESS), Status.ON_HOLD),
        "resume": Step((Status.ON_HOLD,), Status.IN_PROGRESS),
        "complete": Step((Status.IN_PROGRESS,), Status.COMPLETED),
        "cancel": Step(OPEN, Status.CANCELLED),
        "reopen": Step((Status.COMPLETED, Status.CANCELLED), Status.IN_PROGRESS),
    }

    code = models.CharField(max_length=20)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True, default="")
    objective = optional_reference(Objective, "actions")
    lead_actor = optional_reference(Stakeholder, "led_actions")
    key_partners = models.ManyToManyField(
        Stakeholder, through="ActionPartner", blank=True, related_name="partnered_actions"
    )
    intended_outputs = models.TextField(blank=True, default="")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.PROPOSED)
    horizon = models.CharField(max_length=6, choices=Horizon.choices, default=Horizon.MEDIUM)
    visibility = visibility()
    guidelines = guidelines()
    primary_guideline = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=GUIDELINE, help_text="One of its guidelines."
    )
    yearly_cost, yearly_cost_currency = cost(), currency()
    condition_override = models.CharField(
        max_length=8, choices=Condition.choices, blank=True, default="", editable=False
    )
    condition_override_reason = models.TextField(blank=True, default="", editable=False)

    objects: Any = ActionQuerySet.as_manager()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("title", "description", "intended_outputs"),
            *replacement_rules(),
            SameCity("objective"),
            SameCity("lead_actor"),
            # Not who leads it, nor how the city judges it: stakeholders are the city's own affair.
            Published(
                "code",
                "title",
                "description",
                "objective",
                "intended_outputs",
                "starts_on",
                "ends_on",
                "status",
                # By which other is not told: that one may be internal.
                "replaced_as",
                "horizon",
                "guidelines",
                "primary_guideline",
                "yearly_cost",
                "yearly_cost_currency",
                "translations",
            ),
            models.UniqueConstraint(
                fields=["city", "code"],
                name="action_code",
                violation_error_message=_("The city has an action with this code."),
            ),
            in_order("action_ends_after_start", _("An action cannot end before it starts.")),
            guidelines_exist("action_guidelines_exist"),
            models.CheckConstraint(
                condition=Q(primary_guideline__isnull=True)
                | Q(guidelines__contains=[F("primary_guideline")]),
                name="action_primary_guideline_is_one",
                violation_error_code="primary_not_among_guidelines",
                violation_error_message=_("The primary guideline is one of the action's guidelines."),
            ),
            cost_has_currency("yearly_cost", "yearly_cost_currency", name="action_cost_has_currency"),
            models.CheckConstraint(
                condition=Q(condition_override="") | ~Q(condition_override_reason=""),
                name="action_override_has_reason",
                violation_error_code="reason_missing",
                violation_error_message=_("Say why the computed condition is overridden."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "objective"], name="action_of_objective"),
            models.Index(fields=["city", "lead_actor"], name="action_of_lead_actor"),
            # Hardly any are: a look for them touches a page.
            models.Index(fields=["city", "replaced_by"], name="action_replaces", condition=~CURRENT),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def take(self, verb: str) -> None:
        """Changes the status by one of STEPS, or says why not."""
        self.refuse_replaced()
        step = self.STEPS[verb]
        if self.status not in step.origins:
            raise ValidationError(
                _("An action that is %(status)s cannot do this."),
                "wrong_status",
                {"status": self.get_status_display()},
            )
        if verb == "complete" and self.milestones.unreached().exists():
            raise ValidationError(
                _("An action with milestones still to reach is not completed."), "milestones_unreached"
            )
        self.status = step.target
        self.save(update_fields=["status"])

    def clear_condition(self) -> None:
        if not self.condition_override:
            raise ValidationError(_("Nobody has overridden the condition."), "not_overridden")
        self.override_condition("", "")

    def override_condition(self, condition: str, reason: str) -> None:
        self.refuse_replaced()
        self.condition_override, self.condition_override_reason = condition, reason
        self.save(update_fields=["condition_override", "condition_override_reason"])


class ActionPartner(CityOwned):
    """A stakeholder that takes part in an action."""

    action = reference(Action, "partner_links", on_delete=models.DB_CASCADE)
    stakeholder = reference(Stakeholder, "partner_links")

    class Meta(CityOwned.Meta):
        constraints: ClassVar = link("action", "stakeholder", name="action_partner_once")
        indexes: ClassVar = [models.Index(fields=["city", "stakeholder"], name="action_partner_of")]


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def unreached(self) -> Self:
        return self.filter(reached_on__isnull=True)

    def missed(self, today: date) -> Self:
        """Unreached, and due before today."""
        return self.unreached().filter(due_on__lt=today)


class Milestone(Translated, CityContent):
    """A point on the way of an action."""

    action = reference(Action, "milestones", on_delete=models.DB_CASCADE)
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    reached_on = models.DateField(null=True, blank=True)

    objects: Any = MilestoneQuerySet.as_manager()

    class Meta(CityContent.Meta):
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            *walls(),
            SameCity("action"),
            ClosedWithAction(),
            PublishedWith("action", "title", "due_on", "reached_on", "translations"),
            Translations("title"),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "action", "due_on"], name="milestone_of_action")]

    def __str__(self) -> str:
        return self.title
