"""The Integrated Action Plan: what a city produces with its local group."""

from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.access.models import CityContent, walls
from tenants.access.published import Published, visibility
from tenants.access.spans import in_order
from tenants.access.translations import Translated, Translations

YEAR = [MinValueValidator(1990), MaxValueValidator(2100)]


class Step(NamedTuple):
    """A change of status: from which, to which."""

    origins: tuple[str, ...]
    target: str


class Plan(Translated, CityContent):
    """One per partner city; its city is its key, so objectives and actions need not name it.

    Its status changes by verbs only. `version` and `adopted_on` are of the version adopted last.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ULG_CONSULTATION = "ulg_consultation", _("in consultation with the local group")
        PEER_REVIEW = "peer_review", _("in peer review")
        REVISED = "revised", _("revised")
        ADOPTED = "adopted", _("adopted")
        IN_IMPLEMENTATION = "in_implementation", _("in implementation")
        CLOSED = "closed", _("closed")

    STEPS: ClassVar[dict[str, Step]] = {
        "consult": Step((Status.DRAFT, Status.REVISED), Status.ULG_CONSULTATION),
        "open_peer_review": Step((Status.ULG_CONSULTATION, Status.REVISED), Status.PEER_REVIEW),
        "send_back": Step((Status.ULG_CONSULTATION, Status.PEER_REVIEW), Status.DRAFT),
        "revise": Step(
            (Status.ULG_CONSULTATION, Status.PEER_REVIEW, Status.ADOPTED, Status.IN_IMPLEMENTATION),
            Status.REVISED,
        ),
        # What is in implementation stays so when a new version of it is adopted.
        "adopt": Step((Status.REVISED, Status.ADOPTED, Status.IN_IMPLEMENTATION), Status.ADOPTED),
        "start_implementation": Step((Status.ADOPTED,), Status.IN_IMPLEMENTATION),
        "close": Step((Status.IN_IMPLEMENTATION,), Status.CLOSED),
        "reopen": Step((Status.CLOSED,), Status.IN_IMPLEMENTATION),
    }

    title = models.CharField(max_length=200)
    challenge = models.TextField(blank=True, default="", help_text="What the city wants to change.")
    vision = models.TextField(blank=True, default="")
    horizon_starts = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=YEAR, help_text="Year."
    )
    horizon_ends = models.PositiveSmallIntegerField(null=True, blank=True, validators=YEAR, help_text="Year.")
    status = models.CharField(max_length=17, choices=Status.choices, default=Status.DRAFT)
    status_since = models.DateTimeField(
        default=timezone.now, db_default=Now(), editable=False, help_text="When it came into its status."
    )
    status_reason = models.TextField(
        blank=True, default="", db_default="", editable=False, help_text="Why, where a reason was given."
    )
    version = models.PositiveSmallIntegerField(
        default=1, help_text="The number of the version adopted last; 1 until there is one."
    )
    adopted_on = models.DateField(null=True, blank=True, help_text="When that version was adopted.")
    visibility = visibility()

    class Meta(CityContent.Meta):
        constraints: ClassVar = [
            *walls(),
            Published(
                "title",
                "challenge",
                "vision",
                "horizon_starts",
                "horizon_ends",
                "status",
                "version",
                "adopted_on",
                "translations",
            ),
            Translations("title", "challenge", "vision"),
            models.UniqueConstraint(
                fields=["city"],
                name="plan_of_city",
                violation_error_code="plan_exists",
                violation_error_message=_("The city has its plan already."),
            ),
            in_order(
                "plan_horizon_ends_after_start",
                _("A horizon cannot end before it starts."),
                "horizon_starts",
                "horizon_ends",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["adopted", "in_implementation", "closed"])
                | Q(adopted_on__isnull=False),
                name="plan_adopted_has_date",
                violation_error_code="adoption_date_missing",
                violation_error_message=_("Say when the plan was adopted."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def require_step(self, verb: str) -> Step:
        """409 where the status does not allow it, with what it does allow."""
        step = self.STEPS[verb]
        if self.status not in step.origins:
            possible = [name for name, other in self.STEPS.items() if self.status in other.origins]
            raise ValidationError(
                _("A plan that is %(status)s cannot do this. From here it can: %(possible)s."),
                "wrong_status",
                {"status": self.get_status_display(), "possible": ", ".join(possible).replace("_", "-")},
            )
        return step

    def take(self, verb: str, reason: str = "") -> None:
        """Changes the status by one of STEPS, or says why not."""
        self.come_into(self.require_step(verb).target, reason)

    def come_into(self, status: str, reason: str, **values: Any) -> None:
        if status != self.status:
            self.status, self.status_since = status, timezone.now()
        for name, value in {"status_reason": reason, **values}.items():
            setattr(self, name, value)
        self.save(update_fields=["status", "status_since", "status_reason", *values])
