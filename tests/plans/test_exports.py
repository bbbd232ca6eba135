"""All that a city has, as one file; and brought in again, it changes nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from rest_framework import serializers

from plans.exports.build import build
from plans.exports.build import exported as exported_views
from plans.exports.tasks import forget_exports
from plans.models import (
    Action,
    Export,
    ExportPart,
    Indicator,
    Measurement,
    Objective,
    Stakeholder,
)
from tenants.access.context import staff_context
from tenants.access.rights import Role
from tests.plans.filing import brought_back, exported, rows_of, tables
from tests.rows import make, tenant_models

EVERYTHING = partial(exported_views, personal=True)
# In no export, and why.
NOT_EXPORTED = {
    "Change": "what happened stands at history/, for those who may read it, and only grows",
    "CityReply": "answers that are kept for a day",
    "Erasure": "that people were erased, as numbers",
    "Export": "the job itself",
    "ExportPart": "the file itself",
    "Import": "how rows came in; the rows are in the export",
    "ImportFile": "what was brought, for a day",
    "PeerConsent": "that the city may be found, read at peer-consent/; nothing to bring in again",
    "Adoption": "a row of two cities, read at adoptions/",
    "AdoptionAnswer": "a row of two cities, read at adoptions/",
    "PeerReview": "a row of two cities, read at reviews/",
    "PeerReviewAnswer": "a row of two cities, read at reviews/",
    "PeerReviewRequest": "a row of two cities, read at reviews/",
    "PlanVersion": "a document of its own, read at plan/versions/",
    "KeptFigures": "counted from the rows, and again whenever they change",
}


def test_every_row_of_a_city_is_in_an_export_or_on_the_list_of_exceptions():
    """A new slice joins by its addresses; what has none says here why it is left out."""
    views = EVERYTHING().values()
    shown = {view.queryset.model for view in views}
    linked = {
        field.remote_field.through
        for view in views
        for field in view.queryset.model._meta.local_many_to_many
        if field.name in view.serializer_class().fields
    }
    nested = {
        field.child.Meta.model
        for view in views
        for field in view.serializer_class().fields.values()
        if isinstance(field, serializers.ListSerializer) and hasattr(field.child, "Meta")
    }
    missing = {model.__name__ for model in tenant_models()} - {m.__name__ for m in shown | linked | nested}

    assert missing == set(NOT_EXPORTED)


@pytest.fixture
def rows(genoa: Any, ghent: Any) -> dict[str, Any]:
    """One row of everything in Genoa, and some in Ghent."""
    with ghent.inside():
        make(Action, ghent.row, title="Of Ghent")
    with genoa.inside():
        return {name: make(view.queryset.model, genoa.row) for name, view in EVERYTHING().items()}


def test_a_document_holds_the_rows_as_the_api_shows_them(officer, genoa, rows):
    document = json.loads(exported(officer, genoa, format="json", personal=True))

    assert set(document["things"]) == set(EVERYTHING())
    assert (document["network"], document["city"], document["personal"]) == (
        "interactive-cities",
        "genoa",
        True,
    )
    for name, row in rows.items():
        by_id = {found["id"]: found for found in document["things"][name]}
        shown = officer.get(
            f"{genoa.url}{name}/" if name == "plan" else f"{genoa.url}{name}/{row.pk}/"
        ).json()
        shown.pop("allowed_actions")
        assert by_id[str(row.pk)] == shown
    assert "Of Ghent" not in json.dumps(document)


def test_a_workbook_has_a_sheet_for_each_collection_and_a_zip_a_table(officer, genoa, rows):
    content, zipped = exported(officer, genoa, format="xlsx"), exported(officer, genoa, format="csv")

    for name in EVERYTHING(personal=False):
        heading, *values = rows_of(content, name)
        assert heading[0] == "id"
        assert str(rows[name].pk) in [row[0] for row in values]
        assert str(rows[name].pk) in tables(zipped)[name].decode("utf-8-sig")


def test_personal_data_is_there_for_those_who_may_read_it_and_ask(officer, client_as, genoa, rows):
    person = rows["contacts"].name

    without = exported(officer, genoa, format="json").decode()
    with_it = exported(officer, genoa, format="json", personal=True).decode()
    refused = client_as(Role.VIEWER, genoa).post(f"{genoa.url}exports/", {"format": "json", "personal": True})

    assert person not in without
    assert json.loads(with_it)["things"]["contacts"][0]["name"] == person
    assert refused.status_code == 403


def test_who_may_not_read_personal_data_does_not_find_such_an_export(
    officer, client_as, network, genoa, rows
):
    exported(officer, genoa, format="json", personal=True)
    with genoa.inside():
        job = Export.objects.get()
    url = f"{genoa.url}exports/{job.pk}/"

    for reader in (
        client_as(Role.VIEWER, genoa),
        client_as(Role.LEAD_PARTNER, network),
        client_as(Role.AUDITOR),
    ):
        assert reader.get(f"{url}file/").status_code == 404
        assert reader.get(url).status_code == 404
        assert reader.rows(f"{genoa.url}exports/") == []
    assert officer.get(f"{url}file/").status_code == 200
    with staff_context([genoa.pk]):
        assert not Export.objects.exists()
        assert not ExportPart.objects.exists()


def test_another_city_cannot_fetch_it(officer, client_as, genoa, ghent):
    exported(officer, genoa, format="json")
    with genoa.inside():
        job = Export.objects.get()
    stranger = client_as(Role.COORDINATOR, ghent)

    assert stranger.get(f"{genoa.url}exports/{job.pk}/file/").status_code == 404
    assert stranger.get(f"{ghent.url}exports/{job.pk}/file/").status_code == 404
    with ghent.inside():
        assert not ExportPart.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.LEAD_PARTNER, Role.AUDITOR])
def test_who_reads_the_city_may_take_it_out_without_personal_data(client_as, network, genoa, rows, role):
    reader = client_as(role, network if role == Role.LEAD_PARTNER else genoa)

    document = json.loads(exported(reader, genoa, format="json"))

    assert "contacts" not in document["things"]
    assert document["things"]["actions"]


def test_a_file_has_a_name_a_type_and_a_tag(officer, genoa):
    exported(officer, genoa, format="csv")
    with genoa.inside():
        job = Export.objects.get()
    url = f"{genoa.url}exports/{job.pk}/file/"

    response = officer.get(url, Accept="application/zip")

    today = job.finished_at.date().isoformat()
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == f'attachment; filename="genoa-{today}.zip"'
    assert response.headers["ETag"] == f'"{job.sha256}"'
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert len(response.getvalue()) == job.size
    assert officer.get(url, If_None_Match=f'"{job.sha256}"').status_code == 304


def test_a_file_that_is_not_made_yet_is_not_there(officer, genoa):
    location = officer.post(f"{genoa.url}exports/", {"format": "json"}).headers["Location"]

    assert officer.get(f"{location}file/").status_code == 404


def test_after_a_day_the_file_is_gone_and_its_row_too(officer, genoa):
    exported(officer, genoa, format="json")
    with genoa.inside():
        job = Export.objects.get()
        assert timedelta(hours=23) < job.expires_at - timezone.now() < timedelta(hours=25)
        Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    forget_exports()

    assert officer.get(f"{genoa.url}exports/{job.pk}/file/").status_code == 404
    with genoa.inside():
        assert not ExportPart.objects.exists()


def test_an_export_that_is_asked_for_twice_is_made_once(officer, genoa):
    exported(officer, genoa, format="json")
    with genoa.inside():
        job = Export.objects.get()
        parts = list(ExportPart.objects.values_list("pk", flat=True))

    build(genoa.pk, job.pk)

    with genoa.inside():
        assert list(ExportPart.objects.values_list("pk", flat=True)) == parts


# ------------------------------------------------------------------------ out, and in again


AWKWARD = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'", "''", "'=1", "'t Zand", "007", "1e5", "1,5", "1.500", "TRUE", "2017-01-01",
    "[1]", "[left out]", "a\r\nb", "a\rb", "a;b", 'a"b', "a,b", "_x0041_", "\u2028", "e\u0301", "\U0001f6b2", "\x01", "x" * 40_000,
    "https://example.org", "null", "#N/A", "\ufeff", "  lead", "trail  ", "\uffff", "\U0001f6b2" * 20_000, "a\nb\n", "",
]  # fmt: skip
DAYS = [
    date(1, 1, 1),
    date(1900, 2, 28),
    date(1900, 3, 1),
    date(1904, 1, 1),
    date(2020, 2, 29),
    date(9999, 12, 31),
]
NUMBERS = ["0", "-0.0001", "1234567890123456.7891", "999999999999999.5", "0.1", "-5", "100", "1.234"]


def test_awkward_rows_brought_in_again_change_nothing(officer, genoa):
    """Texts that look like something else, days before spreadsheets, numbers with more digits than they keep."""
    with genoa.inside():
        indicator = Indicator.objects.create(code="=I1", name="x", unit="y")
        for number, text in enumerate(AWKWARD):
            code = f"{text.strip()[:15]}{number}"
            objective = Objective.objects.create(code=code, title=text[:300], expected_result=text)
            lead = Stakeholder.objects.create(name=code, profile="civic", interests=text)
            action = Action.objects.create(
                code=code, title="x", description=text, objective=objective, lead_actor=lead
            )
            action.key_partners.through.objects.create(action=action, stakeholder=lead)
        for day in DAYS:
            Measurement.objects.create(
                indicator=indicator,
                measured_on=day,
                value=0,
                evidence_links=["https://a.example/?a=1,2;3", "https://b.example"],
            )
        for number in NUMBERS:
            Measurement.objects.create(indicator=indicator, measured_on="2017-06-30", value=number)

    found = brought_back(officer, genoa)

    number, values = len(AWKWARD), len(DAYS) + len(NUMBERS)
    assert found.pop("xlsx") == (0, 0, 3 * number + values + 1)
    assert {name: n for name, n in found.items() if n != (0, 0, 0)} == {
        **dict.fromkeys(("objectives", "stakeholders", "actions"), (0, 0, number)),
        "indicators": (0, 0, 1),
        "measurements": (0, 0, values),
    }


def test_what_looks_like_a_formula_is_text(officer, genoa):
    with genoa.inside():
        Objective.objects.create(code="O1", title='=HYPERLINK("https://evil.example")', expected_result="@x")

    book, table = exported(officer, genoa), tables(exported(officer, genoa, format="csv"))["objectives"]

    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]
        assert not [
            name
            for name in archive.namelist()
            if b"hyperlink" in archive.read(name).lower() and "rels" in name
        ]
    row = next(iter(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline=""))))
    assert (row["title"], row["expected_result"]) == ('\'=HYPERLINK("https://evil.example")', "'@x")
