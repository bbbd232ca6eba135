"""Texts in other languages than the network's working language, in columns such as `title:it`."""

from __future__ import annotations

from typing import Any

import pytest

from plans.models import Action, Category, Dimension, Indicator
from tests.plans.filing import brought, brought_back, counts, errors, exported, rows_of, text, told
from tests.plans.test_templates import template

HEADING = ["code", "title", "title:it", "description:it"]


def bring(officer: Any, genoa: Any, *rows: list[str]) -> dict[str, Any]:
    return brought(officer, genoa, text(*rows), thing="actions")


def the_action(genoa: Any) -> Action:
    with genoa.inside():
        return Action.objects.get()


@pytest.fixture
def action(genoa: Any) -> Action:
    texts = {"it": {"title": "Passeggiata", "description": "Lungo il porto"}, "fr": {"title": "Balade"}}
    with genoa.inside():
        return Action.objects.create(code="A1", title="Walk", translations=texts)


def test_a_text_comes_in_several_languages(officer, genoa):
    row = bring(officer, genoa, HEADING, ["A1", "Walk", "Passeggiata", ""])

    assert counts(row) == (1, 0, 0)
    assert the_action(genoa).translations == {"it": {"title": "Passeggiata"}}
    assert counts(bring(officer, genoa, HEADING, ["A1", "Walk", "Passeggiata", ""])) == (0, 0, 1)


def test_only_the_text_that_differs_is_changed(officer, genoa, action):
    row = bring(officer, genoa, ["code", "Title:IT"], ["A1", "Passeggiata fotografica"])

    assert counts(row) == (0, 1, 0)
    assert the_action(genoa).translations == {
        "it": {"title": "Passeggiata fotografica", "description": "Lungo il porto"},
        "fr": {"title": "Balade"},
    }


def test_an_empty_cell_takes_a_translation_away_and_a_missing_column_does_not(officer, genoa, action):
    assert counts(bring(officer, genoa, ["code", "description:it"], ["A1", ""])) == (0, 1, 0)

    assert the_action(genoa).translations == {"it": {"title": "Passeggiata"}, "fr": {"title": "Balade"}}


def test_what_is_wrong_with_a_translation_is_told_at_its_cell(officer, genoa):
    row = bring(officer, genoa, HEADING, ["A1", "Walk", "x" * 301, "Bene"])

    assert told(errors(officer, genoa, row)) == [("actions", "C2", "max_length")]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("title:en", "working_language"),
        ("title:xx", "unknown_language"),
        ("code:it", "unknown_column"),
        ("titel:it", "unknown_column"),
        ("title:", "unknown_language"),
        (":it", "unknown_column"),
    ],
)
def test_a_heading_that_names_no_translation(officer, genoa, heading, code):
    row = bring(officer, genoa, ["code", "title", heading], ["A1", "Walk", "Passeggiata"])

    assert told(errors(officer, genoa, row)) == [("actions", "C1", code)]


def test_translations_go_out_and_come_in_again_unchanged(officer, genoa, action):
    heading, first = rows_of(exported(officer, genoa), "actions")

    row = dict(zip(heading, first, strict=True))
    assert (row["title:it"], row["title:fr"], row["description:it"]) == (
        "Passeggiata",
        "Balade",
        "Lungo il porto",
    )
    assert not {"title:nl", "translations"} & set(heading)
    found = brought_back(officer, genoa)
    assert found.pop("xlsx") == (0, 0, 1)
    assert {name: n for name, n in found.items() if n != (0, 0, 0)} == {"actions": (0, 0, 1)}


def test_a_template_has_the_languages_of_the_city_and_of_the_reader_and_the_networks_categories(
    officer, network, genoa, ghent
):
    age = Dimension.objects.create(network=network.row, code="age", name="Age")
    gone = Dimension.objects.create(network=network.row, code="old", name="Old", retired=True)
    for place, (dimension, code, retired) in enumerate(
        ((age, "young", False), (age, "elder", False), (age, "x", True), (gone, "y", False))
    ):
        Category.objects.create(
            network=network.row, dimension=dimension, code=code, name=code, retired=retired, position=place
        )
    with genoa.inside():
        Indicator.objects.create(code="I1", name="x", unit="y", translations={"it": {"name": "z"}})
    with ghent.inside():
        Indicator.objects.create(code="I1", name="x", unit="y", translations={"nl": {"name": "z"}})

    plain = rows_of(template(officer, genoa), "indicators")[0]
    in_french = officer.get(f"{genoa.url}imports/template/", Accept_Language="fr-FR, en").getvalue()
    measured = rows_of(in_french, "measurements")[0]

    assert [name for name in plain if name.startswith("name:")] == ["name:it"]
    assert [n for n in rows_of(in_french, "indicators")[0] if n.startswith("name:")] == ["name:fr", "name:it"]
    assert [name for name in measured if name.startswith("value:")] == ["value:age/young", "value:age/elder"]
    assert counts(brought(officer, genoa, in_french)) == (0, 0, 0)
