"""A city asks another for a practice, gets it, and makes an action of its own of it."""

from datetime import date
from threading import Barrier, Thread
from time import sleep
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import errors

from plans.adoptions.give import adopt, decide
from plans.adoptions.models import as_they_stand
from plans.models import Action, Adoption, AdoptionAnswer, GoodPractice
from tenants.access.context import TenancyError, among_peers, peer_context
from tenants.access.rights import Role
from tests.conftest import make_city, make_network
from tests.rows import make
from tests.tenants.conftest import raw
from tests.tenants.test_walls import DENIED, INVENTED, refusal, told

TABLES = [m._meta.db_table for m in (Adoption, AdoptionAnswer)]
ASKED, ANSWER = TABLES


@pytest.fixture
def asker(client_as, genoa):
    return client_as(Role.OFFICER, genoa)


@pytest.fixture
def offerer(client_as, ghent):
    return client_as(Role.COORDINATOR, ghent)


@pytest.fixture
def paris(network):
    """A third city of the network."""
    return make_city(network, "paris", "FR")


def offer(place, **fields):
    given = {"title": "Debates", "summary": "People talk.", "guidelines": [1, 4], "visibility": "network"}
    with place.inside():
        return GoodPractice.objects.create(**given | fields)


@pytest.fixture
def practice(ghent):
    return offer(ghent)


def ask(asker, genoa, practice, **body):
    return asker.post(f"{genoa.url}adoptions/", {"practice": str(getattr(practice, "pk", practice)), **body})


@pytest.fixture
def asked(asker, genoa, practice):
    response = ask(asker, genoa, practice, message="May we?")
    assert response.status_code == 201, response.content
    return response.json()


def mine(genoa, asked):
    return f"{genoa.url}adoptions/{asked['id']}/"


def theirs(ghent, asked):
    return f"{ghent.url}adoption-requests/{asked['id']}/"


def code(response, status=409):
    assert response.status_code == status, response.content
    return response.json()["code"]


def errors_of(response):
    assert response.status_code == 400, response.content
    return [(e["pointer"], e["code"], e["detail"]) for e in response.json()["errors"]]


def test_a_practice_is_asked_for_consented_to_and_adopted(asker, offerer, genoa, ghent, practice, asked):
    here, there = mine(genoa, asked), theirs(ghent, asked)
    assert (asked["offering"], asked["title"], asked["state"]) == ("ghent", "Debates", "waiting")
    assert (asked["answer"], asked["action"], asked["adopted_on"]) == (None, None, None)
    assert code(asker.post(f"{here}adopt/", {"code": "GE-A9"})) == "not_consented"

    seen = offerer.get(there).json()
    assert (seen["city"], seen["message"], seen["state"]) == ("genoa", "May we?", "waiting")
    assert {"consent", "decline"} <= set(seen["allowed_actions"])
    assert offerer.post(f"{there}consent/", {"reason": "Gladly."}).json()["state"] == "consented"

    read = asker.get(here).json()
    assert (read["answer"]["reason"], read["allowed_actions"]) == ("Gladly.", ["adopt", "withdraw"])
    adopted = asker.post(f"{here}adopt/", {"code": "GE-A9"}).json()
    assert (adopted["state"], adopted["practice"]) == ("adopted", str(practice.pk))
    assert adopted["adopted_on"]
    action = asker.get(f"{genoa.url}actions/{adopted['action']}/").json()
    assert (action["title"], action["description"]) == ("Debates", "People talk.")
    assert (action["status"], action["guidelines"]) == ("proposed", [1, 4])
    assert action["source"] == "Debates, a practice of Ghent"
    assert len(asker.rows(f"{genoa.url}adoptions/?action={action['id']}")) == 1
    assert offerer.get(there).json()["state"] == "adopted"


