"""The people of the demo: one for each role and place, with a token and a password.

Both are derived from the installation's secret key: each installation has its own, and a later start
can say them again.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode

from plans.demo.read import Row
from tenants.access.rights import LEVEL, Level, Role
from tenants.members.models import Membership, Token, User, digest
from tenants.networks.models import City, Network

COUNTRY = "IT"
# Nobody guesses 120 random bits, however fast the hash; the first sign-in puts a slow one in its place.
ROUNDS = 10_000
PASSWORD_LENGTH = 20


class Person(NamedTuple):
    role: Role
    place: str = ""
    network: str | None = None
    city: str | None = None
    country: str = ""

    @property
    def email(self) -> str:
        """Of a domain that cannot exist (RFC 2606)."""
        local = ".".join(filter(None, (self.role.replace("_", "-"), self.city, self.country.lower())))
        return f"{local}@{self.network or 'programme'}.example"

    @property
    def name(self) -> str:
        role = self.role.replace("_", " ").capitalize()
        return f"{role} of {self.place} (demo)" if self.place else f"{role} (demo)"

    @property
    def password(self) -> str:
        return secret("demo password", self.email)[:PASSWORD_LENGTH]


def everyone(documents: list[Row]) -> Iterator[Person]:
    for document in documents:
        network = document["network"]
        for city in document["cities"]:
            for role in of_level(Level.CITY):
                yield Person(role, city["name"], network["slug"], city["slug"])
        for role in of_level(Level.NETWORK):
            yield Person(role, network["name"], network["slug"])
    for role in of_level(Level.COUNTRY):
        yield Person(role, COUNTRY, country=COUNTRY)
    for role in of_level(Level.PROGRAMME):
        yield Person(role)


def of_level(level: Level) -> list[Role]:
    return [role for role, its_level in LEVEL.items() if its_level == level]


def are_known(people: list[Person]) -> bool:
    """Some have been here before: this database is the demo's."""
    return User.objects.filter(email__in=[person.email for person in people]).exists()


def settle(people: list[Person]) -> None:
    """Those who are new, with their role; a role that was taken from somebody later is not given back."""
    known = set(User.objects.filter(email__in=[p.email for p in people]).values_list("email", flat=True))
    users = {p: User(email=p.email, name=p.name) for p in people if p.email not in known}
    for user in users.values():
        user.set_unusable_password()
    User.objects.bulk_create(users.values())
    networks = {network.slug: network for network in Network.objects.all()}
    cities = {(city.network.slug, city.slug): city for city in City.objects.select_related("network")}
    Membership.objects.bulk_create(
        Membership(
            user=user,
            role=person.role,
            city=cities[person.network, person.city] if person.network and person.city else None,
            network=networks[person.network] if person.network and not person.city else None,
            country=person.country,
        )
        for person, user in users.items()
    )


def tokens(people: list[Person]) -> list[dict[str, Any]]:
    """What each signs in with, for whoever started the demo."""
    users = {user.email: user for user in User.objects.filter(email__in=[p.email for p in people])}
    issued = {row.digest: row for row in Token.objects.filter(user__in=users.values())}
    return [
        {
            "role": person.role,
            "network": person.network,
            "city": person.city,
            "country": person.country or None,
            "email": person.email,
            "token": valid_token(person, users[person.email], issued),
            "password": person.password,
        }
        for person in people
    ]


def valid_token(person: Person, user: User, issued: dict[str, Token]) -> str:
    """A revoked one stays revoked; the next takes its place."""
    for number in count(1):
        token = secret(f"demo token {number}", person.email)
        row = issued.get(digest(Token.PREFIX + token))
        if row is None:
            if number == 1:
                give_password(person, user)
            return Token.issue(user, "demo", secret=token)[1]
        if row.revoked_at is None:
            prolong(row)
            return Token.PREFIX + token
    raise AssertionError("Counting never ends.")


def prolong(token: Token) -> None:
    if token.expires_at <= timezone.now():
        token.expires_at = timezone.now() + Token.LIFE
        token.save(update_fields=["expires_at"])


def give_password(person: Person, user: User) -> None:
    hasher = PBKDF2PasswordHasher()
    user.password = hasher.encode(person.password, hasher.salt(), ROUNDS)
    user.save(update_fields=["password"])


def secret(purpose: str, email: str) -> str:
    return urlsafe_base64_encode(salted_hmac(purpose, email, algorithm="sha256").digest())
