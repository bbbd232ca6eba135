"""The demo, as it is written and as it is loaded, and the people in it."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

from django.core.management import call_command

from plans import models as plans
from tenants.access.context import city_context
from tenants.models import City, Network
from tests.client import Caller
from tests.test_demo_data import DOCUMENTS, city_rows

NETWORKS = "/api/v1/networks/"
TABLES = {
    "plan": plans.Plan,
    "stakeholders": plans.Stakeholder,
    "contacts": plans.StakeholderContact,
    "objectives": plans.Objective,
    "actions": plans.Action,
    "milestones": plans.Milestone,
    "fundings": plans.Funding,
    "risks": plans.Risk,
    "dependencies": plans.Dependency,
    "tests": plans.SmallScaleAction,
    "indicators": plans.Indicator,
    "targets": plans.Target,
    "measurements": plans.Measurement,
    "assessments": plans.GuidelineAssessment,
    "channels": plans.Channel,
    "campaigns": plans.Campaign,
    "practices": plans.GoodPractice,
    "seats": plans.LocalGroupSeat,
    "holders": plans.SeatHolder,
    "stakeholder_assessments": plans.StakeholderAssessment,
    "local_group_meetings": plans.LocalGroupMeeting,
    "attendances": plans.Attendance,
    "decisions": plans.Decision,
    "commitments": plans.Commitment,
    "group_dimensions": plans.GroupDimension,
    "self_assessments": plans.SelfAssessment,
    "peer_consent": plans.PeerConsent,
}


def load(*arguments: str) -> dict[str, Any]:
    said = StringIO()
    call_command("load_demo", *arguments, stdout=said, stderr=StringIO())
    return json.loads(said.getvalue())


class Demo:
    """What the command said, and the people it named."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.said = said

    def person(self, role: str, network: str | None = None, city: str | None = None) -> dict[str, Any]:
        wanted = (role, network, city)
        return next(
            row for row in self.said["tokens"] if (row["role"], row["network"], row["city"]) == wanted
        )

    def caller(self, role: str, network: str | None = None, city: str | None = None) -> Caller:
        return Caller(self.person(role, network, city)["token"], None)


def given(network: str, city: str) -> Any:
    return next(row for row in DOCUMENTS[network]["cities"] if row["slug"] == city)


def inside(city: City, ask: Callable[[], Any]) -> Any:
    with city_context(city.pk):
        return ask()


def counts() -> dict[tuple[str, str], Counter[str]]:
    return {
        (city.network.slug, city.slug): inside(
            city, lambda: Counter({kind: n for kind, model in TABLES.items() if (n := model.objects.count())})
        )
        for city in City.objects.select_related("network")
    }


def written_counts() -> dict[tuple[str, str], Counter[str]]:
    return {
        (network, city["slug"]): Counter(kind for kind, _ in city_rows(city))
        for network, document in DOCUMENTS.items()
        for city in document["cities"]
    }


def foreign_network() -> Network:
    return Network.objects.create(slug="real-towns", name="Real Towns", starts_on=date(2026, 1, 1))
