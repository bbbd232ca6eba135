"""A city asks another one for a review, and gets it."""

import json

import pytest

from plans.frozen.canonical import sha256
from plans.models import Action, Indicator, Objective, PeerReviewRequest, Plan, PlanVersion
from tenants.access.rights import Role
from tests.api.test_queries import statements
from tests.conftest import make_city
from tests.rows import SCORES, make

COMMENTS = {f"{name}_comment": f"About {name}" for name in SCORES}


@pytest.fixture
def asker(client_as, genoa):
    return client_as(Role.OFFICER, genoa)


@pytest.fixture
def reviewer(client_as, ghent):
    return client_as(Role.COORDINATOR, ghent)


@pytest.fixture
def plan(genoa):
    """In peer review; one of its actions is for the city alone."""
    with genoa.inside():
        row = Plan.objects.create(title="Integrated Action Plan of Genoa", status="peer_review")
        Objective.objects.create(code="GE-O1", title="A city told by its people")
        Action.objects.create(code="GE-A1", title="Social ambassadors")
        hidden = Action.objects.create(code="GE-A2", title="Dismiss the agency", visibility="internal")
        Indicator.objects.create(code="GE-I1", name="Contracts ended", unit="contracts", action=hidden)
        Indicator.objects.create(code="GE-I2", name="Photos", unit="photos")
        Indicator.objects.create(code="GE-I3", name="Complaints", unit="letters", visibility="internal")
    return row


def ask(asker, genoa, **body):
    return asker.post(f"{genoa.url}reviews/", {"reviewer": "ghent", **body})


@pytest.fixture
def asked(asker, genoa, ghent, plan):
    response = ask(asker, genoa, message="What do you think?")
    assert response.status_code == 201, response.content
    return response.json()


def mine(genoa, asked):
    return f"{genoa.url}reviews/{asked['id']}/"


def theirs(ghent, asked):
    return f"{ghent.url}reviews-to-give/{asked['id']}/"


def code(response, status=409):
    assert response.status_code == status, response.content
    return response.json()["code"]


def test_a_review_is_asked_accepted_scored_submitted_read_and_responded_to(
    asker, reviewer, genoa, ghent, asked
):
    here, there = mine(genoa, asked), theirs(ghent, asked)
    assert (asked["state"], asked["answer"], asked["review"]) == ("waiting", None, None)

    assert reviewer.post(f"{there}accept/").json()["state"] == "accepted"
    assert asker.get(here).json()["answer"]["decision"] == "accepted"

    some = reviewer.post(f"{there}score/", {"coherence": 4, "coherence_comment": "Clear"}).json()["review"]
    assert (some["coherence"], some["feasibility"]) == (4, None)
    assert asker.get(here).json()["review"] is None
    assert "submit" not in reviewer.get(there).json()["allowed_actions"]
    assert code(reviewer.post(f"{there}submit/")) == "scores_missing"

    scored = reviewer.post(f"{there}score/", {**SCORES, **COMMENTS}).json()
    assert "submit" in scored["allowed_actions"]
    assert reviewer.post(f"{there}submit/").json()["state"] == "submitted"

    read = asker.get(here).json()
    assert read["state"] == "submitted"
    assert {name: read["review"][name] for name in (*SCORES, *COMMENTS)} == {**SCORES, **COMMENTS}

    asker.post(f"{here}respond/", {"response": "Thank you. We will split the budget."})
    assert reviewer.get(there).json()["response"] == "Thank you. We will split the budget."


MARK = "~not said yet~"
READ_ACROSS = {
    Role.LEAD_PARTNER: "network",
    Role.LEAD_EXPERT: "network",
    Role.PROGRAMME_STAFF: None,
    Role.AUDITOR: None,
    Role.NATIONAL_POINT: "BE",
}


def everything(reader, network, genoa, ghent):
    """What is told of reviews, and of what happened, wherever one may look."""
    places = (network, genoa, ghent)
    urls = [f"{place.url}{name}/" for place in places for name in ("history", "reviews", "reviews-to-give")]
    return "".join(reader.get(f"{url}?page_size=200").content.decode() for url in urls)


