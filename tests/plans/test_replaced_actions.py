from typing import Any

import pytest
from django.db import IntegrityError

from plans.models import Action, Dependency, Funding, Milestone, Risk
from tests.conftest import Place

WHY = "Both are photo walks."


@pytest.fixture
def actions(genoa: Place) -> dict[str, Action]:
    with genoa.inside():
        return {
            name: Action.objects.create(code=name, title=f"Action {name}", status="in_progress")
            for name in "ABC"
        }


@pytest.fixture
def merged(genoa: Place, actions: dict[str, Action]) -> Action:
    """A, with something of every kind, merged into B."""
    a = actions["A"]
    with genoa.inside():
        Milestone.objects.create(action=a, title="Permit granted", due_on="2020-06-01")
        Funding.objects.create(action=a, amount=5, currency="EUR", source_type="local")
        Risk.objects.create(action=a, title="Rain", category="technical", likelihood=1, impact=1)
        Dependency.objects.create(action=a, depends_on=actions["C"])
        a.merge(actions["B"], WHY)
    return a


def url(place: Place, action: Action, verb: str = "") -> str:
    return f"{place.url}actions/{action.pk}/{verb}"


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [row["code"] for row in rows]


@pytest.mark.parametrize(
    ("verb", "field", "how"), [("merge", "into", "merged"), ("supersede", "by", "superseded")]
)
def test_an_action_is_replaced_and_stays_readable(officer, genoa, actions, verb, field, how):
    a, b = actions["A"], actions["B"]

    response = officer.post(url(genoa, a, f"{verb}/"), {field: str(b.pk), "reason": WHY})

    assert response.status_code == 200
    row = response.json()
    assert (row["replaced_by"], row["replaced_as"], row["replaced_reason"]) == (str(b.pk), how, WHY)
    assert (row["status"], row["condition"]["state"]) == ("in_progress", "closed")
    assert row["allowed_actions"] == ["restore"]
    assert officer.get(url(genoa, a)).json() == row
    assert officer.get(url(genoa, b)).json()["replaces"] == [str(a.pk)]
    [expanded] = officer.rows(f"{genoa.url}actions/?code=A&expand=replaced_by")
    assert expanded["expanded"]["replaced_by"]["code"] == "B"


def test_what_belongs_to_it_stays_with_it(officer, genoa, merged):
    row = officer.get(url(genoa, merged)).json()

    assert len(row["milestones"]) == len(row["funding_totals"]) == len(row["depends_on"]) == 1
    for kind in ("milestones", "fundings", "risks", "dependencies"):
        [child] = officer.rows(f"{genoa.url}{kind}/?action={merged.pk}")
        assert child["allowed_actions"] == [], kind


@pytest.mark.parametrize(
    "verb", ["plan", "hold", "complete", "cancel", "reopen", "override-condition", "merge", "supersede"]
)
def test_a_replaced_action_does_nothing_more(officer, genoa, actions, merged, verb):
    other = {"reason": WHY, "into" if verb == "merge" else "by": str(actions["C"].pk)}
    body = {
        "override-condition": {"condition": "late", "reason": WHY},
        "merge": other,
        "supersede": other,
    }.get(verb)

    response = officer.post(url(genoa, merged, f"{verb}/"), body)

    assert (response.status_code, response.json()["code"]) == (409, "replaced")


@pytest.mark.parametrize("body", [{"title": "Another"}, {"key_partners": []}, {"visibility": "public"}])
def test_a_replaced_action_is_not_changed(officer, genoa, merged, body):
    response = officer.patch(url(genoa, merged), body)

    assert (response.status_code, response.json()["code"]) == (409, "replaced")


def test_a_replaced_action_is_not_deleted(officer, genoa, merged):
    response = officer.delete(url(genoa, merged))

    assert (response.status_code, response.json()["code"]) == (409, "replaced")


def test_in_bulk_it_is_as_closed(officer, genoa, actions, merged):
    version = officer.get(url(genoa, merged)).json()["row_version"]
    items = [
        {"method": "change", "id": str(merged.pk), "row_version": version, "data": {"title": "Another"}},
        {"method": "create", "data": {"code": "D", "title": "New"}},
    ]

    answer = officer.post(f"{genoa.url}actions/bulk/", {"mode": "each", "items": items}).json()

    assert [result["status"] for result in answer["results"]] == [409, 201]
    assert answer["results"][0]["problem"]["code"] == "replaced"


