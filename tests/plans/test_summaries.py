import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.db.utils import IntegrityError

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
    SummaryPiece,
)
from plans.summaries import write as writing
from plans.summaries.build import build, publish
from plans.summaries.notice import notice
from plans.summaries.write import content
from tenants.access.rights import Role
from tenants.jobs.lease import take
from tests.client import Caller
from tests.conftest import Place, make_city, make_network, make_person

DAY = date(2017, 10, 1)
TODAY = date(2026, 11, 22)


@pytest.fixture
def world(fresh_database: str) -> Iterator[dict[str, Any]]:
    """Two cities of one network and a period that has ended; committed for real."""
    network = make_network("interactive-cities")
    period = network.row.__class__._meta.apps.get_model("tenants", "Period").objects.create(
        network=network.row,
        code="2017-S2",
        starts_on=date(2017, 7, 1),
        ends_on=date(2017, 12, 31),
        due_on=date(2018, 1, 15),
    )
    yield {
        "network": network,
        "period": period,
        "genoa": make_city(network, "genoa", "IT", role="lead_partner"),
        "ghent": make_city(network, "ghent", "BE"),
    }
    connections.close_all()


def common(network: Place, code: str = "C1", **fields: Any) -> CommonIndicator:
    return CommonIndicator.objects.create(network=network.row, code=code, name=code, unit="people", **fields)


def measured(city: Place, shared: CommonIndicator, **value: Any) -> None:
    with city.inside():
        indicator = Indicator.objects.create(
            code=f"{city.row.slug}-{shared.code}",
            name=shared.name,
            unit=shared.unit,
            measure=shared.measure,
            accumulation=shared.accumulation,
            common_indicator=shared,
        )
        if value:
            Measurement.objects.create(indicator=indicator, measured_on=DAY, **value)


def published(world: dict[str, Any]) -> dict[str, Any]:
    summary = Summary.objects.create(network=world["network"].row, period=world["period"])
    build(summary.pk)
    summary.refresh_from_db()
    assert summary.state == Summary.State.PUBLISHED
    return json.loads(summary.content)


def figure(content: dict[str, Any], code: str = "C1") -> dict[str, Any]:
    return next(item for item in content["across"]["indicators"] if item["code"] == code)


def test_a_zero_counts_and_a_missing_value_does_not(world):
    shared = common(world["network"])
    measured(world["genoa"], shared, value=Decimal(0))
    measured(world["ghent"], shared)

    total = figure(published(world))

    assert (total["state"], total["value"], total["coverage"]) == ("computed", "0", {"n": 1, "of": 2})
    assert total["left_out"] == [{"city": "ghent", "why": "missing", "reason": ""}]


def test_percentages_are_added_by_their_parts(world):
    shared = common(world["network"], measure="percentage")
    measured(world["genoa"], shared, numerator=Decimal(1), denominator=Decimal(2))
    measured(world["ghent"], shared, numerator=Decimal(50), denominator=Decimal(100))

    total = figure(published(world))

    assert (total["numerator"], total["denominator"], total["value"]) == ("51", "102", "50")


def test_a_value_not_measured_is_left_out_with_the_citys_own_words(world):
    shared = common(world["network"])
    measured(world["genoa"], shared, value=Decimal("12.5"))
    measured(world["ghent"], shared, not_measured_reason="The survey was postponed.")

    total = figure(published(world))

    assert total["value"] == "12.5"
    assert total["left_out"] == [
        {"city": "ghent", "why": "not_measured", "reason": "The survey was postponed."}
    ]
    assert [(i["city"], i["value"], i["measured_on"]) for i in total["inputs"]] == [
        ("genoa", "12.5", "2017-10-01")
    ]


@pytest.mark.parametrize(
    ("operator", "state", "value"),
    [
        ("sum", "computed", "5"),
        ("mean", "computed", "2.5"),
        ("minimum", "computed", "1"),
        ("maximum", "computed", "4"),
        ("none", "not_aggregated", None),
    ],
)
def test_cities_become_one_figure_by_the_declared_operator(world, operator, state, value):
    shared = common(world["network"], operator=operator)
    measured(world["genoa"], shared, value=Decimal(1))
    measured(world["ghent"], shared, value=Decimal(4))

    total = figure(published(world))

    assert (total["state"], total["value"], len(total["inputs"])) == (state, value, 2)


