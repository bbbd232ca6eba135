from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from tenants.access.rights import LEVEL, Level, Role
from tenants.members.models import Membership, Token, User
from tenants.networks.models import City, Network


class Command(BaseCommand):
    """The way in for the first person, and for anybody who was made a member and has no token yet."""

    help = "Gives a person a role, and prints a token that is not shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--name", default="")
        parser.add_argument("--network", metavar="SLUG", help="for a role in a network, or in a city of it")
        parser.add_argument("--city", metavar="SLUG", help="for a role in a city")
        parser.add_argument("--country", default="", metavar="IT", help="for a National URBACT Point")

    @transaction.atomic
    def handle(self, *args: Any, email: str, role: str, name: str, **place: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email}: {error.messages[0]}") from None
        user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, name=name)
        Membership.objects.get_or_create(user=user, role=role, **self.place(Role(role), place))
        _row, token = Token.issue(user, "Made with the role")
        self.stdout.write(token)

    def place(self, role: Role, named: dict[str, Any]) -> dict[str, Any]:
        match LEVEL[role]:
            case Level.CITY:
                return {"city": self.city(named["network"], named["city"])}
            case Level.NETWORK:
                return {"network": self.network(named["network"])}
            case Level.COUNTRY if named["country"]:
                return {"country": named["country"].upper()}
            case Level.COUNTRY:
                raise CommandError("Say for which country: --country IT")
        return {}

    def network(self, slug: str | None) -> Network:
        row = Network.objects.filter(slug=slug).first()
        if row is None:
            raise CommandError("Say for which network: --network SLUG, of one that exists.")
        return row

    def city(self, network: str | None, slug: str | None) -> City:
        row = City.objects.filter(network=self.network(network), slug=slug).first()
        if row is None:
            raise CommandError("Say for which city: --city SLUG, of one in the network.")
        return row
