"""Rows of the documents become rows of the database, table by table.

In a document a row refers to another by its code, name or number; here these become keys.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model

from plans.actions.dependencies.models import Dependency
from plans.actions.fundings.models import Funding
from plans.actions.models import Action, ActionPartner, Milestone
from plans.actions.replacement import ReplacedAs
from plans.actions.risks.models import Risk
from plans.actions.small_scale.models import SmallScaleAction
from plans.campaigns.models import Campaign, CampaignAmbassador, CampaignChannel, Channel, ChannelIndicator
from plans.demo.read import Row
from plans.dimensions.models import Category, Dimension
from plans.frozen.canonical import canonical, sha256
from plans.guidelines.models import (
    AssessmentAction,
    AssessmentIndicator,
    Guideline,
    GuidelineAssessment,
    PeerConsent,
)
from plans.iap.models import Plan
from plans.indicators.models import CommonIndicator, Indicator, Measurement, Target
from plans.indicators.parts import MeasurementPart
from plans.objectives.models import Objective
from plans.practices.models import GoodPractice
from plans.stakeholders.models import Stakeholder, StakeholderContact
from plans.versions.document import document
from plans.versions.models import PlanVersion
from tenants.networks.models import City, Network, Period, Theme, TransnationalMeeting

Keys = Mapping[Any, UUID]

BESIDE_ACTIONS: dict[str, type[Model]] = {
    "fundings": Funding,
    "risks": Risk,
    "dependencies": Dependency,
    "tests": SmallScaleAction,
}
TENANT_ROWS = (
    "plan",
    "stakeholders",
    "objectives",
    "actions",
    *BESIDE_ACTIONS,
    "indicators",
    "assessments",
    "channels",
    "campaigns",
    "practices",
    "peer_consent",
)
GROUP_ROWS = (
    "seats",
    "stakeholder_assessments",
    "local_group_meetings",
    "commitments",
    "group_dimensions",
)
# A contact is marked by its name and address: `provenance` is for what a city says, not for people.
UNMARKED = ("provenance",)


def found_network(document: Row) -> None:
    """The network and what it shares; its cities are still empty."""
    network = Network.objects.create(**document["network"])
    themes = keys(add(Theme, document["themes"], network=network), "slug")
    partners = add(City, document["cities"], {"theme": themes}, (*TENANT_ROWS, *GROUP_ROWS), network=network)
    add(TransnationalMeeting, document["meetings"], {"host": keys(partners, "slug")}, network=network)
    for model, kind in (
        (Period, "periods"),
        (Guideline, "guidelines"),
        (CommonIndicator, "common_indicators"),
    ):
        add(model, document[kind], network=network)
    add_dimensions(document.get("dimensions", []), network)


def add_dimensions(rows: list[Row], network: Network) -> None:
    dimensions = keys(add(Dimension, rows, apart=["categories"], network=network), "code")
    categories = inside(rows, "categories", dimension="code")
    add(Category, categories, {"dimension": dimensions}, network=network)


def fill_city(city: City, given: Row) -> None:
    """Everything a city has of its own, in its context."""
    (plan,) = add(Plan, [given["plan"]], apart=["amended"])
    stakeholders = add_stakeholders(given["stakeholders"])
    objectives = add_objectives(given["objectives"])
    actions = add_actions(given["actions"], objectives, stakeholders)
    add_beside_actions(given, actions, objectives, stakeholders)
    common = keys(CommonIndicator.objects.filter(network=city.network_id), "code")
    links = {
        "action": actions,
        "objective": objectives,
        "responsible": stakeholders,
        "common_indicator": common,
    }
    categories = keys(Category.objects.filter(network=city.network_id), "code")
    indicators = add_indicators(given["indicators"], links, categories)
    guidelines = keys(Guideline.objects.filter(network=city.network_id), "number")
    periods = keys(Period.objects.filter(network=city.network_id), "code")
    assessments = add_assessments(given["assessments"], {"guideline": guidelines, "period": periods})
    add_evidence(given["assessments"], assessments, actions, indicators)
    channels = add_channels(given.get("channels", []), stakeholders, indicators)
    add_campaigns(given.get("campaigns", []), channels, actions, stakeholders)
    themes = keys(Theme.objects.filter(network=city.network_id), "slug")
    add(GoodPractice, given.get("practices", []), {"theme": themes})
    add(PeerConsent, given.get("peer_consent", []))
    keep_version(plan, given["plan"])


def keep_version(plan: Plan, given: Row) -> None:
    """As it was adopted; then what was amended since."""
    if plan.adopted_on:
        text = canonical(document(plan.city_id))
        told = {"number": plan.version, "adopted_on": plan.adopted_on, "provenance": "illustrative"}
        add(PlanVersion, [{**told, "content": text, "sha256": sha256(text)}], plan=plan)
    if "amended" in given:
        Plan.objects.filter(pk=plan.pk).update(**given["amended"])


def add_stakeholders(rows: list[Row]) -> Keys:
    stakeholders = keys(add(Stakeholder, rows, apart=["contacts"]), "name")
    add(
        StakeholderContact,
        inside(rows, "contacts", stakeholder="name"),
        {"stakeholder": stakeholders},
        UNMARKED,
    )
    return stakeholders


def add_objectives(rows: list[Row]) -> Keys:
    tops = keys(add(Objective, [row for row in rows if "parent" not in row]), "code")
    specific = add(Objective, [row for row in rows if "parent" in row], {"parent": tops})
    return {**tops, **keys(specific, "code")}


def add_actions(rows: list[Row], objectives: Keys, stakeholders: Keys) -> Keys:
    links = {"objective": objectives, "lead_actor": stakeholders}
    actions = keys(add(Action, rows, links, ["key_partners", "milestones", "replaced"]), "code")
    partners = [
        {"action": row["code"], "stakeholder": name} for row in rows for name in row.get("key_partners", ())
    ]
    add(ActionPartner, partners, {"action": actions, "stakeholder": stakeholders})
    add(Milestone, inside(rows, "milestones", action="code"), {"action": actions})
    return actions


def add_beside_actions(given: Row, actions: Keys, objectives: Keys, stakeholders: Keys) -> None:
    """What stands beside the actions; then those that were replaced are closed, with what they have."""
    links = {
        "action": actions,
        "depends_on": actions,
        "became_action": actions,
        "objective": objectives,
        "owner": stakeholders,
    }
    for kind, model in BESIDE_ACTIONS.items():
        add(model, given.get(kind, []), links)
    for row in given["actions"]:
        if "replaced" in row:
            replace(actions[row["code"]], actions, row["replaced"])


def replace(action: UUID, actions: Keys, how: Row) -> None:
    one, other = (Action.objects.get(pk=key) for key in (action, actions[how["by"]]))
    one.replace(other, ReplacedAs(how["as"]), how["reason"])


def add_indicators(rows: list[Row], links: Mapping[str, Keys], categories: Keys) -> Keys:
    indicators = keys(add(Indicator, rows, links, ["targets", "measurements"]), "code")
    add(Target, inside(rows, "targets", indicator="code"), {"indicator": indicators})
    add_measurements(inside(rows, "measurements", indicator="code"), indicators, categories)
    return indicators


def add_measurements(rows: list[Row], indicators: Keys, categories: Keys) -> None:
    """First what was said at first, then what corrects it."""
    first = [row for row in rows if "supersedes" not in row]
    made = add(Measurement, first, {"indicator": indicators}, ["ref", "parts"])
    entered = list(zip(first, made, strict=True))
    parts = [{**part, "measurement_id": m.pk} for row, m in entered for part in row.get("parts", ())]
    add(MeasurementPart, parts, {"category": categories})
    named = {row["ref"]: measurement.pk for row, measurement in entered if "ref" in row}
    corrections = [row for row in rows if "supersedes" in row]
    add(Measurement, corrections, {"indicator": indicators, "supersedes": named})


def add_assessments(rows: list[Row], links: Mapping[str, Keys]) -> list[UUID]:
    """Their keys, in the order of the rows: an assessment has no code."""
    return [made.pk for made in add(GuidelineAssessment, rows, links, ["actions", "indicators"])]


def add_evidence(rows: list[Row], assessments: list[UUID], actions: Keys, indicators: Keys) -> None:
    by_row = list(zip(assessments, rows, strict=True))
    for model, kind, field, known in (
        (AssessmentAction, "actions", "action", actions),
        (AssessmentIndicator, "indicators", "indicator", indicators),
    ):
        links = [{"assessment_id": key, field: code} for key, row in by_row for code in row.get(kind, ())]
        add(model, links, {field: known})


def add_channels(rows: list[Row], stakeholders: Keys, indicators: Keys) -> Keys:
    channels = keys(add(Channel, rows, {"run_by": stakeholders}, ["indicators"]), "name")
    links = [
        {"channel": row["name"], "indicator": code} for row in rows for code in row.get("indicators", ())
    ]
    add(ChannelIndicator, links, {"channel": channels, "indicator": indicators})
    return channels


def add_campaigns(rows: list[Row], channels: Keys, actions: Keys, stakeholders: Keys) -> None:
    campaigns = keys(add(Campaign, rows, {"action": actions}, ["channels", "ambassadors"]), "title")
    for model, kind, field, known in (
        (CampaignChannel, "channels", "channel", channels),
        (CampaignAmbassador, "ambassadors", "stakeholder", stakeholders),
    ):
        links = [{"campaign": row["title"], field: name} for row in rows for name in row.get(kind, ())]
        add(model, links, {"campaign": campaigns, field: known})


def add[M: Model](
    model: type[M],
    rows: Sequence[Row],
    links: Mapping[str, Keys] | None = None,
    apart: Collection[str] = (),
    **same: Any,
) -> list[M]:
    """Made in one statement, in the order of the document.

    `links`: fields that refer to other rows, and those rows. `apart`: what belongs to other tables.
    """
    made = [model(**fields(row, links or {}, apart), **same) for row in rows]
    return model._default_manager.bulk_create(made)


def fields(row: Row, links: Mapping[str, Keys], apart: Collection[str]) -> Row:
    own = {name: value for name, value in row.items() if name not in apart}
    return {
        f"{name}_id" if name in links else name: links[name][value] if name in links else value
        for name, value in own.items()
    }


def inside(rows: Iterable[Row], kind: str, **owner: str) -> list[Row]:
    """The rows of one kind that stand inside others; `owner` names the field for the outer row's word."""
    ((field, word),) = owner.items()
    return [{**inner, field: outer[word]} for outer in rows for inner in outer.get(kind, ())]


def keys(rows: Iterable[Model], word: str) -> Keys:
    return {getattr(row, word): row.pk for row in rows}