def test_what_was_measured_after_the_period_is_not_in_its_summary(world):
    shared = common(world["network"])
    measured(world["genoa"], shared, value=Decimal(7))
    with world["genoa"].inside():
        later = Indicator.objects.get(code="genoa-C1")
        Measurement.objects.create(indicator=later, measured_on=date(2018, 3, 1), value=Decimal(9))

    assert figure(published(world))["value"] == "7"


def test_a_city_without_anything_is_named_with_the_reason(world):
    with world["genoa"].inside():
        Stakeholder.objects.create(name="Chamber of Commerce", profile="public")

    content = published(world)

    assert [city["city"] for city in content["cities"]] == ["genoa"]
    assert content["left_out"] == [{"city": "ghent", "why": "no_data", "reason": ""}]
    assert content["coverage"] == {"n": 1, "of": 2}


def test_actions_and_steps_are_counted_per_city_and_across(world):
    with world["genoa"].inside():
        Action.objects.create(code="A1", title="One", status="in_progress", ends_on=date(2017, 9, 1))
        Action.objects.create(code="A2", title="Two", status="completed")
    with world["ghent"].inside():
        Action.objects.create(code="A1", title="One", status="planned")
    guideline = Guideline.objects.create(network=world["network"].row, number=1, slug="one", title="One")
    with world["genoa"].inside():
        GuidelineAssessment.objects.create(
            guideline=guideline, period=world["period"], step=3, assessed_on=DAY
        )

    across = published(world)["across"]

    assert across["actions"]["by_status"]["completed"] == 1
    assert across["actions"]["by_condition"]["late"] == 1
    assert across["actions"]["total"] == 3
    assert across["guidelines"][0]["cities_by_step"]["3"] == 1
    assert across["guidelines"][0]["left_out"] == [{"city": "ghent", "why": "missing", "reason": ""}]


def test_the_same_inputs_make_the_same_bytes(world):
    measured(world["genoa"], common(world["network"]), value=Decimal(3))
    summary = Summary.objects.create(network=world["network"].row, period=world["period"])
    build(summary.pk)
    summary.refresh_from_db()

    again = content(summary)

    assert again == summary.content
    assert sha256(again) == summary.sha256


def test_a_published_summary_is_not_changed_by_anybody(world, connect_as):
    published(world)
    owner = connect_as("iap_owner")

    for statement in ("UPDATE plans_summary SET content = '{}'", "DELETE FROM plans_summary"):
        with pytest.raises(Exception, match="not changed"):
            owner.execute(statement)
        owner.rollback()
    with pytest.raises(IntegrityError):
        Summary.objects.update(content="{}")


