"""Rows, and parts of rows, that stay as they are, whoever comes."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import Wall


class Frozen(Wall):
    """The row is neither changed nor deleted, by anybody, from when `once` holds: SQL over OLD."""

    suffix = "frozen"
    violation_error_code = "frozen"
    default_violation_error_message = _("This is kept as it was. It is not changed.")
    holds = "true"

    def __init__(self, *, once: str = "", **kwargs: Any) -> None:
        self.once = once
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (), kwargs | ({"once": self.once} if self.once else {})

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            f"WHEN ({self.once or self.holds}) EXECUTE FUNCTION plans_frozen()"
        )

    def dropped(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"


class FrozenFields(Wall):
    """These fields keep what the row was made with."""

    suffix = "frozen"
    violation_error_code = "frozen"
    default_violation_error_message = Frozen.default_violation_error_message

    def __init__(self, *fields: str, **kwargs: Any) -> None:
        self.fields = fields
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, self.fields, kwargs

    def made(self, model: type[models.Model], table: str) -> str:
        fields: list[Any] = [model._meta.get_field(name) for name in self.fields]
        was, becomes = (", ".join(f'{row}."{field.column}"' for field in fields) for row in ("OLD", "NEW"))
        return (
            f"CREATE TRIGGER {self.name} BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (ROW({was}) IS DISTINCT FROM ROW({becomes})) EXECUTE FUNCTION plans_frozen()"
        )

    def dropped(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"
