"""On track: the value beside the value due by the line or by the last target whose date has come."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

START, END = date(2017, 1, 1), date(2017, 4, 11)  # a line of a hundred days
HALF_WAY = date(2017, 2, 20)
LATER = date(2018, 1, 1)
OTHER_WAY = {"increase": "decrease", "decrease": "increase", "maintain": "maintain"}

COLUMNS = {
    "direction": "text",
    "tolerance": "numeric",
    "baseline": "numeric",
    "baseline_on": "date",
    "target": "numeric",
    "target_on": "date",
    "final": "numeric",
    "actual": "numeric",
    "as_of": "date",
}
RISING = {
    "direction": "increase",
    "tolerance": Decimal("0.1"),
    "baseline": 100,
    "baseline_on": START,
    "target": 200,
    "target_on": END,
    "final": 300,
    "actual": 150,
    "as_of": HALF_WAY,
}

numbers = st.integers(-4, 4).map(Decimal) | st.decimals(Decimal("-1e15"), Decimal("1e15"), places=4)
dates = st.dates(date(2016, 1, 1), date(2016, 1, 6)) | st.dates()
some_number, some_date = st.none() | numbers, st.none() | dates


@st.composite
def examples(draw):
    """A target and its date come together, and with a final target."""
    has_target = draw(st.booleans())
    return {
        "direction": draw(st.sampled_from(list(OTHER_WAY))),
        "tolerance": draw(st.decimals(0, 1, places=4)),
        "baseline": draw(some_number),
        "baseline_on": draw(some_date),
        "target": draw(numbers) if has_target else None,
        "target_on": draw(dates) if has_target else None,
        "final": draw(numbers) if has_target else None,
        "actual": draw(some_number),
        "as_of": draw(dates),
    }


def tracks(rows):
    arrays = ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT iap_track_v1(direction, tolerance, baseline, target, final, actual,"
            " iap_due_v1(baseline, baseline_on, target, target_on, as_of), target_on)"
            f" FROM unnest({arrays}) WITH ORDINALITY AS row ({', '.join(COLUMNS)}, n) ORDER BY n",
            [[row[column] for row in rows] for column in COLUMNS],
        )
        return [json.loads(answer) for (answer,) in cursor.fetchall()]


def track(**changes):
    (answer,) = tracks([RISING | changes])
    return answer


@settings(max_examples=40, deadline=None)
@given(st.lists(examples(), min_size=1))
def test_falling_is_judged_like_rising_in_a_mirror(rows):
    mirrored = [
        row
        | {"direction": OTHER_WAY[row["direction"]]}
        | {key: -row[key] for key in ("baseline", "target", "final", "actual") if row[key] is not None}
        for row in rows
    ]

    assert [answer["state"] for answer in tracks(mirrored)] == [answer["state"] for answer in tracks(rows)]


@settings(max_examples=40, deadline=None)
@given(st.lists(examples(), min_size=1))
def test_without_a_measured_value_there_is_no_verdict(rows):
    states = {answer["state"] for answer in tracks([row | {"actual": None} for row in rows])}

    assert states <= {"no_baseline", "no_target", "target_against_direction", "no_data"}


@settings(max_examples=40, deadline=None)
@given(st.lists(examples(), min_size=1))
def test_what_is_due_lies_between_baseline_and_target(rows):
    for row, answer in zip(rows, tracks(rows), strict=True):
        if answer["due_value"] is not None and row["direction"] != "maintain" and row["baseline"] is not None:
            low, high = sorted([row["baseline"], row["target"]])
            assert low <= Decimal(answer["due_value"]) <= high


@pytest.mark.parametrize(
    ("actual", "state"),
    [
        (150, "on_track"),
        (165, "on_track"),
        (135, "on_track"),
        (Decimal("165.0001"), "ahead"),
        (Decimal("134.9999"), "behind"),
        (299, "ahead"),
        (300, "achieved"),
        (0, "behind"),
        (None, "no_data"),
    ],
)
def test_half_way_along_the_line_half_the_way_is_due(actual, state):
    falling = track(
        direction="decrease", baseline=-100, target=-200, final=-300,
        actual=None if actual is None else -actual,
    )  # fmt: skip

    assert track(actual=actual) == {"state": state, "due_value": "150", "due_on": "2017-04-11"}
    assert falling == {"state": state, "due_value": "-150", "due_on": "2017-04-11"}


@pytest.mark.parametrize(
    ("actual", "state"),
    [(200, "on_track"), (185, "on_track"), (184, "behind"), (216, "ahead"), (300, "achieved")],
)
@pytest.mark.parametrize("as_of", [END, LATER])
def test_a_target_whose_date_has_come_is_due_whole(as_of, actual, state):
    assert track(as_of=as_of, actual=actual) == {
        "state": state,
        "due_value": "200",
        "due_on": "2017-04-11",
    }


@pytest.mark.parametrize(
    ("changes", "state", "due_value"),
    [
        pytest.param({"baseline": None}, "no_baseline", None, id="no baseline"),
        pytest.param(
            {"target": None, "target_on": None, "final": None}, "no_target", None, id="no target"
        ),
        pytest.param({"final": 99}, "target_against_direction", "150", id="final target falls back"),
        pytest.param(
            {"final": 99, "actual": None}, "target_against_direction", "150", id="... nor a value"
        ),
        pytest.param({"target": 90, "actual": 95}, "on_track", "95", id="a dip on the way is no mistake"),
        pytest.param({"baseline_on": None}, "not_due", None, id="baseline without a date"),
        pytest.param({"baseline_on": None, "actual": 300}, "achieved", None, id="... but achieved"),
        pytest.param({"baseline_on": None, "as_of": END}, "behind", "200", id="... a date that came"),
        pytest.param({"baseline_on": LATER, "as_of": END}, "behind", "200", id="target before baseline"),
        pytest.param({"baseline_on": END, "as_of": END}, "behind", "200", id="target on baseline's day"),
        pytest.param({"baseline_on": END}, "not_due", None, id="before the line begins"),
        pytest.param({"as_of": START, "actual": 100}, "on_track", "100", id="on the day it begins"),
        pytest.param({"target": 100, "actual": 100}, "on_track", "100", id="no way to go, exactly there"),
        pytest.param({"target": 100, "actual": 101}, "ahead", "100", id="... above"),
        pytest.param({"target": 100, "actual": 99}, "behind", "100", id="... below"),
        pytest.param(
            {"target": 100, "final": 100, "actual": 100}, "achieved", "100", id="final target is baseline"
        ),
        pytest.param({"target": 100, "final": 100, "actual": 99}, "behind", "100", id="... and lost"),
        pytest.param({"direction": "maintain", "actual": 110}, "on_track", "100", id="kept"),
        pytest.param({"direction": "maintain", "actual": 111}, "behind", "100", id="not kept, above"),
        pytest.param({"direction": "maintain", "actual": 89}, "behind", "100", id="not kept, below"),
        pytest.param({"direction": "maintain", "actual": None}, "no_data", "100", id="kept?"),
        pytest.param(
            {"direction": "maintain", "target": None, "target_on": None, "final": None, "actual": 100},
            "on_track", "100", id="kept without a target",
        ),
    ],
)  # fmt: skip
def test_every_edge_of_on_track_has_a_named_state(changes, state, due_value):
    answer = track(**changes)

    assert (answer["state"], answer["due_value"]) == (state, due_value)