@pytest.mark.parametrize("role", READ_ACROSS)
def test_nobody_outside_of_the_reviewing_city_sees_a_draft_nor_what_it_was(
    client_as, reviewer, network, genoa, ghent, asked, role
):
    where = {"network": network}.get(READ_ACROSS[role], READ_ACROSS[role])
    readers = [client_as(role, where), client_as(Role.COORDINATOR, genoa)]
    there = theirs(ghent, asked)
    reviewer.post(f"{there}accept/")
    for drafted in (MARK, "In other words", MARK):
        reviewer.post(f"{there}score/", {**SCORES, "coherence_comment": drafted})

    assert MARK in everything(reviewer, network, genoa, ghent)
    assert [MARK in everything(reader, network, genoa, ghent) for reader in readers] == [False, False]

    reviewer.post(f"{there}score/", {"coherence_comment": "What is said"})
    reviewer.post(f"{there}submit/")

    told = [everything(reader, network, genoa, ghent) for reader in readers]
    assert [MARK in text for text in told] == [False, False]
    assert "What is said" in told[1]
    # Those of Belgium do not read what Genoa was given.
    assert ("What is said" in told[0]) == (role != Role.NATIONAL_POINT)


def test_that_a_review_was_given_is_in_the_history_that_others_read(client_as, reviewer, ghent, asked):
    there = theirs(ghent, asked)
    reviewer.post(f"{there}accept/")
    reviewer.post(f"{there}score/", SCORES)
    reviewer.post(f"{there}submit/")

    rows = client_as(Role.AUDITOR).rows(f"{ghent.url}history/?thing=peer_review")

    assert [(row["kind"], "submitted_at" in row["after"], "coherence" in row["after"]) for row in rows] == [
        ("changed", True, False)
    ]


def test_the_reviewer_reads_what_is_shared_and_nothing_the_city_keeps_to_itself(
    asker, reviewer, genoa, ghent, asked
):
    with genoa.inside():
        Action.objects.update(title="Changed since")

    response = reviewer.get(f"{theirs(ghent, asked)}content/")

    content = json.loads(response.content)
    assert sha256(response.content.decode()) == asked["sha256"]
    assert [action["title"] for action in content["actions"]] == ["Social ambassadors"]
    assert [indicator["code"] for indicator in content["indicators"]] == ["GE-I2"]
    assert asker.get(f"{mine(genoa, asked)}content/").content == response.content


def test_what_a_city_asks_is_not_among_what_is_asked_of_it(asker, reviewer, genoa, ghent, asked):
    assert [row["id"] for row in reviewer.rows(f"{ghent.url}reviews-to-give/")] == [asked["id"]]
    assert reviewer.rows(f"{ghent.url}reviews/") == []
    assert asker.rows(f"{genoa.url}reviews-to-give/") == []
    assert asker.get(f"{genoa.url}reviews-to-give/{asked['id']}/").status_code == 404


def test_only_the_chosen_parts_are_shared_in_their_own_order(asker, genoa, ghent, plan):
    asked = ask(asker, genoa, parts=["objectives", "plan", "objectives"]).json()

    content = json.loads(asker.get(f"{mine(genoa, asked)}content/").content)

    assert asked["parts"] == ["plan", "objectives"]
    assert set(content) == {"format", "plan", "objectives"}


def test_a_version_that_was_adopted_can_be_shared_at_any_time(asker, genoa, ghent, plan):
    text = '{"actions":[],"format":"plan-1","plan":[]}'
    with genoa.inside():
        make(PlanVersion, genoa.row, plan=plan, number=1, content=text, sha256=sha256(text))
        Plan.objects.update(status="draft")

    asked = ask(asker, genoa, version=1)

    assert asked.json()["version"] == 1
    assert asker.get(f"{mine(genoa, asked.json())}content/").content == text.encode()


def test_a_version_that_is_not_there_is_pointed_at(asker, genoa, ghent, plan):
    response = ask(asker, genoa, version=4)

    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("/version", "does_not_exist")]


def test_the_plan_is_opened_for_reviews_first(asker, genoa, ghent, plan):
    with genoa.inside():
        Plan.objects.update(status="draft")

    assert code(ask(asker, genoa)) == "not_in_peer_review"


def test_a_city_is_not_asked_twice_before_it_answers(asker, reviewer, genoa, ghent, asked):
    again = ask(asker, genoa)
    reviewer.post(f"{theirs(ghent, asked)}decline/", {"reason": "No time before summer."})
    after = ask(asker, genoa)

    assert code(again) == "asked_already"
    assert after.status_code == 201


