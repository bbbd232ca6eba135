"""The local group scores itself, by dimensions of its choice, over time."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from plans.models import GroupDimension, SelfAssessment
from tests.plans.grouping import SPRING, dimension_in, scored, seat_in

AUTUMN = date(2017, 10, 1)


def codes(response):
    return response.status_code, {error["code"] for error in response.json()["errors"]}


def test_a_later_rename_does_not_rewrite_what_was_entered(officer, genoa):
    dimension = dimension_in(genoa, "Trust", description="Do we speak openly?")
    body = {"dimension": str(dimension.pk), "assessed_on": "2017-03-01", "score": 2}
    before = officer.post(f"{genoa.url}self-assessments/", body).json()

    officer.patch(f"{genoa.url}dimensions/{dimension.pk}/", {"name": "Openness", "description": "Do we?"})
    officer.patch(f"{genoa.url}self-assessments/{before['id']}/", {"score": 3})
    after = officer.post(f"{genoa.url}self-assessments/", {**body, "assessed_on": "2017-10-01"}).json()

    kept = officer.get(f"{genoa.url}self-assessments/{before['id']}/").json()
    assert (kept["score"], kept["dimension_name"], kept["dimension_description"]) == (
        3,
        "Trust",
        "Do we speak openly?",
    )
    assert (after["dimension_name"], after["dimension_description"]) == ("Openness", "Do we?")


def test_the_words_are_kept_past_our_own_code_too(genoa):
    dimension = dimension_in(genoa)

    with genoa.inside():
        SelfAssessment.objects.bulk_create(
            [SelfAssessment(dimension=dimension, assessed_on=SPRING, score=1, dimension_name="Another")]
        )
        SelfAssessment.objects.update(dimension_name="Yet another", comment="Changed")
        row = SelfAssessment.objects.get()

    assert (row.dimension_name, row.comment) == ("Trust", "Changed")


def test_a_retired_dimension_keeps_its_scores_and_takes_no_new_ones(officer, genoa):
    dimension = dimension_in(genoa)
    scored(genoa, dimension, 4)
    url, body = f"{genoa.url}dimensions/{dimension.pk}/", {"dimension": str(dimension.pk), "score": 5}
    retired = officer.post(f"{url}retire/").json()
    with genoa.inside():
        GroupDimension.objects.update(retired_on=date(2017, 6, 30))

    late = officer.post(f"{genoa.url}self-assessments/", {**body, "assessed_on": "2017-07-01"})
    in_time = officer.post(f"{genoa.url}self-assessments/", {**body, "assessed_on": "2017-06-30"})

    assert retired["allowed_actions"] == ["change", "delete", "reinstate"]
    assert codes(late) == (400, {"dimension_retired"})
    assert in_time.status_code == 201
    assert len(officer.rows(f"{genoa.url}self-assessments/")) == 2
    assert officer.rows(f"{genoa.url}dimensions/?retired=false") == []


def test_a_dimension_is_retired_once_and_reinstated_once(officer, genoa):
    url = f"{genoa.url}dimensions/{dimension_in(genoa).pk}/"

    assert officer.post(f"{url}reinstate/").json()["code"] == "not_retired"
    assert officer.post(f"{url}retire/").json()["retired_on"] == str(date.today())
    assert officer.post(f"{url}retire/").json()["code"] == "retired_already"
    assert officer.post(f"{url}reinstate/").json()["retired_on"] is None


def test_a_dimension_that_was_scored_is_not_deleted(officer, genoa):
    dimension = dimension_in(genoa)
    scored(genoa, dimension, 4)

    assert officer.delete(f"{genoa.url}dimensions/{dimension.pk}/").json()["code"] == "in_use"


def test_a_day_is_scored_once_by_the_group_and_once_from_each_seat(officer, genoa):
    dimension, seats = dimension_in(genoa), [seat_in(genoa), seat_in(genoa)]
    body = {"dimension": str(dimension.pk), "assessed_on": "2017-03-01", "score": 2}
    bodies = [body, *({**body, "seat": str(seat.pk)} for seat in seats)]

    first = [officer.post(f"{genoa.url}self-assessments/", some).status_code for some in bodies]
    again = [codes(officer.post(f"{genoa.url}self-assessments/", some)) for some in bodies]

    assert first == [201] * 3
    assert again == [(400, {"already_exists"})] * 3


@pytest.mark.parametrize("score", [0, 6, -1, 2.5, None, "good"])
def test_scores_go_from_1_to_5(officer, genoa, score):
    dimension = dimension_in(genoa)
    body = {"dimension": str(dimension.pk), "assessed_on": "2017-03-01", "score": score}

    response = officer.post(f"{genoa.url}self-assessments/", body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/score"
    row = scored(genoa, dimension, 3)
    if score in (0, 6):
        with genoa.inside(), pytest.raises(IntegrityError), transaction.atomic():
            SelfAssessment.objects.filter(pk=row.pk).update(score=score)


def test_a_day_that_is_still_to_come_is_not_scored(officer, genoa):
    body = {"dimension": str(dimension_in(genoa).pk), "assessed_on": "2999-01-01", "score": 3}

    assert codes(officer.post(f"{genoa.url}self-assessments/", body)) == (400, {"in_the_future"})


@pytest.mark.parametrize(
    ("days", "trend", "means"),
    [
        ([], "no_data", []),
        ([[3]], "single", ["3.00"]),
        ([[3], [4]], "rising", ["4.00", "3.00"]),
        ([[4], [3]], "falling", ["3.00", "4.00"]),
        ([[2, 4], [3]], "steady", ["3.00", "3.00"]),
        ([[1], [5], [4, 5, 5]], "falling", ["4.67", "5.00"]),
    ],
)
def test_a_dimension_tells_its_latest_day_and_its_trend(officer, genoa, days, trend, means):
    dimension, seats = dimension_in(genoa), [seat_in(genoa) for _ in range(3)]
    scored(genoa, dimension_in(genoa, "Another"), 1)
    for month, scores in enumerate(days, 1):
        for seat, score in zip(seats, scores, strict=False):
            scored(genoa, dimension, score, date(2017, month, 1), seat=seat)

    shown = officer.get(f"{genoa.url}dimensions/{dimension.pk}/").json()["scored"]

    assert shown["trend"] == trend
    assert [day["mean"] for day in (shown["latest"], shown["previous"]) if day] == means
    if days:
        assert (shown["latest"]["assessed_on"], shown["latest"]["scores"]) == (
            str(date(2017, len(days), 1)),
            len(days[-1]),
        )
