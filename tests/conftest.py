"""The same people everywhere: members of Genoa, members of Ghent, and those who read across."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import hypothesis
import pytest

from backend.celery import app as celery
from tenants.access.context import Actor, city_context
from tenants.access.rights import LEVEL, Level, Role
from tenants.models import City, Membership, Network, Period, Token, User
from tests.client import Caller

_numbers = count(1)

# On a developer's machine new examples are tried with every run; in CI, where a find stands in the way
# of somebody else's change, always the same ones.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


@dataclass(frozen=True)
class Place:
    """A city or a network, its row and its address."""

    row: Any
    url: str

    @property
    def pk(self) -> Any:
        return self.row.pk

    def inside(self) -> AbstractContextManager[None]:
        return city_context(self.row.pk, Actor(role="test"))


def make_network(slug: str) -> Place:
    row = Network.objects.create(slug=slug, name=slug.title(), starts_on=date(2015, 9, 15))
    return Place(row, f"/api/v1/networks/{slug}/")


def make_city(network: Place, slug: str, country: str, **fields: Any) -> Place:
    row = City.objects.create(
        network=network.row,
        slug=slug,
        name=slug.title(),
        country=country,
        place_code=f"{country.lower()}-{slug}",
        organisation=f"City of {slug.title()}",
        **fields,
    )
    return Place(row, f"{network.url}cities/{slug}/")


@pytest.fixture
def network(db: None) -> Place:
    return make_network("interactive-cities")


@pytest.fixture
def genoa(network: Place) -> Place:
    return make_city(network, "genoa", "IT", role="lead_partner")


@pytest.fixture
def ghent(network: Place) -> Place:
    return make_city(network, "ghent", "BE")


@pytest.fixture
def period(network: Place) -> Period:
    return Period.objects.create(
        network=network.row,
        code="2017-S2",
        starts_on=date(2017, 7, 1),
        ends_on=date(2017, 12, 31),
        due_on=date(2018, 1, 15),
    )


@pytest.fixture
def other_network(db: None) -> Place:
    return make_network("riverside-towns")


@pytest.fixture
def other_ghent(other_network: Place) -> Place:
    """The same town in another network: another tenant."""
    return make_city(other_network, "ghent", "BE", role="lead_partner")


def make_person(role: Role, place: Place | str | None = None) -> tuple[User, str]:
    """A person with one role, and a token."""
    user = User.objects.create(email=f"{role}-{next(_numbers)}@example.org", name=f"A {role}")
    where: dict[str, Any] = {}
    match LEVEL[role]:
        case Level.CITY:
            where = {"city": place.row}  # type: ignore[union-attr]
        case Level.NETWORK:
            where = {"network": place.row}  # type: ignore[union-attr]
        case Level.COUNTRY:
            where = {"country": place}
    Membership.objects.create(user=user, role=role, **where)
    return user, Token.issue(user, "tests")[1]


ClientAs = Callable[..., Caller]


@pytest.fixture
def client_as(db: None) -> ClientAs:
    """`client_as(Role.OFFICER, genoa)`: a client whose every answer is held against the contract."""

    def make(role: Role, place: Place | str | None = None) -> Caller:
        user, token = make_person(role, place)
        return Caller(token, user)

    return make


@pytest.fixture
def officer(client_as: ClientAs, genoa: Place) -> Caller:
    return client_as(Role.OFFICER, genoa)


@pytest.fixture
def anonymous(db: None) -> Caller:
    return Caller(None, None)


# Bells ring at the broker of the run, where nobody listens; without an app they would go to another.
celery.set_current()
