"""The figures across cities, as they are asked for: kept where that is fresh, counted now where it is not."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.figures.keep import refresh
from plans.frozen.canonical import sha256
from plans.models import (
    Action,
    CommonIndicator,
    Guideline,
    GuidelineAssessment,
    Indicator,
    Measurement,
    Stakeholder,
    Summary,
)
from plans.reports import figures, published
from plans.summaries.write import content
from tenants.access.context import staff_context
from tenants.access.rights import Role
from tenants.api.entrance import Entrance
from tenants.models import Period
from tests.client import Caller
from tests.conftest import ClientAs, Place, make_city
from tests.plans.measuring import problem

TODAY = date.today()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def expert(client_as: ClientAs, network: Place) -> Caller:
    return client_as(Role.LEAD_EXPERT, network)


@pytest.fixture
def url(network: Place) -> str:
    return f"{network.url}reports/figures/"


def action_in(place: Place, code: str = "A1", **fields: Any) -> None:
    with place.inside():
        Action.objects.create(code=code, title="An action", **fields)


def of_city(report: Any, slug: str) -> Any:
    return next(city for city in report["cities"] if city["city"] == slug)


def common(network: Place, code: str = "C1", **fields: Any) -> CommonIndicator:
    return CommonIndicator.objects.create(network=network.row, code=code, name=code, unit="people", **fields)


def measured(place: Place, shared: CommonIndicator, **value: Any) -> None:
    with place.inside():
        indicator = Indicator.objects.create(
            code=f"{place.row.slug}-{shared.code}-{Indicator.objects.count()}",
            name=shared.name,
            unit=shared.unit,
            measure=shared.measure,
            accumulation=shared.accumulation,
            common_indicator=shared,
        )
        if value:
            Measurement.objects.create(indicator=indicator, measured_on=date(2017, 10, 1), **value)


# -------------------------------------------------------------------------------- kept, or counted now


def test_what_is_not_kept_is_counted_now_and_says_so(expert, url, genoa, ghent):
    action_in(genoa, status="completed")
    refresh(TODAY)
    action_in(ghent)

    report = expert.get(url).json()

    assert {c["city"]: (c["source"], c["fresh"], c["as_of"]) for c in report["cities"]} == {
        "genoa": ("kept", True, TODAY.isoformat()),
        "ghent": ("live", True, TODAY.isoformat()),
    }
    assert report["fresh"] == {"n": 2, "of": 2}
    assert report["across"]["actions"]["total"] == 2
    assert report["across"]["actions"]["by_status"]["completed"] == 1


def test_kept_or_counted_now_makes_no_difference(expert, url, network, genoa, ghent):
    shared = common(network)
    for place, value in ((genoa, 3), (ghent, 4)):
        action_in(place)
        measured(place, shared, value=Decimal(value))
    counted = expert.get(url).json()
    refresh(TODAY)
    kept = expert.get(url).json()

    assert {city.pop("source") for city in counted["cities"]} == {"live"}
    assert {city.pop("source") for city in kept["cities"]} == {"kept"}
    assert kept == counted


def test_more_stale_cities_than_are_counted_now_are_shown_as_kept_and_say_so(
    expert, url, genoa, ghent, monkeypatch
):
    monkeypatch.setattr(figures, "COUNTED_NOW", 1)
    for place in (genoa, ghent):
        action_in(place)
    refresh(YESTERDAY)

    report = expert.get(url).json()

    assert report["fresh"] == {"n": 1, "of": 2}
    assert (of_city(report, "genoa")["source"], of_city(report, "genoa")["fresh"]) == ("live", True)
    stale = of_city(report, "ghent")
    assert (stale["source"], stale["fresh"], stale["as_of"]) == ("kept", False, YESTERDAY.isoformat())
    assert report["across"]["actions"]["total"] == 2


def test_a_city_never_counted_comes_first_and_the_next_is_named(expert, url, genoa, ghent, monkeypatch):
    monkeypatch.setattr(figures, "COUNTED_NOW", 1)
    action_in(genoa)
    refresh(YESTERDAY)
    action_in(ghent)
    action_in(make_city(Place(genoa.row.network, ""), "lisbon", "PT"))

    report = expert.get(url).json()

    assert {city["city"]: city["source"] for city in report["cities"]} == {"genoa": "kept", "ghent": "live"}
    assert report["left_out"] == [{"city": "lisbon", "why": "not_counted", "reason": ""}]


def test_a_city_without_anything_is_named_with_the_reason(expert, url, genoa, ghent):
    action_in(genoa)

    report = expert.get(url).json()

    assert report["left_out"] == [{"city": "ghent", "why": "no_data", "reason": ""}]
    assert (report["coverage"], report["fresh"]) == ({"n": 1, "of": 2}, {"n": 2, "of": 2})


def test_a_network_of_no_cities_has_its_report(expert, url):
    report = expert.get(url).json()

    assert (report["cities"], report["coverage"]) == ([], {"n": 0, "of": 0})
    assert report["across"]["actions"]["total"] == 0


def test_with_everything_fresh_it_is_one_statement_beside_the_entrance(expert, url, genoa, ghent):
    action_in(genoa)
    action_in(ghent)
    refresh(TODAY)

    with CaptureQueriesContext(connection) as asked:
        expert.get(url)

    reading = [
        q["sql"] for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))
    ]
    assert len(reading) == 2


# ------------------------------------------------------------------------------------- across cities


def test_a_sum_carries_its_inputs_and_says_what_was_left_out_and_why(expert, url, network, genoa, ghent):
    lisbon = make_city(network, "lisbon", "PT")
    shared = common(network)
    measured(genoa, shared, value=Decimal(0))
    measured(genoa, shared, value=Decimal("2.5"))
    measured(ghent, shared, not_measured_reason='The survey was "postponed".')
    action_in(lisbon)

    [total] = expert.get(url).json()["across"]["common_indicators"]

    assert (total["state"], total["value"], total["coverage"]) == ("computed", "2.5", {"n": 1, "of": 3})
    assert [(i["city"], i["value"], i["measured_on"]) for i in total["inputs"]] == [
        ("genoa", "0", "2017-10-01"),
        ("genoa", "2.5", "2017-10-01"),
    ]
    assert total["left_out"] == [
        {"city": "ghent", "why": "not_measured", "reason": 'The survey was "postponed".'},
        {"city": "lisbon", "why": "no_indicator", "reason": ""},
    ]


def test_percentages_are_added_by_their_parts(expert, url, network, genoa, ghent):
    shared = common(network, measure="percentage")
    measured(genoa, shared, numerator=Decimal(1), denominator=Decimal(2))
    measured(ghent, shared, numerator=Decimal(50), denominator=Decimal(100))

    [total] = expert.get(url).json()["across"]["common_indicators"]

    assert (total["numerator"], total["denominator"], total["value"]) == ("51", "102", "50")


@pytest.mark.parametrize("measure", ["number", "percentage"])
@pytest.mark.parametrize("operator", CommonIndicator.Operator.values)
def test_every_figure_of_a_period_is_the_same_counted_now_and_published(
    expert, url, network, genoa, ghent, period, operator, measure
):
    """Two ways lead to it: the report's SQL, and the summary's."""
    shared = common(network, operator=operator, measure=measure)
    parts = ({"value": Decimal("1.01")}, {"value": Decimal(-7)}, {"value": Decimal("2.0001")})
    if measure == "percentage":
        parts = tuple({"numerator": Decimal(n), "denominator": Decimal(7)} for n in (1, 3, 5))
    for place, given in zip((genoa, ghent, genoa), parts, strict=True):
        measured(place, shared, **given)
    measured(ghent, shared)
    common(network, "C2", operator=operator)
    guidelines = [
        Guideline.objects.create(network=network.row, number=n, slug=f"g{n}", title=f"{n}") for n in (2, 9)
    ]
    for place in (genoa, ghent):
        action_in(place, ends_on=date(2017, 9, 1), status="in_progress")
        with place.inside():
            Stakeholder.objects.create(name="University", profile="knowledge")
            GuidelineAssessment.objects.create(
                guideline=guidelines[0], period=period, step=3, assessed_on=date(2017, 12, 1)
            )
    summary = Summary(network=network.row, period=period)
    summary.content = content(summary)

    entrance = Entrance(user=None, network=network.pk, today=period.ends_on)
    with staff_context([genoa.pk, ghent.pk]):
        now = json.loads(figures.report(entrance).body)
    then = json.loads(published.report(summary))

    for report in (now, then):
        assert report.pop("algorithm") == {id(now): "figures-1", id(then): "summary-1"}[id(report)]
        for name in ("summary", "fresh"):
            report.pop(name)
        for city in report["cities"]:
            city.pop("fresh")
            city.pop("source")
        for figure in report["across"]["common_indicators"]:
            figure["left_out"].sort(key=lambda one: (one["city"], one["why"]))
    assert now == then


def test_guidelines_are_those_of_the_period_that_began_last(expert, url, network, genoa, period, guideline):
    later = Period.objects.create(
        network=network.row,
        code="2018-S1",
        starts_on=date(2018, 1, 1),
        ends_on=date(2018, 6, 30),
        due_on=date(2018, 7, 15),
    )
    with genoa.inside():
        Stakeholder.objects.create(name="University", profile="knowledge")
        for some, step in ((period, 5), (later, 6)):
            GuidelineAssessment.objects.create(
                guideline=guideline, period=some, step=step, assessed_on=some.starts_on
            )

    report = expert.get(url).json()

    assert report["period"]["code"] == "2018-S1"
    assert of_city(report, "genoa")["figures"]["guidelines"] == {
        "steps": {"4": 6},
        "coverage": {"n": 1, "of": 1},
    }
    [across] = report["across"]["guidelines"]
    assert (across["number"], across["cities_by_step"]["6"], across["coverage"]) == (4, 1, {"n": 1, "of": 1})


# --------------------------------------------------------------------------------------- whose they are


def test_a_national_point_sees_its_own_cities_alone(client_as, url, genoa, ghent):
    for place in (genoa, ghent):
        action_in(place)
    refresh(TODAY)
    italy = client_as(Role.NATIONAL_POINT, "IT")

    report = italy.get(url).json()

    assert [city["city"] for city in report["cities"]] == ["genoa"]
    assert (report["coverage"], report["across"]["actions"]["total"]) == ({"n": 1, "of": 1}, 1)


def test_another_network_is_not_in_it(expert, url, genoa, other_ghent):
    action_in(genoa)
    action_in(other_ghent, "SECRET")
    refresh(TODAY)

    report = expert.get(url).json()

    assert [city["city"] for city in report["cities"]] == ["genoa"]
    assert report["across"]["actions"]["total"] == 1


def test_one_city_may_not_read_across(officer, url, genoa, ghent):
    action_in(ghent)

    assert officer.get(url).status_code == 403


# ------------------------------------------------------------------------------------ asked once more


def test_what_is_known_is_not_read_again_until_a_row_changes(expert, url, genoa, ghent):
    action_in(genoa)
    tag = expert.get(url).headers["ETag"]

    with CaptureQueriesContext(connection) as asked:
        assert expert.get(url, If_None_Match=tag).status_code == 304
    assert not [query for query in asked if "plans_" in query["sql"]]

    action_in(ghent)
    assert expert.get(url, If_None_Match=tag).status_code == 200


def test_stale_figures_are_not_held_for_known_when_they_have_been_counted(
    expert, url, genoa, ghent, monkeypatch
):
    monkeypatch.setattr(figures, "COUNTED_NOW", 1)
    for place in (genoa, ghent):
        action_in(place)
    refresh(YESTERDAY)
    tag = expert.get(url).headers["ETag"]

    refresh(TODAY)

    assert expert.get(url, If_None_Match=tag).json()["fresh"] == {"n": 2, "of": 2}


def test_other_cities_have_another_tag(client_as, expert, url, genoa, ghent):
    action_in(genoa)
    tag = client_as(Role.NATIONAL_POINT, "IT").get(url).headers["ETag"]

    assert expert.get(url, If_None_Match=tag).status_code == 200


# -------------------------------------------------------------------------------- of a period that ended


@pytest.fixture
def summary(network: Place, genoa: Place, period: Period) -> Summary:
    measured(genoa, common(network), value=Decimal(7))
    row = Summary(network=network.row, period=period, state="published", published_at="2018-02-01T00:00:00Z")
    row.content = content(row)
    row.sha256 = sha256(row.content)
    row.save()
    return row


def test_a_period_is_answered_from_what_was_published(expert, url, genoa, summary):
    with genoa.inside():
        Measurement.objects.update(value=Decimal(99))

    report = expert.get(f"{url}?period=2017-S2").json()

    assert report["summary"] == {"id": str(summary.pk), "revision": 1, "sha256": summary.sha256}
    assert (report["as_of"], report["algorithm"], report["fresh"]) == ("2017-12-31", "summary-1", None)
    assert (report["cities"][0]["source"], report["cities"][0]["fresh"]) == ("published", None)
    assert report["across"]["common_indicators"][0]["value"] == "7"


def test_the_latest_revision_counts(expert, url, network, genoa, period, summary):
    with genoa.inside():
        Measurement.objects.update(value=Decimal(8))
    again = Summary(
        network=network.row,
        period=period,
        revision=2,
        reason="Corrected.",
        state="published",
        published_at="2018-03-01T00:00:00Z",
    )
    again.content = content(again)
    again.sha256 = sha256(again.content)
    again.save()

    report = expert.get(f"{url}?period=2017-S2").json()

    assert report["summary"]["revision"] == 2
    assert report["across"]["common_indicators"][0]["value"] == "8"


def test_a_published_period_that_is_known_is_not_sent_again(expert, url, summary):
    tag = expert.get(f"{url}?period=2017-S2").headers["ETag"]

    assert expert.get(f"{url}?period=2017-S2", If_None_Match=tag).status_code == 304
    assert expert.get(url, If_None_Match=tag).status_code == 200


@pytest.mark.parametrize(
    ("code", "ends_on", "refusal"),
    [
        ("2017-S1", YESTERDAY, "does_not_exist"),
        ("2017-S2", TODAY, "period_not_ended"),
        ("2017-S2", YESTERDAY, "not_published"),
    ],
)
def test_a_period_without_published_figures_is_refused_with_the_reason(
    expert, url, period, code, ends_on, refusal
):
    Period.objects.filter(pk=period.pk).update(ends_on=ends_on, due_on=TODAY)

    assert problem(expert.get(f"{url}?period={code}")) == (400, refusal, "period")


def test_the_period_of_another_network_does_not_exist(client_as, other_network, summary):
    stranger = client_as(Role.LEAD_EXPERT, other_network)

    response = stranger.get(f"{other_network.url}reports/figures/?period=2017-S2")

    assert problem(response) == (400, "does_not_exist", "period")
