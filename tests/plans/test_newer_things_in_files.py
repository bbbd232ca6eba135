"""Files of what belongs to actions, stakeholders and the local group: rows are found again by what they are."""

from __future__ import annotations

from typing import Any

import pytest

from plans.models import Action, Funding, GoodPractice, GroupDimension, Risk, Stakeholder
from plans.sheets.collections import collections, importable
from tenants.access.rights import Role
from tenants.models import Theme
from tests.client import Form
from tests.plans.filing import brought, counts, errors, exported, tables, text, told

NOT_IMPORTED = {
    "plan": "one row, written at its own address",
    "contacts": "people, each kept on a basis of its own",
    "seat-holders": "people, each kept on a basis of its own",
    "guideline-assessments": "made by whoever assesses, with evidence",
    "attendances": "entered with their meeting",
    "decisions": "entered with their meeting",
    "history": "written by the database alone",
    "erasures": "written by the database alone",
}


@pytest.fixture(autouse=True)
def there(genoa: Any) -> None:
    with genoa.inside():
        for code in ("A1", "A2"):
            Action.objects.create(code=code, title=f"Walk {code}")
        Stakeholder.objects.create(name="Porto", profile="private")
        GroupDimension.objects.create(name="Trust")


def bring(officer: Any, genoa: Any, thing: str, *rows: list[str], **wanted: str) -> dict[str, Any]:
    return brought(officer, genoa, text(*rows), thing=thing, **wanted)


def test_what_is_not_brought_in_is_on_the_list_of_exceptions():
    assert set(collections()) - set(importable()) == set(NOT_IMPORTED)


# A row, and the same with another value in its last column.
ROWS: dict[str, tuple[list[str], list[str], str]] = {
    "fundings": (["action", "source_type", "amount", "currency"], ["A1", "erdf", "1500", "EUR"], "CHF"),
    "risks": (["action", "title", "category", "likelihood", "impact"], ["A1", "Rain", "technical", "2", "3"], "5"),
    "dependencies": (["action", "depends_on", "note"], ["A1", "A2", "Permit"], "Permit and money"),
    "tests": (["title", "hypothesis", "guidelines"], ["Swing", "People stay", "4, 6"], "4"),
    "practices": (["title", "guidelines", "summary"], ["Photo walks", "6", "They walk"], "They walk, and talk"),
    "assessments": (["stakeholder", "assessed_on", "influence", "interest"], ["Porto", "2017-03-01", "4", "2"], "5"),
    "seats": (["stakeholder", "role", "since", "until"], ["Porto", "member", "2016-01-20", ""], "2018-01-20"),
    "meetings": (["held_on", "title", "purpose", "guests"], ["2017-03-01", "Kick-off", "needs", "12"], "14"),
    "commitments": (["stakeholder", "what", "action", "due_on"], ["Porto", "Lends chairs", "A1", "2017-06-01"], "2017-07-01"),
    "dimensions": (["name", "description", "position"], ["Mix", "Who is there", "2"], "3"),
    "self-assessments": (["dimension", "assessed_on", "score"], ["Trust", "2017-03-01", "3"], "4"),
}  # fmt: skip


@pytest.mark.parametrize("thing", ROWS)
def test_a_row_is_made_then_found_then_changed(officer, genoa, thing):
    heading, row, other = ROWS[thing]

    assert counts(bring(officer, genoa, thing, heading, row)) == (1, 0, 0)
    assert counts(bring(officer, genoa, thing, heading, row)) == (0, 0, 1)
    assert counts(bring(officer, genoa, thing, heading, [*row[:-1], other])) == (0, 1, 0)


def test_a_funding_is_told_from_another_of_the_same_source_by_its_note(officer, genoa):
    heading = ["action", "source_type", "amount", "currency", "note"]
    first, second = (["A1", "erdf", "1500", "EUR", note] for note in ("First call", "Second call"))

    assert counts(bring(officer, genoa, "fundings", heading, first, second)) == (2, 0, 0)
    assert counts(bring(officer, genoa, "fundings", heading, second, first)) == (0, 0, 2)
    twice = errors(officer, genoa, bring(officer, genoa, "fundings", heading, first, first))
    assert told(twice) == [("fundings", "E3", "repeated_row")]


def test_of_several_fundings_that_are_named_alike_the_id_is_asked_for(officer, genoa):
    with genoa.inside():
        action = Action.objects.get(code="A1")
        for amount in (1, 2):
            Funding.objects.create(action=action, source_type="erdf", amount=amount, currency="EUR")

    row = bring(officer, genoa, "fundings", ["action", "source_type", "amount"], ["A1", "erdf", "3"])

    assert told(errors(officer, genoa, row)) == [("fundings", "B2", "ambiguous")]


