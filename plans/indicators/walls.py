"""Rules of indicators that a CHECK cannot say: keys over several columns, and one trigger."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import Reference, SameCity, Trigger


class SameUnit(Reference):
    """The common indicator exists, with the same unit, measure and accumulation."""

    suffix = "same_unit"
    target_columns = "id, unit, measure, accumulation"
    violation_error_code = "unit_differs"
    default_violation_error_message = _(
        "There is no such common indicator with this unit, measure and accumulation."
    )

    def columns(self, field: Any) -> str:
        return f'"{field.column}", unit, measure, accumulation'


class FitsMeasure(Trigger):
    """Numbers for a number, parts for a percentage."""

    suffix = "fits_measure"
    violation_error_code = "measure_differs"
    default_violation_error_message = _(
        "A number needs a value; a percentage needs numerator and denominator."
    )
    function = "plans_fits_measure()"


class PartsFit(Trigger):
    """Of the measure of their indicator, in categories that take values, together not more than the whole."""

    suffix = "fits"
    violation_error_code = "parts_do_not_fit"
    default_violation_error_message = _(
        "Parts are of the same kind as the whole, in categories not retired, and in one dimension "
        "together not more than the whole."
    )
    event = "AFTER INSERT OR UPDATE"
    function = "plans_parts_fit()"

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"CREATE TRIGGER {self.name}_words BEFORE INSERT ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION plans_part_words(); {super().made(model, table)}"
        )

    def dropped(self, table: str) -> str:
        return f"{super().dropped(table)}; DROP TRIGGER {self.name}_words ON {table}"


class SameIndicator(SameCity):
    """A measurement corrects one of its own indicator."""

    suffix = "same_indicator"
    target_columns = "city_id, indicator_id, id"
    default_violation_error_message = _("This indicator has no such measurement.")

    def columns(self, field: Any) -> str:
        return f'city_id, indicator_id, "{field.column}"'
