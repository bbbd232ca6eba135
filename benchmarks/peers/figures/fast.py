"""Figures across cities in FastAPI: SQLAlchemy's async engine, columns instead of whole objects, each
thing counted by one statement of GROUP BY, the latest measurement by LATERAL, the answer by orjson.

The answer is not declared as a response model, which would walk it once more to find it right.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Response
from sqlalchemy import Select, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from peers.fast.signed_in import InSession, by_token
from peers.figures import rules
from peers.figures.mapped import (
    Action,
    Assessment,
    City,
    CommonIndicator,
    Guideline,
    Indicator,
    Measurement,
    Membership,
    Milestone,
    Network,
    Period,
    Plan,
    Stakeholder,
    Target,
    Token,
    User,
)

Counted = dict[Any, rules.Counted]


current_user = by_token(Token)


async def readable(network: str, user: Annotated[User, Depends(current_user)], session: InSession) -> Network:
    there = or_(Membership.network_id == Network.id, Membership.network_id.is_(None))
    mine = select(Network, Membership.role).join(Membership, there)
    found = await session.execute(mine.where(Network.slug == network, Membership.user_id == user.id))
    rows = found.all()
    if not rows:
        raise HTTPException(404)
    if not any(role in rules.ACROSS for _, role in rows):
        raise HTTPException(403)
    return rows[0][0]


router = APIRouter(prefix="/api/v1/networks/{network}/reports")


@router.get("/figures/")
async def figures(network: Annotated[Network, Depends(readable)], session: InSession) -> Response:
    body = orjson.dumps(await report(session, network))
    return Response(body, media_type="application/json")


async def report(session: AsyncSession, network: Network) -> dict[str, Any]:
    today = datetime.now(UTC).date()

    async def rows(query: Select[Any]) -> list[Any]:
        return list(await session.execute(query))

    periods = select(Period).where(Period.network_id == network.id, Period.starts_on <= today)
    period = await session.scalar(
        periods.order_by(Period.starts_on.desc(), Period.ends_on.desc(), Period.id.desc()).limit(1)
    )
    cities = select(City.id, City.slug, City.name, City.country, City.role)
    cities = cities.where(City.network_id == network.id).order_by(City.slug)
    counted = {city.id: rules.Counted(city) for city in await rows(cities)}
    for city, status, condition, n in await rows(of_actions(network, today)):
        one = counted[city]
        one.status[status] = one.status.get(status, 0) + n
        one.condition[condition] = one.condition.get(condition, 0) + n
    for city, profile, n in await rows(of_stakeholders(network)):
        counted[city].profile[profile] = n
    targets: dict[Any, list[Any]] = {}
    for target in await rows(of_targets(network)):
        targets.setdefault(target.indicator_id, []).append(target)
    for row in await rows(of_indicators(network, today)):
        latest = row if row.measured_on else None
        counted[row.city_id].take(row, targets.get(row.id, []), latest, today)
    if period:
        for city, number, step in await rows(of_guidelines(network, period)):
            counted[city].steps[number] = step
    plans = select(Plan.city_id).join(City, City.id == Plan.city_id).where(City.network_id == network.id)
    guidelines = select(Guideline.number, Guideline.title).where(Guideline.network_id == network.id)
    guidelines = guidelines.order_by(Guideline.number, Guideline.version.desc()).distinct(Guideline.number)
    common = select(CommonIndicator).where(CommonIndicator.network_id == network.id)
    return rules.report(
        network,
        period,
        today,
        list(counted.values()),
        set(await session.scalars(plans)),
        await rows(guidelines),
        list(await session.scalars(common.order_by(CommonIndicator.code))),
    )


def of_actions(network: Network, today: date) -> Select[Any]:
    """How many of each status and condition; both are read off one pass over the actions."""
    unreached = or_(Milestone.reached_on.is_(None), Milestone.reached_on > today)
    of_action = (
        select(
            Milestone.action_id,
            func.max(Milestone.updated_at).label("touched"),
            func.bool_or(and_(Milestone.due_on < today, unreached)).label("missed"),
        )
        .join(City, City.id == Milestone.city_id)
        .where(City.network_id == network.id)
        .group_by(Milestone.action_id)
        .subquery()
    )
    midnight = datetime.combine(today, datetime.min.time(), UTC)
    touched = func.greatest(Action.updated_at, of_action.c.touched)
    condition = case(
        (Action.condition_override != "", Action.condition_override),
        (Action.status.in_(("completed", "cancelled")), "closed"),
        (or_(Action.ends_on < today, of_action.c.missed), "late"),
        (touched < midnight - timedelta(days=180), "stale"),
        (touched < midnight - timedelta(days=60), "quiet"),
        else_="on_time",
    ).label("condition")
    action = (
        select(Action.city_id, Action.status, condition)
        .join(City, City.id == Action.city_id)
        .outerjoin(of_action, of_action.c.action_id == Action.id)
        .where(City.network_id == network.id)
        .subquery()
    )
    return select(*action.c, func.count()).group_by(*action.c)


def of_stakeholders(network: Network) -> Select[Any]:
    mine = select(Stakeholder.city_id, Stakeholder.profile, func.count())
    mine = mine.join(City, City.id == Stakeholder.city_id).where(City.network_id == network.id)
    return mine.group_by(Stakeholder.city_id, Stakeholder.profile)


def of_targets(network: Network) -> Select[Any]:
    mine = select(Target.indicator_id, Target.due_on, Target.value)
    mine = mine.join(Indicator, Indicator.id == Target.indicator_id).join(City, City.id == Indicator.city_id)
    return mine.where(City.network_id == network.id).order_by(Target.due_on)


def of_indicators(network: Network, today: date) -> Select[Any]:
    """Each with its latest measurement."""
    latest = (
        select(
            Measurement.measured_on,
            Measurement.value,
            Measurement.numerator,
            Measurement.denominator,
            Measurement.not_measured_reason,
            Measurement.quality,
            Measurement.provenance,
        )
        .where(Measurement.indicator_id == Indicator.id, Measurement.measured_on <= today)
        .order_by(Measurement.measured_on.desc(), Measurement.id.desc())
        .limit(1)
        .lateral()
    )
    return (
        select(
            Indicator.id,
            Indicator.city_id,
            Indicator.code,
            Indicator.direction,
            Indicator.tolerance,
            Indicator.baseline_value,
            Indicator.baseline_on,
            Indicator.common_indicator_id,
            *latest.c,
        )
        .join(City, City.id == Indicator.city_id)
        .outerjoin(latest, true())
        .where(City.network_id == network.id)
        .order_by(Indicator.code, Indicator.id)
    )


def of_guidelines(network: Network, period: Period) -> Select[Any]:
    """The step that counts of each: the first assessor's, by the newest version."""
    first = case({name: n for n, name in enumerate(rules.ASSESSORS)}, value=Assessment.assessor)
    return (
        select(Assessment.city_id, Guideline.number, Assessment.step)
        .join(Guideline, Guideline.id == Assessment.guideline_id)
        .join(City, City.id == Assessment.city_id)
        .where(Assessment.period_id == period.id, City.network_id == network.id)
        .order_by(Assessment.city_id, Guideline.number, first, Guideline.version.desc())
        .distinct(Assessment.city_id, Guideline.number)
    )


app = FastAPI(openapi_url=None)
app.include_router(router)
