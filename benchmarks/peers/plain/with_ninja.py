"""django-ninja as its documentation has it: schemas, an HttpBearer, cursor pages, orjson."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from ninja import FilterSchema, ModelSchema, NinjaAPI, Path, Query, Router, Schema
from ninja.errors import HttpError
from ninja.pagination import CursorPagination, paginate
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer
from pydantic import Field

from peers import rules
from peers.plain.cities.models import Action, Membership, Milestone, Objective, Stakeholder, Token


class ORJSONParser(Parser):
    def parse_body(self, request):
        return orjson.loads(request.body)


class ORJSONRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request, data, *, response_status):
        return orjson.dumps(data, option=orjson.OPT_UTC_Z)


class Bearer(HttpBearer):
    def authenticate(self, request, token):
        digest = hashlib.sha256(token.encode()).hexdigest()
        tokens = Token.objects.select_related("user").filter(revoked_at=None, expires_at__gt=timezone.now())
        found = tokens.filter(digest=digest, user__is_active=True).first()
        return found and found.user


class MilestoneOut(ModelSchema):
    class Meta:
        model = Milestone
        fields = ["id", "title", "due_on", "reached_on", "provenance"]


class ConditionOut(Schema):
    state: str
    computed: str
    override_reason: str


class ActionOut(ModelSchema):
    city: str
    objective: UUID | None = Field(None, alias="objective_id")
    lead_actor: UUID | None = Field(None, alias="lead_actor_id")
    key_partners: list[UUID]
    condition: ConditionOut
    yearly_cost: str | None
    milestones: list[MilestoneOut]
    allowed_actions: list[str]

    class Meta:
        model = Action
        fields = [
            "id",
            "code",
            "title",
            "description",
            "intended_outputs",
            "starts_on",
            "ends_on",
            "status",
            "horizon",
            "visibility",
            "guidelines",
            "primary_guideline",
            "yearly_cost_currency",
            "provenance",
            "source",
            "illustrative_fields",
            "row_version",
            "created_at",
            "updated_at",
        ]

    @staticmethod
    def resolve_city(action):
        return action.city.slug

    @staticmethod
    def resolve_key_partners(action):
        return [partner.pk for partner in action.key_partners.all()]

    @staticmethod
    def resolve_yearly_cost(action):
        return None if action.yearly_cost is None else str(action.yearly_cost)

    @staticmethod
    def resolve_allowed_actions(action, context):
        return rules.allowed_actions(action, action.milestones.all(), context["request"].membership.role)


class ActionIn(Schema):
    code: str = Field(max_length=20)
    title: str = Field(max_length=300)
    description: str = ""
    objective: UUID | None = None
    lead_actor: UUID | None = None
    key_partners: list[UUID] = []
    intended_outputs: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    horizon: Action.Horizon = Action.Horizon.MEDIUM
    visibility: Action.Visibility = Action.Visibility.NETWORK
    guidelines: list[int] = []
    primary_guideline: int | None = None
    yearly_cost: Decimal | None = Field(None, max_digits=14, decimal_places=2, ge=0)
    yearly_cost_currency: str = ""


class ActionPatch(ActionIn):
    code: str = Field("", max_length=20)
    title: str = Field("", max_length=300)


class ActionFilters(FilterSchema):
    status: Action.Status | None = None
    horizon: Action.Horizon | None = None
    visibility: Action.Visibility | None = None
    objective: UUID | None = None
    lead_actor: UUID | None = None


api = NinjaAPI(auth=Bearer(), parser=ORJSONParser(), renderer=ORJSONRenderer(), docs_url=None)
router = Router()


def enter(request, network: str, city: str) -> Membership:
    members = Membership.objects.select_related("city")
    request.membership = get_object_or_404(
        members, user=request.auth, city__slug=city, city__network__slug=network
    )
    if request.method != "GET" and request.membership.role not in rules.WRITERS:
        raise HttpError(403, "Not allowed.")
    return request.membership


def actions(membership: Membership):
    rows = Action.objects.filter(city=membership.city)
    return rows.select_related("city").prefetch_related("milestones", "key_partners")


@router.get("/", response=list[ActionOut])
@paginate(CursorPagination, ordering=("code", "id"), page_size=50, max_page_size=200)
def list_actions(request, network: Path[str], city: Path[str], filters: Query[ActionFilters]):
    return filters.filter(actions(enter(request, network, city)))


@router.get("/{uuid:action_id}/", response=ActionOut)
def get_action(request, response: HttpResponse, network: Path[str], city: Path[str], action_id: UUID):
    action = get_object_or_404(actions(enter(request, network, city)), id=action_id)
    response["ETag"] = f'"{action.row_version}"'
    return action


@router.post("/", response={201: ActionOut})
@transaction.atomic
def create_action(request, response: HttpResponse, network: Path[str], city: Path[str], payload: ActionIn):
    membership = enter(request, network, city)
    action = Action(city=membership.city)
    partners = fill(action, membership, payload.model_dump())
    action.key_partners.set(partners or [])
    response["ETag"] = f'"{action.row_version}"'
    return 201, action


@router.patch("/{uuid:action_id}/", response=ActionOut)
@transaction.atomic
def update_action(
    request,
    response: HttpResponse,
    network: Path[str],
    city: Path[str],
    action_id: UUID,
    payload: ActionPatch,
):
    membership = enter(request, network, city)
    action = get_object_or_404(actions(membership), id=action_id)
    match request.headers.get("If-Match"):
        case None:
            raise HttpError(428, "Send the ETag of the row as If-Match.")
        case tag if tag != f'"{action.row_version}"':
            raise HttpError(412, "The row has changed since.")
    action.row_version += 1
    partners = fill(action, membership, payload.model_dump(exclude_unset=True))
    if partners is not None:
        action.key_partners.set(partners)
    response["ETag"] = f'"{action.row_version}"'
    return action


def fill(action: Action, membership: Membership, values: dict[str, Any]) -> list[Any] | None:
    """Saves the row; the partners, when they are said."""
    partners = values.pop("key_partners", None)
    for name, model in (("objective", Objective), ("lead_actor", Stakeholder)):
        if name in values:
            values[name] = known(model, membership, [values[name]])[0] if values[name] else None
    if partners:
        partners = known(Stakeholder, membership, partners)
    for name, value in values.items():
        setattr(action, name, value)
    if broken := rules.broken_rules(vars(action)):
        raise HttpError(400, " ".join(broken))
    action.save()
    return partners


def known(model: Any, membership: Membership, keys: list[UUID]) -> list[Any]:
    rows = list(model.objects.filter(city=membership.city, id__in=keys))
    if len(rows) != len(set(keys)):
        raise HttpError(400, "There is no such row.")
    return rows


api.add_router("/networks/{slug:network}/cities/{slug:city}/actions", router)
urlpatterns = [path("api/v1/", api.urls)]
