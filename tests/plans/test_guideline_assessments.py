from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Guideline, GuidelineAssessment
from tenants.access.rights import Role
from tenants.models import Period
from tests.plans.measuring import DECEMBER, NOWHERE, assessment_in, indicator_in, problem, told


def test_a_city_assesses_itself_with_evidence(officer, genoa, body, evidence):
    more = evidence | {
        "target_step": 5,
        "rationale": "Needs are known.",
        "evidence_links": ["https://example.org/"],
    }

    response = officer.post(f"{genoa.url}guideline-assessments/", body | more)

    assert response.status_code == 201
    row = response.json()
    assert row | body | more | {"assessor": "self", "allowed_actions": ["change", "delete"]} == row
    assert (row["guideline_number"], row["period_code"]) == (4, "2017-S2")
    assert (row["step_name"], row["target_step_name"]) == ("needs_identified", "evaluated")
    assert officer.get(response.headers["Location"]).json() == row


def test_without_a_target_step_there_is_no_name_of_one(officer, own):
    row = officer.get(own).json()

    assert (row["target_step"], row["target_step_name"]) == (None, None)


@pytest.mark.parametrize("step", GuidelineAssessment.Step)
def test_every_step_has_its_name(officer, own, step):
    assert officer.patch(own, {"step": step.value}).json()["step_name"] == step.label


def test_evidence_is_exchanged_and_taken_back(officer, genoa, own, evidence):
    other = str(indicator_in(genoa, "GE-I2").pk)

    officer.patch(own, evidence)
    changed = officer.patch(own, {"indicators": [other, other]}).json()
    emptied = officer.patch(own, {"actions": [], "indicators": []}).json()

    assert (changed["actions"], changed["indicators"]) == (evidence["actions"], [other])
    assert (emptied["actions"], emptied["indicators"]) == ([], [])


def test_who_has_not_seen_the_new_evidence_does_not_overwrite_it(officer, own, evidence):
    seen = officer.get(own).headers["ETag"]

    first = officer.patch(own, {"actions": evidence["actions"]}, If_Match=seen)
    second = officer.patch(own, {"actions": []}, If_Match=seen)

    assert (first.status_code, second.status_code) == (200, 412)
    assert officer.get(own).json()["actions"] == evidence["actions"]


def test_an_action_that_was_evidence_can_be_deleted(officer, genoa, own, evidence):
    officer.patch(own, evidence)

    assert officer.delete(f"{genoa.url}actions/{evidence['actions'][0]}/").status_code == 204

    assert officer.get(own).json()["actions"] == []


def test_an_assessment_is_deleted(officer, own, evidence):
    officer.patch(own, evidence)

    assert officer.delete(own).status_code == 204
    assert officer.get(own).status_code == 404


# -------------------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"step": 7}, "invalid_choice", "/step"),
        ({"step": None}, "null", "/step"),
        ({"step": "tested"}, "invalid_choice", "/step"),
        ({"target_step": -1}, "invalid_choice", "/target_step"),
        ({"assessor": "mayor"}, "invalid_choice", "/assessor"),
        ({"assessed_on": "0000-01-01"}, "invalid", "/assessed_on"),
        ({"evidence_links": ["javascript:alert(1)"]}, "invalid", "/evidence_links/0"),
        ({"actions": "all"}, "not_a_list", "/actions"),
        ({"actions": ["GE-A1"]}, "invalid", "/actions"),
        ({"step_names": "tested"}, "unknown_field", "/step_names"),
    ],
)
def test_a_broken_rule_has_its_code_and_its_field(officer, genoa, body, fields, code, pointer):
    assert problem(officer.post(f"{genoa.url}guideline-assessments/", body | fields)) == (400, code, pointer)


def test_nothing_is_assessed_in_the_future(officer, genoa, body):
    later = datetime.now(UTC).date() + timedelta(days=2)

    response = officer.post(f"{genoa.url}guideline-assessments/", body | {"assessed_on": later.isoformat()})

    assert problem(response) == (400, "in_the_future", "/assessed_on")


