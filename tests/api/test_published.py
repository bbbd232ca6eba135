"""What cities published, as their peers read it at the addresses of the network, and as everybody does."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from plans.models import Action, GoodPractice, Indicator, Milestone, Objective, Plan, Stakeholder, Target
from tenants.access.rights import Role
from tests.api.test_queries import counted
from tests.api.urlconf import public_routes
from tests.client import Caller
from tests.conftest import ClientAs, Place
from tests.rows import make, tenant_models
from tests.tenants.catalogue import published_columns
from tests.tenants.conftest import rows_of_every_kind

PUBLIC = "/api/v1/public/networks/"
KINDS: dict[str, Any] = {
    "plans": Plan,
    "objectives": Objective,
    "actions": Action,
    "indicators": Indicator,
    "practices": GoodPractice,
}


@pytest.fixture
def peer(client_as: ClientAs, ghent: Place) -> Caller:
    """An officer of Ghent, who reads what Genoa published."""
    return client_as(Role.OFFICER, ghent)


def action_of(place: Place, code: str, **fields: Any) -> Action:
    with place.inside():
        return make(Action, place.row, code=code, **fields)


def codes(caller: Caller, url: str) -> list[str]:
    return [row["code"] for row in caller.rows(url)]


# ----------------------------------------------------------------------------------------- peers


def test_a_peer_reads_what_was_published_to_the_network_and_nothing_internal(peer, network, genoa, ghent):
    for visibility in ("internal", "network", "public"):
        action_of(genoa, f"GE-{visibility}", visibility=visibility)
    action_of(ghent, "GT-internal", visibility="internal")

    assert codes(peer, f"{network.url}actions/") == ["GE-network", "GE-public"]


def test_a_row_that_is_not_published_to_a_peer_is_not_there(peer, network, genoa):
    action = action_of(genoa, "GE-A1", visibility="internal")

    assert peer.get(f"{network.url}actions/{action.pk}/").status_code == 404


def test_a_peer_is_shown_no_internal_member(peer, network, genoa):
    with genoa.inside():
        leader = Stakeholder.objects.create(name="Chamber of commerce", profile="private")
    action = action_of(
        genoa, "GE-A1", lead_actor=leader, condition_override="late", condition_override_reason="Between us"
    )

    response = peer.get(f"{network.url}actions/{action.pk}/")

    assert response.json()["title"] == action.title
    assert not {"lead_actor", "key_partners", "condition", "allowed_actions"} & set(response.json())
    for asked in ("fields=lead_actor", "expand=lead_actor", f"lead_actor={leader.pk}", "condition=late"):
        assert peer.get(f"{network.url}actions/?{asked}").status_code == 400


def test_a_peer_chooses_members_and_looks_for_words_and_cities(peer, network, genoa, ghent):
    action_of(genoa, "GE-A1", title="Photo walk")
    action_of(ghent, "GT-A1", title="Platform")
    url = f"{network.url}actions/"

    assert peer.rows(f"{url}?fields=code&search=photo") == [{"code": "GE-A1"}]
    assert codes(peer, f"{url}?city=ghent") == ["GT-A1"]
    assert codes(peer, f"{url}?country=IT") == ["GE-A1"]
    assert codes(peer, f"{url}?ordering=-title&page_size=1") == ["GT-A1"]


def test_those_who_read_across_keep_what_they_have(client_as, network, genoa):
    action_of(genoa, "GE-A1", visibility="internal")
    expert = client_as(Role.LEAD_EXPERT, network)

    (row,) = expert.rows(f"{network.url}actions/")

    assert (row["code"], "lead_actor" in row) == ("GE-A1", True)


def test_a_peer_of_another_network_reads_nothing(client_as, network, other_ghent, genoa):
    action_of(genoa, "GE-A1", visibility="public")
    stranger = client_as(Role.COORDINATOR, other_ghent)

    assert stranger.get(f"{network.url}actions/").status_code == 404


def test_what_belongs_to_an_internal_row_is_not_named_beside_a_published_one(peer, network, genoa):
    with genoa.inside():
        make(Plan, genoa.row, visibility="internal")
        objective = make(Objective, genoa.row, title="Not yet told")
        hidden = make(Action, genoa.row, visibility="internal", title="Not yet told either")
        make(Action, genoa.row, code="GE-A1", objective=objective)
        make(Indicator, genoa.row, code="GE-I1", action=hidden)
        make(Indicator, genoa.row, code="GE-I2", objective=objective)

    assert [row["objective"] for row in peer.rows(f"{network.url}actions/")] == [None]
    assert [(r["action"], r["objective"]) for r in peer.rows(f"{network.url}indicators/")] == [
        (None, None)
    ] * 2
    assert peer.rows(f"{network.url}objectives/") == []


def test_a_published_indicator_tells_its_targets_and_how_it_stands(peer, network, genoa):
    with genoa.inside():
        indicator = make(Indicator, genoa.row, code="GE-I1", baseline_value=0, baseline_on="2016-01-01")
        make(Target, genoa.row, indicator=indicator, value=10, due_on="2017-01-01")
        indicator.measurements.create(measured_on="2016-06-01", value=5, comment="Between us")

    (row,) = peer.rows(f"{network.url}indicators/")

    assert row["targets"][0]["value"] == "10"
    assert row["standing"]["progress"] == {"state": "measured", "value": "0.5"}
    assert codes(peer, f"{network.url}indicators/?progress=measured") == ["GE-I1"]


def test_a_change_in_another_city_makes_the_list_of_a_peer_new(peer, network, genoa, ghent):
    action_of(genoa, "GE-A1")
    url = f"{network.url}actions/"
    tag = peer.get(url).headers["ETag"]
    assert peer.get(url, If_None_Match=tag).status_code == 304

    with genoa.inside():
        Action.objects.update(visibility="internal")

    response = peer.get(url, If_None_Match=tag)
    assert (response.status_code, response.json()["results"]) == (200, [])


def test_somebody_who_became_a_peer_is_not_told_that_nothing_changed(client_as, network, genoa):
    action_of(genoa, "GE-A1")
    url = f"{network.url}actions/"
    tag = client_as(Role.LEAD_EXPERT, network).get(url).headers["ETag"]

    assert client_as(Role.VIEWER, genoa).get(url, If_None_Match=tag).status_code == 200


# ------------------------------------------------------------------------------------ everybody


def test_everybody_reads_what_is_public_and_no_more(anonymous, network, genoa, ghent):
    for visibility in ("internal", "network", "public"):
        action_of(genoa, f"GE-{visibility}", visibility=visibility)
        action_of(ghent, f"GT-{visibility}", visibility=visibility)

    assert codes(anonymous, f"{PUBLIC}interactive-cities/actions/") == ["GE-public", "GT-public"]
    assert codes(anonymous, f"{PUBLIC}interactive-cities/actions/?city=genoa") == ["GE-public"]


def test_milestones_come_with_their_public_action(anonymous, network, genoa):
    action = action_of(genoa, "GE-A1", visibility="public")
    with genoa.inside():
        make(Milestone, genoa.row, action=action, title="Permit granted")

    row = anonymous.get(f"{PUBLIC}interactive-cities/actions/{action.pk}/").json()

    assert [milestone["title"] for milestone in row["milestones"]] == ["Permit granted"]


def test_networks_cities_and_guidelines_are_there_for_everybody(anonymous, network, genoa):
    assert [row["slug"] for row in anonymous.rows(PUBLIC)] == ["interactive-cities"]
    assert anonymous.get(f"{PUBLIC}interactive-cities/").json()["name"] == network.row.name
    assert anonymous.get(f"{PUBLIC}interactive-cities/cities/genoa/").json()["country"] == "IT"
    assert anonymous.get(f"{PUBLIC}interactive-cities/cities/atlantis/").status_code == 404
    assert anonymous.get(f"{PUBLIC}atlantis/actions/").status_code == 404


def test_a_public_answer_may_be_kept_by_anyone_and_shown_by_a_page_of_any_origin(anonymous, genoa):
    response = anonymous.get(f"{PUBLIC}interactive-cities/actions/", Origin="https://city.example")

    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["Vary"] == "Accept-Language"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response.headers


def test_a_refusal_is_not_kept(anonymous, genoa):
    for url in (f"{PUBLIC}atlantis/", f"{PUBLIC}interactive-cities/actions/?colour=red"):
        response = anonymous.get(url)

        assert response.status_code in (400, 404)
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["Content-Type"] == "application/problem+json"


def test_other_addresses_are_for_no_other_origin(officer, genoa):
    response = officer.get(f"{genoa.url}actions/", Origin="https://city.example")

    assert "Access-Control-Allow-Origin" not in response.headers


def test_the_head_of_a_public_answer_is_that_of_its_body(anonymous, genoa):
    url = f"{PUBLIC}interactive-cities/actions/"
    head, whole = anonymous.request("HEAD", url), anonymous.get(url)

    assert (head.status_code, head.content) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "X-Request-ID"} == {
        k: v for k, v in whole.headers.items() if k != "X-Request-ID"
    }


def test_what_everybody_holds_is_not_read_again_until_something_changes(anonymous, genoa):
    action = action_of(genoa, "GE-A1", visibility="public")
    url = f"{PUBLIC}interactive-cities/actions/{action.pk}/"
    tag = anonymous.get(url).headers["ETag"]

    with CaptureQueriesContext(connection) as asked:
        response = anonymous.get(url, If_None_Match=tag)
    with genoa.inside():
        Action.objects.update(visibility="network")

    assert response.status_code == 304
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert not [query for query in asked if "plans_action" in query["sql"]]
    assert anonymous.get(url, If_None_Match=tag).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_reading_what_is_public_takes_two_statements_for_one_row_and_for_three(anonymous, genoa, kind):
    url, model = f"{PUBLIC}interactive-cities/{kind}/", KINDS[kind]
    published = {} if model is Objective else {"visibility": "public"}
    with genoa.inside():
        Plan.objects.create(title="A plan", visibility="public")
        if model is not Plan:
            make(model, genoa.row, **published)
    anonymous.rows(url)

    with counted() as one:
        assert len(anonymous.rows(url)) == 1
    if model is not Plan:
        with genoa.inside():
            for _ in range(2):
                make(model, genoa.row, **published)
    with counted() as three:
        anonymous.rows(url)

    assert len(one) == len(three) == 2


# ------------------------------------------------------------------------------- nothing leaks


@dataclass(frozen=True)
class Mark:
    """What stands in a text of a row, and nowhere else."""

    place: str
    table: str
    column: str


def marked(place: Place, marks: list[Mark]) -> None:
    """Every text of every row of the city is a mark."""
    with place.inside():
        for model in tenant_models():
            for field in model._meta.local_concrete_fields:
                for key in model._base_manager.values_list("pk", flat=True) if is_text(field) else ():
                    mark(model, field, key, f"~{len(marks)}~")
                    marks.append(Mark(place.row.slug, model._meta.db_table, field.column))


def is_text(field: Any) -> bool:
    inner = field.base_field if isinstance(field, ArrayField) else field
    free = isinstance(inner, models.CharField | models.TextField) and not inner.choices
    return free and (inner.max_length or 99) >= 8


def mark(model: type[models.Model], field: Any, key: Any, text: str) -> None:
    """Where a rule of the row leaves it empty, or the history must not be written, there is none."""
    with suppress(DatabaseError), transaction.atomic():
        value = [text] if isinstance(field, ArrayField) else text
        model._base_manager.filter(pk=key).update(**{field.name: value})


def everything_public(anonymous: Caller) -> str:
    """All that is said at all public addresses, following every list to every row."""
    told = []
    for route in public_routes():
        if route.actions["GET"] == "list":
            url = route.url(network="interactive-cities")
            told.append(anonymous.get(f"{url}?page_size=200").content.decode())
            for row in anonymous.rows(f"{url}?page_size=200"):
                one = anonymous.get(f"{url}{row['slug' if 'slug' in row and 'number' not in row else 'id']}/")
                assert one.status_code == 200
                told.append(one.content.decode())
    return "\n".join(told)


def found(told: str, marks: list[Mark]) -> set[Mark]:
    return {marks[int(number)] for number in re.findall(r"~(\d+)~", told)}


@pytest.fixture
def marks(genoa: Place, ghent: Place) -> list[Mark]:
    marks: list[Mark] = []
    for place in (genoa, ghent):
        rows_of_every_kind(place)
        marked(place, marks)
    return marks


def test_there_are_marks_where_something_could_leak(marks):
    internal = {(mark.table, mark.column) for mark in marks}

    assert {
        ("plans_stakeholdercontact", "name"),
        ("plans_stakeholder", "interests"),
        ("plans_action", "condition_override_reason"),
        ("plans_measurement", "comment"),
        ("plans_measurement", "evidence_links"),
        ("plans_guidelineassessment", "rationale"),
    } <= internal


def test_nothing_is_told_while_nothing_is_public(anonymous, marks):
    assert found(everything_public(anonymous), marks) == set()


def test_of_a_city_that_publishes_all_it_can_nothing_internal_is_told(anonymous, genoa, marks):
    with genoa.inside():
        for model in (Plan, Action, GoodPractice, Indicator):
            model._base_manager.update(visibility="public")

    leaked = found(everything_public(anonymous), marks)

    assert {mark.place for mark in leaked} == {"genoa"}
    assert {(mark.table, mark.column) for mark in leaked} >= {
        ("plans_action", "title"),
        ("plans_plan", "vision"),
        ("plans_objective", "expected_result"),
        ("plans_milestone", "title"),
        ("plans_indicator", "name"),
        ("plans_goodpractice", "evidence_links"),
    }
    assert [mark for mark in leaked if mark.column not in published_columns().get(mark.table, ())] == []
