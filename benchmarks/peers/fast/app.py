"""FastAPI as its documentation has it: dependencies, SQLAlchemy 2 async on asyncpg, response models.

Answers are made by pydantic from the response model: FastAPI's own documentation now prefers that to
orjson, whose response class it has deprecated.
"""

import base64
import json
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from peers import rules
from peers.fast.models import Action, City, Membership, Network, Objective, Stakeholder, Token, User
from peers.fast.signed_in import InSession, by_token


class Horizon(StrEnum):
    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class Visibility(StrEnum):
    INTERNAL = "internal"
    NETWORK = "network"
    PUBLIC = "public"


class MilestoneOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    due_on: date
    reached_on: date | None
    provenance: str


class ConditionOut(BaseModel):
    state: str
    computed: str
    override_reason: str


class ActionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    city: str = Field(validation_alias="city_slug")
    code: str
    title: str
    description: str
    objective: UUID | None = Field(validation_alias="objective_id")
    lead_actor: UUID | None = Field(validation_alias="lead_actor_id")
    key_partners: list[UUID]
    intended_outputs: str
    starts_on: date | None
    ends_on: date | None
    status: str
    condition: ConditionOut
    horizon: str
    visibility: str
    guidelines: list[int]
    primary_guideline: int | None
    yearly_cost: Decimal | None
    yearly_cost_currency: str
    milestones: list[MilestoneOut]
    provenance: str
    source: str
    illustrative_fields: list[str]
    row_version: int
    created_at: datetime
    updated_at: datetime
    allowed_actions: list[str]


class Page(BaseModel):
    next: str | None
    previous: str | None
    results: list[ActionOut]


class ActionIn(BaseModel):
    code: str = Field(max_length=20)
    title: str = Field(max_length=300)
    description: str = ""
    objective: UUID | None = None
    lead_actor: UUID | None = None
    key_partners: list[UUID] = []
    intended_outputs: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    horizon: Horizon = Horizon.MEDIUM
    visibility: Visibility = Visibility.NETWORK
    guidelines: list[int] = []
    primary_guideline: int | None = None
    yearly_cost: Decimal | None = Field(None, max_digits=14, decimal_places=2, ge=0)
    yearly_cost_currency: str = ""


class ActionPatch(ActionIn):
    code: str = Field("", max_length=20)
    title: str = Field("", max_length=300)


class Filters(BaseModel):
    status: str | None = None
    horizon: Horizon | None = None
    visibility: Visibility | None = None
    objective: UUID | None = None
    lead_actor: UUID | None = None


current_user = by_token(Token)


async def membership(
    request: Request,
    network: str,
    city: str,
    user: Annotated[User, Depends(current_user)],
    session: InSession,
) -> Membership:
    mine = select(Membership).join(Membership.city).join(City.network).options(joinedload(Membership.city))
    found = await session.scalar(
        mine.where(Membership.user_id == user.id, City.slug == city, Network.slug == network)
    )
    if found is None:
        raise HTTPException(404)
    if request.method != "GET" and found.role not in rules.WRITERS:
        raise HTTPException(403)
    return found


AsMember = Annotated[Membership, Depends(membership)]
router = APIRouter(prefix="/api/v1/networks/{network}/cities/{city}/actions")


def actions(member: Membership) -> Select[Any]:
    whole = select(Action).options(selectinload(Action.milestones), selectinload(Action.partners))
    return whole.where(Action.city_id == member.city_id)


def shown(action: Action, member: Membership) -> Action:
    action.city_slug = member.city.slug
    action.allowed_actions = rules.allowed_actions(action, action.milestones, member.role)
    return action


@router.get("/", response_model=Page)
async def list_actions(
    request: Request,
    member: AsMember,
    session: InSession,
    filters: Annotated[Filters, Depends()],
    page_size: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> Any:
    query = actions(member).order_by(Action.code, Action.id).limit(page_size + 1)
    columns = {"objective": Action.objective_id, "lead_actor": Action.lead_actor_id}
    for name, value in filters.model_dump(exclude_none=True).items():
        query = query.where(columns.get(name, getattr(Action, name, None)) == value)
    if cursor:
        code, key = json.loads(base64.urlsafe_b64decode(cursor))
        query = query.where(tuple_(Action.code, Action.id) > (code, UUID(key)))
    rows = list(await session.scalars(query))
    results = [shown(row, member) for row in rows[:page_size]]
    following = None
    if len(rows) > page_size:
        last = base64.urlsafe_b64encode(json.dumps([results[-1].code, str(results[-1].id)]).encode()).decode()
        following = str(request.url.include_query_params(cursor=last))
    return {"next": following, "previous": None, "results": results}


async def one(session: AsyncSession, member: Membership, action_id: UUID) -> Action:
    action = await session.scalar(actions(member).where(Action.id == action_id))
    if action is None:
        raise HTTPException(404)
    return action


@router.get("/{action_id}/", response_model=ActionOut)
async def get_action(action_id: UUID, member: AsMember, session: InSession, response: Response) -> Any:
    action = await one(session, member, action_id)
    response.headers["ETag"] = f'"{action.row_version}"'
    return shown(action, member)


@router.post("/", response_model=ActionOut, status_code=201)
async def create_action(payload: ActionIn, member: AsMember, session: InSession, response: Response) -> Any:
    action = Action(city_id=member.city_id, milestones=[], partners=[])
    await fill(session, action, member, payload.model_dump())
    session.add(action)
    await session.commit()
    response.headers["ETag"] = f'"{action.row_version}"'
    return shown(action, member)


@router.patch("/{action_id}/", response_model=ActionOut)
async def update_action(
    action_id: UUID,
    payload: ActionPatch,
    member: AsMember,
    session: InSession,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> Any:
    action = await one(session, member, action_id)
    if if_match is None:
        raise HTTPException(428, "Send the ETag of the row as If-Match.")
    if if_match != f'"{action.row_version}"':
        raise HTTPException(412, "The row has changed since.")
    await fill(session, action, member, payload.model_dump(exclude_unset=True))
    action.row_version += 1
    await session.commit()
    response.headers["ETag"] = f'"{action.row_version}"'
    return shown(action, member)


async def fill(session: AsyncSession, action: Action, member: Membership, values: dict[str, Any]) -> None:
    if "key_partners" in values:
        action.partners = await known(session, Stakeholder, member, values.pop("key_partners"))
    for name, model in (("objective", Objective), ("lead_actor", Stakeholder)):
        if name in values:
            key = values.pop(name)
            if key:
                await known(session, model, member, [key])
            values[f"{name}_id"] = key
    for name, value in values.items():
        setattr(action, name, value)
    checked = (
        "starts_on",
        "ends_on",
        "guidelines",
        "primary_guideline",
        "yearly_cost",
        "yearly_cost_currency",
    )
    if broken := rules.broken_rules({name: getattr(action, name) for name in checked}):
        raise HTTPException(400, broken)


async def known(session: AsyncSession, model: Any, member: Membership, keys: list[UUID]) -> list[Any]:
    if not keys:
        return []
    query = select(model).where(model.city_id == member.city_id, model.id.in_(keys)).order_by(model.id)
    rows = list(await session.scalars(query))
    if len(rows) != len(set(keys)):
        raise HTTPException(400, "There is no such row.")
    return rows


app = FastAPI(openapi_url=None)
app.include_router(router)
