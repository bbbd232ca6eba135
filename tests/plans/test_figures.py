"""Figures that are kept: always what the rows say, or known to be stale."""

import itertools
import json
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.figures import tasks
from plans.figures.counting import counted
from plans.figures.keep import CITIES, column_names, keep, refresh, stale
from plans.indicators.standing import TrackState
from plans.models import (
    Action,
    CommonIndicator,
    Guideline,
    GuidelineAssessment,
    Indicator,
    KeptFigures,
    Measurement,
    Milestone,
    Plan,
    Stakeholder,
    Target,
)
from tenants.access.context import staff_context
from tenants.models import Change, City, Period
from tests.conftest import Place, make_city, make_network
from tests.plans import summary_by_hand

TODAY = date(2026, 11, 25)
DAYS = [TODAY + timedelta(days=n) for n in (-400, -181, -61, -1, 0, 1, 200)]
COLUMNS = [name for name in column_names() if name not in ("id", "city_id")]


def kept(place: Place) -> dict[str, Any] | None:
    with place.inside():
        return KeptFigures.objects.values(*COLUMNS).first()


def live(place: Place, day: date = TODAY) -> dict[str, Any]:
    """As a reader across cities counts them."""
    statement = f"SELECT {', '.join(COLUMNS)} FROM ({counted(CITIES)}) f"
    with staff_context([place.pk]), connection.cursor() as cursor:
        cursor.execute(statement, {"cities": [place.pk], "day": day})
        return dict(zip(COLUMNS, cursor.fetchone(), strict=True))


def keep_in(place: Place, day: date = TODAY) -> None:
    with place.inside():
        keep(place.pk, day)


def action_in(place: Place, code: str = "GE-A1", **fields: Any) -> Action:
    with place.inside():
        return Action.objects.create(code=code, title="Ambassadors", **fields)


def clock(place: Place) -> int:
    return City.objects.get(pk=place.pk).clock


# ----------------------------------------------------------------------- kept is what the rows say


class Writer:
    """Writes to a city what comes to its mind."""

    def __init__(self, chance: random.Random, network: Place, period: Period) -> None:
        self.chance, self.period, self.numbers = chance, period, itertools.count()
        self.common = [
            CommonIndicator.objects.create(network=network.row, code=f"C{n}", name="Common", unit="people")
            for n in range(2)
        ]
        self.guidelines = [
            Guideline.objects.create(network=network.row, number=n, version=v, slug=f"g{n}", title=f"{n}")
            for n, v in ((1, 1), (1, 2), (4, 1))
        ]

    def write(self) -> None:
        deeds = [self.action, self.milestone, self.indicator, self.entry, self.stakeholder]
        self.chance.choice([*deeds, self.assessment, self.plan, self.change, self.replace, self.delete])()

    def day(self) -> date:
        return self.chance.choice(DAYS)

    def action(self) -> None:
        override = self.chance.choice(["", "", "late"])
        Action.objects.create(
            code=f"A{next(self.numbers)}",
            title="An action",
            status=self.chance.choice(Action.Status.values),
            ends_on=self.chance.choice([None, self.day()]),
            condition_override=override,
            condition_override_reason=override,
        )

    def milestone(self) -> None:
        if action := Action.objects.current().order_by("?").first():
            reached = self.chance.choice([None, self.day()])
            Milestone.objects.create(action=action, title="A step", due_on=self.day(), reached_on=reached)

    def indicator(self) -> None:
        row = Indicator.objects.create(
            code=f"I{next(self.numbers)}",
            name="An indicator",
            unit="people",
            common_indicator=self.chance.choice([None, *self.common]),
            direction=self.chance.choice(["increase", "decrease", "maintain"]),
            baseline_value=self.chance.choice([None, Decimal(0), Decimal("10.5")]),
        )
        if row.baseline_value is not None and self.chance.random() < 0.7:
            Target.objects.create(indicator=row, due_on=self.day(), value=self.chance.choice([5, 10, 20]))

    def entry(self) -> None:
        if indicator := Indicator.objects.order_by("?").first():
            value = self.chance.choice(
                [{"value": Decimal("12.50")}, {"value": 0}, {"not_measured_reason": "Ill"}]
            )
            Measurement.objects.create(indicator=indicator, measured_on=self.day(), **value)

    def stakeholder(self) -> None:
        profile = self.chance.choice(Stakeholder.Profile.values)
        Stakeholder.objects.create(name=f"S{next(self.numbers)}", profile=profile)

    def assessment(self) -> None:
        GuidelineAssessment.objects.update_or_create(
            guideline=self.chance.choice(self.guidelines),
            period=self.period,
            assessor=self.chance.choice(["self", "expert", "peer"]),
            defaults={"step": self.chance.randrange(7), "assessed_on": self.day()},
        )

    def plan(self) -> None:
        if not Plan.objects.exists():
            Plan.objects.create(title="A plan")

    def change(self) -> None:
        Action.objects.current().update(status=self.chance.choice(Action.Status.values))

    def replace(self) -> None:
        match list(Action.objects.current().order_by("?")[:2]):
            case [one, other]:
                one.merge(other, "Twice the same.")

    def delete(self) -> None:
        free = Action.objects.current().filter(replaces=None)
        for rows in self.chance.sample(
            [free, Stakeholder.objects.all(), GuidelineAssessment.objects.all()], 1
        ):
            if row := rows.order_by("?").first():
                row.delete()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), writes=st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_kept_is_live_and_what_is_counted_by_hand_whatever_was_written(
    network, genoa, ghent, period, seed, writes
):
    with transaction.atomic():
        writer = Writer(random.Random(seed), network, period)
        for several in writes:
            with genoa.inside():
                for _ in range(several):
                    writer.write()
            assert kept(genoa) is None or kept(genoa)["clock"] <= clock(genoa)
            refresh(TODAY)

            assert stale(TODAY, 10) == []
            row = kept(genoa)
            assert row is None if not clock(genoa) else row == live(genoa)
            if row:
                assert json.loads(row["shown"]) == counted_by_hand(genoa, period)
        transaction.set_rollback(True)