def test_it_is_adopted_once_and_then_the_answer_stays(asker, offerer, genoa, ghent, asked):
    offerer.post(f"{theirs(ghent, asked)}consent/")
    asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A8", "title": "Debates in Genoa"})

    assert code(asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A9"})) == "already_adopted"
    for late in ("consent", "decline"):
        assert code(offerer.post(f"{theirs(ghent, asked)}{late}/")) == "wrong_status"
    with genoa.inside():
        assert list(Action.objects.values_list("title", flat=True)) == ["Debates in Genoa"]


def test_of_two_who_adopt_at_the_same_time_one_does(asker, offerer, genoa, ghent, asked):
    """Both have read the row before either has written."""
    offerer.post(f"{theirs(ghent, asked)}consent/")
    with genoa.inside():
        read = as_they_stand().get()
    asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A8"})

    with pytest.raises(Exception, match="adopted already"), genoa.inside():
        adopt(read, read.created_at.date(), code="GE-A9")

    with genoa.inside():
        assert Action.objects.count() == 1


def test_what_is_open_needs_no_answer(asker, offerer, genoa, ghent):
    asked = ask(asker, genoa, offer(ghent, adoption="open")).json()

    assert asked["state"] == "open"
    assert code(offerer.post(f"{theirs(ghent, asked)}decline/")) == "wrong_status"
    assert asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A9"}).json()["state"] == "adopted"


def test_what_was_declined_is_not_adopted_until_the_city_changes_its_mind(
    asker, offerer, genoa, ghent, asked
):
    there = theirs(ghent, asked)

    offerer.post(f"{there}decline/", {"reason": "It did not work."})
    assert asker.get(mine(genoa, asked)).json()["answer"]["decision"] == "declined"
    assert code(asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A9"})) == "not_consented"
    assert code(offerer.post(f"{there}decline/")) == "wrong_status"
    assert offerer.post(f"{there}consent/").json()["state"] == "consented"


def test_nothing_is_asked_twice(asker, genoa, practice, asked):
    assert code(ask(asker, genoa, practice)) == "asked_already"


def test_what_was_asked_for_stays_when_the_practice_goes(asker, offerer, genoa, ghent, practice, asked):
    with ghent.inside():
        GoodPractice.objects.all().delete()
    offerer.post(f"{theirs(ghent, asked)}consent/")

    adopted = asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A9"}).json()

    assert (adopted["title"], adopted["offering"], adopted["state"]) == ("Debates", "ghent", "adopted")


def test_an_invisible_practice_is_as_unknown_as_an_invented_one(asker, genoa, ghent, other_ghent):
    """That of the city itself, and of another network, even when it is public, too."""
    unseen = [
        offer(ghent, title="Kept", visibility="internal"),
        offer(other_ghent, visibility="public"),
        offer(genoa),
    ]

    told_of = {str(errors_of(ask(asker, genoa, row))) for row in [uuid4(), *unseen]}

    assert len(told_of) == 1
    assert errors_of(ask(asker, genoa, uuid4()))[0][:2] == ("/practice", "does_not_exist")


@pytest.mark.parametrize(
    "body",
    [
        {"practice": None},
        {"practice": 7},
        {"practice": "x"},
        {"message": "x" * 5001},
        {"message": None},
        {"titel": 1},
    ],
    ids=str,
)
def test_a_bad_question_is_a_400(asker, genoa, practice, body):
    good = {"practice": str(practice.pk)}

    assert asker.post(f"{genoa.url}adoptions/", good | body).status_code == 400


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "x" * 21}, {"code": "A", "status": "funded"}])
def test_a_bad_adoption_is_a_400(asker, offerer, genoa, ghent, asked, body):
    offerer.post(f"{theirs(ghent, asked)}consent/")

    assert asker.post(f"{mine(genoa, asked)}adopt/", body).status_code == 400


def test_a_code_that_is_taken_leaves_the_adoption_to_be_done(asker, offerer, genoa, ghent, asked):
    offerer.post(f"{theirs(ghent, asked)}consent/")
    with genoa.inside():
        Action.objects.create(code="GE-A9", title="Another")

    taken = asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A9"})

    assert errors_of(taken)[0][:2] == ("/code", "already_exists")
    assert asker.get(mine(genoa, asked)).json()["state"] == "consented"


def test_an_officer_does_not_answer_nor_does_the_city_that_asked(client_as, genoa, ghent, asked):
    officer, coordinator = client_as(Role.OFFICER, ghent), client_as(Role.COORDINATOR, genoa)

    assert officer.get(theirs(ghent, asked)).status_code == 200
    assert code(officer.post(f"{theirs(ghent, asked)}consent/"), 403) == "permission_denied"
    assert coordinator.post(f"{theirs(genoa, asked)}consent/").status_code == 404
    assert coordinator.post(f"{theirs(ghent, asked)}consent/").status_code == 404


