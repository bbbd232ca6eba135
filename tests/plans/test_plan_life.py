"""The way of a plan, step by step, and what is kept of it when it is adopted."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from plans.frozen.canonical import sha256
from plans.models import Action, Milestone, Objective, PeerReview, PeerReviewRequest, Plan, PlanVersion
from tenants.access.rights import Role
from tests.conftest import ClientAs, Place
from tests.rows import make

ADOPTION = {"adopted_on": "2018-03-28"}


@pytest.fixture
def coordinator(client_as: ClientAs, genoa: Place):
    return client_as(Role.COORDINATOR, genoa)


@pytest.fixture
def plan(genoa):
    """A draft with an objective and an action."""
    with genoa.inside():
        row = Plan.objects.create(title="Integrated Action Plan of Genoa")
        objective = Objective.objects.create(code="GE-O1", title="A city told by its people")
        action = Action.objects.create(code="GE-A1", title="Social ambassadors", objective=objective)
        Milestone.objects.create(action=action, title="Ten ambassadors", due_on=date(2018, 6, 30))
    return row


@pytest.fixture
def url(genoa):
    return f"{genoa.url}plan/"


def put(genoa, **values):
    with genoa.inside():
        Plan.objects.update(**values)


def code(response, status=409):
    assert response.status_code == status, response.content
    return response.json()["code"]


def test_a_plan_goes_from_draft_to_closed(coordinator, genoa, plan, url):
    steps = [
        ("consult", {}, "ulg_consultation"),
        ("open-peer-review", {}, "peer_review"),
        ("revise", {"reason": "Nobody had time to review."}, "revised"),
        ("adopt", ADOPTION, "adopted"),
        ("start-implementation", {}, "in_implementation"),
        ("close", {"reason": "The network has ended."}, "closed"),
        ("reopen", {"reason": "Not yet."}, "in_implementation"),
    ]

    been = []
    for name, body, _ in steps:
        response = coordinator.post(f"{url}{name}/", body)
        assert response.status_code == 200, response.content
        row = response.json()
        been.append((row["status"], row["status_reason"]))

    assert been == [(status, body.get("reason", "")) for _, body, status in steps]
    assert (row["version"], row["adopted_on"]) == (1, "2018-03-28")


def test_status_version_and_adoption_are_not_written_by_hand(officer, genoa, plan, url):
    for field, value in {"status": "closed", "version": 9, "adopted_on": "2018-03-28"}.items():
        response = officer.patch(url, {field: value})

        assert response.status_code == 400
        assert response.json()["errors"] == [
            {
                "pointer": f"/{field}",
                "code": "fixed",
                "detail": "This changes by the verbs that `allowed_actions` names.",
            }
        ]
    unchanged = officer.patch(url, {"status": "draft", "version": 1, "adopted_on": None, "vision": "Open"})
    assert unchanged.json()["vision"] == "Open"


def test_a_plan_begins_as_a_draft(officer, genoa):
    adopted = officer.post(f"{genoa.url}plan/", {"title": "Ours", "status": "adopted", "version": 3})
    draft = officer.post(f"{genoa.url}plan/", {"title": "Ours", "status": "draft", "version": 1})

    assert [(e["pointer"], e["code"]) for e in adopted.json()["errors"]] == [
        ("/status", "fixed"),
        ("/version", "fixed"),
    ]
    assert draft.status_code == 201


@pytest.mark.parametrize("status", Plan.Status.values)
def test_allowed_actions_name_the_steps_from_each_status(client_as, coordinator, genoa, plan, url, status):
    put(genoa, status=status, adopted_on=date(2018, 3, 28))
    named = set(coordinator.get(url).json()["allowed_actions"]) - {"change", "delete"}

    possible = {name.replace("_", "-") for name, step in Plan.STEPS.items() if status in step.origins}

    assert named == possible
    officers = set(client_as(Role.OFFICER, genoa).get(url).json()["allowed_actions"])
    assert officers & {"adopt", "start-implementation", "close", "reopen"} == set()


def test_where_there_is_no_plan_there_is_none_to_read_to_change_or_to_take_a_step(coordinator, genoa, ghent):
    with ghent.inside():
        make(Plan, ghent.row)
    url = f"{genoa.url}plan/"

    answers = [
        coordinator.get(url),
        coordinator.patch(url, {"title": "Ours"}),
        coordinator.delete(url),
        coordinator.post(f"{url}consult/"),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_a_step_from_another_status_says_what_is_possible(coordinator, genoa, plan, url):
    response = coordinator.post(f"{url}start-implementation/")

    assert code(response) == "wrong_status"
    assert response.json()["detail"] == "A plan that is draft cannot do this. From here it can: consult."


def test_sending_back_needs_a_reason_and_history_keeps_it(officer, genoa, plan, url):
    put(genoa, status="ulg_consultation")

    bare = officer.post(f"{url}send-back/")
    done = officer.post(f"{url}send-back/", {"reason": "The shops were not asked."})

    assert [(e["pointer"], e["code"]) for e in bare.json()["errors"]] == [("/reason", "required")]
    assert (done.json()["status"], done.json()["status_reason"]) == ("draft", "The shops were not asked.")
    change = officer.rows(f"{genoa.url}history/?row={plan.pk}")[-1]
    assert change["reason"] == "The shops were not asked."
    assert change["after"]["status"] == "draft"


def test_a_reason_in_the_query_counts_too(officer, genoa, plan, url):
    put(genoa, status="ulg_consultation")

    response = officer.post(f"{url}revise/?reason=No+peer+was+free")

    assert response.json()["status_reason"] == "No peer was free"


def reviewed(genoa, ghent, submitted_at):
    with genoa.inside():
        asked = make(PeerReviewRequest, genoa.row, reviewer=ghent.row)
    with ghent.inside():
        make(PeerReview, ghent.row, reviewed=genoa.row, request=asked, submitted_at=submitted_at)


def test_revising_needs_a_review_that_was_submitted_in_this_peer_review(officer, genoa, ghent, plan, url):
    now = datetime.now(UTC)
    put(genoa, status="peer_review", status_since=now - timedelta(days=9))
    without = officer.post(f"{url}revise/")
    reviewed(genoa, ghent, None)
    drafted = officer.post(f"{url}revise/")
    reviewed(genoa, ghent, now - timedelta(days=10))
    of_an_earlier_one = officer.post(f"{url}revise/")
    reviewed(genoa, ghent, now - timedelta(days=1))
    done = officer.post(f"{url}revise/")

    assert {code(r) for r in (without, drafted, of_an_earlier_one)} == {"no_review"}
    assert (done.status_code, done.json()["status"]) == (200, "revised")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("ulg_consultation", "no_review"),
        ("adopted", "reason_missing"),
        ("in_implementation", "reason_missing"),
    ],
)
def test_revising_without_a_review_needs_a_reason(officer, genoa, plan, url, status, expected):
    put(genoa, status=status, adopted_on=date(2018, 3, 28))

    assert code(officer.post(f"{url}revise/")) == expected
    assert officer.post(f"{url}revise/", {"reason": "The council asked."}).json()["status"] == "revised"


def test_only_the_coordinator_adopts(officer, genoa, plan, url):
    put(genoa, status="revised")

    assert code(officer.post(f"{url}adopt/", ADOPTION), 403) == "permission_denied"


def test_an_empty_plan_is_not_adopted(coordinator, genoa, plan, url):
    put(genoa, status="revised")
    with genoa.inside():
        Action.objects.all().delete()

    response = coordinator.post(f"{url}adopt/", ADOPTION)

    assert code(response) == "plan_empty"
    assert "adopt" not in coordinator.get(url).json()["allowed_actions"]


@pytest.mark.parametrize(
    ("body", "pointer", "expected"),
    [
        ({}, "/adopted_on", "required"),
        ({"adopted_on": "2999-01-01"}, "/adopted_on", "in_the_future"),
        ({"adopted_on": "28 March"}, "/adopted_on", "invalid"),
        ({"adopted_on": None}, "/adopted_on", "null"),
        ({**ADOPTION, "version": 7}, "/version", "unknown_field"),
    ],
)
def test_what_is_wrong_with_an_adoption_is_pointed_at(coordinator, genoa, plan, url, body, pointer, expected):
    put(genoa, status="revised")

    response = coordinator.post(f"{url}adopt/", body)

    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [(pointer, expected)]


def test_the_database_knows_no_adopted_plan_without_a_day(genoa, plan):
    with pytest.raises(IntegrityError, match="plan_adopted_has_date"), genoa.inside(), transaction.atomic():
        Plan.objects.update(status="adopted")


def test_closing_waits_for_the_open_actions_or_takes_a_reason(coordinator, genoa, plan, url):
    put(genoa, status="in_implementation", adopted_on=date(2018, 3, 28))
    refused = coordinator.post(f"{url}close/")
    with genoa.inside():
        Action.objects.update(status="completed")
    done = coordinator.post(f"{url}close/")

    assert code(refused) == "actions_open"
    assert done.json()["status"] == "closed"


def test_a_closed_plan_keeps_its_text(coordinator, genoa, plan, url):
    put(genoa, status="closed", adopted_on=date(2018, 3, 28))

    assert code(coordinator.patch(url, {"vision": "Another"}), 403) == "permission_denied"
    assert "change" not in coordinator.get(url).json()["allowed_actions"]


# ------------------------------------------------------------------------------------- versions


@pytest.fixture
def version(coordinator, genoa, plan, url):
    """The first one, adopted."""
    put(genoa, status="revised")
    assert coordinator.post(f"{url}adopt/", ADOPTION).status_code == 200
    return coordinator.rows(f"{url}versions/")[0]


def test_the_version_that_was_adopted_is_kept_byte_for_byte(coordinator, genoa, url, version):
    with genoa.inside():
        Action.objects.update(title="Something else")

    response = coordinator.get(f"{url}versions/{version['id']}/content/")

    content = json.loads(response.content)
    assert (version["number"], version["adopted_on"]) == (1, "2018-03-28")
    assert sha256(response.content.decode()) == version["sha256"]
    assert content["format"] == "plan-1"
    assert content["plan"][0]["title"] == "Integrated Action Plan of Genoa"
    assert [(a["code"], a["title"], a["objective"]) for a in content["actions"]] == [
        ("GE-A1", "Social ambassadors", "GE-O1")
    ]
    assert content["actions"][0]["milestones"] == [
        {"title": "Ten ambassadors", "due_on": "2018-06-30", "reached_on": None, "translations": {}}
    ]


def test_nobody_changes_or_deletes_a_version(genoa, version):
    for deed in (
        lambda: PlanVersion.objects.update(content="{}"),
        lambda: PlanVersion.objects.update(adopted_on=date(2017, 1, 1)),
        lambda: PlanVersion.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="plans_planversion"), genoa.inside(), transaction.atomic():
            deed()


def test_an_adopted_plan_is_not_deleted(coordinator, genoa, url, version):
    assert code(coordinator.delete(url)) == "in_use"


def changes(coordinator, url, version, query=""):
    response = coordinator.get(f"{url}versions/{version['id']}/changes/{query}")
    assert response.status_code == 200, response.content
    return response.json()


def test_nothing_has_changed_since_a_version_that_was_just_adopted(coordinator, url, version):
    told = changes(coordinator, url, version)

    assert (told["since"], told["to"], told["identical"], told["not_compared"]) == (1, None, True, [])
    assert {part["part"]: (part["added"], part["removed"], part["changed"]) for part in told["parts"]} == {
        name: ([], [], []) for name in ("plan", "objectives", "actions", "indicators", "fundings", "risks")
    }


def test_what_was_added_removed_and_changed_since_is_told(coordinator, genoa, url, version):
    with genoa.inside():
        Objective.objects.create(code="GE-O2", title="More")
        Action.objects.update(title="City ambassadors", objective=None)
        Milestone.objects.all().delete()
        Plan.objects.update(vision="Open")

    parts = {part["part"]: part for part in changes(coordinator, url, version)["parts"]}

    assert [(r["code"], r["title"]) for r in parts["objectives"]["added"]] == [("GE-O2", "More")]
    (action,) = parts["actions"]["changed"]
    assert (action["code"], action["title"]) == ("GE-A1", "City ambassadors")
    assert {f["field"]: (f["before"], f["after"]) for f in action["fields_changed"]} == {
        "title": ("Social ambassadors", "City ambassadors"),
        "objective": ("GE-O1", None),
        "milestones": (
            [{"title": "Ten ambassadors", "due_on": "2018-06-30", "reached_on": None, "translations": {}}],
            [],
        ),
    }
    assert parts["plan"]["changed"][0]["fields_changed"] == [
        {"field": "vision", "before": "", "after": "Open"}
    ]


def test_two_versions_are_compared_in_both_directions(coordinator, genoa, url, version):
    with genoa.inside():
        Objective.objects.create(code="GE-O2", title="More")
    coordinator.post(f"{url}adopt/", {"adopted_on": "2018-09-01"})
    second = coordinator.rows(f"{url}versions/?number=2")[0]

    forwards = changes(coordinator, url, version, "?to=2")
    backwards = changes(coordinator, url, second, "?to=1")

    assert (forwards["since"], forwards["to"]) == (1, 2)
    added = {part["part"]: part["added"] for part in forwards["parts"]}["objectives"]
    assert added == {part["part"]: part["removed"] for part in backwards["parts"]}["objectives"]
    assert [row["code"] for row in added] == ["GE-O2"]


@pytest.mark.parametrize("number", ["2", "0", "-1", "one", "99999999999999999999", "1.0", "%F0%9D%9F%8F"])
def test_a_version_that_is_not_there_cannot_be_compared_with(coordinator, url, version, number):
    response = coordinator.get(f"{url}versions/{version['id']}/changes/?to={number}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "to"


def test_a_part_that_a_version_does_not_have_is_not_compared(coordinator, genoa, plan, url):
    text = '{"format":"plan-1","plan":[]}'
    with genoa.inside():
        row = make(PlanVersion, genoa.row, plan=plan, number=1, content=text, sha256=sha256(text))

    told = changes(coordinator, url, {"id": row.pk})

    assert told["not_compared"] == ["objectives", "actions", "indicators", "fundings", "risks"]
    assert [part["part"] for part in told["parts"]] == ["plan"]


def test_adopting_again_makes_the_next_version_when_something_changed(coordinator, genoa, url, version):
    same = coordinator.post(f"{url}adopt/", {"adopted_on": "2018-09-01"})
    coordinator.post(f"{url}start-implementation/")
    coordinator.patch(url, {"vision": "Open"})
    earlier = coordinator.post(f"{url}adopt/", {"adopted_on": "2018-03-27"})
    done = coordinator.post(f"{url}adopt/", {"adopted_on": "2018-09-01"})

    assert code(same) == "nothing_changed"
    assert [(e["pointer"], e["code"]) for e in earlier.json()["errors"]] == [
        ("/adopted_on", "before_last_adoption")
    ]
    row = done.json()
    assert (row["status"], row["version"], row["adopted_on"]) == ("in_implementation", 2, "2018-09-01")
    assert [v["number"] for v in coordinator.rows(f"{url}versions/")] == [2, 1]


def test_what_was_revised_may_be_adopted_unchanged(coordinator, url, version):
    coordinator.post(f"{url}revise/", {"reason": "To see whether anything must change."})

    response = coordinator.post(f"{url}adopt/", {"adopted_on": "2018-09-01"})

    assert (response.json()["status"], response.json()["version"]) == ("adopted", 2)


def test_another_city_does_not_know_the_version_exists(client_as, genoa, ghent, url, version):
    stranger = client_as(Role.COORDINATOR, ghent)

    for address in ("", "content/", "changes/"):
        assert stranger.get(f"{ghent.url}plan/versions/{version['id']}/{address}").status_code == 404
        assert stranger.get(f"{url}versions/{version['id']}/{address}").status_code == 404


def test_a_version_holds_no_personal_data(genoa, version):
    with genoa.inside():
        text = PlanVersion.objects.get().content

    assert not {"email", "phone", "contact"} & set(text.replace('"', " ").split())
