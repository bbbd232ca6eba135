"""What was measured, broken down: it fits the whole, and keeps the words of its day."""

import pytest

from plans.models import Category, Dimension, MeasurementPart
from tenants.access.rights import Role
from tests.plans.measuring import NOWHERE, PERCENTAGE, indicator_in, problem, told


@pytest.fixture
def ages(network):
    """Two categories of one dimension: younger, older."""
    age = Dimension.objects.create(network=network.row, code="age", name="Age")
    return [
        Category.objects.create(network=network.row, dimension=age, code=code, name=name, position=position)
        for position, (code, name) in enumerate([("young", "Under 30"), ("old", "30 and over")])
    ]


@pytest.fixture
def visits(genoa):
    return indicator_in(genoa, "GE-I1", accumulation="per_period")


def enter(who, place, indicator, parts, **whole):
    body = {"indicator": str(indicator.pk), "measured_on": "2017-03-31", "parts": parts}
    return who.post(f"{place.url}measurements/", body | (whole or {"value": "10"}))


def part(category, value):
    return {"category": str(category.pk), "value": value}


def test_parts_stand_with_the_measurement_in_the_words_of_the_day(officer, genoa, visits, ages):
    response = enter(officer, genoa, visits, [part(ages[0], "4"), part(ages[1], "6")])

    assert response.status_code == 201, response.json()
    shown = {(p["dimension_name"], p["category_name"], p["value"]) for p in response.json()["parts"]}
    assert shown == {("Age", "Under 30", "4"), ("Age", "30 and over", "6")}
    assert officer.get(response.headers["Location"]).json() == response.json()


def test_a_dimension_that_is_renamed_later_does_not_rewrite_what_was_entered(
    client_as, officer, network, genoa, visits, ages
):
    expert = client_as(Role.LEAD_EXPERT, network)
    url = enter(officer, genoa, visits, [part(ages[0], "4")]).headers["Location"]

    expert.patch(f"{network.url}categories/{ages[0].pk}/", {"name": "Youth"})
    expert.patch(f"{network.url}dimensions/{ages[0].dimension_id}/", {"name": "Generation"})
    later = enter(officer, genoa, visits, [part(ages[0], "1")], value="2")

    (before,), (after,) = officer.get(url).json()["parts"], later.json()["parts"]
    assert (before["dimension_name"], before["category_name"]) == ("Age", "Under 30")
    assert (after["dimension_name"], after["category_name"]) == ("Generation", "Youth")


def test_a_category_with_values_is_retired_not_deleted(client_as, officer, network, genoa, visits, ages):
    expert = client_as(Role.LEAD_EXPERT, network)
    enter(officer, genoa, visits, [part(ages[0], "4")])
    address = f"{network.url}categories/{ages[0].pk}/"

    deleted = expert.delete(address)
    expert.patch(address, {"retired": True})

    assert (deleted.status_code, deleted.json()["code"]) == (409, "in_use")
    assert problem(enter(officer, genoa, visits, [part(ages[0], "4")])) == (400, "parts_do_not_fit", "/parts")
    assert enter(officer, genoa, visits, [part(ages[1], "4")]).status_code == 201


@pytest.mark.parametrize(("values", "status"), [(("4", "6"), 201), (("4", "5"), 201), (("4", "7"), 400)])
def test_counts_of_one_dimension_are_together_not_more_than_the_whole(
    officer, genoa, visits, ages, values, status
):
    response = enter(officer, genoa, visits, [part(*pair) for pair in zip(ages, values, strict=True)])

    assert response.status_code == status
    assert len(officer.rows(f"{genoa.url}measurements/")) == (status == 201)


def test_a_level_such_as_an_average_need_not_add_up(officer, genoa, ages):
    satisfaction = indicator_in(genoa, "GE-I9", accumulation="level")

    response = enter(officer, genoa, satisfaction, [part(ages[0], "8"), part(ages[1], "7")], value="7.5")

    assert response.status_code == 201


