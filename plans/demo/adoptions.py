"""Practices that cities of the demo ask each other for: each is read, and asked for, in its own context."""

from plans.actions.models import Action
from plans.adoptions.ask import KEPT, kept_texts
from plans.adoptions.models import Adoption
from plans.demo.read import Row
from plans.demo.reviews import ACTOR
from plans.practices.models import GoodPractice
from tenants.access.context import city_context
from tenants.networks.models import City


def pass_on(rows: list[Row], network: str) -> None:
    """What is there stays as it is."""
    cities = {city.slug: city for city in City.objects.filter(network__slug=network)}
    for row in rows:
        offering = cities[row["offering"]]
        with city_context(offering.pk, ACTOR):
            practice = GoodPractice.objects.get(title=row["practice"])
        with city_context(cities[row["city"]].pk, ACTOR):
            if not Adoption.objects.filter(practice=practice.pk).exists():
                ask(offering, practice, row)


def ask(offering: City, practice: GoodPractice, row: Row) -> None:
    """And adopt, where the row names the action that it became."""
    Adoption.objects.create(
        offering=offering,
        practice=practice.pk,
        is_open=practice.adoption == GoodPractice.Adoption.OPEN,
        action=Action.objects.get(code=row["action"]) if "action" in row else None,
        translations=kept_texts(practice.translations),
        **{name: getattr(practice, name) for name in KEPT},
        **{name: row.get(name) for name in ("message", "provenance", "adopted_on")},
    )