def test_what_a_city_asks_is_not_among_what_is_asked_of_it(asker, offerer, genoa, ghent, asked):
    assert [row["id"] for row in asker.rows(f"{genoa.url}adoptions/")] == [asked["id"]]
    assert [row["id"] for row in offerer.rows(f"{ghent.url}adoption-requests/")] == [asked["id"]]
    assert offerer.rows(f"{ghent.url}adoptions/") == asker.rows(f"{genoa.url}adoption-requests/") == []
    assert offerer.get(f"{ghent.url}adoptions/{asked['id']}/").status_code == 404


def test_a_third_city_does_not_know_of_it(client_as, paris, asked):
    stranger = client_as(Role.COORDINATOR, paris)

    assert stranger.rows(f"{paris.url}adoptions/") == []
    assert stranger.rows(f"{paris.url}adoption-requests/") == []
    assert stranger.get(mine(paris, asked)).status_code == 404
    assert stranger.post(f"{theirs(paris, asked)}consent/").status_code == 404


def test_a_question_is_taken_back_and_gone_for_the_other_city(asker, offerer, genoa, ghent, practice, asked):
    here, there = mine(genoa, asked), theirs(ghent, asked)
    offerer.post(f"{there}consent/")

    taken = asker.post(f"{here}withdraw/").json()

    assert (taken["state"], taken["allowed_actions"]) == ("withdrawn", [])
    assert taken["withdrawn_at"]
    assert offerer.get(there).status_code == 404
    assert offerer.rows(f"{ghent.url}adoption-requests/") == []
    assert code(asker.post(f"{here}withdraw/")) == "wrong_status"
    assert code(asker.post(f"{here}adopt/", {"code": "GE-A9"})) == "not_consented"
    again = ask(asker, genoa, practice, message="May we after all?").json()
    assert (again["state"], again["id"] == asked["id"]) == ("waiting", False)
    assert code(ask(asker, genoa, practice)) == "asked_already"


def test_what_was_adopted_is_not_taken_back_nor_by_the_other_city(asker, offerer, genoa, ghent, asked):
    assert offerer.post(f"{theirs(ghent, asked)}withdraw/").status_code == 404
    offerer.post(f"{theirs(ghent, asked)}consent/")
    asker.post(f"{mine(genoa, asked)}adopt/", {"code": "GE-A9"})

    assert code(asker.post(f"{mine(genoa, asked)}withdraw/")) == "wrong_status"


def test_when_its_action_is_deleted_the_practice_may_be_adopted_once_more(
    asker, offerer, genoa, ghent, asked
):
    here, there = mine(genoa, asked), theirs(ghent, asked)
    offerer.post(f"{there}consent/")
    action = asker.post(f"{here}adopt/", {"code": "GE-A9"}).json()["action"]

    assert asker.delete(f"{genoa.url}actions/{action}/").status_code == 204

    left = asker.get(here).json()
    assert (left["state"], left["action"], left["adopted_on"]) == ("consented", None, None)
    assert offerer.get(there).json()["state"] == "consented"
    assert asker.post(f"{here}adopt/", {"code": "GE-A9"}).json()["state"] == "adopted"


# At the same time: each of the two in a connection of its own.


