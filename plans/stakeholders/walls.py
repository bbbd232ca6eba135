"""A rule of the local group that a CHECK cannot say."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import SameNetwork


class MemberOfCity(SameNetwork):
    """The person has a role in this very city, when the row is written.

    Roles come and go without the row: who has none any more holds the seat and writes nothing.
    """

    suffix = "of_city"
    default_violation_error_message = _("The city has no such member.")

    def made(self, model: type[models.Model], table: str) -> str:
        field: Any = model._meta.get_field(self.field)
        return (
            f'CREATE TRIGGER {self.name} BEFORE INSERT OR UPDATE OF "{field.column}" ON {table} '
            f'FOR EACH ROW WHEN (NEW."{field.column}" IS NOT NULL) '
            f"EXECUTE FUNCTION plans_member_of_city('{field.column}')"
        )
