"""The one progress function. Each property sends its examples to PostgreSQL as arrays, in one query."""

import json
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from django.db import connection
from hypothesis import assume, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

MISSING_OR_NAMED = {
    "no_baseline",
    "no_target",
    "no_measurement",
    "within_tolerance",
    "outside_tolerance",
    "achieved_at_baseline",
    "not_achieved_at_baseline",
}
OTHER_WAY = {"increase": "decrease", "decrease": "increase", "maintain": "maintain"}

directions = st.sampled_from(["increase", "decrease", "maintain"])
tolerances = st.decimals(0, 1, places=4)
# Small ones so that equal numbers, and with them the edges, come up often.
numbers = st.one_of(
    st.integers(-3, 3).map(Decimal),
    st.decimals(Decimal(-(10**16)), Decimal(10**16), places=4).filter(lambda n: abs(n) < 10**16),
)
examples = st.lists(st.tuples(directions, tolerances, numbers, numbers, numbers), min_size=1)
incomplete_examples = st.lists(st.tuples(directions, tolerances, *[st.none() | numbers] * 3), min_size=1)
few = settings(max_examples=40, deadline=None)


def progress(rows):
    """The answers to rows of direction, tolerance, baseline, target, actual."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT iap_progress_v1(direction, tolerance, baseline, target, actual) FROM unnest("
            "%s::text[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[]"
            ") WITH ORDINALITY AS row (direction, tolerance, baseline, target, actual, n) ORDER BY n",
            [list(column) for column in zip(*rows, strict=True)],
        )
        return [json.loads(answer) for (answer,) in cursor.fetchall()]


def values(rows):
    return [Decimal(answer["value"]) for answer in progress(rows)]


def round_half_away_from_zero(number):
    whole = floor(abs(number) * 10_000 + Fraction(1, 2))
    return Decimal(whole if number >= 0 else -whole).scaleb(-4)


@few
@given(examples)
def test_progress_is_the_exact_quotient_to_four_places(rows):
    rows = [("increase", *row[1:]) for row in rows if row[2] != row[3]]
    assume(rows)

    assert values(rows) == [
        round_half_away_from_zero(Fraction(actual - baseline) / Fraction(target - baseline))
        for _, _, baseline, target, actual in rows
    ]


@few
@given(incomplete_examples)
def test_every_input_has_one_state_and_a_number_only_when_measured(rows):
    for answer in progress(rows):
        assert set(answer) == {"state", "value"}
        if answer["state"] == "measured":
            assert isinstance(answer["value"], str)
        else:
            assert answer["state"] in MISSING_OR_NAMED
            assert answer["value"] is None


@few
@given(incomplete_examples)
def test_falling_is_rising_in_a_mirror(rows):
    mirrored = [
        (OTHER_WAY[direction], tolerance, *(n if n is None else -n for n in parts))
        for direction, tolerance, *parts in rows
    ]

    assert progress(mirrored) == progress(rows)


@few
@given(incomplete_examples, st.integers(1, 10**6))
def test_a_larger_unit_changes_nothing(rows, factor):
    rescaled = [
        (direction, tolerance, *(n if n is None else n * factor for n in parts))
        for direction, tolerance, *parts in rows
    ]

    assert progress(rescaled) == progress(rows)


@few
@given(incomplete_examples, st.integers(-(10**6), 10**6))
def test_another_zero_of_the_scale_changes_nothing_but_a_band_around_the_baseline(rows, shift):
    rows = [row for row in rows if row[0] != "maintain"]
    assume(rows)
    shifted = [
        (direction, tolerance, *(n if n is None else n + shift for n in parts))
        for direction, tolerance, *parts in rows
    ]

    assert progress(shifted) == progress(rows)


@few
@given(st.lists(st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1]), min_size=1))
def test_progress_runs_from_baseline_to_target_and_on_beyond_both(pairs):
    rows = [
        ("increase", 0, baseline, target, baseline + way * (target - baseline))
        for baseline, target in pairs
        for way in (-1, 0, 1, 2)
    ]

    assert values(rows) == [-1, 0, 1, 2] * len(pairs)


@few
@given(numbers, numbers, st.lists(numbers, min_size=2))
def test_progress_never_falls_on_the_way_to_the_target(baseline, target, actuals):
    assume(baseline != target)
    actuals.sort(reverse=target < baseline)

    steps = values([("increase", 0, baseline, target, actual) for actual in actuals])

    assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "actual", "value"),
    [
        pytest.param("decrease", 100, 50, 75, "0.5", id="falling, half way"),
        pytest.param("decrease", 100, 50, 110, "-0.2", id="falling, a step backwards"),
        pytest.param("decrease", 100, 0, 25, "0.75", id="falling to zero"),
        pytest.param("increase", 0, 200, 0, "0", id="zero is a value"),
        pytest.param("increase", 100, 200, 350, "2.5", id="over-achieved"),
        pytest.param("increase", -10, 10, 5, "0.75", id="through zero"),
        pytest.param("increase", 0, 3, 1, "0.3333", id="rounded"),
        pytest.param("increase", 100, 50, 75, "0.5", id="target against direction"),
        # 0.500049999999999999995: a quotient of 20 places would be rounded up to the half, and again.
        pytest.param(
            "increase",
            0,
            Decimal("9999999999999999.9999"),
            Decimal("5000499999999999.9999"),
            "0.5",
            id="rounded once",
        ),
    ],
)
def test_progress_measured(direction, baseline, target, actual, value):
    assert progress([(direction, Decimal("0.1"), baseline, target, actual)]) == [
        {"state": "measured", "value": value}
    ]


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "actual", "state"),
    [
        ("increase", None, 200, 150, "no_baseline"),
        ("maintain", None, None, 150, "no_baseline"),
        ("increase", None, None, None, "no_baseline"),
        ("increase", 100, None, 150, "no_target"),
        ("decrease", 100, None, None, "no_target"),
        ("increase", 100, 200, None, "no_measurement"),
        ("increase", 100, 100, None, "no_measurement"),
        ("maintain", 100, None, None, "no_measurement"),
        ("increase", 100, 100, 100, "achieved_at_baseline"),
        ("increase", 100, 100, 101, "achieved_at_baseline"),
        ("increase", 100, 100, 99, "not_achieved_at_baseline"),
        ("decrease", 0, 0, 0, "achieved_at_baseline"),
        ("decrease", 0, 0, -1, "achieved_at_baseline"),
        ("decrease", 0, 0, 1, "not_achieved_at_baseline"),
        ("maintain", 100, None, 110, "within_tolerance"),
        ("maintain", 100, 500, 90, "within_tolerance"),
        ("maintain", 100, None, Decimal("110.0001"), "outside_tolerance"),
        ("maintain", 100, 100, Decimal("89.9999"), "outside_tolerance"),
        ("maintain", -100, None, -110, "within_tolerance"),
        ("maintain", 0, None, 0, "within_tolerance"),
        ("maintain", 0, None, Decimal("0.0001"), "outside_tolerance"),
    ],
)
def test_progress_has_a_named_state_for_every_edge(direction, baseline, target, actual, state):
    assert progress([(direction, Decimal("0.1"), baseline, target, actual)]) == [
        {"state": state, "value": None}
    ]