def test_a_city_of_another_network_is_as_unknown_as_an_invented_one(asker, genoa, other_ghent, plan):
    """The slug of the one is that of a city elsewhere."""
    elsewhere, invented = ask(asker, genoa), ask(asker, genoa, reviewer="atlantis")

    def told(response, slug):
        return response.status_code, [
            (e["pointer"], e["code"], e["detail"].replace(slug, "it")) for e in response.json()["errors"]
        ]

    assert told(elsewhere, "ghent") == told(invented, "atlantis")
    assert told(elsewhere, "ghent")[0] == 400
    assert told(elsewhere, "ghent")[1][0][:2] == ("/reviewer", "does_not_exist")


def test_a_city_does_not_review_itself(asker, genoa, plan):
    response = ask(asker, genoa, reviewer="genoa")

    assert response.status_code == 400
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("/reviewer", "own_city")]


@pytest.mark.parametrize(
    "body",
    [
        {"reviewer": None},
        {"reviewer": 7},
        {"reviewer": ["ghent"]},
        {"parts": []},
        {"parts": ["contacts"]},
        {"parts": "plan"},
        {"version": 0},
        {"version": -1},
        {"version": 70_000},
        {"content": "{}"},
        {"message": "x" * 5001},
    ],
    ids=str,
)
def test_a_bad_request_is_a_400(asker, genoa, ghent, plan, body):
    assert ask(asker, genoa, **body).status_code == 400


@pytest.mark.parametrize(
    "body", [{"coherence": 0}, {"coherence": 6}, {"coherence": "x"}, {"depth": 3}], ids=str
)
def test_a_score_is_from_1_to_5(reviewer, ghent, asked, body):
    reviewer.post(f"{theirs(ghent, asked)}accept/")

    assert reviewer.post(f"{theirs(ghent, asked)}score/", body).status_code == 400


def test_who_has_not_accepted_does_not_score(reviewer, ghent, asked):
    assert code(reviewer.post(f"{theirs(ghent, asked)}score/", SCORES)) == "wrong_status"
    assert code(reviewer.post(f"{theirs(ghent, asked)}submit/")) == "wrong_status"


def test_one_may_change_ones_mind_until_the_review_is_submitted(asker, reviewer, genoa, ghent, asked):
    there = theirs(ghent, asked)

    reviewer.post(f"{there}decline/", {"reason": "No time"})
    assert asker.get(mine(genoa, asked)).json()["answer"]["reason"] == "No time"
    assert reviewer.post(f"{there}accept/").json()["state"] == "accepted"
    reviewer.post(f"{there}score/", SCORES)
    reviewer.post(f"{there}submit/")

    for late in ("accept", "decline", "submit"):
        assert code(reviewer.post(f"{there}{late}/")) == "wrong_status"
    assert code(reviewer.post(f"{there}score/", {"coherence": 1})) == "wrong_status"
    assert code(asker.post(f"{mine(genoa, asked)}withdraw/")) == "wrong_status"


def test_an_officer_scores_and_the_coordinator_submits(client_as, ghent, asked):
    officer = client_as(Role.OFFICER, ghent)
    officer.post(f"{theirs(ghent, asked)}accept/")

    assert officer.post(f"{theirs(ghent, asked)}score/", SCORES).status_code == 200
    assert code(officer.post(f"{theirs(ghent, asked)}submit/"), 403) == "permission_denied"


def test_what_was_withdrawn_is_gone_for_the_reviewer(asker, reviewer, genoa, ghent, asked):
    assert asker.post(f"{mine(genoa, asked)}withdraw/").json()["state"] == "withdrawn"

    assert reviewer.get(theirs(ghent, asked)).status_code == 404
    assert reviewer.rows(f"{ghent.url}reviews-to-give/") == []
    assert code(asker.post(f"{mine(genoa, asked)}withdraw/")) == "wrong_status"


def test_there_is_nothing_to_respond_to_before_a_review_is_submitted(asker, genoa, asked):
    assert code(asker.post(f"{mine(genoa, asked)}respond/", {"response": "Thanks"})) == "wrong_status"


