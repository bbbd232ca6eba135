"""Rows between two cities: the one writes, both read, no third one does. By raw SQL as the application."""

import pytest
from django.utils import timezone
from psycopg import errors

from plans.models import PeerReview, PeerReviewAnswer, PeerReviewRequest
from tenants.models import Change
from tests.conftest import make_city
from tests.rows import SCORES, make
from tests.tenants.conftest import raw
from tests.tenants.test_walls import DENIED, INVENTED, refusal, told

pytestmark = pytest.mark.django_db

TABLES = [m._meta.db_table for m in (PeerReviewRequest, PeerReviewAnswer, PeerReview)]
ASKED, ANSWER, REVIEW = TABLES


@pytest.fixture
def paris(network):
    """A third city of the network."""
    return make_city(network, "paris", "FR")


@pytest.fixture
def asked(genoa, ghent):
    """Genoa asks Ghent."""
    with genoa.inside():
        return make(PeerReviewRequest, genoa.row, reviewer=ghent.row)


@pytest.fixture
def answer(asked, genoa, ghent):
    with ghent.inside():
        return make(PeerReviewAnswer, ghent.row, reviewed=genoa.row, request=asked)


@pytest.fixture
def review(asked, answer, genoa, ghent):
    """Not yet submitted."""
    with ghent.inside():
        return make(PeerReview, ghent.row, reviewed=genoa.row, request=asked)


def seen(*places, role="none", cities=()):
    """How many rows of each table a city, or a reader of cities, sees."""
    (place,) = places or (None,)
    with told(place, cities=cities, role=role):
        return [raw(f"SELECT * FROM {table}").rowcount for table in TABLES]


def submit(review, ghent):
    with ghent.inside():
        PeerReview.objects.filter(pk=review.pk).update(submitted_at=timezone.now())


def test_both_cities_see_what_passes_between_them_and_a_third_one_nothing(
    genoa, ghent, paris, other_ghent, review
):
    submit(review, ghent)

    assert seen(genoa) == [1, 1, 1]
    assert seen(ghent) == [1, 1, 1]
    assert seen(paris) == [0, 0, 0]
    assert seen(other_ghent) == [0, 0, 0]
    assert seen() == [0, 0, 0]


def test_a_review_is_not_there_for_the_reviewed_city_before_it_is_submitted(genoa, ghent, review):
    assert seen(ghent) == [1, 1, 1]
    assert seen(genoa) == [1, 1, 0]


def test_what_is_taken_back_is_gone_for_the_reviewer(genoa, ghent, asked):
    with genoa.inside():
        PeerReviewRequest.objects.update(withdrawn_at=timezone.now())

    assert seen(genoa) == [1, 0, 0]
    assert seen(ghent) == [0, 0, 0]


def test_readers_across_see_no_draft_and_else_what_the_cities_see_that_they_read(genoa, ghent, paris, review):
    of_these = [[ghent], [genoa], [genoa, ghent]]

    assert [seen(role="iap_staff", cities=cities) for cities in of_these] == [[1, 1, 0]] * 3
    submit(review, ghent)
    assert [seen(role="iap_staff", cities=cities) for cities in of_these] == [[1, 1, 1]] * 3
    assert seen(role="iap_staff", cities=[paris]) == [0, 0, 0]
    assert seen(role="iap_staff") == [0, 0, 0]


def test_neither_city_writes_the_part_of_the_other(genoa, ghent, review):
    submit(review, ghent)

    for place, tables in ((genoa, (ANSWER, REVIEW)), (ghent, (ASKED,))):
        with told(place):
            for table in tables:
                assert refusal(f"UPDATE {table} SET city_id = city_id") == 0
                assert refusal(f"DELETE FROM {table}") == 0
                assert refusal(f"SELECT * FROM {table} FOR UPDATE") == 0


