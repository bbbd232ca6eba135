"""The plain tables, as SQLAlchemy's documentation maps them."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import Column, ForeignKey, Numeric, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import DateTime, String

from peers import rules


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}


def now() -> datetime:
    return datetime.now(UTC)


class Network(Base):
    __tablename__ = "cities_network"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]


class City(Base):
    __tablename__ = "cities_city"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    network_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cities_network.id"))
    slug: Mapped[str]
    network: Mapped[Network] = relationship()


class User(Base):
    __tablename__ = "cities_user"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    is_active: Mapped[bool]


class Membership(Base):
    __tablename__ = "cities_membership"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cities_user.id"))
    city_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cities_city.id"))
    role: Mapped[str]
    city: Mapped[City] = relationship()


class Token(Base):
    __tablename__ = "cities_token"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cities_user.id"))
    digest: Mapped[str]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class Owned:
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    city_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cities_city.id"))
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    provenance: Mapped[str] = mapped_column(default="reported")
    source: Mapped[str] = mapped_column(Text, default="")
    illustrative_fields: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)


class Stakeholder(Owned, Base):
    __tablename__ = "cities_stakeholder"

    name: Mapped[str]
    profile: Mapped[str]
    interests: Mapped[str] = mapped_column(Text)
    how_affected: Mapped[str] = mapped_column(Text)


class Objective(Owned, Base):
    __tablename__ = "cities_objective"

    code: Mapped[str]
    title: Mapped[str]


partners = Table(
    "cities_action_key_partners",
    Base.metadata,
    Column("action_id", ForeignKey("cities_action.id"), primary_key=True),
    Column("stakeholder_id", ForeignKey("cities_stakeholder.id"), primary_key=True),
)


class Milestone(Owned, Base):
    __tablename__ = "cities_milestone"

    action_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cities_action.id"))
    title: Mapped[str]
    due_on: Mapped[date]
    reached_on: Mapped[date | None]


class Action(Owned, Base):
    __tablename__ = "cities_action"

    code: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    objective_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cities_objective.id"))
    lead_actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cities_stakeholder.id"))
    intended_outputs: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="proposed")
    horizon: Mapped[str] = mapped_column(default="medium")
    visibility: Mapped[str] = mapped_column(default="network")
    guidelines: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=list)
    primary_guideline: Mapped[int | None] = mapped_column(SmallInteger)
    yearly_cost: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    yearly_cost_currency: Mapped[str] = mapped_column(default="")
    condition_override: Mapped[str] = mapped_column(default="")
    condition_override_reason: Mapped[str] = mapped_column(Text, default="")

    milestones: Mapped[list[Milestone]] = relationship(order_by=Milestone.id)
    partners: Mapped[list[Stakeholder]] = relationship(secondary=partners, order_by=Stakeholder.id)

    @property
    def key_partners(self) -> list[uuid.UUID]:
        return [partner.id for partner in self.partners]

    @property
    def condition(self) -> dict[str, str]:
        return rules.condition_of(self, self.milestones)
