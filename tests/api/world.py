"""Genoa, Ghent, and Genoa in another network, with a row of every kind in each; and everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from rest_framework import relations, serializers

from plans.calendar.views import FeedsOfCity
from plans.frozen.canonical import sha256
from plans.models import (
    Action,
    Adoption,
    AdoptionAnswer,
    CalendarFeed,
    Export,
    ExportPart,
    GoodPractice,
    Import,
    ImportFile,
    PeerReview,
    PeerReviewAnswer,
    Summary,
)
from plans.summaries.write import content
from tenants.access.context import city_context
from tenants.access.rights import Role
from tenants.models import Change, City, Membership, Network, Token, User
from tenants.networks.models import NetworkOwned
from tests.api.expectations import ANOTHER_ACTION, ANOTHER_PRACTICE, BODIES, GIVEN, PEOPLE, STATES
from tests.api.urlconf import Route
from tests.client import Caller
from tests.conftest import Place, make_city, make_network, make_person
from tests.rows import SCORES, asked_by, fitting, make, tenant_models, third, value

INVENTED = UUID("01890000-0000-7000-8000-000000000000")
encoded = DjangoJSONEncoder().default


class World:
    """Built once, before a group of tests; each request is undone."""

    def __init__(self) -> None:
        self.network, self.other_network = make_network("interactive-cities"), make_network("riverside-towns")
        self.genoa = make_city(self.network, "genoa", "IT", role="lead_partner")
        self.ghent = make_city(self.network, "ghent", "BE")
        self.other_genoa = make_city(self.other_network, "genoa", "IT")
        self.rows = {place.url: rows_of(place) for place in (self.genoa, self.ghent, self.other_genoa)}
        with self.genoa.inside():
            make(Action, self.genoa.row, id=ANOTHER_ACTION)
        with self.ghent.inside():
            make(GoodPractice, self.ghent.row, id=ANOTHER_PRACTICE)
        places = (self.genoa, self.ghent, self.other_genoa)
        self.asked = {place.url: asked(place, PeerReviewAnswer, "request") for place in places}
        self.wanted = {place.url: asked(place, AdoptionAnswer, "adoption") for place in places}
        self.people = {letter: self.person(*who) for letter, who in PEOPLE.items()}
        self.nobody = self.without_proof()
        for caller in self.people.values():
            for membership in caller.user.memberships.exclude(city=None):
                CalendarFeed.issue(caller.user, membership.city_id, "A programme")

    def person(self, role: Role, where: str | None) -> Caller:
        place = getattr(self, where, where) if where else None
        user, token = make_person(role, place)
        return Caller(token, user)

    def without_proof(self) -> dict[str, Caller]:
        """Those who prove nothing; two of them were a coordinator of Genoa."""
        coordinator = self.people["c"].user
        _, expired = Token.issue(coordinator, "old", life=-timedelta(hours=1))
        row, revoked = Token.issue(coordinator, "lost")
        row.revoke()
        return {
            "anonymous": Caller(None, None),
            "expired": Caller(expired, coordinator),
            "revoked": Caller(revoked, coordinator),
            "invented": Caller("iap_" + "x" * 43, None),
        }

    def row(self, route: Route, place: Place, caller: Caller) -> Any:
        """The row of this place that the address names."""
        model = model_of(route)
        if "reviews-to-give" in route.path:
            return self.asked[place.url]
        if "adoption-requests" in route.path:
            return self.wanted[place.url]
        if model is CalendarFeed:
            here = CalendarFeed.objects.filter(city=place.row)
            return here.filter(user=caller.user).first() or here.first()
        if model is Token:
            return Token.objects.filter(user=caller.user, revoked_at=None).first()
        if model is User:
            return self.people["v"].user
        if model is Membership:
            return member_of(place if "{city}" in route.path else Place(place.row.network, ""))
        return {Network: place.row.network, City: place.row}.get(model) or self.rows[place.url][model]

    def prepare(self, route: Route, place: Place) -> None:
        """The row becomes one to which the verb of the address can be done."""
        row = self.row(route, place, self.people["c"])
        if route.path in STATES:
            with place.inside():
                type(row)._base_manager.filter(pk=row.pk).update(**STATES[route.path])
        if route.path in GIVEN:
            give(row, *GIVEN[route.path])

    def url(self, route: Route, place: Place, caller: Caller) -> str:
        row = self.row(route, place, caller) if "id" in route.keys else None
        slug, key = place.row.slug, row.pk if row else INVENTED
        return route.url(network=place.row.network.slug, city=slug, slug=slug, id=key)

    def body(self, route: Route, method: str, place: Place) -> dict[str, Any] | None:
        """A body that nobody refuses."""
        action = route.actions[method]
        if action == "bulk":
            return {"items": [{"method": "create", "data": self.new(route, place)}]}
        if action == "partial_update":
            return change(route.view.serializer_class)
        return self.new(route, place) if action in ("create", "post") else BODIES.get(route.path)

    def new(self, route: Route, place: Place) -> dict[str, Any]:
        path = route.path.removesuffix("bulk/")
        if path in BODIES:
            return BODIES[path]
        if model_of(route) is Summary:
            return {"period": str(make(apps.get_model("tenants.Period"), place.row).pk)}
        return body_for(route.view.serializer_class, place)


def rows_of(place: Place) -> dict[Any, Any]:
    city = place.row
    shared = [m for m in apps.get_models() if issubclass(m, NetworkOwned) and m not in (City, Summary)]
    rows = {model: make(model, city) for model in shared}
    with place.inside():
        rows |= {model: make(model, city) for model in tenant_models() if model is not Change}
        # Jobs with their files.
        rows[Export], rows[Import] = rows[ExportPart].export, rows[ImportFile].import_job
        rows[Change] = Change.objects.first()
    return rows | {Summary: published(city)}


def asked(place: Place, model: Any, name: str) -> Any:
    """Another city asks this one, which answers with rows of this kind."""
    with place.inside():
        return asked_by(third(place.row), place.row, model, name)


def give(request: Any, decision: str, submitted: bool) -> None:
    """What the other city writes, in its own context."""
    if isinstance(request, Adoption):
        with city_context(request.offering_id):
            AdoptionAnswer.objects.create(adoption=request, asking_id=request.city_id, decision=decision)
        return
    with city_context(request.reviewer_id):
        both = {"request": request, "reviewed_id": request.city_id}
        PeerReviewAnswer.objects.create(**both, decision=decision)
        PeerReview.objects.create(**both, **SCORES, submitted_at=timezone.now() if submitted else None)


def published(city: City) -> Summary:
    summary = make(Summary, city)
    summary.content = content(summary)
    summary.sha256, summary.published_at, summary.state = sha256(summary.content), timezone.now(), "published"
    summary.save()
    return summary


def model_of(route: Route) -> Any:
    if issubclass(route.view, FeedsOfCity):
        return CalendarFeed
    queryset = getattr(route.view, "queryset", None)
    return queryset.model if queryset is not None else Token


def member_of(place: Place) -> Membership:
    where = {"network": place.row} if isinstance(place.row, Network) else {"city": place.row}
    return Membership.objects.filter(**where).order_by("id").first()


# ------------------------------------------------------------------------------------ bodies


def writable(serializer_class: Any) -> dict[str, Any]:
    return {name: f for name, f in serializer_class().fields.items() if not f.read_only}


def body_for(serializer_class: Any, place: Place, **given: Any) -> dict[str, Any]:
    """What is required, and what the rules between fields ask for."""
    model = serializer_class.Meta.model
    fields = writable(serializer_class)
    with place.inside():
        known = fitting(model, place.row, next_number(), given)
        needed = {name for name, field in fields.items() if field.required} | (set(known) & set(fields))
        made = {
            n: known[n] if n in known else value(model._meta.get_field(n), place.row)
            for n in needed - set(given)
        }
    return {name: plain(item) for name, item in {**made, **given}.items()}


def next_number() -> int:
    return int(timezone.now().timestamp() * 1000) % 30_000


def plain(item: Any) -> Any:
    if isinstance(item, models.Model):
        return str(item.pk)
    return item if isinstance(item, str | int | list | dict | None) else encoded(item)


def change(serializer_class: Any) -> dict[str, Any]:
    """A new text for a field that may hold any."""
    fixed = getattr(serializer_class.Meta, "fixed", ())
    texts = [
        name
        for name, field in writable(serializer_class).items()
        if type(field) is serializers.CharField
        and name not in fixed
        and "." not in field.source
        and (field.max_length or 99) >= 40
    ]
    chosen = "source" if "source" in texts else texts[-1] if texts else None
    return {chosen: "changed"} if chosen else {}


def references(serializer_class: Any) -> dict[str, Any]:
    """Fields that name another row by its id: name and model."""
    found = {}
    for name, field in writable(serializer_class).items():
        one = getattr(field, "child_relation", field)
        if isinstance(one, relations.PrimaryKeyRelatedField) and one.get_queryset() is not None:
            found[name] = (one.get_queryset().model, one is not field)
    return found