@pytest.mark.parametrize(
    ("kind", "change", "new"),
    [
        ("milestones", {"title": "Another"}, {"title": "Opened", "due_on": "2030-01-01"}),
        ("fundings", {"note": "Another"}, {"amount": "1", "currency": "EUR", "source_type": "esf"}),
        (
            "risks",
            {"title": "Another"},
            {"title": "Wind", "category": "technical", "likelihood": 1, "impact": 1},
        ),
        ("dependencies", {"note": "Another"}, {"depends_on": "B"}),
    ],
)
def test_what_belongs_to_a_replaced_action_is_closed_with_it(
    officer, genoa, actions, merged, kind, change, new
):
    new = {name: str(actions["B"].pk) if name == "depends_on" else value for name, value in new.items()}
    [child] = officer.rows(f"{genoa.url}{kind}/?action={merged.pk}")
    address = f"{genoa.url}{kind}/{child['id']}/"

    answers = [
        officer.post(f"{genoa.url}{kind}/", {"action": str(merged.pk), **new}),
        officer.patch(address, change),
        officer.delete(address),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "replaced")] * 3
    assert len(officer.rows(f"{genoa.url}{kind}/?action={merged.pk}")) == 1


def test_a_risk_of_the_plan_is_not_closed_by_it(officer, genoa, merged):
    with genoa.inside():
        risk = Risk.objects.create(title="A new council", category="political", likelihood=1, impact=1)

    assert officer.patch(f"{genoa.url}risks/{risk.pk}/", {"title": "Elections"}).status_code == 200


def test_restored_it_counts_again_as_it_was(officer, genoa, actions, merged):
    before = officer.get(url(genoa, actions["C"])).json()["allowed_actions"]

    row = officer.post(url(genoa, merged, "restore/")).json()

    assert (row["replaced_by"], row["replaced_as"], row["replaced_reason"]) == (None, None, "")
    assert (row["status"], row["condition"]["state"]) == ("in_progress", "late")
    # Its milestone is still to reach.
    assert row["allowed_actions"] == [name for name in before if name != "complete"]
    assert officer.get(url(genoa, actions["B"])).json()["replaces"] == []
    assert officer.patch(url(genoa, merged), {"title": "Another"}).status_code == 200


def test_what_was_not_replaced_is_not_restored(officer, genoa, actions):
    response = officer.post(url(genoa, actions["A"], "restore/"))

    assert (response.status_code, response.json()["code"]) == (409, "not_replaced")


def test_an_action_does_not_replace_itself(officer, genoa, actions):
    a = actions["A"]

    response = officer.post(url(genoa, a, "merge/"), {"into": str(a.pk), "reason": WHY})

    assert (response.status_code, response.json()["code"]) == (409, "own_replacement")


def test_what_is_itself_replaced_replaces_nothing(officer, genoa, actions, merged):
    response = officer.post(url(genoa, actions["C"], "merge/"), {"into": str(merged.pk), "reason": WHY})

    assert (response.status_code, response.json()["code"]) == (409, "other_is_replaced")


def test_two_actions_do_not_replace_each_other(officer, genoa, actions, merged):
    response = officer.post(url(genoa, actions["B"], "supersede/"), {"by": str(merged.pk), "reason": WHY})

    assert (response.status_code, response.json()["code"]) == (409, "other_is_replaced")


def test_replacements_may_follow_each_other(officer, genoa, actions, merged):
    response = officer.post(url(genoa, actions["B"], "merge/"), {"into": str(actions["C"].pk), "reason": WHY})

    assert response.status_code == 200
    assert response.json()["replaces"] == [str(merged.pk)]


@pytest.mark.parametrize("body", [{}, {"reason": WHY}, {"into": "no key", "reason": WHY}, {"into": None}])
def test_a_merge_names_the_other_and_why(officer, genoa, actions, body):
    response = officer.post(url(genoa, actions["A"], "merge/"), body)

    assert response.status_code == 400
    assert "/into" in [e["pointer"] for e in response.json()["errors"]]