def test_a_message_that_comes_twice_publishes_once(world):
    summary = Summary.objects.create(network=world["network"].row, period=world["period"])

    together = [threading.Thread(target=run_and_close, args=(summary.pk,)) for _ in range(4)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    build(summary.pk)

    summary.refresh_from_db()
    assert (summary.state, summary.attempts) == (Summary.State.PUBLISHED, 1)


def run_and_close(key: Any) -> None:
    try:
        build(key)
    finally:
        connection.close()


def test_a_worker_that_lost_its_lease_publishes_nothing(world):
    summary = Summary.objects.create(network=world["network"].row, period=world["period"])
    over = timedelta(seconds=-1)
    lost, held = (take(Summary.objects.all(), summary.pk, over).lease_token for _ in range(2))

    for token, who in ((lost, "was thought dead"), (held, "holds the lease")):
        for number, text in ((1, f'"{who}"}}'), (0, '{"by":')):
            SummaryPiece.objects.create(summary=summary, token=token, number=number, text=text)

    assert not publish(summary.pk, lost)
    assert publish(summary.pk, held)

    summary.refresh_from_db()
    assert summary.content == '{"by":"holds the lease"}'
    assert summary.sha256 == sha256(summary.content)
    assert not SummaryPiece.objects.exists()


def test_a_lease_keeps_others_away_until_it_ends(world):
    summary = Summary.objects.create(network=world["network"].row, period=world["period"])

    assert take(Summary.objects.all(), summary.pk, timedelta(minutes=1))
    assert not take(Summary.objects.all(), summary.pk, timedelta(minutes=1))


def test_an_ended_period_gets_one_row_however_often_it_is_noticed(world):
    rung: list[Any] = []

    notice(TODAY, rung.append)
    notice(TODAY, rung.append)

    assert Summary.objects.count() == 1
    assert rung == [Summary.objects.get().pk] * 2


def test_a_period_that_has_not_ended_gets_no_summary(world):
    notice(world["period"].ends_on, lambda key: None)

    assert Summary.objects.count() == 0


def test_the_progress_is_seen_while_the_work_goes_on(world, monkeypatch):
    seen = []
    summary = Summary.objects.create(network=world["network"].row, period=world["period"])
    collect = writing.collect

    def watched(*args: Any) -> Any:
        thread = threading.Thread(target=lambda: seen.append(progress_of(summary.pk)))
        thread.start()
        thread.join()
        return collect(*args)

    monkeypatch.setattr(writing, "collect", watched)
    build(summary.pk)

    assert seen == [("running", 0, 2), ("running", 1, 2)]


def progress_of(key: Any) -> tuple[str, int, int]:
    try:
        row = Summary.objects.get(pk=key)
        return row.state, row.cities_done, row.cities_total
    finally:
        connection.close()


# ------------------------------------------------------------------------------ through the API


def caller(role: Role, place: Place | None = None) -> Caller:
    user, token = make_person(role, place)
    return Caller(token, user)


def test_what_is_not_published_is_not_there_to_read(world):
    summary = Summary.objects.create(
        network=world["network"].row, period=world["period"], state="failed", content='{"by":"half"}'
    )
    officer = caller(Role.OFFICER, world["ghent"])

    assert officer.get(f"{world['network'].url}summaries/{summary.pk}/content/").status_code == 404


def test_staff_asks_and_a_city_reads_the_published_bytes(world):
    url = f"{world['network'].url}summaries/"
    staff, officer = caller(Role.PROGRAMME_STAFF), caller(Role.OFFICER, world["ghent"])

    asked = staff.post(url, {"period": str(world["period"].pk)})
    assert asked.status_code == 202
    assert asked.json()["state"] == "waiting"
    build(asked.json()["id"])

    row = officer.get(asked.headers["Location"]).json()
    assert row["state"] == "published"
    content = officer.get(f"{asked.headers['Location']}content/")
    assert hashlib.sha256(content.content).hexdigest() == row["sha256"]
    assert content.json()["period"]["code"] == "2017-S2"


def test_asking_twice_gives_the_same_row_and_after_publication_needs_a_reason(world):
    url = f"{world['network'].url}summaries/"
    staff = caller(Role.PROGRAMME_STAFF)
    body = {"period": str(world["period"].pk)}
    first = staff.post(url, body).json()

    assert staff.post(url, body).json()["id"] == first["id"]
    build(first["id"])
    refused = staff.post(url, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "summary_published")
    second = staff.post(url, {**body, "reason": "Ghent corrected a figure."}).json()
    assert second["revision"] == 2


def test_an_officer_may_not_ask(world):
    officer = caller(Role.OFFICER, world["genoa"])

    response = officer.post(f"{world['network'].url}summaries/", {"period": str(world["period"].pk)})

    assert response.status_code == 403
    assert Summary.objects.count() == 0


def test_another_network_does_not_know_the_summary(world):
    published(world)
    other = make_network("riverside-towns")
    stranger = caller(Role.LEAD_EXPERT, other)
    key = Summary.objects.get().pk

    assert stranger.get(f"{world['network'].url}summaries/{key}/").status_code == 404
    assert stranger.get(f"{other.url}summaries/{key}/").status_code == 404
    assert stranger.rows(f"{other.url}summaries/") == []
