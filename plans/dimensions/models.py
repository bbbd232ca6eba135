"""By what measured values can be broken down: dimensions of a network, and their categories."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.models import reference
from tenants.access.translations import Translated, Translations
from tenants.access.walls import Reference, SameNetwork
from tenants.networks.models import SLUG, NetworkContent, of_network


class Dimension(Translated, NetworkContent):
    """Such as age or gender; one that is retired takes no new values."""

    code = models.CharField(max_length=40, validators=[SLUG])
    name = models.CharField(max_length=120)
    retired = models.BooleanField(default=False, help_text="No new values are broken down by it.")

    class Meta(NetworkContent.Meta):
        constraints: ClassVar = [
            *of_network(),
            Translations("name"),
            models.UniqueConstraint(
                fields=["network", "code"],
                name="dimension_code",
                violation_error_message=_("The network has a dimension with this code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Category(Translated, NetworkContent):
    """One of the parts into which a dimension divides, such as under 30."""

    dimension = reference(Dimension, "categories")
    code = models.CharField(max_length=40, validators=[SLUG])
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0, help_text="Its place among the others.")
    retired = models.BooleanField(default=False, help_text="Takes no new values.")

    class Meta(NetworkContent.Meta):
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            *of_network(),
            Translations("name"),
            Reference("dimension"),
            SameNetwork("dimension"),
            models.UniqueConstraint(
                fields=["dimension", "code"],
                name="category_code",
                violation_error_message=_("The dimension has a category with this code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
