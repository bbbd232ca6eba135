"""The tables of the figures, as SQLAlchemy's documentation maps them: the columns that are read."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import DateTime


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


def to(table: str) -> Mapped[uuid.UUID]:
    return mapped_column(ForeignKey(f"figures_{table}.id"))


class Network(Base):
    __tablename__ = "figures_network"

    slug: Mapped[str]
    name: Mapped[str]


class Period(Base):
    __tablename__ = "figures_period"

    network_id: Mapped[uuid.UUID] = to("network")
    code: Mapped[str]
    kind: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class City(Base):
    __tablename__ = "figures_city"

    network_id: Mapped[uuid.UUID] = to("network")
    slug: Mapped[str]
    name: Mapped[str]
    country: Mapped[str]
    role: Mapped[str]


class Guideline(Base):
    __tablename__ = "figures_guideline"

    network_id: Mapped[uuid.UUID] = to("network")
    version: Mapped[int]
    number: Mapped[int]
    title: Mapped[str]


class CommonIndicator(Base):
    __tablename__ = "figures_commonindicator"

    network_id: Mapped[uuid.UUID] = to("network")
    code: Mapped[str]
    name: Mapped[str]
    unit: Mapped[str]
    measure: Mapped[str]
    accumulation: Mapped[str]
    operator: Mapped[str]


class User(Base):
    __tablename__ = "figures_user"

    is_active: Mapped[bool]


class Membership(Base):
    __tablename__ = "figures_membership"

    user_id: Mapped[uuid.UUID] = to("user")
    network_id: Mapped[uuid.UUID | None] = to("network")
    role: Mapped[str]


class Token(Base):
    __tablename__ = "figures_token"

    user_id: Mapped[uuid.UUID] = to("user")
    digest: Mapped[str]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Plan(Base):
    __tablename__ = "figures_plan"

    city_id: Mapped[uuid.UUID] = to("city")


class Stakeholder(Base):
    __tablename__ = "figures_stakeholder"

    city_id: Mapped[uuid.UUID] = to("city")
    profile: Mapped[str]


class Action(Base):
    __tablename__ = "figures_action"

    city_id: Mapped[uuid.UUID] = to("city")
    status: Mapped[str]
    ends_on: Mapped[date | None]
    condition_override: Mapped[str]
    updated_at: Mapped[datetime]


class Milestone(Base):
    __tablename__ = "figures_milestone"

    city_id: Mapped[uuid.UUID] = to("city")
    action_id: Mapped[uuid.UUID] = to("action")
    due_on: Mapped[date]
    reached_on: Mapped[date | None]
    updated_at: Mapped[datetime]


class Indicator(Base):
    __tablename__ = "figures_indicator"

    city_id: Mapped[uuid.UUID] = to("city")
    code: Mapped[str]
    direction: Mapped[str]
    tolerance: Mapped[Decimal]
    baseline_value: Mapped[Decimal | None]
    baseline_on: Mapped[date | None]
    common_indicator_id: Mapped[uuid.UUID | None] = to("commonindicator")


class Target(Base):
    __tablename__ = "figures_target"

    indicator_id: Mapped[uuid.UUID] = to("indicator")
    due_on: Mapped[date]
    value: Mapped[Decimal]


class Measurement(Base):
    __tablename__ = "figures_measurement"

    indicator_id: Mapped[uuid.UUID] = to("indicator")
    measured_on: Mapped[date]
    value: Mapped[Decimal | None]
    numerator: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    not_measured_reason: Mapped[str]
    quality: Mapped[str]
    provenance: Mapped[str]


class Assessment(Base):
    __tablename__ = "figures_assessment"

    city_id: Mapped[uuid.UUID] = to("city")
    guideline_id: Mapped[uuid.UUID] = to("guideline")
    period_id: Mapped[uuid.UUID] = to("period")
    assessor: Mapped[str]
    step: Mapped[int]