def test_a_guideline_is_assessed_once_in_a_period(officer, genoa, body, own):
    response = officer.post(f"{genoa.url}guideline-assessments/", body)

    assert problem(response) == (400, "already_exists", "/guideline")


@pytest.mark.parametrize("fields", [{"assessor": "expert"}, {"guideline": NOWHERE}, {"period": NOWHERE}])
def test_what_an_assessment_is_about_is_fixed(officer, own, fields):
    assert problem(officer.patch(own, fields)) == (400, "fixed", f"/{next(iter(fields))}")


# -------------------------------------------------------------------------------------- walls


@pytest.mark.parametrize("field", ["actions", "indicators"])
def test_another_citys_evidence_is_answered_like_an_invented_one(client_as, ghent, body, evidence, field):
    stranger = client_as(Role.COORDINATOR, ghent)
    mine = stranger.post(f"{ghent.url}guideline-assessments/", body).headers["Location"]

    foreign, invented = (stranger.patch(mine, {field: [pk]}) for pk in (evidence[field][0], NOWHERE))

    assert problem(foreign) == (400, "does_not_exist", f"/{field}")
    assert told(foreign) == told(invented)
    assert stranger.get(mine).json()[field] == []


@pytest.mark.parametrize("field", ["guideline", "period"])
def test_another_networks_row_is_answered_like_an_invented_one(client_as, other_ghent, body, field):
    """A guideline and a period of its own network are there, so that one wrong reference is left."""
    network = other_ghent.row.network
    fitting = {
        "guideline": str(Guideline.objects.create(network=network, number=1, slug="a", title="A").pk),
        "period": str(
            Period.objects.create(
                network=network,
                code="P",
                starts_on=DECEMBER,
                ends_on=date(2018, 1, 1),
                due_on=date(2018, 1, 1),
            ).pk
        ),
    }
    stranger = client_as(Role.COORDINATOR, other_ghent)

    foreign, invented = (
        stranger.post(f"{other_ghent.url}guideline-assessments/", body | fitting | {field: pk})
        for pk in (body[field], NOWHERE)
    )

    assert problem(foreign) == (400, "does_not_exist", f"/{field}")
    assert told(foreign) == told(invented)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_city_does_not_know_the_assessment(client_as, genoa, ghent, own, method):
    stranger = client_as(Role.COORDINATOR, ghent)
    key = own.rstrip("/").rsplit("/", 1)[1]

    foreign, invented = (
        stranger.request(method, f"{ghent.url}guideline-assessments/{pk}/", {"step": 1}, If_Match="*")
        for pk in (key, NOWHERE)
    )

    assert foreign.status_code == 404
    assert told(foreign) == told(invented)
    assert stranger.request(method, own, {"step": 1}, If_Match="*").status_code == 404


def test_an_expert_of_another_network_does_not_know_the_city(client_as, other_network, genoa, body):
    stranger = client_as(Role.LEAD_EXPERT, other_network)

    response = stranger.post(f"{genoa.url}guideline-assessments/", body | {"assessor": "expert"})

    assert response.status_code == 404


def test_an_expert_writes_into_the_city_of_the_address_alone(
    client_as, network, genoa, ghent, body, evidence
):
    expert = client_as(Role.LEAD_EXPERT, network)

    response = expert.post(
        f"{ghent.url}guideline-assessments/", body | {"assessor": "expert", "actions": evidence["actions"]}
    )

    assert problem(response) == (400, "does_not_exist", "/actions")


# --------------------------------------------------------------------------------------- lists


