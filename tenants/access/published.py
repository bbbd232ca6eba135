"""What a city publishes: walls that let rows out, to its peers in the network or to everybody.

Two roles that only read are behind them, `iap_peer` and `iap_public`. They are granted columns, never
a table: what is not named here cannot be selected by them, whatever the application asks for.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import SOME_CITIES, OfFields, columns

READERS = "iap_peer, iap_public"
# What the read path needs of every row, and where the row comes from.
ALWAYS = ("id", "row_version", "updated_at", "provenance", "source", "illustrative_fields")


class Visibility(models.TextChoices):
    """For whom a row is: the city alone, the cities of its network, everybody."""

    INTERNAL = "internal"
    NETWORK = "network"
    PUBLIC = "public"


def visibility(default: Visibility = Visibility.NETWORK, **options: Any) -> models.CharField:
    """The column that `Published` asks."""
    told = _("Who may read it outside.")
    return models.CharField(
        max_length=8, choices=Visibility.choices, default=default, help_text=told, **options
    )


class Shown(OfFields):
    """Columns of a table that all cities share which peers and the public may know."""

    suffix = "shown"

    def shown(self) -> tuple[str, ...]:
        """The names of all fields that are granted."""
        return (*ALWAYS, *self.fields)

    def made(self, model: type[models.Model], table: str) -> str:
        return f"GRANT SELECT ({columns(model, self.shown())}) ON {table} TO {READERS}"

    def dropped(self, table: str) -> str:
        return f"REVOKE ALL ON {table} FROM {READERS}"


class Published(Shown):
    """Rows leave the city as far as their own `visibility` says."""

    suffix = "published"

    def shown(self) -> tuple[str, ...]:
        return (*super().shown(), "city", *self.asked())

    def asked(self) -> tuple[str, ...]:
        """What the policy itself asks of the row."""
        return ("visibility",)

    def made(self, model: type[models.Model], table: str) -> str:
        peers, everybody = self.to_peers(model, table), self.to_everybody(model, table)
        return (
            f"CREATE POLICY peers_ro ON {table} FOR SELECT TO iap_peer USING ({peers}); "
            f"CREATE POLICY public_ro ON {table} FOR SELECT TO iap_public USING ({everybody}); "
            f"{super().made(model, table)}"
        )

    def to_peers(self, model: type[models.Model], table: str) -> str:
        return f"{SOME_CITIES} AND visibility IN ('network', 'public')"

    def to_everybody(self, model: type[models.Model], table: str) -> str:
        return "visibility = 'public'"

    def dropped(self, table: str) -> str:
        return f"DROP POLICY peers_ro ON {table}; DROP POLICY public_ro ON {table}; {super().dropped(table)}"


class PublishedWith(Published):
    """Rows are seen by whoever sees the row that they belong to.

    The policy asks for that row under that row's own policy, so there is one place that decides.
    """

    @property
    def follows(self) -> str:
        return self.fields[0]

    def asked(self) -> tuple[str, ...]:
        return ()

    def to_peers(self, model: type[models.Model], table: str) -> str:
        return f"{SOME_CITIES} AND {self.to_everybody(model, table)}"

    def to_everybody(self, model: type[models.Model], table: str) -> str:
        field: Any = model._meta.get_field(self.follows)
        parent = field.related_model._meta.db_table
        return (
            f'EXISTS (SELECT FROM "{parent}" followed WHERE followed.city_id = {table}.city_id '
            f'AND followed.id = {table}."{field.column}")'
        )


class ToPeers(OfFields):
    """Columns of rows that peers alone may read: those `where` this holds, of cities that have a row
    in `consent`. What is asked of the consent is asked of its own policy."""

    suffix = "to_peers"
    options = ("consent", "where")
    consent, where = "", ""

    def made(self, model: type[models.Model], table: str) -> str:
        seen = " AND ".join(filter(None, (SOME_CITIES, self.where, self.consented(model, table))))
        return (
            f"CREATE POLICY peers_ro ON {table} FOR SELECT TO iap_peer USING ({seen}); "
            f"GRANT SELECT ({columns(model, ('city', *self.fields))}) ON {table} TO iap_peer"
        )

    def consented(self, model: type[models.Model], table: str) -> str:
        if not self.consent:
            return ""
        given = model._meta.apps.get_model(self.consent)._meta.db_table
        return f'EXISTS (SELECT FROM "{given}" given WHERE given.city_id = {table}.city_id)'

    def dropped(self, table: str) -> str:
        return f"DROP POLICY peers_ro ON {table}; REVOKE ALL ON {table} FROM iap_peer"


def published(model: type[models.Model]) -> Published | None:
    return next((wall for wall in model._meta.constraints if isinstance(wall, Published)), None)


def is_published(model: type[models.Model]) -> bool:
    return published(model) is not None


def is_read_outside(model: type[models.Model]) -> bool:
    """Whether a role that reads what leaves a city is granted anything of it."""
    return any(isinstance(wall, Published | ToPeers) for wall in model._meta.constraints)
