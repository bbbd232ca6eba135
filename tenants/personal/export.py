"""Everything that is held on one person, told to the one who asks for it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.forms import model_to_dict

from tenants.access.asking import fetch
from tenants.access.context import CurrentCity
from tenants.members.models import Membership, Token, User
from tenants.networks.models import City
from tenants.personal.erase import Person, personal_models

SOON = timedelta(days=30)
OF_A_CHANGE = ("number", "thing", "row", "kind", "at", "before", "after")


def held_in_city(person: Person) -> dict[str, Any]:
    """Inside a city: rows as they are, what the history says of them, and the roles of an account."""
    things = {model: name for name, model in personal_models().items()}
    roles = (
        Membership.objects.filter(city=CurrentCity(), user__email__iexact=person.email)
        if person.email
        else ()
    )
    return {
        "rows": [
            {"thing": things[model], "id": row.pk, "values": values(row)}
            for model, found in person.rows()
            for row in found
        ],
        "changes": list(person.traces().order_by("number").values(*OF_A_CHANGE)),
        "roles": [{"user": role.user_id, "role": role.role, "since": role.created_at} for role in roles],
    }


def values(row: Any) -> dict[str, Any]:
    """As text where JSON has no such thing."""
    told = model_to_dict(row) | {"created_at": row.created_at, "updated_at": row.updated_at}
    return {name: value if isinstance(value, int | None) else str(value) for name, value in told.items()}


def kept(today: date) -> list[dict[str, Any]]:
    """Inside a city: how much is kept of people, and what ends within 30 days; in one statement."""
    rows: list[dict[str, Any]] = [{"thing": name, "rows": 0, "due": []} for name in sorted(personal_models())]
    by_thing = {row["thing"]: row for row in rows}
    first, *others = [
        model._base_manager.order_by().annotate(thing=Value(name)).values_list("thing", "pk", "keep_until")
        for name, model in personal_models().items()
    ]
    for thing, key, day in sorted(first.union(*others, all=True), key=lambda row: (row[2], row[1])):
        by_thing[thing]["rows"] += 1
        if day < today + SOON:
            by_thing[thing]["due"].append({"id": key, "keep_until": day})
    return rows


def held_on(user: User) -> dict[str, Any]:
    """An account, its roles and tokens, and what the history says that the person did, as counts."""
    roles = Membership.objects.filter(user=user.pk).select_related("city", "network").order_by("id")
    return {
        "account": {
            name: getattr(user, name) for name in ("id", "email", "name", "created_at", "last_login")
        },
        "roles": [
            {
                "id": role.pk,
                "role": role.role,
                "city": role.city and role.city.slug,
                "network": role.network and role.network.slug,
                "country": role.country or None,
                "since": role.created_at,
            }
            for role in roles
        ],
        "tokens": list(
            Token.objects.filter(user=user.pk).values(
                "id", "name", "created_at", "expires_at", "last_used_at", "revoked_at"
            )
        ),
        "deeds": deeds(user.pk),
    }


def deeds(person: UUID) -> list[dict[str, Any]]:
    cities = {
        city.pk: {"network": city.network.slug, "city": city.slug}
        for city in City.objects.select_related("network")
    }
    (found,) = fetch("SELECT coalesce(json_agg(d), '[]') FROM tenants_deeds(%s) d", (person,))
    return [cities[UUID(row.pop("city"))] | row for row in found]
