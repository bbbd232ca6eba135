"""Where personal data must not turn up: messages of the broker, the log, what staff reads of the history."""

from __future__ import annotations

import base64
import inspect
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import redis
from django.db import IntegrityError, transaction

from backend.celery import app
from plans.models import Stakeholder
from tenants.access.rights import Role
from tenants.access.tasks import ScopedTask
from tenants.api.requests import JSONLines
from tenants.models import User
from tests.client import Caller, Form
from tests.conftest import ClientAs, Place
from tests.plans.grouping import seat_in
from tests.tenants.conftest import raw

NAME, EMAIL = "Marked Contact", "marked.contact@example.org"
MARKS = (NAME, EMAIL, "Marked%20Contact", "Marked+Contact", "marked.contact")


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


@pytest.fixture
def coordinator(client_as: ClientAs, genoa: Place) -> Caller:
    return client_as(Role.COORDINATOR, genoa)


@pytest.fixture
def contact(genoa: Place) -> dict[str, Any]:
    """The body of a request that makes one."""
    with genoa.inside():
        stakeholder = Stakeholder.objects.create(name="Chamber of commerce", profile="private")
    return {
        "stakeholder": str(stakeholder.pk),
        "name": NAME,
        "email": EMAIL,
        "lawful_basis": "consent",
        "keep_until": "2030-06-30",
    }


# ------------------------------------------------------------------------------------ messages


def tasks() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.split(".")[0] in ("plans", "tenants")}


def test_every_task_takes_ids_and_nothing_else():
    takes = {name: list(inspect.signature(task.run).parameters.values()) for name, task in tasks().items()}

    assert {"plans.exports.build", "plans.imports.carry_out", "plans.summaries.build"} <= set(takes)
    assert all(isinstance(task, ScopedTask) for task in tasks().values())
    others = {
        (name, one.name, one.annotation)
        for name, parameters in takes.items()
        for one in parameters
        if not one.name.endswith("_id") or one.annotation not in ("str", str)
    }
    assert others == set()


def messages() -> Iterator[dict[str, Any]]:
    """What lies at the broker of this run, where no worker fetches it."""
    broker = app.connection_for_read()
    with broker.channel() as channel:
        client: redis.Redis = channel.client
        for message in client.lrange(app.conf.task_default_queue, 0, -1):
            told = json.loads(message)
            told["body"] = json.loads(base64.b64decode(told["body"]))
            yield told


def test_a_message_at_the_broker_names_a_task_a_city_and_an_id(
    coordinator, genoa, contact, django_capture_on_commit_callbacks
):
    """Jobs that are about personal data, as they are really sent."""
    coordinator.post(f"{genoa.url}contacts/", contact)
    table = f"code,title\nGE-A9,{NAME}\n"

    with django_capture_on_commit_callbacks(execute=True):
        export = coordinator.post(
            f"{genoa.url}exports/?reason=For+{NAME}", {"format": "json", "personal": True}
        ).json()
        brought = coordinator.post(
            f"{genoa.url}imports/?reason=For+{NAME}",
            Form(file=(f"{NAME}.csv", table.encode()), thing="actions"),
        ).json()

    sent = {told["body"][0][0]: told for told in messages() if told["body"][0]}
    for name, key in (("plans.exports.build", export["id"]), ("plans.imports.carry_out", brought["id"])):
        told = sent[key]
        assert (told["headers"]["task"], told["headers"]["city"]) == (name, str(genoa.pk))
        assert told["body"][:2] == [[str(UUID(key))], {}]
        assert marks_in(json.dumps(told)) == []


# ----------------------------------------------------------------------------------------- log


def lines(caplog: Any) -> str:
    return "\n".join(JSONLines().format(record) for record in caplog.records)


def test_no_line_of_the_log_holds_what_was_said_of_a_person(coordinator, genoa, contact, caplog):
    url = f"{genoa.url}contacts/"
    with caplog.at_level(logging.INFO):
        made = coordinator.post(f"{url}?reason=Called+{NAME}", contact).json()
        statuses = [
            coordinator.post(url, {**contact, "keep_until": NAME}).status_code,
            coordinator.get(f"{url}?search={NAME}").status_code,
            coordinator.get(f"{url}?{NAME}={EMAIL}").status_code,
            coordinator.get(f"{url}{EMAIL}/").status_code,
            coordinator.patch(f"{url}{made['id']}/", {"email": EMAIL, "phone": "1" * 50}).status_code,
            coordinator.post(f"{genoa.url}personal-data/export/", {"name": NAME}).status_code,
            coordinator.post(f"{genoa.url}personal-data/erase/", {"email": EMAIL, "name": NAME}).status_code,
            coordinator.delete(f"{url}{made['id']}/").status_code,
        ]

    assert statuses == [400, 200, 400, 404, 400, 200, 400, 204]
    assert "contacts/" in lines(caplog)
    assert marks_in(lines(caplog)) == []


def by_django(key: Any) -> None:
    User.objects.filter(pk=key).update(email=EMAIL)


def by_psycopg(key: Any) -> None:
    raw("UPDATE tenants_user SET email = %s WHERE id = %s", EMAIL, key)


@pytest.mark.parametrize("careless", [by_django, by_psycopg])
def test_nor_does_the_line_of_an_error_that_postgresql_reports(coordinator, careless):
    """Of a table without policies it repeats the value that it refuses, in its DETAIL."""
    User.objects.create(email=EMAIL, name=NAME)
    with pytest.raises((IntegrityError, psycopg.IntegrityError)) as refused, transaction.atomic():
        careless(coordinator.user.pk)
    told = (refused.type, refused.value, refused.tb)

    line = JSONLines().format(logging.LogRecord("x", logging.ERROR, "", 0, "Error", None, told))

    assert marks_in(str(refused.value))
    assert "23505" in line
    assert marks_in(line) == []


# ------------------------------------------------------------------------------------- history


@pytest.mark.parametrize("role", [Role.PROGRAMME_STAFF, Role.AUDITOR])
def test_staff_reads_nothing_of_a_person_in_the_history(
    client_as, coordinator, network, genoa, contact, role
):
    contacts, holders = f"{genoa.url}contacts/", f"{genoa.url}seat-holders/"
    person = {name: contact[name] for name in ("name", "email", "lawful_basis", "keep_until")}
    made = coordinator.post(contacts, contact).json()
    coordinator.patch(f"{contacts}{made['id']}/", {"position": NAME})
    holder = coordinator.post(holders, {"seat": str(seat_in(genoa).pk), **person}).json()
    coordinator.delete(f"{holders}{holder['id']}/")
    coordinator.delete(f"{contacts}{made['id']}/")
    urls = [f"{place.url}history/?page_size=200" for place in (network, genoa)]

    told = [client_as(role).get(url).content.decode() for url in urls]

    assert len(marks_in(coordinator.get(urls[1]).content.decode())) >= 2
    assert [marks_in(text) for text in told] == [[], []]
    assert all('"thing":"local_group_seat"' in text.replace(" ", "") for text in told)
