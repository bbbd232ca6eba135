"""Averages of scores, each with how many went in."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Q

from plans.reviews.models import DIMENSIONS, PeerReviewRequest

CENT = Decimal("0.01")
SUBMITTED = Q(reviews__submitted_at__isnull=False)


def averages(city: UUID) -> dict[str, Any]:
    """Of the reviews that this city was given, in one statement."""
    found = PeerReviewRequest.objects.filter(city=city, withdrawn_at__isnull=True).aggregate(
        asked=Count("pk"),
        submitted=Count("reviews", filter=SUBMITTED),
        **{name: Avg(f"reviews__{name}", filter=SUBMITTED) for name in DIMENSIONS},
    )
    n = found["submitted"]
    return {
        "asked": found["asked"],
        "submitted": n,
        "scores": [{"dimension": name, "n": n, "average": rounded(found[name])} for name in DIMENSIONS],
    }


def rounded(average: Decimal | None) -> str | None:
    return None if average is None else str(Decimal(average).quantize(CENT, ROUND_HALF_UP))
