from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from plans.models import Indicator, Measurement
from tenants.access.rights import Role
from tests.conftest import ClientAs, Place
from tests.plans.measuring import (
    NEW_YEAR,
    NOWHERE,
    PERCENTAGE,
    SPRING,
    SUMMER,
    WINTER,
    indicator_in,
    measurement_in,
    problem,
    told,
)

DAY = {"measured_on": "2017-03-31"}


@pytest.fixture
def visitors(genoa: Place) -> Indicator:
    return indicator_in(genoa, "GE-I1")


@pytest.fixture
def share(genoa: Place) -> Indicator:
    return indicator_in(genoa, "GE-I2", **PERCENTAGE)


@pytest.fixture
def corrected(genoa: Place, visitors) -> tuple[Measurement, Measurement]:
    """An old value and the one that takes its place."""
    old = measurement_in(genoa, visitors, value=10)
    return old, measurement_in(genoa, visitors, value=11, supersedes=old)


def enter(who, place: Place, indicator: Indicator, **fields):
    return who.post(f"{place.url}measurements/", DAY | {"indicator": str(indicator.pk)} | fields)


def latest(who, place: Place, indicator: Indicator):
    return who.get(f"{place.url}indicators/{indicator.pk}/").json()["standing"]["value"]


def test_an_officer_enters_a_value(officer, genoa, visitors):
    response = enter(officer, genoa, visitors, value="1200.50", evidence_links=["https://example.org/count"])

    assert response.status_code == 201
    row = response.json()
    assert (row["city"], row["value"], row["quality"]) == ("genoa", "1200.5", "measured")
    assert (row["supersedes"], row["superseded_by"]) == (None, None)
    assert row["evidence_links"] == ["https://example.org/count"]
    assert officer.get(response.headers["Location"]).json() == row
    assert latest(officer, genoa, visitors)["measurement"] == row["id"]


def test_zero_is_a_value(officer, genoa, visitors):
    assert enter(officer, genoa, visitors, value="0").json()["value"] == "0"
    assert latest(officer, genoa, visitors)["state"] == "measured"


def test_not_measured_has_a_reason(officer, genoa, visitors):
    response = enter(officer, genoa, visitors, not_measured_reason="The counter was broken.")

    assert response.status_code == 201
    assert latest(officer, genoa, visitors) | {"state": "not_measured", "value": None} == latest(
        officer, genoa, visitors
    )


def test_a_percentage_is_kept_in_its_parts(officer, genoa, share):
    row = enter(officer, genoa, share, numerator="1", denominator="3").json()

    assert (row["numerator"], row["denominator"], row["value"]) == ("1", "3", None)
    assert latest(officer, genoa, share)["value"] == "33.3333"


@pytest.mark.parametrize(
    "written", ['"1234567890123456.7891"', "1234567890123456.7891", "1.2345678901234567891e15"]
)
def test_a_number_stays_exact(officer, genoa, visitors, written):
    body = f'{{"indicator": "{visitors.pk}", "measured_on": "2017-03-31", "value": {written}}}'

    response = officer.post(f"{genoa.url}measurements/", body)

    assert response.json()["value"] == "1234567890123456.7891"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('"NaN"', "invalid"),
        ('"-Infinity"', "invalid"),
        ('"a lot"', "invalid"),
        ('"1e999"', "max_digits"),
        ("1e999", "max_digits"),
        ("1E-999", "max_digits"),
        (f'"{"1" * 17}"', "max_whole_digits"),
        ('"0.00001"', "max_decimal_places"),
        (f'"{"1" * 1001}"', "max_string_length"),
        ("true", "invalid"),
        ("[1]", "invalid"),
    ],
)
def test_what_is_no_number_of_ours_is_refused(officer, genoa, visitors, value, code):
    body = f'{{"indicator": "{visitors.pk}", "measured_on": "2017-03-31", "value": {value}}}'

    response = officer.post(f"{genoa.url}measurements/", body)

    assert problem(response) == (400, code, "/value")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1" * 500, "1." + "1" * 500, "1e" + "9" * 19])