def at_once(*deeds):
    """What became of them. Each has read what there was before either writes."""
    together, outcomes = Barrier(len(deeds)), {}

    def do(deed):
        try:
            outcomes[deed.__name__] = deed(together)
        finally:
            connection.close()

    threads = [Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize("first", ["adopt", "decline"])
def test_of_an_adoption_and_its_refusal_at_the_same_time_one_is_done(fresh_database, first):
    network = make_network("interactive-cities")
    genoa, ghent = make_city(network, "genoa", "IT"), make_city(network, "ghent", "BE")
    with genoa.inside():
        asked = make(Adoption, genoa.row, offering=ghent.row)
    with ghent.inside():
        make(AdoptionAnswer, ghent.row, asking=genoa.row, adoption=asked, decision="consented")

    def turn(name):
        sleep(0 if name == first else 0.1)

    def adopting(together):
        with genoa.inside():
            row = as_they_stand().get()
            together.wait(10)
            turn("adopt")
            return refused(lambda: adopt(row, date(2017, 6, 1), code="GE-A9"))

    def declining(together):
        with ghent.inside():
            row = as_they_stand().get()
            together.wait(10)
            turn("decline")
            return refused(lambda: decide(row, "decline"))

    def refused(deed):
        try:
            with transaction.atomic():
                deed()
                sleep(0.3)
        except IntegrityError as error:
            return error.__cause__.diag.constraint_name
        return "done"

    outcomes = at_once(adopting, declining)

    with genoa.inside():
        row = as_they_stand().get()
        left = (row.state, row.answers.get().decision, Action.objects.count())
    if first == "adopt":
        assert outcomes == {"adopting": "done", "declining": "adoptionanswer_before_adopted"}
        assert left == ("adopted", "consented", 1)
    else:
        assert outcomes == {"adopting": "adoption_as_consented", "declining": "done"}
        assert left == ("declined", "declined", 0)


# By raw SQL as the application.


@pytest.fixture
def answer(genoa, ghent):
    with genoa.inside():
        asked = make(Adoption, genoa.row, offering=ghent.row)
    with ghent.inside():
        return make(AdoptionAnswer, ghent.row, asking=genoa.row, adoption=asked)


def test_both_cities_see_what_passes_between_them_and_no_third_one_does(
    genoa, ghent, paris, other_ghent, answer
):
    def seen(place, role="none", cities=()):
        with told(place, cities=cities, role=role):
            return [raw(f"SELECT * FROM {table}").rowcount for table in TABLES]

    assert seen(genoa) == seen(ghent) == [1, 1]
    assert seen(paris) == seen(other_ghent) == seen(None) == [0, 0]
    assert seen(None, "iap_staff", [ghent]) == [1, 1]
    assert seen(None, "iap_staff", [paris]) == [0, 0]


def test_neither_city_writes_the_part_of_the_other_nor_in_its_name(genoa, ghent, paris, answer):
    for place, table, writer in ((genoa, ANSWER, ghent), (ghent, ASKED, genoa), (paris, ANSWER, ghent)):
        with told(writer):
            row = raw(f"SELECT to_jsonb(t)::text FROM {table} t").fetchone()[0]
        with told(place):
            assert refusal(f"UPDATE {table} SET city_id = city_id") == 0
            assert refusal(f"DELETE FROM {table}") == 0
            copy = f"jsonb_populate_record(NULL::{table}, %s::jsonb || jsonb_build_object('id', %s::text))"
            assert refusal(f"INSERT INTO {table} SELECT ({copy}).*", row, str(INVENTED)) == DENIED


def test_nobody_answers_what_was_asked_of_another(genoa, paris, answer):
    for adoption in (answer.adoption_id, INVENTED):
        with told(paris), pytest.raises(errors.ForeignKeyViolation) as refused:
            raw(
                f"INSERT INTO {ANSWER} (id, asking_id, adoption_id, decision, reason) "
                "VALUES (%s, %s, %s, 'consented', '')",
                INVENTED,
                genoa.pk,
                adoption,
            )
        assert refused.value.diag.constraint_name == "adoptionanswer_adoption_same_two_cities"


def test_what_was_asked_for_is_not_changed_to_something_else(genoa, answer):
    for change in ("practice = gen_random_uuid()", "is_open = true", "title = 'x'"):
        with told(genoa):
            assert refusal(f"UPDATE {ASKED} SET {change}") == errors.CheckViolation.sqlstate


def test_a_look_at_the_peers_ends_where_it_began(genoa, ghent, practice):
    with genoa.inside():
        with among_peers([ghent.pk]):
            assert GoodPractice.objects.values_list("pk", flat=True).get() == practice.pk
        assert GoodPractice.objects.count() == 0
        Action.objects.create(code="GE-A1", title="Written as the city")

    with pytest.raises(TenancyError), peer_context([ghent.pk]), among_peers([ghent.pk]):
        pass
