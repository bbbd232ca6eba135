"""What stands beside the columns of the fields: texts in other languages, parts in the network's categories.

`title:it` is the title in Italian, `value:age/under-30` the part of the value that falls into a category.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat

from plans.dimensions.models import Category
from plans.indicators.parts import MeasurementPart
from tenants.access.translations import LANGUAGES, translated
from tenants.networks.models import Network

TEXT = models.TextField()


class Beside(NamedTuple):
    """The languages and the categories of which there are columns."""

    languages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


NOTHING_BESIDE = Beside()


class Keys(models.Func):
    """Each key of an object, as a row of its own."""

    function = "jsonb_object_keys"
    output_field = TEXT


def category_name(prefix: str = "") -> Concat:
    """`age/under-30`: the codes of the dimension and of the category."""
    return Concat(F(f"{prefix}dimension__code"), Value("/"), F(f"{prefix}code"), output_field=TEXT)


def categories(network: UUID) -> dict[str, UUID]:
    """All of a network, the retired ones too, by their names."""
    rows = in_order(Category.objects.filter(network=network))
    return dict(rows.values_list(category_name(), "pk"))


def to_choose(network: UUID) -> models.QuerySet[Category]:
    """Those that take values."""
    return in_order(Category.objects.filter(network=network, retired=False, dimension__retired=False))


def in_order(rows: models.QuerySet[Category]) -> models.QuerySet[Category]:
    return rows.order_by("dimension__code", "position", "pk")


def of_network(network: Network, names: Iterable[str]) -> Beside:
    """All that a file of one of its cities may have."""
    return Beside(other_languages(network.working_language), tuple(names))


def other_languages(working: str) -> tuple[str, ...]:
    return tuple(language for language in LANGUAGES if language != working)


def in_use(model: type[models.Model], city: UUID) -> Beside:
    """Those in which the rows of the city have anything."""
    return Beside(tuple(sorted(languages_in_use(model, city))), tuple(categories_in_use(model, city)))


def languages_in_use(model: type[models.Model], city: UUID) -> Iterable[str]:
    if not translated(model):
        return ()
    return written_in(model, city).values_list("_language", flat=True)


def written_in(model: Any, city: UUID) -> models.QuerySet[Any]:
    rows = model._base_manager.filter(city=city).exclude(translations={}).order_by()
    return rows.annotate(_language=Keys("translations")).distinct()


def categories_in_use(model: type[models.Model], city: UUID) -> Iterable[str]:
    if model is not MeasurementPart.measurement.field.related_model:
        return ()
    used = MeasurementPart.objects.filter(city=city).values("category")
    return in_order(Category.objects.filter(pk__in=used)).values_list(category_name(), flat=True)