def test_what_is_no_number_of_json_is_malformed(officer, genoa, visitors, value):
    body = f'{{"indicator": "{visitors.pk}", "measured_on": "2017-03-31", "value": {value}}}'

    response = officer.post(f"{genoa.url}measurements/", body)

    assert (response.status_code, response.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("day", ["0000-01-01", "2017-02-30", "31.3.2017", "", 20170331, None, "10000-01-01"])
def test_what_is_no_day_is_refused(officer, genoa, visitors, day):
    response = enter(officer, genoa, visitors, value="1", measured_on=day)

    assert problem(response)[0::2] == (400, "/measured_on")


def test_nothing_is_measured_in_the_future(officer, genoa, visitors):
    today = datetime.now(UTC).date()

    assert enter(officer, genoa, visitors, value="1", measured_on=today.isoformat()).status_code == 201
    response = enter(officer, genoa, visitors, value="1", measured_on=(today + timedelta(days=2)).isoformat())

    assert problem(response) == (400, "in_the_future", "/measured_on")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "one_of_three"),
        ({"not_measured_reason": "   "}, "one_of_three"),
        ({"value": "1", "not_measured_reason": "Or was it?"}, "one_of_three"),
        ({"value": "1", "numerator": "1", "denominator": "2"}, "measure_differs"),
        ({"numerator": "1", "denominator": "2"}, "measure_differs"),
    ],
)
def test_a_number_is_a_value_or_the_reason_why_not(officer, genoa, visitors, fields, code):
    response = enter(officer, genoa, visitors, **fields)

    assert problem(response)[:2] == (400, code)
    with genoa.inside():
        assert not Measurement.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"value": "50"}, "measure_differs"),
        ({"numerator": "1"}, "one_of_three"),
        ({"denominator": "2"}, "one_of_three"),
        ({"numerator": "1", "denominator": "0"}, "denominator_not_positive"),
        ({"numerator": "1", "denominator": "-2"}, "denominator_not_positive"),
    ],
)
def test_a_percentage_has_both_parts(officer, genoa, share, fields, code):
    assert problem(enter(officer, genoa, share, **fields))[:2] == (400, code)


def test_a_value_is_taken_back_with_the_reason(officer, genoa, visitors):
    entry = measurement_in(genoa, visitors, value=10)

    response = officer.post(
        f"{genoa.url}measurements/{entry.pk}/correct/", {"not_measured_reason": "Counted twice."}
    )

    assert (response.status_code, response.json()["value"]) == (201, None)
    assert latest(officer, genoa, visitors)["state"] == "not_measured"


FIGURES = {
    "measured_on": "2017-03-30",
    "value": "11",
    "not_measured_reason": "Counted twice.",
    "quality": "estimated",
}


@pytest.mark.parametrize("name", FIGURES)
def test_what_was_entered_is_never_overwritten(officer, genoa, visitors, name):
    entry = enter(officer, genoa, visitors, value="10").json()

    response = officer.patch(f"{genoa.url}measurements/{entry['id']}/", {name: FIGURES[name]})

    assert problem(response) == (400, "fixed", f"/{name}")
    assert "`correct`" in response.json()["errors"][0]["detail"]
    assert officer.get(f"{genoa.url}measurements/{entry['id']}/").json() == entry


def test_comment_and_evidence_may_follow_later(officer, genoa, visitors):
    entry = enter(officer, genoa, visitors, value="10").json()
    more = {"comment": "Counted at the gate.", "evidence_links": ["https://example.org/gate"]}

    changed = officer.patch(f"{genoa.url}measurements/{entry['id']}/", {**entry, **more})

    assert changed.status_code == 200, changed.json()
    assert changed.json() | more == changed.json()


def test_a_correction_in_one_step_is_of_the_same_indicator_and_day(officer, genoa, visitors):
    old = enter(officer, genoa, visitors, value="10").json()
    address = f"{genoa.url}measurements/{old['id']}/correct/"

    response = officer.post(address, {"value": "11", "comment": "A page was missing."})

    new = response.json()
    assert response.status_code == 201
    assert (new["supersedes"], new["indicator"], new["measured_on"]) == (
        old["id"],
        old["indicator"],
        old["measured_on"],
    )
    assert officer.get(response.headers["Location"]).json() == new
    assert latest(officer, genoa, visitors)["value"] == "11"
    assert problem(officer.post(address, {"value": "12"}))[:2] == (400, "superseded_already")
    assert "correct" in new["allowed_actions"]


