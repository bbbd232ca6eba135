"""Where a stakeholder stands in the matrix of influence and interest, as one expression for every reader.

High is above the middle of the scale: 4 or 5. The middle itself, 3, is not high.

- `key_player`: much influence, much interest. Work with them.
- `context_setter`: much influence, little interest. Keep them content.
- `subject`: little influence, much interest. Keep them informed.
- `crowd`: little of both.
"""

from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from plans.stakeholders.models import StakeholderAssessment
from tenants.api.readpath import JSON, Json

MIDDLE = 3
Quadrant = StakeholderAssessment.Quadrant
SHOWN = ("id", "assessed_on", "influence", "interest", "attitude")


def quadrant() -> Case:
    """Of an assessment."""
    influential, interested = Q(influence__gt=MIDDLE), Q(interest__gt=MIDDLE)
    return Case(
        When(influential & interested, then=Value(Quadrant.KEY_PLAYER)),
        When(influential, then=Value(Quadrant.CONTEXT_SETTER)),
        When(interested, then=Value(Quadrant.SUBJECT)),
        default=Value(Quadrant.CROWD),
        output_field=CharField(),
    )


def latest(stakeholder: str = "pk") -> QuerySet[Any]:
    """The last assessment of the stakeholder in this column of the outer query."""
    rows = StakeholderAssessment.objects.filter(stakeholder=OuterRef(stakeholder))
    return rows.order_by("-assessed_on", "-id").annotate(quadrant=quadrant())[:1]


def current() -> QuerySet[Any]:
    """The last assessment of each stakeholder; on one day there is but one."""
    later = StakeholderAssessment.objects.filter(
        stakeholder=OuterRef("stakeholder"), assessed_on__gt=OuterRef("assessed_on")
    )
    return StakeholderAssessment.objects.filter(~Exists(later)).annotate(quadrant=quadrant())


def latest_assessment() -> Subquery:
    """As an object; null for a stakeholder that nobody has assessed."""
    shown = Json({name: F(name) for name in (*SHOWN, "quadrant")})
    return Subquery(latest().annotate(_shown=shown).values("_shown"), output_field=JSON)
