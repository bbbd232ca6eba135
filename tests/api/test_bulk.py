"""Many rows in one request: all or nothing, or each for itself."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from plans.models import Objective
from tenants.access.rights import Role
from tenants.models import Change, Theme
from tenants.networks.views import ThemeViewSet
from tests.client import Caller
from tests.conftest import make_network, make_person


@pytest.fixture
def url(genoa):
    return f"{genoa.url}objectives/bulk/"


@pytest.fixture
def old(genoa):
    with genoa.inside():
        return [Objective.objects.create(code=f"OLD{n}", title="Old") for n in range(2)]


def make(code: str, **data: Any) -> dict[str, Any]:
    return {"method": "create", "data": {"code": code, "title": f"Objective {code}", **data}}


def change(row: Any, version: int = 1, **data: Any) -> dict[str, Any]:
    return {"method": "change", "id": str(getattr(row, "pk", row)), "row_version": version, "data": data}


def delete(row: Any, version: int = 1) -> dict[str, Any]:
    return {"method": "delete", "id": str(getattr(row, "pk", row)), "row_version": version}


def titles(genoa: Any) -> dict[str, str]:
    with genoa.inside():
        return dict(Objective.objects.order_by("code").values_list("code", "title"))


def test_rows_are_made_changed_and_deleted_in_one_request(officer, genoa, url, old):
    response = officer.post(url, {"items": [make("N1"), change(old[0], title="New"), delete(old[1])]})

    assert response.status_code == 200
    answer = response.json()
    assert (answer["done"], answer["failed"]) == (3, 0)
    assert [r["status"] for r in answer["results"]] == [201, 200, 204]
    assert [r["index"] for r in answer["results"]] == [0, 1, 2]
    assert [r["row"] and r["row"]["title"] for r in answer["results"]] == ["Objective N1", "New", None]
    assert titles(genoa) == {"N1": "Objective N1", "OLD0": "New"}


def test_a_row_of_a_bulk_answer_is_the_row_as_it_is_read(officer, genoa, url):
    row = officer.post(url, {"items": [make("N1")]}).json()["results"][0]["row"]

    assert officer.get(f"{genoa.url}objectives/{row['id']}/").json() == row


def test_when_one_item_fails_nothing_is_done_and_all_that_is_wrong_is_told(officer, genoa, url, old):
    items = [
        make("N1"),
        make("OLD0"),
        make("N2", level="third"),
        change(old[0], 7, title="X"),
        delete(uuid.uuid4()),
    ]

    response = officer.post(url, {"items": items})

    assert response.status_code == 400
    problem = response.json()
    assert problem["code"] == "bulk_failed"
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [
        ("/items/1/data/code", "already_exists"),
        ("/items/2/data/level", "invalid_choice"),
        ("/items/3", "precondition_failed"),
        ("/items/4", "not_found"),
    ]
    assert titles(genoa) == {"OLD0": "Old", "OLD1": "Old"}
    with genoa.inside():
        assert Change.objects.count() == 2


def test_each_for_itself_does_what_can_be_done(officer, genoa, url, old):
    items = [make("N1"), make("OLD0"), change(old[1], title="New"), delete(old[0], 9)]

    response = officer.post(url, {"mode": "each", "items": items})

    assert response.status_code == 200
    answer = response.json()
    assert (answer["done"], answer["failed"]) == (2, 2)
    assert [r["status"] for r in answer["results"]] == [201, 400, 200, 412]
    assert answer["results"][1]["row"] is None
    assert answer["results"][1]["problem"]["errors"][0]["pointer"] == "/code"
    assert titles(genoa) == {"N1": "Objective N1", "OLD0": "Old", "OLD1": "New"}


def test_two_items_may_not_change_the_same_version_of_a_row(officer, genoa, url, old):
    items = [change(old[0], title="First"), change(old[0], title="Second"), change(old[0], 2, title="Third")]

    statuses = [r["status"] for r in officer.post(url, {"mode": "each", "items": items}).json()["results"]]

    assert statuses == [200, 412, 200]
    assert titles(genoa)["OLD0"] == "Third"


def test_a_row_that_is_made_and_then_deleted_is_not_shown(officer, genoa, url, old):
    items = [change(old[0], title="New"), delete(old[0], 2)]

    results = officer.post(url, {"items": items}).json()["results"]

    assert [(r["status"], r["row"]) for r in results] == [(200, None), (204, None)]


@pytest.fixture
def meanwhile(fresh_database, monkeypatch):
    """The address of a network's themes, two of them, and somebody of the programme's staff. When a bulk request
    has just read the first, somebody else deletes it, for real.

    In a city that cannot be: its changes wait for each other from the beginning.
    """
    network = make_network("interactive-cities")
    user, token = make_person(Role.PROGRAMME_STAFF)
    rows = [Theme.objects.create(network=network.row, slug=f"old-{n}", title="Old") for n in range(2)]

    def delete_elsewhere() -> None:
        Theme.objects.filter(pk=rows[0].pk).delete()
        connection.close()

    changed = ThemeViewSet.changed

    def changed_too_late(view: Any, row: Any, data: Any) -> None:
        if row.pk == rows[0].pk:
            with ThreadPoolExecutor(1) as threads:
                threads.submit(delete_elsewhere).result()
        changed(view, row, data)

    monkeypatch.setattr(ThemeViewSet, "changed", changed_too_late)
    return f"{network.url}themes/bulk/", rows, Caller(token, user)


def test_a_row_that_others_delete_meanwhile_is_one_that_never_was(meanwhile):
    url, rows, staff = meanwhile
    items = [change(rows[0], title="New"), change(rows[1], title="New"), change(uuid.uuid4(), title="New")]

    answer = staff.post(url, {"mode": "each", "items": items}).json()

    assert (answer["done"], answer["failed"]) == (1, 2)
    assert [r["status"] for r in answer["results"]] == [404, 200, 404]
    assert [r["row"] and r["row"]["title"] for r in answer["results"]] == [None, "New", None]
    assert answer["results"][0]["problem"] == answer["results"][2]["problem"]
    assert list(Theme.objects.values_list("slug", "title")) == [("old-1", "New")]


def test_where_others_delete_a_row_meanwhile_nothing_of_all_or_nothing_is_done(meanwhile):
    url, rows, staff = meanwhile
    items = [change(row, title="New") for row in rows]

    response = staff.post(url, {"items": items})

    assert (response.status_code, response.json()["code"]) == (400, "bulk_failed")
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("/items/0", "not_found")]
    assert list(Theme.objects.values_list("slug", "title")) == [("old-1", "Old")]


def test_a_row_of_another_city_is_an_invented_one_in_bulk_too(officer, ghent, url):
    with ghent.inside():
        theirs = Objective.objects.create(code="GH", title="Ghent's")
    invented = uuid.uuid4()

    def told(key: Any) -> Any:
        item = {
            "mode": "each",
            "items": [
                delete(key),
                change(key, title="Taken"),
                make("N9", parent=str(getattr(key, "pk", key)), level="specific"),
            ],
        }
        results = officer.post(url, item).json()["results"]
        return [(r["status"], {k: v for k, v in r["problem"].items() if k != "request_id"}) for r in results]

    assert told(theirs) == told(invented)
    assert [status for status, _ in told(theirs)] == [404, 404, 400]
    with ghent.inside():
        assert Objective.objects.get().title == "Ghent's"


# Always the same: the workers of a run must collect the same names.
NOBODYS = "0192d1c0-7a3e-7d50-9c3b-3f1a5e0c9a11"
BROKEN: list[tuple[Any, str]] = [
    ({}, "/items"),
    ({"items": []}, "/items"),
    ({"items": {}}, "/items"),
    ({"items": "x"}, "/items"),
    ({"items": [make("N1")], "mode": "some"}, "/mode"),
    ({"items": [make("N1")], "mod": "each"}, "/mod"),
    ({"items": [1]}, "/items/0"),
    ({"items": [make("N1"), {}]}, "/items/1/method"),
    ({"items": [{"method": "create"}]}, "/items/0/data"),
    ({"items": [{"method": "create", "data": []}]}, "/items/0/data"),
    ({"items": [{"method": "change", "data": {}}]}, "/items/0/id"),
    ({"items": [{"method": "delete", "id": NOBODYS}]}, "/items/0/row_version"),
    ({"items": [{"method": "upsert", "data": {}}]}, "/items/0/method"),
    ({"items": [{"method": "create", "data": {}, "extra": 1}]}, "/items/0/extra"),
    ({"items": [{"method": "delete", "id": "x", "row_version": 1}]}, "/items/0/id"),
    ({"items": [{"method": "delete", "id": NOBODYS, "row_version": "x"}]}, "/items/0/row_version"),
]


@pytest.mark.parametrize(("body", "pointer"), BROKEN, ids=lambda item: str(item)[:60])
def test_what_is_wrong_with_the_request_is_pointed_at(officer, genoa, url, body, pointer):
    response = officer.post(url, body)

    assert response.status_code == 400
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert titles(genoa) == {}


def test_two_hundred_items_are_taken_and_one_more_is_not(officer, genoa, url):
    items = [make(f"N{n:03}") for n in range(200)]

    assert officer.post(url, {"items": [*items, make("N200")]}).status_code == 400
    assert officer.post(url, {"items": items}).json()["done"] == 200
    assert len(titles(genoa)) == 200


def test_who_may_not_write_may_not_write_many(client_as, genoa, url):
    assert client_as(Role.VIEWER, genoa).post(url, {"items": [make("N1")]}).status_code == 403
    assert titles(genoa) == {}


def test_the_reason_is_kept_with_every_row(officer, genoa, url):
    officer.post(f"{url}?reason=Winter+break", {"items": [make("N1"), make("N2")]})

    with genoa.inside():
        assert list(Change.objects.values_list("reason", flat=True)) == ["Winter break"] * 2
