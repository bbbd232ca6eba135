"""Run in the project's environment, one case a process, so that its peak of memory is its own; see README.md."""

import json
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from uuid import uuid4

import django

django.setup()

from django.db import connection

from plans.exports.build import keep, write
from plans.exports.models import Export
from plans.imports.carry_out import Work, carry_out
from plans.imports.models import Import, ImportFile
from plans.models import Action
from plans.sheets.read import sheets
from tenants.access.context import Actor, city_context
from tenants.api.refusals import Refused
from tenants.jobs.lease import taken
from tenants.models import City, Membership, Network, User
from tests.plans.hostile import HOSTILE

PROSE = "Local groups walk the harbour, take pictures, and tell what they would change. " * 3
CODES_AT_ONCE = 2_000


def main() -> None:
    what, *rest = sys.argv[1:]
    print(json.dumps({"export": exported, "import": imported, "hostile": refused}[what](*rest)))


def measured(work) -> dict:
    """Seconds, and how many MiB the process grew beyond what it had before."""
    before, began = peak(), time.monotonic()
    work()
    return {
        "seconds": round(time.monotonic() - began, 2),
        "mib": round(peak() - before, 1),
        "of": round(peak(), 1),
    }


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def city_of(rows: int) -> City:
    """With so many actions; made once."""
    network, _ = Network.objects.get_or_create(
        slug="files", defaults={"name": "Files", "starts_on": "2015-09-15"}
    )
    place = {"network": network, "slug": f"city-{rows}"}
    named = {"name": "City", "country": "IT", "place_code": f"it-{rows}", "organisation": "City"}
    city, made = City.objects.get_or_create(**place, defaults=named)
    for start in range(0, rows if made else 0, CODES_AT_ONCE):
        with city_context(city.pk, Actor(role="bench")):
            numbers = range(start, min(start + CODES_AT_ONCE, rows))
            Action.objects.bulk_create(
                Action(
                    code=f"A{n}",
                    title=f"Photo walk {n}",
                    description=PROSE,
                    yearly_cost="1500.50",
                    yearly_cost_currency="EUR",
                )
                for n in numbers
            )
    return city


def exported(file_format: str, rows: str) -> dict:
    city = city_of(int(rows))
    with city_context(city.pk):
        asked = Export.objects.create(format=file_format, asked_by=uuid4(), asked_role="officer")
    job, size = taken(Export, city.pk, asked.pk), 0

    def work() -> None:
        nonlocal size
        with tempfile.NamedTemporaryFile() as file:
            write(job, file.name)
            keep(job, file)
            size = file.tell()

    return {**measured(work), "size": round(size / 1_048_576, 1)}


def imported(rows: str, kind: str, cost: str) -> dict:
    """A CSV of actions that are new, as they are there, or with another cost; and how long others waited."""
    city = city_of(1_000)
    user, _ = User.objects.get_or_create(email="officer@bench.example")
    Membership.objects.get_or_create(user=user, role="officer", city=city)
    lines = [f'{kind}{n},Photo walk {n},"{PROSE}",2017-03-01,{cost},EUR' for n in range(int(rows))]
    content = "\n".join(
        ["code,title,description,starts_on,yearly_cost,yearly_cost_currency", *lines]
    ).encode()
    asked = {
        "asked_by": user.pk,
        "asked_role": "officer",
        "thing": "actions",
        "file_name": "a.csv",
        "size": 0,
    }
    with city_context(city.pk):
        job = Import.objects.create(**asked)
        ImportFile.objects.create(import_job=job, content=content)
    with locks() as seen:
        found = measured(lambda: carry_out(city.pk, job.pk))
        ended = time.monotonic()
    with city_context(city.pk):
        job.refresh_from_db()
    if job.state != "done":
        raise SystemExit(f"{job.state}: {job.problem_detail}")
    counts = {name: getattr(job, name) for name in ("made", "changed", "unchanged")}
    return {**found, **counts, "locked": round(ended - seen[0], 2) if seen else 0}


@contextmanager
def locks():
    """When the city was locked."""
    seen, clock = [], Work.clock

    def watched(self, *, locked):
        found = clock(self, locked=locked)
        if locked:
            seen.append(time.monotonic())
        return found

    Work.clock = watched
    yield seen


def refused(name: str) -> dict:
    content = HOSTILE[name][0]()
    code = ""
    # Making it took memory: what is measured is what the reading adds.
    watched = tempfile.TemporaryFile()  # noqa: SIM115
    watched.write(content)
    size = len(content)

    def work() -> None:
        nonlocal code
        try:
            sheets(watched, "actions", "utf-8")
        except Refused as refusal:
            code = refusal.detail.code

    made = peak()
    return {**measured(work), "code": code, "size": round(size / 1024, 1), "made": round(made, 1)}


if __name__ == "__main__":
    connection.ensure_connection()
    main()
