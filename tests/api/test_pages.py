"""Pages: forwards and backwards over nulls and ties, each row once, while rows come and go."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.models import Action, Objective
from tenants.access.rights import Role
from tests.api.conftest import undone

DAYS = [
    None,
    date(2030, 1, 1),
    date(2030, 1, 1),
    None,
    date(2029, 5, 5),
    date(2031, 7, 7),
    None,
    date(2030, 1, 1),
]


@pytest.fixture
def actions(genoa):
    with genoa.inside():
        for number, day in enumerate(DAYS):
            Action.objects.create(code=f"A{number}", title="Ties" if number % 2 else "More ties", ends_on=day)


def walk(caller: Any, url: str, towards: str = "next") -> list[list[str]]:
    pages = []
    while url:
        page = caller.get(url).json()
        pages.append([row["code"] for row in page["results"]])
        url = page[towards]
    return pages


def flat(pages: list[list[str]]) -> list[str]:
    return [code for page in pages for code in page]


def last_address(caller: Any, url: str) -> str:
    while following := caller.get(url).json()["next"]:
        url = following
    return url


ORDERS = ["code", "-code", "title", "-title", "ends_on", "-ends_on", "starts_on", "-updated_at"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9])
def test_each_row_is_met_once_forwards_and_backwards(officer, genoa, actions, order, size):
    url = f"{genoa.url}actions/?ordering={order}&page_size={size}"
    whole = [row["code"] for row in officer.rows(f"{genoa.url}actions/?ordering={order}&page_size=200")]

    forwards = walk(officer, url)
    backwards = walk(officer, last_address(officer, url), "previous")

    assert flat(forwards) == whole
    assert sorted(whole) == [f"A{n}" for n in range(8)]
    assert flat(reversed(backwards)) == whole


@pytest.mark.parametrize(("order", "first"), [("ends_on", "A4"), ("-ends_on", "A5")])
def test_rows_without_a_value_come_last_in_both_directions(officer, genoa, actions, order, first):
    rows = officer.rows(f"{genoa.url}actions/?ordering={order}")

    assert rows[0]["code"] == first
    assert [row["ends_on"] for row in rows[-3:]] == [None, None, None]


def test_rows_with_the_same_value_stand_in_the_order_in_which_they_were_made(officer, genoa, actions):
    for order in ("title", "-title"):
        rows = officer.rows(f"{genoa.url}actions/?ordering={order}")
        assert all(a["id"] < b["id"] for a, b in pairwise(rows) if a["title"] == b["title"])


def test_a_page_and_back_is_the_same_page(officer, genoa, actions):
    first = officer.get(f"{genoa.url}actions/?page_size=3&ordering=ends_on").json()
    second = officer.get(first["next"]).json()

    back = officer.get(second["previous"]).json()

    assert back["results"] == first["results"]
    assert back["previous"] is None
    assert officer.get(back["next"]).json()["results"] == second["results"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(["insert", "delete"]), st.integers(0, 12)), max_size=8))
def test_rows_that_stay_are_met_once_while_others_come_and_go(officer, genoa, actions, changes):
    with undone():
        with genoa.inside():
            stay = set(Action.objects.values_list("code", flat=True)[::2])
        seen, url, coming = [], f"{genoa.url}actions/?ordering=ends_on&page_size=2", iter(changes)
        while url:
            page = officer.get(url).json()
            seen += [row["code"] for row in page["results"]]
            url = page["next"]
            disturb(genoa, next(coming, None), stay, f"N{len(seen)}")

    assert [code for code in seen if code in stay] == sorted(stay, key=seen.index)
    assert stay <= set(seen)
    assert len(seen) == len(set(seen))


def disturb(genoa: Any, change: Any, stay: set[str], code: str) -> None:
    kind, where = change or ("", 0)
    with genoa.inside():
        if kind == "insert":
            day = date(2029, 1, where) if where else None
            Action.objects.create(code=code, title="New", ends_on=day)
        if kind == "delete":
            gone = [a for a in Action.objects.order_by("code") if a.code not in stay]
            if gone:
                gone[where % len(gone)].delete()


def test_the_row_at_which_a_page_ended_may_be_gone(officer, genoa, actions):
    page = officer.get(f"{genoa.url}actions/?page_size=3").json()
    with genoa.inside():
        Action.objects.filter(pk=page["results"][-1]["id"]).delete()

    assert [row["code"] for row in officer.rows(page["next"])] == ["A3", "A4", "A5"]


def test_the_count_is_of_all_rows_that_fit_and_only_when_asked(officer, genoa, actions):
    assert officer.get(f"{genoa.url}actions/?count=true&page_size=2").json()["count"] == 8
    assert (
        officer.get(f"{genoa.url}actions/?count=true&page_size=2&ends_before=2030-02-01").json()["count"] == 4
    )
    assert "count" not in officer.get(f"{genoa.url}actions/").json()
    assert "count" not in officer.get(f"{genoa.url}actions/?count=false").json()


def test_addresses_of_pages_keep_what_was_asked(officer, genoa, actions):
    page = officer.get(f"{genoa.url}actions/?search=more&page_size=1&ordering=-code&count=true").json()

    assert page["next"].startswith("http://testserver/api/v1/")
    assert officer.get(page["next"]).json()["count"] == 4
    assert [row["code"] for row in officer.rows(page["next"])] == ["A4"]


def test_a_list_without_rows_is_a_page_without_neighbours(client_as, genoa):
    member = client_as(Role.VIEWER, genoa)

    assert member.get(f"{genoa.url}actions/?count=true").json() == {
        "next": None,
        "previous": None,
        "count": 0,
        "results": [],
    }


def test_a_cursor_of_one_person_opens_nothing_to_another(client_as, officer, genoa, ghent, actions):
    with ghent.inside():
        Objective.objects.create(code="A5", title="Ghent's")
    stranger = client_as(Role.OFFICER, ghent)
    cursor = officer.get(f"{genoa.url}actions/?page_size=2").json()["next"].split("cursor=")[1]

    assert stranger.rows(f"{ghent.url}actions/?cursor={cursor}") == []
    assert [row["code"] for row in stranger.rows(f"{ghent.url}objectives/?cursor={cursor}")] == ["A5"]


def test_whoever_reads_a_network_without_a_city_finds_nothing(client_as, network):
    expert = client_as(Role.LEAD_EXPERT, network)

    assert expert.get(f"{network.url}actions/?count=true").json()["count"] == 0
