"""What goes where the plan goes, without naming it: a city has one."""

from django.db import models

from plans.iap.models import Plan
from tenants.access.published import Published
from tenants.access.walls import SOME_CITIES


class PublishedWithPlan(Published):
    """Rows are seen by whoever sees the plan of their city."""

    def asked(self) -> tuple[str, ...]:
        return ()

    def to_peers(self, model: type[models.Model], table: str) -> str:
        return f"{SOME_CITIES} AND {self.to_everybody(model, table)}"

    def to_everybody(self, model: type[models.Model], table: str) -> str:
        plans = Plan._meta.db_table
        return f'EXISTS (SELECT FROM "{plans}" followed WHERE followed.city_id = {table}.city_id)'
