from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.db import IntegrityError, connection

from plans.models import Action, Dependency
from tests.conftest import Place, make_city, make_network


@pytest.fixture
def actions(genoa: Place) -> dict[str, Action]:
    with genoa.inside():
        return {name: Action.objects.create(code=name, title=f"Action {name}") for name in "ABCD"}


def depend(place: Place, actions: dict[str, Action], *pairs: str) -> list[Dependency]:
    """`depend(genoa, actions, "AB")`: A depends on B."""
    with place.inside():
        return [Dependency.objects.create(action=actions[a], depends_on=actions[b]) for a, b in pairs]


def ask(officer: Any, place: Place, actions: dict[str, Action], pair: str) -> Any:
    action, depends_on = (str(actions[name].pk) for name in pair)
    return officer.post(f"{place.url}dependencies/", {"action": action, "depends_on": depends_on})


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [row["code"] for row in rows]


def test_an_action_shows_what_it_depends_on_and_what_it_waits_for(officer, genoa, actions):
    depend(genoa, actions, "AB", "AC", "DA")
    with genoa.inside():
        Action.objects.filter(code="B").update(status="completed")

    row = officer.get(f"{genoa.url}actions/{actions['A'].pk}/").json()

    assert row["depends_on"] == [str(actions[name].pk) for name in "BC"]
    assert row["waits_for"] == [str(actions["C"].pk)]
    assert officer.rows(f"{genoa.url}actions/?code=A") == [row]


@pytest.mark.parametrize("pair", ["AA", "BA", "CA", "DA"])
def test_a_circle_is_refused_however_long(officer, genoa, actions, pair):
    depend(genoa, actions, "AB", "BC", "CD")

    response = ask(officer, genoa, actions, pair)

    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [
        ("dependency_cycle", "/depends_on")
    ]
    with genoa.inside():
        assert Dependency.objects.count() == 3


def test_two_ways_to_the_same_action_are_no_circle(officer, genoa, actions):
    depend(genoa, actions, "AB", "AC", "BD")

    assert ask(officer, genoa, actions, "CD").status_code == 201


def test_a_dependency_that_is_turned_around_is_no_circle_with_what_it_was(genoa, actions):
    [row] = depend(genoa, actions, "AB")

    with genoa.inside():
        Dependency.objects.filter(pk=row.pk).update(action=actions["B"], depends_on=actions["A"])

        assert Dependency.objects.filter(action=actions["B"], depends_on=actions["A"]).exists()


def test_a_change_closes_no_circle_either(officer, genoa, actions):
    [first, second] = depend(genoa, actions, "AB", "BC")

    changed = officer.patch(f"{genoa.url}dependencies/{first.pk}/", {"depends_on": str(actions["C"].pk)})
    refused = officer.patch(f"{genoa.url}dependencies/{second.pk}/", {"depends_on": str(actions["B"].pk)})

    assert changed.status_code == 200
    assert refused.json()["errors"][0]["code"] == "dependency_cycle"


def test_a_circle_within_one_bulk_is_refused_whole(officer, genoa, actions):
    a, b = str(actions["A"].pk), str(actions["B"].pk)
    items = [
        {"method": "create", "data": {"action": one, "depends_on": other}} for one, other in ((a, b), (b, a))
    ]

    response = officer.post(f"{genoa.url}dependencies/bulk/", {"items": items})

    assert response.status_code == 400
    assert [(e["code"], e["pointer"]) for e in response.json()["errors"]] == [
        ("dependency_cycle", "/items/1/data/depends_on")
    ]


def test_a_circle_within_one_statement_is_refused(genoa, actions):
    with pytest.raises(IntegrityError, match="circle"), genoa.inside():
        Dependency.objects.bulk_create(
            Dependency(action=actions[a], depends_on=actions[b]) for a, b in ("AB", "BA")
        )


def test_the_same_dependency_stands_once(officer, genoa, actions):
    depend(genoa, actions, "AB")

    response = ask(officer, genoa, actions, "AB")

    assert response.status_code == 400
    assert {e["code"] for e in response.json()["errors"]} == {"already_exists"}


def test_blocked_are_open_actions_that_wait(officer, genoa, actions):
    depend(genoa, actions, "AD", "BD", "CD")
    with genoa.inside():
        Action.objects.filter(code="B").update(status="cancelled")

    assert codes(officer.rows(f"{genoa.url}actions/?blocked=true")) == ["A", "C"]
    assert codes(officer.rows(f"{genoa.url}actions/?blocked=false")) == ["B", "D"]

    with genoa.inside():
        Action.objects.filter(code="D").update(status="completed")

    assert codes(officer.rows(f"{genoa.url}actions/?blocked=true")) == []


def test_a_dependency_goes_with_either_of_its_actions(officer, genoa, actions):
    depend(genoa, actions, "AB", "BC", "CD")

    assert officer.delete(f"{genoa.url}actions/{actions['B'].pk}/").status_code == 204

    assert [row["action"] for row in officer.rows(f"{genoa.url}dependencies/")] == [str(actions["C"].pk)]


def test_dependencies_are_filtered_by_either_end(officer, genoa, actions):
    [first, second] = depend(genoa, actions, "AB", "CB")
    url = f"{genoa.url}dependencies/"

    of_a = officer.rows(f"{url}?action={actions['A'].pk}")
    on_b = officer.rows(f"{url}?depends_on={actions['B'].pk}&expand=depends_on")

    assert [row["id"] for row in of_a] == [str(first.pk)]
    assert [row["id"] for row in on_b] == [str(first.pk), str(second.pk)]
    assert on_b[0]["expanded"]["depends_on"]["code"] == "B"


def test_two_at_once_do_not_close_a_circle_between_them(fresh_database):
    """Each sees nothing of the other before the lock of the city; who comes second sees the first."""
    place = make_city(make_network("interactive-cities"), "genoa", "IT")
    with place.inside():
        actions = {name: Action.objects.create(code=name, title=name) for name in "AB"}
    both, outcomes = Barrier(2), []

    def close(pair: str) -> None:
        try:
            with place.inside():
                both.wait(10)
                depend(place, actions, pair)
                outcomes.append("made")
                sleep(0.2)
        except IntegrityError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=close, args=(pair,)) for pair in ("AB", "BA")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == ["made", "refused"]