def test_an_action_of_another_city_is_as_unknown_as_an_invented_one(officer, genoa, ghent, actions):
    with ghent.inside():
        theirs = Action.objects.create(code="GT-A1", title="Platform")

    answers = [
        officer.post(url(genoa, actions["A"], "merge/"), {"into": str(key), "reason": WHY})
        for key in (theirs.pk, "01890000-0000-7000-8000-000000000000")
    ]

    assert [a.status_code for a in answers] == [400, 400]
    assert answers[0].json()["errors"] == answers[1].json()["errors"]
    assert answers[0].json()["errors"][0]["pointer"] == "/into"


def test_the_one_that_counts_is_not_deleted_under_it(officer, genoa, actions, merged):
    response = officer.delete(url(genoa, actions["B"]))

    assert (response.status_code, response.json()["code"]) == (409, "in_use")


def test_what_a_replaced_action_depended_on_can_still_be_deleted(officer, genoa, actions, merged):
    assert officer.delete(url(genoa, actions["C"])).status_code == 204
    assert officer.get(url(genoa, merged)).json()["depends_on"] == []


def test_a_judgement_of_the_condition_ends_with_it(officer, genoa, actions):
    a = actions["A"]
    officer.post(url(genoa, a, "override-condition/"), {"condition": "late", "reason": WHY})

    row = officer.post(url(genoa, a, "merge/"), {"into": str(actions["B"].pk), "reason": WHY}).json()

    assert row["condition"] == {"state": "closed", "computed": "closed", "override_reason": ""}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("replaced=true", ["A"]),
        ("replaced=false", ["B", "C"]),
        ("condition=late", []),
        ("condition=closed", ["A"]),
        ("blocked=true", []),
        ("status=in_progress", ["A", "B", "C"]),
    ],
)
def test_replaced_actions_are_found_and_count_as_closed(officer, genoa, merged, query, found):
    assert codes(officer.rows(f"{genoa.url}actions/?{query}")) == found


def test_the_history_tells_by_which_why_and_who(officer, genoa, actions):
    a, b = actions["A"], actions["B"]
    officer.post(url(genoa, a, "merge/"), {"into": str(b.pk), "reason": WHY})

    change = officer.rows(f"{genoa.url}history/?row={a.pk}")[-1]

    changes = [c["after"] for c in officer.rows(f"{genoa.url}history/?row={a.pk}")]
    assert {"replaced_by_id": str(b.pk), "replaced_as": "merged", "replaced_reason": WHY} in changes
    assert change["actor_role"] in ("officer", "test")


def test_whoever_reads_it_as_published_sees_that_it_no_longer_counts(anonymous, network, genoa, actions):
    with genoa.inside():
        Action.objects.filter(code="A").update(visibility="public")
        Action.objects.get(code="A").merge(actions["B"], WHY)

    response = anonymous.get(f"/api/v1/public/networks/{network.row.slug}/actions/")

    [row] = response.json()["results"]
    assert (row["code"], row["replaced_as"]) == ("A", "merged")
    assert str(actions["B"].pk) not in response.content.decode()
    assert WHY not in response.content.decode()


# ------------------------------------------------------------------------------- past our own code


def replaced(action: Action, other: Action) -> dict[str, Any]:
    return {"replaced_by": other, "replaced_as": "merged", "replaced_reason": WHY}


def refused(place: Place, constraint: str, action: Action, **values: Any) -> None:
    with pytest.raises(IntegrityError) as error, place.inside():
        Action.objects.filter(pk=action.pk).update(**values)
    assert error.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_the_database_keeps_the_rules_of_replacement(genoa, actions, merged):
    a, b, c = actions.values()

    refused(genoa, "action_closed_when_replaced", a, title="Another")
    refused(genoa, "action_closed_when_replaced", a, replaced_by=c)
    refused(genoa, "action_replaced_by_current", c, **replaced(c, a))
    refused(genoa, "action_not_its_own_replacement", c, **replaced(c, c))
    refused(genoa, "action_replacement_is_whole", c, replaced_by=b)
    refused(genoa, "action_replacement_is_whole", c, **{**replaced(c, b), "replaced_reason": ""})
    refused(genoa, "action_replacement_is_whole", c, replaced_as="merged")
