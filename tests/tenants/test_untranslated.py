"""What is not translated yet, to be found and done."""

import pytest

from plans.models import Action, Guideline, Milestone, Objective, Plan
from tenants.access.rights import Role
from tests.rows import make


@pytest.fixture
def rows(genoa):
    with genoa.inside():
        plan = Plan.objects.create(title="Plan", vision="A vision", translations={"it": {"title": "Piano"}})
        done = Objective.objects.create(code="O1", title="Done", translations={"it": {"title": "Fatto"}})
        actions = [Action.objects.create(code=f"A{n}", title=f"Action {n}") for n in range(5)]
        Milestone.objects.create(action=actions[0], title="Begun", due_on="2017-01-01")
    return {"plan": plan, "objective": done, "actions": actions}


def lacking(caller, url):
    return [(row["thing"], row["texts"]) for row in caller.get(url).json()["results"]]


def test_what_lacks_a_language_is_listed_with_its_texts(officer, genoa, rows):
    assert lacking(officer, f"{genoa.url}untranslated/?language=it") == [
        *(("action", {"title": f"Action {n}"}) for n in range(5)),
        ("milestone", {"title": "Begun"}),
        ("plan", {"vision": "A vision"}),
    ]


def test_without_a_language_it_is_the_one_that_is_read(officer, genoa, rows):
    url = f"{genoa.url}untranslated/"

    italian = officer.get(url, Accept_Language="it-IT").json()

    assert (italian["language"], len(italian["results"])) == ("it", 7)
    assert officer.get(url).json() == {"language": "en", "next": None, "previous": None, "results": []}


def test_pages_lead_forth_and_back_through_all_things(officer, genoa, rows):
    url, pages = f"{genoa.url}untranslated/?language=it&page_size=3&count=true", []
    whole = officer.get(f"{genoa.url}untranslated/?language=it").json()["results"]

    while url:
        page = officer.get(url).json()
        assert page["count"] == 7
        pages.append(page)
        url = page["next"]
    back = officer.get(pages[-1]["previous"]).json()

    assert [row for page in pages for row in page["results"]] == whole
    assert back["results"] == pages[-2]["results"]


def test_a_row_that_is_translated_leaves_the_list(officer, genoa, rows):
    action = rows["actions"][0]
    texts = {"translations": {"it": {"title": "Azione"}}}

    officer.patch(f"{genoa.url}actions/{action.pk}/", texts)

    shown = officer.get(f"{genoa.url}untranslated/?language=it&thing=action").json()["results"]
    assert str(action.pk) not in {row["id"] for row in shown}
    assert len(shown) == 4


def test_another_city_is_another_list(client_as, genoa, ghent, rows):
    stranger = client_as(Role.OFFICER, ghent)

    assert lacking(stranger, f"{ghent.url}untranslated/?language=it") == []
    assert stranger.get(f"{genoa.url}untranslated/?language=it").status_code == 404


def test_what_a_network_shares_is_a_list_of_its_own(client_as, network, other_network, genoa, rows):
    guideline = make(Guideline, genoa.row, title="Attract Tourists")
    expert = client_as(Role.LEAD_EXPERT, network)

    (row,) = expert.get(f"{network.url}untranslated/?language=it").json()["results"]

    assert (row["thing"], row["id"], row["texts"]) == (
        "guideline",
        str(guideline.pk),
        {"title": "Attract Tourists"},
    )


@pytest.mark.parametrize(
    "query",
    [
        "language=de",
        "thing=contact",
        "thing=guideline",
        "cursor=x",
        "page_size=0",
        "count=yes",
        "language=it&language=nl",
        "search=x",
        "language=",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(officer, genoa, query):
    refused = officer.get(f"{genoa.url}untranslated/?{query}")

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")


def test_it_is_one_statement_beside_the_entrance(officer, genoa, rows, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        officer.get(f"{genoa.url}untranslated/?language=it")