def test_a_correction_says_no_other_indicator(officer, genoa, visitors):
    old = enter(officer, genoa, visitors, value="10").json()

    response = officer.post(
        f"{genoa.url}measurements/{old['id']}/correct/", {"value": "1", "indicator": str(visitors.pk)}
    )

    assert problem(response) == (400, "unknown_field", "/indicator")


def test_a_correction_takes_the_place_of_what_it_corrects(officer, genoa, visitors):
    old = enter(officer, genoa, visitors, value="10").json()

    new = enter(officer, genoa, visitors, value="11", supersedes=old["id"]).json()

    assert latest(officer, genoa, visitors) | {"value": "11", "entries": 1} == latest(
        officer, genoa, visitors
    )
    shown = officer.get(f"{genoa.url}measurements/{old['id']}/").json()
    assert (shown["value"], shown["superseded_by"]) == ("10", new["id"])


def test_what_was_corrected_stays_as_it_was(officer, genoa, corrected):
    old, new = (f"{genoa.url}measurements/{row.pk}/" for row in corrected)

    assert officer.get(old).json()["allowed_actions"] == []
    assert officer.get(new).json()["allowed_actions"] == ["change", "delete", "correct"]
    assert officer.patch(old, {"comment": "No."}).status_code == 403
    assert officer.delete(old).status_code == 403


def test_what_was_corrected_counts_again_when_the_correction_is_deleted(officer, genoa, visitors, corrected):
    old, new = corrected

    assert officer.delete(f"{genoa.url}measurements/{new.pk}/").status_code == 204

    assert latest(officer, genoa, visitors)["value"] == "10"
    assert officer.get(f"{genoa.url}measurements/{old.pk}/").json()["superseded_by"] is None


def test_a_measurement_is_corrected_once(officer, genoa, visitors, corrected):
    response = enter(officer, genoa, visitors, value="12", supersedes=str(corrected[0].pk))

    assert problem(response) == (400, "superseded_already", "/supersedes")


def test_a_measurement_does_not_correct_itself(officer, genoa, visitors):
    entry = measurement_in(genoa, visitors, value=10)

    with genoa.inside(), pytest.raises(IntegrityError, match="not_its_own_correction"), transaction.atomic():
        Measurement.objects.filter(pk=entry.pk).update(supersedes=entry.pk)


def test_a_correction_is_of_the_same_indicator_and_the_same_city(client_as, officer, genoa, ghent, visitors):
    of_another = measurement_in(genoa, indicator_in(genoa, "GE-I3"), value=1)
    of_ghent = measurement_in(ghent, indicator_in(ghent, "GH-I1"), value=1)

    answers = [
        enter(officer, genoa, visitors, value="2", supersedes=str(pk))
        for pk in (of_another.pk, of_ghent.pk, NOWHERE)
    ]

    assert problem(answers[0]) == (400, "does_not_exist", "/supersedes")
    assert told(answers[0]) == told(answers[1]) == told(answers[2])


def test_a_measurement_stays_with_its_indicator(officer, genoa, visitors):
    entry = measurement_in(genoa, visitors, value=10)
    other = indicator_in(genoa, "GE-I3")

    response = officer.patch(f"{genoa.url}measurements/{entry.pk}/", {"indicator": str(other.pk)})

    assert problem(response) == (400, "fixed", "/indicator")


def test_a_running_total_reported_by_two_officers_counts_once(client_as: ClientAs, genoa):
    total = indicator_in(genoa, accumulation="running_total")

    for officer, value, day in (("first", "40", "2017-03-31"), ("second", "70", "2017-06-30")):
        enter(client_as(Role.OFFICER, genoa), genoa, total, value=value, measured_on=day, comment=officer)

    viewer = client_as(Role.VIEWER, genoa)
    assert latest(viewer, genoa, total)["value"] == "70"


def test_a_late_correction_leaves_the_later_running_total_as_stated(officer, genoa):
    total = indicator_in(genoa, accumulation="running_total")
    spring = enter(officer, genoa, total, value="40").json()
    enter(officer, genoa, total, value="70", measured_on="2017-06-30")

    enter(officer, genoa, total, value="45", supersedes=spring["id"])

    value = latest(officer, genoa, total)
    assert (value["value"], value["measured_on"]) == ("70", "2017-06-30")


