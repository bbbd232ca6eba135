"""Filters, search and order: what a list may be asked, and nothing else."""

import copy
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as drf_filters

from tenants.access.models import CityContent
from tenants.api.refusals import bad_parameter

MAX_TEXT = 200
SMALLEST_COLUMN = 32_767


class RowFilter(drf_filters.FilterSet):
    """The base of all filter sets. References are plain ids: another city's and an invented one
    both find nothing."""

    created_since = django_filters.IsoDateTimeFilter(
        "created_at", "gte", help_text="Made at or after this instant."
    )
    updated_since = django_filters.IsoDateTimeFilter(
        "updated_at", "gte", help_text="Changed at or after this instant."
    )


class ContentFilter(RowFilter):
    """Of rows that say where they come from."""

    provenance = django_filters.ChoiceFilter(choices=CityContent.Provenance.choices)


class PublicFilter(ContentFilter):
    """Of what leaves the city or the network; when a row was made does not."""

    created_since = None


class PublishedFilter(PublicFilter):
    """Of rows that cities published, by the city."""

    city = django_filters.CharFilter("city__slug", help_text="Slug of the city.")
    country = django_filters.CharFilter("city__country", help_text="Two capital letters (ISO 3166).")


class WholeNumber(django_filters.NumberFilter):
    """A number that counts or ranks, and so is small."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str | None = None, lookup_expr: str | None = None, **kwargs: Any) -> None:
        limits = {"min_value": 0, "max_value": SMALLEST_COLUMN}
        super().__init__(field_name, lookup_expr, **{**limits, **kwargs})


class NumberInList(WholeNumber):
    """Rows whose list of numbers holds this one."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name, "contains", **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if value is None else qs.filter(**{f"{self.field_name}__contains": [value]})


class StrictFilters(drf_filters.DjangoFilterBackend):
    """django-filter without a form per request, and without silence: an unknown, repeated or empty
    parameter is an error."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filters = filters_of(view.filterset_class) if view.filterset_class else {}
        for name, values in request.query_params.lists():
            if name in view.query_parameters():
                one_value(name, values)
            elif name in filters:
                view.refuse_confidential(name)
                queryset = narrowed(queryset, name, filters[name], one_value(name, values))
            else:
                known = sorted({*filters, *view.query_parameters()})
                raise bad_parameter(
                    name, "unknown_parameter", _("Known here: %(names)s.") % {"names": ", ".join(known)}
                )
        return searched(queryset, request.query_params.get("search"), view.search_fields)


@cache
def filters_of(filterset_class: type[RowFilter]) -> dict[str, Any]:
    """Bound once to the model, so that the fields of the form are built once."""
    filters = {name: copy.copy(item) for name, item in filterset_class.base_filters.items()}
    for item in filters.values():
        item.model = filterset_class._meta.model
        # DISTINCT would bring the order into the columns of a page.
        item.distinct = False
    return filters


def one_value(name: str, values: list[str]) -> str:
    if len(values) != 1:
        raise bad_parameter(name, "repeated", _("Say it once."))
    value = values[0].strip()
    if not value:
        raise bad_parameter(name, "empty", _("Leave the parameter out, or give it a value."))
    if "\x00" in value or len(value) > 2000:
        raise bad_parameter(name, "invalid", _("This is not text that can be looked for."))
    return value


def narrowed(queryset: Any, name: str, item: Any, value: str) -> Any:
    try:
        cleaned = item.field.clean(
            value.split(",") if isinstance(item.field, forms.MultipleChoiceField) else value
        )
    except (forms.ValidationError, OverflowError) as error:
        message = error.messages[0] if isinstance(error, forms.ValidationError) else _("Out of range.")
        raise bad_parameter(name, getattr(error, "code", None) or "invalid", message) from None
    if cleaned is None:  # what a field of forms makes of "maybe", where true or false is asked
        raise bad_parameter(name, "invalid", _("This value cannot be used."))
    return item.filter(queryset, cleaned)


def searched(queryset: Any, text: str | None, fields: tuple[str, ...]) -> Any:
    """Every word stands in one of the fields."""
    if text is None:
        return queryset
    if len(text) > MAX_TEXT:
        raise bad_parameter("search", "too_long", _("At most %(max)d characters.") % {"max": MAX_TEXT})
    for word in text.split():
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        queryset = queryset.filter(anywhere)
    return queryset


ISO = ["%Y-%m-%d"]


def before(field_name: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        field_name, "lt", input_formats=ISO, help_text=f"{field_name} is earlier than this day."
    )


def after(field_name: str) -> django_filters.DateFilter:
    return django_filters.DateFilter(
        field_name, "gt", input_formats=ISO, help_text=f"{field_name} is later than this day."
    )


class OnDay(django_filters.DateFilter):
    """A question about a day that the queryset answers by the method of this name."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name, input_formats=ISO, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        return getattr(qs, self.field_name)(value)