def test_a_third_city_does_not_know_of_it(client_as, network, genoa, ghent, asked):
    paris = make_city(network, "paris", "FR")
    stranger = client_as(Role.COORDINATOR, paris)

    assert stranger.rows(f"{paris.url}reviews/") == []
    assert stranger.rows(f"{paris.url}reviews-to-give/") == []
    assert stranger.get(theirs(paris, asked)).status_code == 404
    assert stranger.get(mine(paris, asked)).status_code == 404


def test_the_reviewer_reads_nothing_at_the_address_of_the_reviewed_city(reviewer, genoa, ghent, asked):
    assert reviewer.get(mine(genoa, asked)).status_code == 404
    assert reviewer.get(mine(ghent, asked)).status_code == 404
    assert reviewer.get(f"{genoa.url}actions/").status_code == 404


def test_a_tag_is_old_when_the_other_city_has_written(asker, reviewer, genoa, ghent, asked):
    """The clock of the one city does not count what the other writes."""
    here = mine(genoa, asked)
    held = asker.get(here).headers["ETag"]
    listed = asker.get(f"{genoa.url}reviews/").headers["ETag"]
    assert asker.get(here, If_None_Match=held).status_code == 304

    reviewer.post(f"{theirs(ghent, asked)}accept/")

    assert asker.get(here, If_None_Match=held).status_code == 200
    assert asker.get(f"{genoa.url}reviews/", If_None_Match=listed).status_code == 200


def test_lists_are_filtered_by_state_and_by_the_other_city(asker, reviewer, genoa, ghent, asked):
    def found(query):
        return len(asker.rows(f"{genoa.url}reviews/?{query}"))

    assert (found("state=waiting"), found("state=accepted,submitted"), found("reviewer=ghent")) == (1, 0, 1)
    assert len(reviewer.rows(f"{ghent.url}reviews-to-give/?city=genoa&state=waiting")) == 1
    assert reviewer.rows(f"{ghent.url}reviews-to-give/?city=ghent") == []


def test_readers_across_see_submitted_scores_only(client_as, reviewer, network, genoa, ghent, asked):
    expert = client_as(Role.LEAD_EXPERT, network)
    reviewer.post(f"{theirs(ghent, asked)}accept/")
    reviewer.post(f"{theirs(ghent, asked)}score/", SCORES)
    before = expert.rows(f"{network.url}reviews/")[0]
    reviewer.post(f"{theirs(ghent, asked)}submit/")
    after = expert.rows(f"{network.url}reviews/")[0]

    assert (before["state"], before["review"]) == ("accepted", None)
    assert (after["state"], after["review"]["coherence"]) == ("submitted", 4)


def test_averages_are_told_with_how_many_went_in(client_as, asker, reviewer, network, genoa, ghent, asked):
    def averages():
        body = asker.get(f"{genoa.url}reviews/scores/").json()
        return (
            body["asked"],
            body["submitted"],
            {s["dimension"]: (s["n"], s["average"]) for s in body["scores"]},
        )

    assert averages() == (1, 0, dict.fromkeys(SCORES, (0, None)))

    paris = make_city(network, "paris", "FR")
    others = ask(asker, genoa, reviewer="paris").json()
    for place, caller, request, scores in (
        (ghent, reviewer, asked, SCORES),
        (paris, client_as(Role.COORDINATOR, paris), others, {**SCORES, "coherence": 5}),
    ):
        there = theirs(place, request)
        caller.post(f"{there}accept/")
        caller.post(f"{there}score/", scores)
        caller.post(f"{there}submit/")

    asked_n, submitted, scores = averages()
    assert (asked_n, submitted, scores["coherence"], scores["presentation"]) == (
        2,
        2,
        (2, "4.50"),
        (2, "2.00"),
    )


def test_a_list_of_three_reviews_takes_as_many_statements_as_one(reviewer, network, genoa, ghent, asked):
    url = f"{ghent.url}reviews-to-give/"
    reviewer.get(url)
    one = statements(reviewer, url)
    for slug in ("paris", "lisbon"):
        place = make_city(network, slug, "FR")
        with place.inside():
            make(PeerReviewRequest, place.row, reviewer=ghent.row)

    three = statements(reviewer, url)

    assert len(reviewer.rows(url)) == 3
    assert len(one) == len(three) == 2