def test_percentages_are_broken_down_by_their_parts(officer, genoa, ages):
    share = indicator_in(genoa, "GE-I2", **PERCENTAGE)
    young = {"category": str(ages[0].pk), "numerator": "1", "denominator": "2"}
    old = {"category": str(ages[1].pk), "numerator": "50", "denominator": "100"}

    fitting = enter(officer, genoa, share, [young, old], numerator="51", denominator="102")
    too_many = enter(officer, genoa, share, [young, old], numerator="51", denominator="101")
    a_number = enter(officer, genoa, share, [part(ages[0], "1")], numerator="51", denominator="102")

    assert fitting.status_code == 201
    assert problem(too_many) == (400, "parts_do_not_fit", "/parts")
    assert problem(a_number) == (400, "parts_do_not_fit", "/parts")


def test_what_was_not_measured_has_no_parts(officer, genoa, visits, ages):
    response = enter(officer, genoa, visits, [part(ages[0], "1")], not_measured_reason="Rain")

    assert problem(response) == (400, "parts_do_not_fit", "/parts")


@pytest.mark.parametrize(
    "wrong",
    [{}, {"value": "1", "numerator": "1", "denominator": "2"}, {"numerator": "1", "denominator": "0"}],
)
def test_a_part_is_a_value_or_numerator_and_denominator(officer, genoa, visits, ages, wrong):
    response = enter(officer, genoa, visits, [{"category": str(ages[0].pk), **wrong}])

    assert problem(response) == (400, "one_of_two", "/parts")


def test_a_category_stands_once(officer, genoa, visits, ages):
    response = enter(officer, genoa, visits, [part(ages[0], "1"), part(ages[0], "2")])

    assert problem(response) == (400, "category_twice", "/parts")


def test_a_category_of_another_network_is_none(officer, genoa, other_network, visits):
    age = Dimension.objects.create(network=other_network.row, code="age", name="Age")
    theirs = Category.objects.create(network=other_network.row, dimension=age, code="young", name="Young")

    answers = [
        enter(officer, genoa, visits, [{"category": str(pk), "value": "1"}]) for pk in (theirs.pk, NOWHERE)
    ]

    assert problem(answers[0]) == (400, "does_not_exist", "/parts")
    assert told(answers[0]) == told(answers[1])


def test_parts_are_never_overwritten_but_may_be_sent_back(officer, genoa, visits, ages):
    made = enter(officer, genoa, visits, [part(ages[0], "4.50")])
    url, row = made.headers["Location"], made.json()

    back = officer.patch(url, {**row, "comment": "Seen"})
    other = officer.patch(url, {"parts": [part(ages[0], "5")]})

    assert (back.status_code, back.json()["comment"]) == (200, "Seen")
    assert problem(other) == (400, "fixed", "/parts")
    assert "`correct`" in other.json()["errors"][0]["detail"]
    assert officer.get(url).json()["parts"] == row["parts"]


def test_a_correction_has_parts_of_its_own(officer, genoa, visits, ages):
    url = enter(officer, genoa, visits, [part(ages[0], "4")]).headers["Location"]

    new = officer.post(f"{url}correct/", {"value": "11", "parts": [part(ages[0], "5")]}).json()

    assert [p["value"] for p in new["parts"]] == ["5"]
    assert [p["value"] for p in officer.get(url).json()["parts"]] == ["4"]


def test_measurements_are_found_once_by_a_dimension(officer, genoa, visits, ages):
    row = enter(officer, genoa, visits, [part(ages[0], "4"), part(ages[1], "6")]).json()
    enter(officer, genoa, visits, [], value="3")

    found = officer.rows(f"{genoa.url}measurements/?broken_down_by={ages[0].dimension_id}")

    assert [r["id"] for r in found] == [row["id"]]


def test_parts_go_with_their_measurement(officer, genoa, visits, ages):
    url = enter(officer, genoa, visits, [part(ages[0], "4")]).headers["Location"]

    assert officer.delete(url).status_code == 204

    with genoa.inside():
        assert not MeasurementPart.objects.exists()
