"""Files that nobody would send: each is refused with a code, before or while it is read.

How long that takes, and how much memory, `benchmarks/files.py` shows.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from plans.imports.models import Import
from plans.sheets import unpack
from plans.sheets.read import sheets
from tenants.api.refusals import Refused
from tests.client import Form
from tests.plans.filing import asked, errors, text, told
from tests.plans.hostile import (
    BILLION_LAUGHS,
    HOSTILE,
    lying_well,
    with_part,
)


def refusal(content: bytes, thing: str = "actions", encoding: str = "utf-8") -> str:
    with pytest.raises(Refused) as caught:
        sheets(io.BytesIO(content), thing, encoding)
    assert caught.value.status_code == 400
    assert len(str(caught.value.detail)) > 10
    return caught.value.detail.code


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_code(name):
    make, code = HOSTILE[name]

    assert refusal(make()) == code


def test_the_reader_gets_only_what_was_looked_at(tmp_path):
    """A reader of spreadsheets has no limits: it sees neither attachments nor what lies behind the directory."""
    content = with_part("xl/vbaProject.bin", b"\x00" * 100)

    with open(tmp_path / "clean.xlsx", "w+b") as clean:
        unpack.repacked(io.BytesIO(content), clean)
        clean.seek(0)
        names = zipfile.ZipFile(clean).namelist()

    assert sheets(io.BytesIO(lying_well(200)), "actions", "utf-8")[0].rows == []
    assert "xl/vbaProject.bin" not in names
    assert "xl/worksheets/sheet1.xml" in names


def test_a_worker_outlives_it_and_the_row_says_why(officer, genoa):
    from plans.imports.carry_out import carry_out

    job = asked(officer, genoa, with_part("xl/sharedStrings.xml", BILLION_LAUGHS))
    carry_out(genoa.pk, job.pk)

    row = officer.get(f"{genoa.url}imports/{job.pk}/").json()
    assert (row["state"], row["problem"]) == ("refused", "file_dtd")
    assert officer.get(f"{genoa.url}imports/{job.pk}/marked/").json()["code"] == "file_dtd"


@pytest.mark.parametrize(
    ("name", "code"), [("a bomb", "file_bomb"), ("a PDF", "file_type"), ("nothing", "file_empty")]
)
def test_what_a_glance_shows_is_refused_at_once(officer, genoa, name, code):
    content = HOSTILE[name][0]()

    response = officer.request(
        "POST", f"{genoa.url}imports/", Form(file=("a.xlsx", content), thing="actions")
    )

    assert response.status_code == 400
    assert code in (response.json()["code"], response.json().get("errors", [{}])[0].get("code"))
    with genoa.inside():
        assert not Import.objects.exists()


def test_a_file_of_more_than_five_mebibytes_is_413(officer, genoa):
    form = Form(file=("a.csv", b"a" * (5 * 1024 * 1024 + 20_000)), thing="actions")

    response = officer.request("POST", f"{genoa.url}imports/", form)

    assert (response.status_code, response.json()["code"]) == (413, "payload_too_large")


FORMS = {
    "JSON": ("application/json", b"{}", 415),
    "no boundary": ("multipart/form-data", b"x", 400),
    "not a form": ("multipart/form-data; boundary=x", b"nonsense", 400),
    "a field twice": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="thing"\r\n\r\na\r\n' * 2 + b"--x--\r\n", 400),
    "a thousand fields": ("multipart/form-data; boundary=x", b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\na\r\n' % n for n in range(1200)) + b"--x--\r\n", 400),
    "a NUL": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="thing"\r\n\r\na\x00\r\n--x--\r\n', 400),
    "a field of megabytes": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="thing"\r\n\r\n' + b"a" * 2_000_000 + b"\r\n--x--\r\n", 400),
    "no file": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="thing"\r\n\r\nactions\r\n--x--\r\n', 400),
    "a text for a file": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nactions\r\n--x--\r\n', 400),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_strange_form_is_refused(officer, genoa, name):
    kind, body, status = FORMS[name]

    response = officer.client.generic("POST", f"{genoa.url}imports/", body, kind)

    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"


FILE = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ncode,title\r\nA1,Walk\r\n'
)
THING = b'--x\r\nContent-Disposition: form-data; name="thing"\r\n\r\nactions\r\n'
END = b"--x--\r\n"


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ((FILE, THING), 202),
        ((FILE, THING, THING), 400),
        ((FILE, FILE, THING), 400),
        ((FILE, THING, THING.replace(b'"thing"', b'"file"')), 400),
    ],
    ids=["once each", "a field twice", "a file twice", "a field called like the file"],
)
def test_a_form_whose_parts_could_be_taken_for_each_other_is_refused(officer, genoa, parts, status):
    body = b"".join((*parts, END))

    response = officer.client.generic("POST", f"{genoa.url}imports/", body, "multipart/form-data; boundary=x")

    assert response.status_code == status, response.content


def test_a_form_of_a_stranger_is_401_whatever_it_holds(anonymous, genoa):
    assert anonymous.client.generic("POST", f"{genoa.url}imports/", b"x", "text/plain").status_code == 401


# ---------------------------------------------------------------------- what is unusual, and meant well


def cells(content: bytes, encoding: str = "utf-8") -> list[list[Any]]:
    return sheets(io.BytesIO(content), "actions", encoding)[0].rows


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfcode,title\r\nA1,Caf\xc3\xa9\r\n",
        "code,title\r\nA1,Café\r\n".encode("utf-16"),
        "code;title\nA1;Café".encode(),
        "code\ttitle\rA1\tCafé\r".encode(),
        "code,title\r\nA1,Café\n".encode(),
        'sep=;\r\ncode;title\r\n"A1";"Café"\r\n'.encode(),
    ],
)
def test_text_as_spreadsheets_write_it(content):
    assert [row for row in cells(content) if row] == [["code", "title"], ["A1", "Café"]]


def test_an_old_encoding_is_understood_when_it_is_named(officer, genoa):
    assert cells("code,title\nA1,Csökkentés\n".encode("windows-1250"), "windows-1250")[1] == [
        "A1",
        "Csökkentés",
    ]


def test_a_formula_is_an_error_and_its_kept_value_is_not_taken(officer, genoa):
    from xlsxwriter import Workbook

    from plans.imports.carry_out import carry_out

    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("actions")
        sheet.write_row(0, 0, ["code", "title"])
        sheet.write_row(1, 0, ["A1"])
        sheet.write_formula(1, 1, '=WEBSERVICE("https://evil.example")', None, "Walk")
    job = asked(officer, genoa, file.getvalue())
    carry_out(genoa.pk, job.pk)

    found = errors(officer, genoa, officer.get(f"{genoa.url}imports/{job.pk}/").json())
    assert ("actions", "B2", "formula") in told(found)


def test_numbers_with_a_decimal_comma(officer, genoa):
    from plans.models import Action
    from tests.plans.filing import brought, counts

    heading = ["code", "title", "yearly_cost", "yearly_cost_currency"]
    good = text(heading, ["A1", "Walk", "1234,5", "EUR"], delimiter=";")
    bad = text(heading, ["A2", "Walk", "1.500", "EUR"], ["A3", "Walk", "1,500", "EUR"], delimiter=";")

    assert counts(brought(officer, genoa, good, thing="actions")) == (1, 0, 0)
    found = told(errors(officer, genoa, brought(officer, genoa, bad, thing="actions")))
    assert {cell: code for _, cell, code in found if cell.startswith("C")} == {
        "C2": "ambiguous_number",
        "C3": "ambiguous_number",
    }
    with genoa.inside():
        assert str(Action.objects.get().yearly_cost) == "1234.50"
