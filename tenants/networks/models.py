"""Networks of cities, the cities as partners in them, and what a network shares."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenants.access.models import SharedRow, Sourced, shared
from tenants.access.published import Shown
from tenants.access.spans import in_order
from tenants.access.translations import Translated, Translations
from tenants.access.walls import Counted, Reference, SameNetwork

SLUG = RegexValidator(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", _("Lower case letters, digits and single hyphens."))


class NetworkOwned(SharedRow):
    """Belongs to one network and is the same for all its cities."""

    network = models.ForeignKey(
        "tenants.Network", models.DO_NOTHING, db_constraint=False, editable=False, related_name="+"
    )

    class Meta(SharedRow.Meta):
        abstract = True


class NetworkContent(Sourced, NetworkOwned):
    """What a network says about itself and its topic."""

    class Meta(NetworkOwned.Meta):
        abstract = True


def of_network(*, besides: str = "") -> list[models.BaseConstraint]:
    """What `Meta.constraints` of a row of a network begins with."""
    return [*shared(besides=besides), Reference("network"), Counted()]


class Network(Sourced, SharedRow):
    """About ten cities that work on one theme for two to three years."""

    class Type(models.TextChoices):
        ACTION_PLANNING = "action_planning"
        IMPLEMENTATION = "implementation"
        TRANSFER = "transfer"
        INNOVATION_TRANSFER = "innovation_transfer"

    slug = models.CharField(max_length=60, validators=[SLUG])
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=20, choices=Type.choices, default=Type.ACTION_PLANNING)
    programme = models.CharField(max_length=60, blank=True, default="")
    working_language = models.CharField(max_length=8, default="en")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    clock = models.BigIntegerField(
        default=0, db_default=0, editable=False, help_text="How many changes its shared rows have seen."
    )

    class Meta(SharedRow.Meta):
        constraints: ClassVar = [
            *shared(besides="clock"),
            Shown("slug", "name", "type", "programme", "working_language", "starts_on", "ends_on"),
            models.UniqueConstraint(
                fields=["slug"],
                name="network_slug",
                violation_error_message=_("There is a network with this slug."),
            ),
            in_order("network_ends_after_start", _("A network cannot end before it starts.")),
        ]

    def __str__(self) -> str:
        return self.name


class Theme(Translated, NetworkContent):
    """A strand of the network's topic, shared by some of its cities."""

    slug = models.CharField(max_length=60, validators=[SLUG])
    title = models.CharField(max_length=200)

    class Meta(NetworkContent.Meta):
        constraints: ClassVar = [
            *of_network(),
            Shown("network", "slug", "title", "translations"),
            Translations("title"),
            models.UniqueConstraint(fields=["network", "slug"], name="theme_slug"),
        ]


class City(NetworkContent):
    """A city as partner of one network: the tenant.

    A town that is in two networks is two of these, with the same `place_code`.
    """

    class Role(models.TextChoices):
        LEAD_PARTNER = "lead_partner"
        PROJECT_PARTNER = "project_partner"

    class Organisation(models.TextChoices):
        MUNICIPALITY = "municipality"
        DEVELOPMENT_AGENCY = "development_agency"
        SEMI_PUBLIC_COMPANY = "semi_public_company"
        CLLD_ASSOCIATION = "clld_association"
        OTHER = "other"

    slug = models.CharField(max_length=60, validators=[SLUG])
    name = models.CharField(max_length=120)
    country = models.CharField(
        max_length=2, validators=[RegexValidator(r"^[A-Z]{2}\Z", _("Two capital letters (ISO 3166)."))]
    )
    place_code = models.CharField(
        max_length=60, validators=[SLUG], help_text="The same for the same town in every network."
    )
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.PROJECT_PARTNER)
    organisation = models.CharField(max_length=200, help_text="Who acts for the city in the network.")
    organisation_type = models.CharField(
        max_length=20, choices=Organisation.choices, default=Organisation.MUNICIPALITY
    )
    theme = models.ForeignKey(
        Theme, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="cities"
    )
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    timezone = models.CharField(max_length=60, default="UTC")
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    population = models.PositiveIntegerField(null=True, blank=True)
    clock = models.BigIntegerField(
        default=0,
        db_default=0,
        editable=False,
        help_text="Goes on with every transaction that changes rows of the city.",
    )

    class Meta(NetworkContent.Meta):
        constraints: ClassVar = [
            *of_network(besides="clock"),
            Shown(
                "network",
                "slug",
                "name",
                "country",
                "place_code",
                "role",
                "organisation",
                "organisation_type",
                "theme",
                "languages",
                "timezone",
                "latitude",
                "longitude",
                "population",
            ),
            Reference("theme"),
            SameNetwork("theme"),
            models.UniqueConstraint(
                fields=["network", "slug"],
                name="city_slug",
                violation_error_message=_("The network has a city with this slug."),
            ),
            models.UniqueConstraint(
                fields=["network"],
                condition=Q(role="lead_partner"),
                name="city_one_lead_partner",
                violation_error_code="lead_partner_exists",
                violation_error_message=_("The network has its lead partner already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PeriodQuerySet(models.QuerySet["Period"]):
    def ended(self, today: date) -> Self:
        return self.filter(ends_on__lt=today)


class Period(NetworkContent):
    """A quarter or semester that the cities of a network report on."""

    class Kind(models.TextChoices):
        QUARTER = "quarter"
        SEMESTER = "semester"

    code = models.CharField(max_length=20, validators=[RegexValidator(r"^[A-Za-z0-9-]+\Z")])
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SEMESTER)
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField(help_text="By when the cities report.")
    grace_days = models.PositiveSmallIntegerField(default=14)

    objects = PeriodQuerySet.as_manager()

    class Meta(NetworkContent.Meta):
        constraints: ClassVar = [
            *of_network(),
            models.UniqueConstraint(
                fields=["network", "code"],
                name="period_code",
                violation_error_message=_("The network has a period with this code."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="period_ends_after_start",
                violation_error_code="ends_before_start",
                violation_error_message=_("A period cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("ends_on")),
                name="period_due_after_end",
                violation_error_code="due_before_end",
                violation_error_message=_("A period becomes due when it has ended, not before."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def closes_on(self) -> date:
        return self.due_on + timedelta(days=self.grace_days)


class TransnationalMeeting(Translated, NetworkContent):
    """Where the network's cities meet."""

    class Kind(models.TextChoices):
        KICK_OFF = "kick_off"
        TRANSNATIONAL = "transnational"
        STUDY_VISIT = "study_visit"
        BILATERAL = "bilateral"
        WEBINAR = "webinar"
        FINAL_EVENT = "final_event"

    class Precision(models.TextChoices):
        DAY = "day"
        MONTH = "month"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    title = models.CharField(max_length=200, blank=True, default="")
    place = models.CharField(max_length=120)
    host = models.ForeignKey(
        City, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    date_precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)

    class Meta(NetworkContent.Meta):
        constraints: ClassVar = [
            *of_network(),
            Translations("title"),
            Reference("host"),
            SameNetwork("host"),
            in_order("meeting_ends_after_start", _("A meeting cannot end before it starts.")),
        ]
