"""Rules between actions that a CHECK cannot say, kept by triggers."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import Wall


class ClosedWhenReplaced(Wall):
    """An action that another has replaced is changed by nothing but what undoes that."""

    suffix = "closed_when_replaced"
    violation_status = 409
    violation_error_code = "replaced"
    default_violation_error_message = _("The action was replaced by another; restore it to change it.")

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            "WHEN (OLD.replaced_by_id IS NOT NULL) EXECUTE FUNCTION plans_replaced_is_closed()"
        )

    def dropped(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"


class ClosedWithAction(ClosedWhenReplaced):
    """What belongs to an action stays with it when another replaces it, as it was."""

    suffix = "closed_with_action"

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION plans_of_replaced_is_closed()"
        )


class ReplacedByCurrent(Wall):
    """What replaces an action is itself not replaced; so replacements never run in a circle."""

    suffix = "replaced_by_current"
    violation_status = 409
    violation_error_code = "other_is_replaced"
    default_violation_error_message = _("The other action was itself replaced; name the one that counts.")

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE INSERT OR UPDATE OF replaced_by_id ON {table} FOR EACH ROW "
            "WHEN (NEW.replaced_by_id IS NOT NULL) EXECUTE FUNCTION plans_replaced_by_current()"
        )

    def dropped(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"


class NoCircle(Wall):
    """An action does not wait for itself, not by way of others either."""

    suffix = "no_circle"
    violation_error_code = "dependency_cycle"
    default_violation_error_message = _("An action does not depend on itself, not by way of others either.")

    def __init__(self, field: str, **kwargs: Any) -> None:
        self.field = field
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (self.field,), kwargs

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION plans_no_circle()"
        )

    def dropped(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"