def test_a_risk_without_an_action_is_of_the_plan(officer, genoa):
    with genoa.inside():
        fields = {"title": "Rain", "category": "technical", "likelihood": 1, "impact": 1}
        of_action = Risk.objects.create(action=Action.objects.get(code="A1"), **fields)
        of_plan = Risk.objects.create(**fields)

    assert counts(bring(officer, genoa, "risks", ["title", "impact"], ["Rain", "4"])) == (0, 1, 0)
    assert counts(bring(officer, genoa, "risks", ["action", "title", "impact"], ["", "Rain", "4"])) == (
        0,
        0,
        1,
    )
    with genoa.inside():
        of_action.refresh_from_db()
        of_plan.refresh_from_db()
        assert (of_plan.impact, of_action.impact) == (4, 1)


def test_what_belongs_to_an_action_may_come_with_it(officer, genoa):
    from tests.plans.workbooks import workbook

    row = brought(
        officer,
        genoa,
        workbook(
            actions=[["code", "title"], ["A3", "New"]],
            fundings=[["action", "source_type", "amount", "currency"], ["A3", "local", 10, "EUR"]],
            dependencies=[["action", "depends_on"], ["A3", "A1"]],
            risks=[
                ["action", "title", "category", "likelihood", "impact"],
                ["A3", "Rain", "technical", 1, 1],
            ],
        ),
    )

    assert counts(row) == (4, 0, 0)


def test_a_circle_of_dependencies_is_told_at_its_cell(officer, genoa):
    rows = (["action", "depends_on"], ["A1", "A2"], ["A2", "A1"])

    found = errors(officer, genoa, bring(officer, genoa, "dependencies", *rows))

    assert told(found) == [("dependencies", "B3", "dependency_cycle")]


def test_what_belongs_to_a_replaced_action_stays(officer, genoa):
    heading = ["action", "source_type", "amount", "currency"]
    bring(officer, genoa, "fundings", heading, ["A1", "erdf", "1500", "EUR"])
    with genoa.inside():
        first, second = Action.objects.order_by("code")
        first.merge(second, "Twice the same.")

    row = bring(officer, genoa, "fundings", heading, ["A1", "erdf", "1", "EUR"], ["A1", "local", "1", "EUR"])

    assert [(e["row"], e["code"]) for e in errors(officer, genoa, row)] == [
        (2, "permission_denied"),
        (3, "replaced"),
    ]


@pytest.mark.parametrize(
    ("thing", "heading", "row"),
    [
        ("tests", ["title", "decision"], ["Swing", "adopt"]),
        ("risks", ["title", "status"], ["Rain", "closed"]),
    ],
)
def test_what_a_verb_decides_no_file_decides(officer, genoa, thing, heading, row):
    names, values, _other = ROWS[thing]
    names, values = (names[1:], values[1:]) if thing == "risks" else (names, values)
    bring(officer, genoa, thing, names, values)

    assert told(errors(officer, genoa, bring(officer, genoa, thing, heading, row))) == [
        (thing, "B2", "fixed")
    ]


def test_a_practice_is_not_published_by_a_file(officer, genoa):
    rows = (["title", "summary", "visibility"], ["Photo walks", "They walk", "public"])

    assert counts(bring(officer, genoa, "practices", *rows)) == (1, 0, 0)
    with genoa.inside():
        assert GoodPractice.objects.get().visibility == "internal"


def test_the_theme_of_a_practice_stands_by_its_slug_in_its_own_network(
    officer, network, other_network, genoa
):
    Theme.objects.create(network=network.row, slug="tourism", title="Tourism")
    Theme.objects.create(network=other_network.row, slug="trade", title="Trade")
    heading = ["title", "summary", "theme"]

    assert counts(bring(officer, genoa, "practices", heading, ["Walks", "x", "tourism"])) == (1, 0, 0)
    found = errors(officer, genoa, bring(officer, genoa, "practices", heading, ["Talks", "x", "trade"]))
    assert told(found) == [("practices", "C2", "does_not_exist")]


def test_how_stakeholders_are_seen_comes_in_by_those_who_write_in_the_city_alone(
    officer, client_as, network, genoa
):
    heading, row, _other = ROWS["assessments"]
    form = Form(file=("a.csv", text(heading, row)), thing="assessments")
    bring(officer, genoa, "assessments", heading, row)

    for reader in (client_as(Role.VIEWER, genoa), client_as(Role.LOCAL_GROUP_MEMBER, genoa)):
        assert reader.request("POST", f"{genoa.url}imports/", form).status_code == 403
        assert "assessments" not in tables(exported(reader, genoa, format="csv"))
    assert "assessments" in tables(exported(officer, genoa, format="csv", personal=True))
