"""What a self-assessment keeps of its dimension, by a trigger: for bulk and imports too."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import Wall


class KeepsWording(Wall):
    """The score keeps the words that it was given to; none is given for a day after they were retired."""

    suffix = "wording"
    violation_error_code = "dimension_retired"
    default_violation_error_message = _("This dimension was retired before this day.")

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION plans_keep_wording()"
        )

    def dropped(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"