@pytest.fixture
def several(genoa: Place, visitors, share) -> None:
    """Four entries; their comments name them."""
    old = measurement_in(genoa, visitors, value=10, comment="old", measured_on=NEW_YEAR)
    measurement_in(genoa, visitors, value=11, comment="new", quality="estimated", supersedes=old)
    measurement_in(genoa, visitors, not_measured_reason="Closed.", comment="none", measured_on=SUMMER)
    measurement_in(genoa, share, numerator=0, denominator=2, comment="share", measured_on=WINTER)


@pytest.mark.parametrize(
    ("query", "comments"),
    [
        ("", ["share", "none", "new", "old"]),
        ("current=true", ["share", "none", "new"]),
        ("current=false", ["old"]),
        ("measured=true", ["share", "new", "old"]),
        ("measured=false", ["none"]),
        ("quality=estimated", ["new"]),
        ("measured_after=2017-03-31", ["share", "none"]),
        ("measured_before=2017-06-30", ["new", "old"]),
        ("search=closed", ["none"]),
        ("search=ne", ["none", "new"]),
        ("ordering=measured_on", ["old", "new", "none", "share"]),
        ("ordering=-created_at", ["share", "none", "new", "old"]),
        ("ordering=updated_at", ["old", "new", "none", "share"]),
    ],
)
def test_measurements_are_found(officer, genoa, several, query, comments):
    assert [row["comment"] for row in officer.rows(f"{genoa.url}measurements/?{query}")] == comments


def test_measurements_are_found_by_their_indicator(officer, genoa, share, several):
    rows = officer.rows(f"{genoa.url}measurements/?indicator={share.pk}")

    assert [row["comment"] for row in rows] == ["share"]


@pytest.mark.parametrize(
    "query", ["current=maybe", "measured=2", "measured_after=2017-13-01", "quality=guessed"]
)
def test_a_filter_that_means_nothing_is_an_error(officer, genoa, several, query):
    response = officer.get(f"{genoa.url}measurements/?{query}")

    assert problem(response)[0::2] == (400, query.partition("=")[0])


def test_another_citys_indicator_is_answered_like_an_invented_one(client_as, ghent, visitors):
    stranger = client_as(Role.COORDINATOR, ghent)

    foreign = enter(stranger, ghent, visitors, value="1")
    invented = enter(stranger, ghent, Indicator(pk=NOWHERE), value="1")

    assert problem(foreign) == (400, "does_not_exist", "/indicator")
    assert told(foreign) == told(invented)
    assert stranger.rows(f"{ghent.url}measurements/?indicator={visitors.pk}") == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_city_does_not_know_the_measurement(client_as, genoa, ghent, visitors, method):
    entry = measurement_in(genoa, visitors, value=10)
    stranger = client_as(Role.COORDINATOR, ghent)

    foreign, invented = (
        stranger.request(method, f"{ghent.url}measurements/{pk}/", {"value": "1"}, If_Match="*")
        for pk in (entry.pk, NOWHERE)
    )

    assert foreign.status_code == 404
    assert told(foreign) == told(invented)


@pytest.mark.parametrize("role", [Role.LEAD_EXPERT, Role.LEAD_PARTNER, Role.PROGRAMME_STAFF, Role.AUDITOR])
def test_who_reads_across_enters_no_values(client_as, network, genoa, visitors, role):
    entry = measurement_in(genoa, visitors, value=10)
    reader = client_as(role, network)

    assert [row["id"] for row in reader.rows(f"{network.url}measurements/")] == [str(entry.pk)]
    assert enter(reader, genoa, visitors, value="11").status_code == 403
    assert reader.delete(f"{genoa.url}measurements/{entry.pk}/").status_code == 403


def test_many_values_are_entered_at_once_or_none(officer, genoa, visitors):
    rows = [{"indicator": str(visitors.pk), "measured_on": f"2017-0{n}-01", "value": str(n)} for n in (1, 2)]
    items = [{"method": "create", "data": row} for row in rows]
    bad = {"method": "create", "data": rows[0] | {"value": None}}

    refused = officer.post(f"{genoa.url}measurements/bulk/", {"items": [*items, bad]})
    done = officer.post(f"{genoa.url}measurements/bulk/", {"items": items})

    assert problem(refused)[:2] == (400, "one_of_three")
    assert problem(refused)[2].startswith("/items/2/data/")
    assert (done.json()["done"], done.json()["failed"]) == (2, 0)
    with genoa.inside():
        assert Measurement.objects.filter(measured_on__gt=SPRING).count() == 0
        assert Measurement.objects.count() == 2
