"""The network's guidelines, and how far a city has come with each."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.indicators.models import Indicator
from tenants.access.models import CityContent, CityOwned, link, reference, walls
from tenants.access.published import Shown, ToPeers
from tenants.access.translations import Translated, Translations
from tenants.access.walls import Reference, SameNetwork
from tenants.networks.models import SLUG, NetworkContent, Period, of_network


class Guideline(Translated, NetworkContent):
    """One of the twelve shared learnings of a network."""

    class TitleStatus(models.TextChoices):
        FOUND = "found", _("stated by the source")
        DERIVED = "derived", _("topic from the source, wording ours")

    version = models.PositiveSmallIntegerField(default=1)
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(12)])
    slug = models.CharField(max_length=80, validators=[SLUG])
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=300, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    title_status = models.CharField(max_length=7, choices=TitleStatus.choices, default=TitleStatus.FOUND)
    exemplar_city = models.CharField(
        max_length=60, blank=True, default="", help_text="Slug of the city that shows it."
    )

    class Meta(NetworkContent.Meta):
        constraints: ClassVar = [
            *of_network(),
            Shown(
                "network",
                "version",
                "number",
                "slug",
                "title",
                "subtitle",
                "summary",
                "title_status",
                "exemplar_city",
                "translations",
            ),
            Translations("title", "subtitle", "summary"),
            models.UniqueConstraint(
                fields=["network", "version", "number"],
                name="guideline_number",
                violation_error_message=_("This version has a guideline with this number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class PeerConsent(CityContent):
    """The city wants to be found by its peers where it is strong; without this row it is not."""

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            ToPeers(),
            models.UniqueConstraint(fields=["city"], name="peer_consent_once"),
        ]


class GuidelineAssessment(CityContent):
    """Where a city stands with a guideline in a period, by the network's own six steps, with evidence."""

    class Step(models.IntegerChoices):
        NOT_STARTED = 0, "not_started"
        LOCAL_GROUP_BUILT = 1, "local_group_built"
        TOOLS_MAPPED = 2, "tools_mapped"
        NEEDS_IDENTIFIED = 3, "needs_identified"
        TESTED = 4, "tested"
        EVALUATED = 5, "evaluated"
        IN_PLAN = 6, "in_plan"

    class Assessor(models.TextChoices):
        SELF = "self"
        EXPERT = "expert"
        PEER = "peer"

    guideline = reference(Guideline, "assessments")
    period = reference(Period, "+")
    assessor = models.CharField(max_length=6, choices=Assessor.choices, default=Assessor.SELF)
    step = models.PositiveSmallIntegerField(
        choices=Step.choices,
        help_text="0 not started, 1 local group built, "
        "2 tools mapped, 3 needs identified, 4 tested, 5 evaluated, 6 in the plan.",
    )
    target_step = models.PositiveSmallIntegerField(choices=Step.choices, null=True, blank=True)
    rationale = models.TextField(blank=True, default="")
    assessed_on = models.DateField()
    actions = models.ManyToManyField(
        Action, through="AssessmentAction", blank=True, related_name="assessments"
    )
    indicators = models.ManyToManyField(
        Indicator, through="AssessmentIndicator", blank=True, related_name="assessments"
    )
    evidence_links = ArrayField(models.URLField(max_length=500), blank=True, default=list)

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Reference("guideline"),
            Reference("period"),
            SameNetwork("guideline"),
            SameNetwork("period"),
            ToPeers(
                "guideline",
                "period",
                "step",
                "assessed_on",
                consent="plans.PeerConsent",
                where="assessor = 'self'",
            ),
            models.UniqueConstraint(
                fields=["city", "guideline", "period", "assessor"],
                name="assessment_once",
                violation_error_message=_(
                    "This guideline has been assessed for this period; change that assessment."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(step__range=(0, 6)),
                name="assessment_step_exists",
                violation_error_message=_("The steps are numbered 0 to 6."),
            ),
        ]


# As the contract spells them.
STEP_NAMES = [(step.label, step.label) for step in GuidelineAssessment.Step]


class AssessmentAction(CityOwned):
    """An action as evidence."""

    assessment = reference(GuidelineAssessment, "action_links", on_delete=models.DB_CASCADE)
    action = reference(Action, "assessment_links", on_delete=models.DB_CASCADE)

    class Meta(CityOwned.Meta):
        constraints: ClassVar = link("assessment", "action", name="assessment_action_once")
        indexes: ClassVar = [models.Index(fields=["city", "action"], name="assessment_of_action")]


class AssessmentIndicator(CityOwned):
    """An indicator as evidence."""

    assessment = reference(GuidelineAssessment, "indicator_links", on_delete=models.DB_CASCADE)
    indicator = reference(Indicator, "assessment_links", on_delete=models.DB_CASCADE)

    class Meta(CityOwned.Meta):
        constraints: ClassVar = link("assessment", "indicator", name="assessment_indicator_once")
        indexes: ClassVar = [models.Index(fields=["city", "indicator"], name="assessment_of_indicator")]