def counted_by_hand(place: Place, period: Period) -> dict[str, Any]:
    """From the rows, by the ORM and in Python."""
    as_of_today = Period(pk=period.pk, ends_on=TODAY)
    guidelines = list(Guideline.objects.filter(network=place.row.network))
    with staff_context([place.pk]):
        [city] = summary_by_hand.collect([place.row], as_of_today, guidelines)
    tracks = [indicator["track"]["state"] for indicator in city["indicators"]]
    return {
        "actions": city["actions"],
        "indicators": {
            "total": len(tracks),
            "by_track": {state: tracks.count(state) for state in TrackState.values},
            "coverage": city["coverage"]["indicators"],
        },
        "guidelines": {
            "steps": {str(guideline["number"]): guideline["step"] for guideline in city["guidelines"]},
            "coverage": city["coverage"]["guidelines"],
        },
        "stakeholders": city["stakeholders"],
    }


# ------------------------------------------------------------------------------ never stale unseen


def test_a_change_of_any_row_makes_what_is_kept_stale(genoa):
    action = action_in(genoa)
    keep_in(genoa)
    assert stale(TODAY, 10) == []

    with genoa.inside():
        action.milestones.create(title="Permit granted", due_on=TODAY)

    assert stale(TODAY, 10) == [genoa.pk]
    assert refresh(TODAY) == 1
    assert stale(TODAY, 10) == []


def test_a_change_in_one_city_leaves_the_others_fresh(genoa, ghent):
    action_in(genoa)
    action_in(ghent)
    refresh(TODAY)

    action_in(ghent, "GT-A2")

    assert stale(TODAY, 10) == [ghent.pk]


def test_another_day_makes_it_stale_since_conditions_depend_on_it(genoa):
    action_in(genoa, ends_on=TODAY)
    keep_in(genoa)
    assert kept(genoa)["by_condition"] == [0, 0, 0, 0, 1]

    tomorrow = TODAY + timedelta(days=1)
    assert stale(tomorrow, 10) == [genoa.pk]
    refresh(tomorrow)

    assert kept(genoa)["by_condition"] == [0, 1, 0, 0, 0]


