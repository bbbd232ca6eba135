"""A cheap test of an idea before it becomes an action."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.actions.costs import cost, cost_has_currency, currency
from plans.actions.followed import guidelines, guidelines_exist
from plans.actions.models import Action
from plans.objectives.models import Objective
from tenants.access.models import CityContent, optional_reference, reference, walls
from tenants.access.spans import in_order
from tenants.access.translations import Texts, Translated, Translations, renamed
from tenants.access.walls import SameCity


class SmallScaleAction(Translated, CityContent):
    """What is supposed, what came out, and what was decided; the decision is a verb."""

    class Decision(models.TextChoices):
        ADOPT = "adopt"
        ADAPT = "adapt"
        DROP = "drop"

    GOES_ON: ClassVar = (Decision.ADOPT, Decision.ADAPT)

    title = models.CharField(max_length=300)
    hypothesis = models.TextField(help_text="What is supposed to come out.")
    objective = optional_reference(Objective, "small_scale_actions")
    guidelines = guidelines()
    cost, cost_currency = cost(), currency()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    outcome = models.TextField(blank=True, default="", help_text="What came out.")
    decision = models.CharField(
        max_length=5, choices=Decision.choices, null=True, blank=True, help_text="Null: not yet decided."
    )
    became_action = reference(
        Action,
        "grown_from",
        on_delete=models.DB_SET_NULL,
        null=True,
        blank=True,
        editable=False,
        help_text="The action that has grown from it.",
    )

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Translations("title", "hypothesis", "outcome"),
            SameCity("objective"),
            SameCity("became_action"),
            models.UniqueConstraint(
                fields=["city", "became_action"],
                name="small_scale_action_grown_once",
                violation_error_message=_("The action has grown from another test."),
            ),
            in_order("small_scale_action_ends_after_start", _("A test cannot end before it starts.")),
            guidelines_exist("small_scale_action_guidelines_exist"),
            cost_has_currency("cost", "cost_currency", name="small_scale_action_cost_has_currency"),
            models.CheckConstraint(
                condition=Q(decision__isnull=True) | ~Q(outcome=""),
                name="small_scale_action_decision_has_outcome",
                violation_error_code="outcome_missing",
                violation_error_message=_("A decision needs an outcome to stand on."),
            ),
            models.CheckConstraint(
                # Without the second half, no decision at all would pass: NULL IN (…) is not false.
                condition=Q(became_action__isnull=True)
                | Q(decision__in=("adopt", "adapt"), decision__isnull=False),
                name="small_scale_action_became_what_was_wanted",
                violation_error_code="not_adopted",
                violation_error_message=_("Only what is adopted or adapted becomes an action."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "objective"], name="small_scale_action_of")]

    def __str__(self) -> str:
        return self.title

    def decide(self, decision: str, outcome: str | None = None) -> None:
        """With the outcome that stands there, or another."""
        self.refuse_grown()
        self.decision = decision
        self.outcome = self.outcome if outcome is None else outcome
        self.save(update_fields=["decision", "outcome"])

    def turn_into_action(self, **given: Any) -> Action:
        """An action is proposed, once, that takes over what is known; what is given goes first."""
        self.refuse_grown()
        if self.decision not in self.GOES_ON:
            raise ValidationError(_("Only what is adopted or adapted becomes an action."), "not_adopted")
        self.became_action = Action.objects.create(**{**self.inheritance(given), **given})
        self.save(update_fields=["became_action"])
        return self.became_action

    def refuse_grown(self) -> None:
        if self.became_action_id:
            raise ValidationError(_("The test has become an action already."), "became_action")

    def inheritance(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What its action begins with; trusted no further than the test itself."""
        return {
            "title": self.title,
            "description": "\n\n".join((self.hypothesis, self.outcome)),
            "objective_id": self.objective_id,
            "guidelines": self.guidelines,
            "yearly_cost": self.cost,
            "yearly_cost_currency": self.cost_currency,
            "translations": self.inherited_translations(given),
            "provenance": self.provenance,
            "source": self.source,
        }

    def inherited_translations(self, given: Mapping[str, Any]) -> Texts:
        """Of the description where both of its parts have one; of a title that is given, none yet."""
        whole = {
            language: {**texts, "description": "\n\n".join((texts["hypothesis"], texts["outcome"]))}
            if {"hypothesis", "outcome"} <= set(texts)
            else texts
            for language, texts in self.translations.items()
        }
        own_title = {} if "title" in given else {"title": "title"}
        return renamed(whole, {"description": "description", **own_title})
