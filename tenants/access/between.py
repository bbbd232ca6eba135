"""Walls of a row between two cities: the one writes it, both read it, no third one does.

What each of the two has to say is a row of its own: so the wall for writing stays the one of every row.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import IS_ONE_OF_THE_CITIES, IS_THE_CITY, OfFields, Reference, columns


class BetweenCities(OfFields):
    """The row is its city's, which alone writes it; the city in `other` reads it, and no third one.

    Whoever reads one of the two as staff reads it too. With `once`, SQL over the columns of the row, the
    other city sees it from when that holds.
    """

    suffix = "between"
    violation_error_code = "own_city"
    default_violation_error_message = _("It takes another city.")
    options = ("once",)
    once = ""

    @property
    def other(self) -> str:
        return self.fields[0]

    def made(self, model: type[models.Model], table: str) -> str:
        other, seen = self.column(model), f" AND {self.once}" if self.once else ""
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {self.name} CHECK (city_id <> {other}); "
            f"CREATE POLICY other_ro ON {table} FOR SELECT TO iap_app USING ({other} {IS_THE_CITY}{seen}); "
            f"CREATE POLICY other_staff_ro ON {table} FOR SELECT TO iap_staff "
            f"USING ({other} {IS_ONE_OF_THE_CITIES}{seen})"
        )

    def column(self, model: type[models.Model]) -> str:
        return columns(model, self.fields)

    def dropped(self, table: str) -> str:
        return (
            f"DROP POLICY other_ro ON {table}; DROP POLICY other_staff_ro ON {table}; "
            f"ALTER TABLE {table} DROP CONSTRAINT {self.name}"
        )


def between(model: type[models.Model]) -> BetweenCities | None:
    """What makes a row stand between two cities, where it does."""
    return next((c for c in model._meta.constraints if isinstance(c, BetweenCities)), None)


class SameTwoCities(Reference):
    """A reference to a row of the other city that is meant for this one: what the one asks, the other
    answers. Deleting follows it in neither direction.

    (other_id, city_id, x_id) -> (city_id, other_id, id), so it leads to no row that is not for this city.
    """

    suffix = "same_two_cities"

    def made(self, model: type[models.Model], table: str) -> str:
        field: Any = model._meta.get_field(self.field)
        target = field.related_model
        mine, theirs = between(model), between(target)
        if mine is None or theirs is None:
            raise TypeError(f"{model.__name__}.{self.field} needs BetweenCities at both ends.")
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {self.name} "
            f'FOREIGN KEY ({mine.column(model)}, city_id, "{field.column}") '
            f'REFERENCES "{target._meta.db_table}" (city_id, {theirs.column(target)}, id) NOT DEFERRABLE'
        )
