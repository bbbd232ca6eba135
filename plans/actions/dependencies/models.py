"""Which action waits for which."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.actions.models import Action
from plans.actions.walls import ClosedWithAction, NoCircle
from tenants.access.models import CityContent, reference, walls
from tenants.access.walls import SameCity


class Dependency(CityContent):
    """The action can only go ahead when the one it depends on is completed."""

    action = reference(Action, "dependencies", on_delete=models.DB_CASCADE)
    depends_on = reference(Action, "dependents", on_delete=models.DB_CASCADE)
    note = models.TextField(blank=True, default="", help_text="What is waited for.")

    class Meta(CityContent.Meta):
        verbose_name_plural = "dependencies"
        constraints: ClassVar = [
            *walls(),
            SameCity("action"),
            SameCity("depends_on"),
            ClosedWithAction(),
            NoCircle("depends_on", name="dependency_no_circle"),
            models.UniqueConstraint(
                fields=["city", "action", "depends_on"],
                name="dependency_once",
                violation_error_message=_("The action depends on this one already."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["city", "depends_on"], name="dependency_of_others")]
