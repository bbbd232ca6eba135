"""Rows, and parts of rows, that stay as they are, whoever comes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import OfFields, Trigger, columns


class Frozen(Trigger):
    """The row is neither changed nor deleted, by anybody, from when `once` holds: SQL over OLD."""

    suffix = "frozen"
    violation_error_code = "frozen"
    default_violation_error_message = _("This is kept as it was. It is not changed.")
    options = ("once",)
    once = "true"
    event = "BEFORE UPDATE OR DELETE"
    when = "{once}"
    function = "plans_frozen()"

    def words(self, model: type[models.Model]) -> dict[str, str]:
        return {"once": self.once}


class FrozenFields(OfFields, Trigger):
    """These fields keep what the row was made with."""

    suffix = "frozen"
    violation_error_code = "frozen"
    default_violation_error_message = Frozen.default_violation_error_message
    event = "BEFORE UPDATE"
    when = "ROW({was}) IS DISTINCT FROM ROW({becomes})"
    function = "plans_frozen()"

    def words(self, model: type[models.Model]) -> dict[str, str]:
        return {
            "was": columns(model, self.fields, "OLD."),
            "becomes": columns(model, self.fields, "NEW."),
        }