def test_a_period_that_begins_makes_it_stale(network, genoa):
    action_in(genoa)
    refresh(TODAY)

    Period.objects.create(
        network=network.row,
        code="2026-S2",
        starts_on=TODAY,
        ends_on=date(2026, 12, 31),
        due_on=date(2027, 1, 15),
    )

    assert stale(TODAY, 10) == [genoa.pk]


def test_another_number_of_a_guideline_makes_it_stale(genoa, guideline):
    action_in(genoa)
    refresh(TODAY)

    guideline.number = 5
    guideline.save()

    assert stale(TODAY, 10) == [genoa.pk]


def test_another_algorithm_makes_it_stale(genoa):
    action_in(genoa)
    refresh(TODAY)

    with genoa.inside():
        KeptFigures.objects.update(algorithm="figures-0")

    assert stale(TODAY, 10) == [genoa.pk]


def test_a_city_that_never_wrote_keeps_nothing_and_can_go(genoa, ghent):
    assert refresh(TODAY) == 0
    keep_in(ghent)
    assert kept(ghent) is None

    ghent.row.delete()


# ------------------------------------------------------------------------- it costs nobody anything


def test_keeping_moves_no_clock_and_writes_no_history(genoa):
    action_in(genoa)
    before = clock(genoa)

    refresh(TODAY)
    refresh(TODAY + timedelta(days=1))

    assert clock(genoa) == before
    with genoa.inside():
        assert Change.objects.count() == before


def test_what_is_fresh_is_not_written_again(genoa):
    action_in(genoa)
    keep_in(genoa)
    with genoa.inside():
        version = KeptFigures.objects.get().row_version
    keep_in(genoa)

    with genoa.inside():
        assert KeptFigures.objects.get().row_version == version


def test_the_task_keeps_all_cities(genoa, ghent):
    action_in(genoa)
    action_in(ghent)

    tasks.refresh_figures()

    assert kept(genoa)["says_something"]
    assert kept(ghent)["says_something"]


def test_more_cities_than_one_batch_are_all_kept(genoa, ghent, monkeypatch):
    monkeypatch.setattr("plans.figures.keep.AT_ONCE", 1)
    action_in(genoa)
    action_in(ghent)

    assert refresh(TODAY) == 2
    assert stale(TODAY, 10) == []


def test_the_command_counts_anew_what_was_tampered_with(genoa):
    action_in(genoa)
    today = date.today()
    keep_in(genoa, today)
    with genoa.inside():
        KeptFigures.objects.update(by_status=[9] * 7)
    assert stale(today, 10) == []

    call_command("keep_figures", city="interactive-cities/genoa")

    assert kept(genoa)["by_status"] == [1, 0, 0, 0, 0, 0, 0]


def test_the_reading_role_of_staff_cannot_write_them(genoa):
    action_in(genoa)
    refresh(TODAY)

    for statement in (
        "UPDATE plans_keptfigures SET says_something = false",
        "DELETE FROM plans_keptfigures",
        "INSERT INTO plans_keptfigures SELECT * FROM plans_keptfigures",
    ):
        with (
            pytest.raises(Exception, match="permission denied"),
            transaction.atomic(),
            staff_context([genoa.pk]),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_writer_in_the_city_is_neither_waited_for_nor_kept_waiting(fresh_database, connect_as):
    genoa = make_city(make_network("interactive-cities"), "genoa", "IT")
    action_in(genoa)
    with connect_as("iap_app") as writer:
        writer.execute("SET lock_timeout = '2s'")
        writer.execute("SELECT set_config('app.city_id', %s, true)", [str(genoa.pk)])
        writer.execute("UPDATE plans_action SET status = 'planned'")

        refresh(TODAY)
        assert kept(genoa)["by_status"][:2] == [1, 0]
        with genoa.inside():
            keep(genoa.pk, TODAY + timedelta(days=1))
            writer.execute("UPDATE plans_action SET status = 'funded'")
        writer.commit()

    assert stale(TODAY, 10) == [genoa.pk]
    refresh(TODAY)
    assert kept(genoa)["by_status"][:3] == [0, 0, 1]