def test_neither_city_writes_in_the_name_of_the_other(genoa, ghent, review):
    for place, table, writer in ((genoa, ANSWER, ghent), (genoa, REVIEW, ghent), (ghent, ASKED, genoa)):
        with told(writer):
            row = raw(f"SELECT to_jsonb(t)::text FROM {table} t").fetchone()[0]
        with told(place):
            copy = f"jsonb_populate_record(NULL::{table}, %s::jsonb || jsonb_build_object('id', %s::text))"
            assert refusal(f"INSERT INTO {table} SELECT ({copy}).*", row, str(INVENTED)) == DENIED


def test_the_reviewer_sees_nothing_else_of_the_reviewed_city(genoa, ghent, asked):
    with genoa.inside():
        changes = Change.objects.count()
    with told(ghent):
        others = [
            table
            for (table,) in raw(
                "SELECT relname::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
                "WHERE attname = 'city_id' AND relkind = 'r' AND relrowsecurity"
            )
            if raw(f"SELECT * FROM {table} WHERE city_id = %s", genoa.pk).rowcount
        ]

    assert changes > 0
    assert others == [ASKED]


def answering(place, request, reviewed):
    """SQLSTATE and constraint of an answer that this city tries to give."""
    with told(place), pytest.raises(errors.ForeignKeyViolation) as refused:
        raw(
            f"INSERT INTO {ANSWER} (id, reviewed_id, request_id, decision, reason) "
            "VALUES (%s, %s, %s, 'accepted', '')",
            INVENTED,
            reviewed.pk,
            request,
        )
    return refused.value.diag.constraint_name


def test_nobody_answers_what_was_asked_of_another_and_does_not_learn_that_it_was(genoa, paris, asked):
    of_ghent = answering(paris, asked.pk, genoa)

    assert of_ghent == answering(paris, INVENTED, genoa) == "peerreviewanswer_request_same_two_cities"


def test_an_answer_goes_to_the_city_that_asked(ghent, paris, asked):
    assert answering(ghent, asked.pk, paris) == "peerreviewanswer_request_same_two_cities"


def asking(genoa, reviewer):
    with told(genoa), pytest.raises(errors.IntegrityError) as refused:
        raw(
            f"INSERT INTO {ASKED} (id, reviewer_id, parts, message, content, sha256, response) "
            "VALUES (%s, %s, '{plan}', '', '{}', '', '')",
            INVENTED,
            reviewer,
        )
    return refused.value.diag.constraint_name


def test_a_city_of_another_network_is_refused_like_an_invented_one(genoa, other_ghent):
    assert (
        asking(genoa, other_ghent.pk) == asking(genoa, INVENTED) == "peerreviewrequest_reviewer_same_network"
    )


def test_a_city_does_not_ask_itself(genoa):
    assert asking(genoa, genoa.pk) == "peerreviewrequest_between"


def test_what_was_shared_stays_and_what_was_submitted_too(genoa, ghent, asked, review):
    submit(review, ghent)

    with told(genoa):
        assert refusal(f"UPDATE {ASKED} SET content = '{{}}'") == errors.CheckViolation.sqlstate
        assert refusal(f"UPDATE {ASKED} SET response = 'Thank you.', responded_at = now()") == 1
        assert refusal(f"DELETE FROM {ASKED}") == errors.ForeignKeyViolation.sqlstate
    with told(ghent):
        assert refusal(f"UPDATE {REVIEW} SET coherence = 1") == errors.CheckViolation.sqlstate
        assert refusal(f"DELETE FROM {REVIEW}") == errors.CheckViolation.sqlstate


def test_each_city_has_the_history_of_its_own_part(genoa, ghent, review):
    def things(place):
        with place.inside():
            return set(Change.objects.values_list("thing", flat=True))

    assert things(genoa) == {"peer_review_request"}
    assert things(ghent) == {"peer_review_answer", "peer_review"}


def test_scores_stand_only_when_all_five_do(ghent, review):
    for name in SCORES:
        with told(ghent):
            without = f"UPDATE {REVIEW} SET submitted_at = now(), {name} = NULL"
            assert refusal(without) == errors.CheckViolation.sqlstate
            assert refusal(f"UPDATE {REVIEW} SET {name} = 6") == errors.CheckViolation.sqlstate
