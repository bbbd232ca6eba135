"""What is needed, applied for and secured, added up per currency: currencies are never mixed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, OuterRef, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce

from plans.actions.fundings.models import Funding
from tenants.api.readpath import Array, Json

# A sum may have more digits than one of its amounts.
MONEY = DecimalField(max_digits=20, decimal_places=2)
NOTHING = Decimal("0.00")


def sums() -> dict[str, Any]:
    """One for each state; nothing in it is 0.00."""
    return {
        str(state.value): Cast(Coalesce(Sum("amount", filter=Q(state=state)), Value(NOTHING)), MONEY)
        for state in Funding.State
    }


def funding_totals() -> Array:
    """Of the action at hand, an object for each currency."""
    rows = Funding.objects.filter(action=OuterRef("pk")).order_by("currency").values("currency")
    texts = {name: Cast(total, TextField()) for name, total in sums().items()}
    return Array(rows.annotate(_total=Json({"currency": F("currency"), **texts})).values("_total"))


def of_city(fundings: QuerySet[Funding]) -> dict[str, Any]:
    """By currency, and by source in each; what others have replaced is left out, and counted."""
    rows = list(
        fundings.order_by("currency", "source_type")
        .values("currency", "source_type", replaced=~Q(action__replaced_by=None))
        .annotate(number=Count("pk"), **sums())
    )
    counting = [row for row in rows if not row["replaced"]]
    return {
        "by_currency": added_up(counting),
        "by_source": counting,
        "left_out": sum(row["number"] for row in rows if row["replaced"]),
    }


def added_up(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Over the sources."""
    found: defaultdict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(sums(), NOTHING))
    for row in rows:
        total = found[row["currency"]]
        for state in total:
            total[state] += row[state]
    return [{"currency": currency, **total} for currency, total in found.items()]