@pytest.fixture
def several(network, genoa, ghent, guideline, period, evidence, officer, own, experts) -> Period:
    """Guideline 4 by the city and by the expert, guideline 7 a year later; and Ghent's."""
    officer.patch(own, evidence | {"rationale": "Interviews", "target_step": 6})
    seventh = Guideline.objects.create(network=network.row, number=7, slug="listen", title="Listen")
    later = Period.objects.create(
        network=network.row,
        code="2018-S1",
        starts_on=date(2018, 1, 1),
        ends_on=date(2018, 6, 30),
        due_on=date(2018, 7, 15),
    )
    assessment_in(genoa, seventh, later, step=6, assessed_on=date(2018, 6, 1), provenance="illustrative")
    assessment_in(ghent, guideline, later, step=5, assessed_on=date(2018, 6, 2))
    return later


@pytest.mark.parametrize(
    ("query", "steps"),
    [
        ("ordering=step", [2, 3, 6]),
        ("ordering=-step", [6, 3, 2]),
        ("guideline=4&ordering=step", [2, 3]),
        ("guideline=7", [6]),
        ("guideline=1", []),
        ("period=2017-S2&ordering=step", [2, 3]),
        ("period=2018-S1", [6]),
        ("period=1999-S1", []),
        ("assessor=expert", [2]),
        ("assessor=self,expert&ordering=step", [2, 3, 6]),
        ("step=3", [3]),
        ("step_at_least=3&ordering=step", [3, 6]),
        ("step_at_most=3&ordering=step", [2, 3]),
        ("step_at_least=3&step_at_most=5", [3]),
        ("assessed_after=2017-12-01", [6]),
        ("assessed_before=2018-01-01&ordering=step", [2, 3]),
        ("provenance=illustrative", [6]),
        ("search=interviews", [3]),
        ("ordering=-assessed_on&step_at_least=3", [6, 3]),
        ("ordering=target_step&assessor=self", [3, 6]),
        ("ordering=-updated_at&assessor=self", [6, 3]),
    ],
)
def test_assessments_are_found(officer, genoa, several, query, steps):
    assert [row["step"] for row in officer.rows(f"{genoa.url}guideline-assessments/?{query}")] == steps


def test_assessments_are_found_by_ids(officer, genoa, several, guideline, evidence):
    def steps(query: str) -> list[int]:
        return sorted(row["step"] for row in officer.rows(f"{genoa.url}guideline-assessments/?{query}"))

    assert steps(f"guideline_id={guideline.pk}") == [2, 3]
    assert steps(f"period_id={several.pk}") == [6]
    assert steps(f"action={evidence['actions'][0]}") == [3]
    assert steps(f"indicator={evidence['indicators'][0]}") == [3]
    assert steps(f"action={NOWHERE}") == []


@pytest.mark.parametrize(
    "query", ["guideline=4.5", "guideline=co-create", "step=1e3", "assessor=mayor", "step_name=tested"]
)
def test_a_filter_that_means_nothing_is_an_error(officer, genoa, several, query):
    response = officer.get(f"{genoa.url}guideline-assessments/?{query}")

    assert problem(response)[0::2] == (400, query.partition("=")[0])


def test_an_expert_reads_the_assessments_across_the_network(client_as, network, several):
    expert = client_as(Role.LEAD_EXPERT, network)

    rows = expert.rows(f"{network.url}guideline-assessments/?guideline=4&ordering=step")

    assert [(row["city"], row["step"]) for row in rows] == [("genoa", 2), ("genoa", 3), ("ghent", 5)]


def test_another_citys_evidence_finds_nothing(client_as, ghent, several, evidence):
    stranger = client_as(Role.COORDINATOR, ghent)

    for name in ("action", "indicator"):
        assert stranger.rows(f"{ghent.url}guideline-assessments/?{name}={evidence[f'{name}s'][0]}") == []


def test_a_list_asks_as_often_for_three_rows_as_for_one(officer, genoa, several):
    def asked(query: str, rows: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(officer.rows(f"{genoa.url}guideline-assessments/?{query}")) == rows
        return len(queries)

    assert asked("step=3", 1) == asked("step_at_least=0", 3)
