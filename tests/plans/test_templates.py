"""Empty files to fill in."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

from plans.models import Objective
from plans.sheets.write import XLSX
from tests.plans.filing import brought, counts, rows_of

SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def template(caller: Any, place: Any, query: str = "") -> bytes:
    response = caller.get(f"{place.url}imports/template/{query}")
    assert response.status_code == 200, response.getvalue()
    return response.getvalue()


def part(content: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ElementTree.fromstring(archive.read(name))


def validations(content: bytes, sheet: int) -> dict[str, str]:
    """By the cells they are for."""
    found = part(content, f"xl/worksheets/sheet{sheet}.xml").iter(f"{SPREADSHEET}dataValidation")
    return {str(v.get("sqref")): "".join(v.itertext()) for v in found}


def test_a_template_has_a_sheet_for_each_thing_in_the_order_of_references(officer, genoa):
    from python_calamine import CalamineWorkbook

    names = CalamineWorkbook.from_filelike(io.BytesIO(template(officer, genoa))).sheet_names

    assert (names[0], names[-1]) == ("about", "lists")
    order = {name: place for place, name in enumerate(names)}
    assert order["objectives"] < order["actions"] < order["indicators"] < order["measurements"]


def test_choices_and_the_citys_own_codes_are_offered_and_no_other_citys(officer, genoa, ghent):
    with genoa.inside():
        Objective.objects.create(code="GE-O1", title="Ours")
    with ghent.inside():
        Objective.objects.create(code="GH-O1", title="Theirs")

    content = template(officer, genoa, "?thing=actions")

    rules = validations(content, 2)
    headings = rows_of(content, "actions")[0]
    letter = {name: chr(65 + place) for place, name in enumerate(headings)}
    assert rules[f"{letter['horizon']}2:{letter['horizon']}10001"] == '"short,medium,long"'
    assert rules[f"{letter['objective']}2:{letter['objective']}10001"] == "lists!$A$2:$A$2"
    assert rows_of(content, "lists") == [["objective"], ["GE-O1"]]


def test_every_heading_has_a_note(officer, genoa):
    content = template(officer, genoa, "?thing=measurements")

    notes = part(content, "xl/comments1.xml").iter(f"{SPREADSHEET}comment")
    by_cell = {note.get("ref"): "".join(note.itertext()) for note in notes}

    headings = rows_of(content, "measurements")[0]
    assert len(by_cell) == len(headings)
    assert headings[:3] == ["id", "indicator", "measured_on"]
    assert "Needed for a new row." in by_cell["B1"]
    assert "The code of an existing indicator" in by_cell["B1"]


def test_an_empty_template_can_be_brought_in_and_changes_nothing(officer, genoa):
    assert counts(brought(officer, genoa, template(officer, genoa))) == (0, 0, 0)


def test_a_template_as_csv_is_the_line_of_headings(officer, genoa):
    content = template(officer, genoa, "?thing=objectives&format=csv")

    assert content.decode("utf-8-sig").startswith("id,code,title,expected_result,level,parent,provenance")


def test_a_template_says_what_it_is(officer, genoa):
    response = officer.get(f"{genoa.url}imports/template/?thing=actions", Accept=XLSX)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == XLSX
    assert response.headers["Content-Disposition"] == 'attachment; filename="actions.xlsx"'


def test_what_is_not_offered_is_refused(officer, genoa):
    for query, name in (
        ("?thing=contacts", "thing"),
        ("?format=pdf", "format"),
        ("?format=csv", "format"),
        ("?form=csv", "form"),
    ):
        problem = officer.get(f"{genoa.url}imports/template/{query}").json()
        assert [e["parameter"] for e in problem["errors"]] == [name]
