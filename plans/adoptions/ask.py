"""A city asks another for a practice: what it was is kept with the question."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as InvalidBody

from plans.adoptions.models import Adoption
from plans.practices.models import GoodPractice
from tenants.access.context import among_peers
from tenants.access.translations import Texts, renamed
from tenants.networks.models import City

# Of the practice, as it is when it is asked for.
KEPT = ("title", "summary", "guidelines")


def ask(*, city_id: UUID, network: Any, practice: UUID, **given: Any) -> Adoption:
    """`given`: a message, and where the row comes from."""
    offered = published(practice, [row for row in cities(network) if row != city_id])
    if Adoption.objects.filter(city=city_id, practice=practice, withdrawn_at__isnull=True).exists():
        raise ValidationError(_("The city has asked for this practice already."), "asked_already")
    return Adoption.objects.create(city_id=city_id, practice=practice, **offered, **given)


def cities(network: Any) -> list[UUID]:
    return list(City.objects.filter(network=network).values_list("pk", flat=True))


def published(practice: UUID, cities: list[UUID]) -> dict[str, Any]:
    """What a peer sees of it; what is not published is as unknown as what was invented."""
    with among_peers(cities):
        row: Any = (
            GoodPractice.objects.filter(pk=practice)
            .values("city_id", *KEPT, "translations", "adoption")
            .first()
        )
    if row is None:
        unknown = ErrorDetail(_("No other city has published such a practice to this one."), "does_not_exist")
        raise InvalidBody({"practice": [unknown]})
    return {
        **{name: row[name] for name in KEPT},
        "translations": kept_texts(row["translations"]),
        "offering_id": row["city_id"],
        "is_open": row["adoption"] == GoodPractice.Adoption.OPEN,
    }


def kept_texts(translations: Texts) -> Texts:
    return renamed(translations, {"title": "title", "summary": "summary"})
