"""Brings files in and takes them out, as a person and a worker would."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from python_calamine import CalamineWorkbook

from plans.exports.build import build
from plans.exports.models import Export
from plans.imports.carry_out import carry_out
from plans.imports.models import Import
from plans.sheets.collections import importable
from tests.client import Caller, Form
from tests.conftest import Place


def text(*rows: list[str], delimiter: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode()


def asked(caller: Caller, place: Place, content: bytes, **wanted: str) -> Import:
    name = "plan.xlsx" if content.startswith(b"PK") else "plan.csv"
    response = caller.request("POST", f"{place.url}imports/", Form(file=(name, content), **wanted))
    assert response.status_code == 202, response.content
    with place.inside():
        return Import.objects.get(pk=response.json()["id"])


def brought(caller: Caller, place: Place, content: bytes, **wanted: str) -> dict[str, Any]:
    """The row of the import when the worker is done with it."""
    job = asked(caller, place, content, **wanted)
    carry_out(place.pk, job.pk)
    return caller.get(f"{place.url}imports/{job.pk}/").json()


def counts(row: dict[str, Any]) -> tuple[int, int, int]:
    assert row["state"] == "done", row
    assert not row["corrected"], row
    return row["made"], row["changed"], row["unchanged"]


def errors(caller: Caller, place: Place, row: dict[str, Any]) -> list[dict[str, Any]]:
    found = caller.get(f"{place.url}imports/{row['id']}/errors/").json()
    assert row["state"] == "refused"
    assert found["found"] == row["errors_found"]
    return found["errors"]


def told(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(e["sheet"], e["cell"], e["code"]) for e in found]


def exported(caller: Caller, place: Place, **wanted: Any) -> bytes:
    asking = caller.post(f"{place.url}exports/", {"format": "xlsx", **wanted})
    assert asking.status_code == 202, asking.content
    with place.inside():
        job = Export.objects.get(pk=asking.json()["id"])
    build(place.pk, job.pk)
    response = caller.get(f"{place.url}exports/{job.pk}/file/")
    assert response.status_code == 200, response.getvalue()
    return response.getvalue()


def rows_of(content: bytes, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).to_python()


def tables(content: bytes) -> dict[str, bytes]:
    """Of a zip of CSV, by the name of the thing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): archive.read(name)
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def brought_back(caller: Any, place: Any) -> dict[str, tuple[int, int, int]]:
    """What a dry run says of the exported files."""
    found = {"xlsx": counts(brought(caller, place, exported(caller, place, personal=True), dry_run="true"))}
    for name, table in tables(exported(caller, place, format="csv", personal=True)).items():
        if name in importable():
            found[name] = counts(brought(caller, place, table, thing=name, dry_run="true"))
    return found
