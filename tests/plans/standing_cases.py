"""What was entered for an indicator, and how it then stands: numbers worked out by hand."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

SPRING, SUMMER, AUTUMN, WINTER = (
    date(2017, 3, 31),
    date(2017, 6, 30),
    date(2017, 9, 30),
    date(2017, 12, 31),
)
NEXT_YEAR = date(2018, 12, 31)
NEW_YEAR = date(2017, 1, 1)

NOT_MEASURED = {"value": None, "quality": None, "provenance": None, "entries": 0}
NOTHING_KNOWN = {"state": "no_measurement", "value": None}


@dataclass(frozen=True)
class Entry:
    on: date
    value: int | Decimal | None = None
    parts: tuple[int, int] = (None, None)
    reason: str = ""
    quality: str = "measured"
    supersedes: int | None = None
    """The place of the corrected entry in the list."""


@dataclass(frozen=True)
class Case:
    """Expected are the keys of the standing; of the value only what differs from FIRST_OF_ONE.

    A measurement is expected as the place of its entry in the list.
    """

    name: str
    entries: list[Entry]
    value: dict[str, Any]
    progress: dict[str, Any]
    track: dict[str, Any]
    indicator: dict[str, Any] = field(default_factory=dict)
    targets: list[tuple[date, int]] = field(default_factory=lambda: [(WINTER, 200)])
    target: dict[str, Any] | None = field(
        default_factory=lambda: {"value": "200", "due_on": "2017-12-31", "provenance": "reported"}
    )
    as_of: date = WINTER


# A level that rises from 100 at the beginning of the year to 200 at its end.
INDICATOR = {
    "direction": "increase",
    "accumulation": "level",
    "measure": "number",
    "baseline_value": 100,
    "baseline_on": NEW_YEAR,
    "tolerance": Decimal("0.1"),
}
FIRST_OF_ONE = {
    "state": "measured",
    "numerator": None,
    "denominator": None,
    "measured_on": "2017-03-31",
    "quality": "measured",
    "provenance": "reported",
    "reason": "",
    "entries": 1,
    "measurement": 0,
}
FROM_ZERO = {"baseline_value": 0}
RUNNING = FROM_ZERO | {"accumulation": "running_total"}
PER_PERIOD = FROM_ZERO | {"accumulation": "per_period"}
PERCENTAGE = FROM_ZERO | {"measure": "percentage"}


def measured(value: str) -> dict[str, Any]:
    return {"state": "measured", "value": value}


def track(state: str, due_value: str | None = "200", due_on: str | None = "2017-12-31") -> dict[str, Any]:
    return {"state": state, "due_value": due_value, "due_on": due_on}


CASES = [
    Case(
        "falling, half way",
        [Entry(SPRING, 75)],
        {"value": "75"},
        measured("0.5"),
        track("behind", "50"),
        indicator={"direction": "decrease"},
        targets=[(WINTER, 50)],
        target={"value": "50", "due_on": "2017-12-31", "provenance": "reported"},
    ),
    Case(
        "nothing entered",
        [],
        NOT_MEASURED | {"state": "missing", "measured_on": None, "measurement": None},
        NOTHING_KNOWN,
        track("no_data"),
    ),
    Case(
        "zero is a value",
        [Entry(SPRING, 0)],
        {"value": "0"},
        measured("0"),
        track("behind"),
        indicator=FROM_ZERO,
    ),
    Case(
        "not measured, with the reason",
        [Entry(SPRING, 120), Entry(SUMMER, reason="The counter was broken.")],
        NOT_MEASURED
        | {
            "state": "not_measured",
            "reason": "The counter was broken.",
            "measured_on": "2017-06-30",
            "measurement": 1,
        },
        NOTHING_KNOWN,
        track("no_data"),
    ),
    Case(
        "entered later than the day asked for",
        [Entry(SPRING, 120), Entry(SUMMER, 150)],
        {"value": "120"},
        measured("0.2"),
        # 89 of the line's 364 days
        track("on_track", "124.4505"),
        as_of=SPRING,
    ),
    Case(
        "only entered later",
        [Entry(SUMMER, 150)],
        NOT_MEASURED | {"state": "missing", "measured_on": None, "measurement": None},
        NOTHING_KNOWN,
        track("no_data", "124.4505"),
        as_of=SPRING,
    ),
    Case(
        "the date decides, not the order of entry",
        [Entry(SUMMER, 150), Entry(SPRING, 120)],
        {"value": "150", "measured_on": "2017-06-30", "measurement": 0},
        measured("0.5"),
        track("behind"),
    ),
    Case(
        "two of one day: the one entered last",
        [Entry(SPRING, 120), Entry(SPRING, 130)],
        {"value": "130", "measurement": 1},
        measured("0.3"),
        track("behind"),
    ),
    Case(
        "no baseline",
        [Entry(SPRING, 150)],
        {"value": "150"},
        {"state": "no_baseline", "value": None},
        track("no_baseline"),
        indicator={
            "baseline_value": None,
            "baseline_on": None,
            "baseline_absent_reason": "Nobody counted before.",
        },
    ),
    Case(
        "back-filled history is not the baseline",
        [Entry(SPRING, 150), Entry(date(2015, 1, 1), 20)],
        {"value": "150"},
        measured("0.5"),
        track("behind"),
    ),
    Case(
        "no target",
        [Entry(SPRING, 150)],
        {"value": "150"},
        {"state": "no_target", "value": None},
        track("no_target", None, None),
        targets=[],
        target=None,
    ),
    Case(
        "progress to the last target, on track to the next",
        [Entry(SPRING, 125)],
        {"value": "125"},
        measured("0.125"),
        track("on_track", "124.4505"),
        targets=[(WINTER, 200), (NEXT_YEAR, 300)],
        target={"value": "300", "due_on": "2018-12-31", "provenance": "reported"},
        as_of=SPRING,
    ),
    Case(
        "beyond the next target is ahead, not achieved",
        [Entry(SPRING, 250)],
        {"value": "250"},
        measured("0.75"),
        track("ahead", "124.4505"),
        targets=[(WINTER, 200), (NEXT_YEAR, 300)],
        target={"value": "300", "due_on": "2018-12-31", "provenance": "reported"},
        as_of=SPRING,
    ),
    Case(
        "between two targets the one whose date has come is due",
        [Entry(SPRING, 180)],
        {"value": "180"},
        measured("0.4"),
        track("behind"),
        targets=[(NEXT_YEAR, 300), (WINTER, 200)],
        target={"value": "300", "due_on": "2018-12-31", "provenance": "reported"},
        as_of=date(2018, 11, 30),  # nearer to the next
    ),
    Case(
        "of two targets whose dates have come the last is due",
        [Entry(SPRING, 280)],
        {"value": "280"},
        measured("0.9"),
        track("on_track", "300", "2018-12-31"),
        targets=[(WINTER, 200), (NEXT_YEAR, 300)],
        target={"value": "300", "due_on": "2018-12-31", "provenance": "reported"},
        as_of=date(2020, 1, 1),
    ),
    Case(
        "of two targets to come the next is due",
        [Entry(SPRING, 100)],
        {"value": "100"},
        measured("0"),
        track("behind", "124.4505"),
        targets=[(NEXT_YEAR, 300), (WINTER, 200)],
        target={"value": "300", "due_on": "2018-12-31", "provenance": "reported"},
        as_of=SPRING,
    ),
    Case(
        "kept without a target",
        [Entry(SPRING, 95)],
        {"value": "95"},
        {"state": "within_tolerance", "value": None},
        track("on_track", "100", None),
        indicator={"direction": "maintain"},
        targets=[],
        target=None,
    ),
    Case(
        "a running total takes the latest",
        [Entry(SPRING, 40), Entry(SUMMER, 100)],
        {"value": "100", "measured_on": "2017-06-30", "measurement": 1},
        measured("0.5"),
        track("behind"),
        indicator=RUNNING,
    ),
    Case(
        "a late correction leaves the later running total as stated",
        [Entry(SPRING, 40), Entry(SUMMER, 100), Entry(SPRING, 60, supersedes=0)],
        {"value": "100", "measured_on": "2017-06-30", "measurement": 1},
        measured("0.5"),
        track("behind"),
        indicator=RUNNING,
    ),
    Case(
        "... and is the running total of its own day",
        [Entry(SPRING, 40), Entry(SUMMER, 100), Entry(SPRING, 60, supersedes=0)],
        {"value": "60", "measurement": 2},
        measured("0.3"),
        track("on_track", "48.9011"),
        indicator=RUNNING,
        as_of=SPRING,
    ),
    Case(
        "a correction of the latest counts in its place",
        [Entry(SPRING, 120), Entry(SPRING, 110, supersedes=0), Entry(SPRING, 115, supersedes=1)],
        {"value": "115", "measurement": 2},
        measured("0.15"),
        track("behind"),
    ),
    Case(
        "a superseded entry stays so before the day it was moved to",
        [Entry(SPRING, 120), Entry(SUMMER, 120, supersedes=0)],
        NOT_MEASURED | {"state": "missing", "measured_on": None, "measurement": None},
        NOTHING_KNOWN,
        track("no_data", "124.4505"),
        as_of=SPRING,
    ),
    Case(
        "per period adds up",
        [Entry(SUMMER, Decimal("60.5")), Entry(SPRING, 40), Entry(AUTUMN, 0)],
        {"value": "100.5", "entries": 3, "measured_on": "2017-09-30", "measurement": 2},
        measured("0.5025"),
        track("behind"),
        indicator=PER_PERIOD,
    ),
    Case(
        "per period until the day",
        [Entry(SPRING, 40), Entry(SUMMER, 60)],
        {"value": "40"},
        measured("0.2"),
        track("on_track", "48.9011"),
        indicator=PER_PERIOD,
        as_of=SPRING,
    ),
    Case(
        "per period, the correction in the place of the corrected, and the weakest quality",
        [Entry(SPRING, 40, quality="estimated"), Entry(SUMMER, 60), Entry(SPRING, 50, supersedes=0)],
        {"value": "110", "entries": 2, "measured_on": "2017-06-30", "measurement": 1},
        measured("0.55"),
        track("behind"),
        indicator=PER_PERIOD,
    ),
    Case(
        "per period, one estimated",
        [Entry(SPRING, 40, quality="estimated"), Entry(SUMMER, 60)],
        {
            "value": "100",
            "entries": 2,
            "quality": "estimated",
            "measured_on": "2017-06-30",
            "measurement": 1,
        },
        measured("0.5"),
        track("behind"),
        indicator=PER_PERIOD,
    ),
    Case(
        "per period, one not measured",
        [Entry(SPRING, 40), Entry(SUMMER, reason="Nobody counted.", quality="estimated")],
        {"value": "40"},
        measured("0.2"),
        track("behind"),
        indicator=PER_PERIOD,
    ),
    Case(
        "per period, none measured",
        [Entry(SPRING, reason="Nobody counted."), Entry(SUMMER, reason="Closed for works.")],
        NOT_MEASURED
        | {
            "state": "not_measured",
            "reason": "Closed for works.",
            "measured_on": "2017-06-30",
            "measurement": 1,
        },
        NOTHING_KNOWN,
        track("no_data"),
        indicator=PER_PERIOD,
    ),
    Case(
        "per period, nothing entered",
        [],
        NOT_MEASURED | {"state": "missing", "measured_on": None, "measurement": None},
        NOTHING_KNOWN,
        track("no_data"),
        indicator=PER_PERIOD,
    ),
    Case(
        "percentages are added by their parts",
        [Entry(SPRING, parts=(1, 2)), Entry(SUMMER, parts=(50, 100))],
        {
            "value": "50",
            "numerator": "51",
            "denominator": "102",
            "entries": 2,
            "measured_on": "2017-06-30",
            "measurement": 1,
        },
        measured("0.25"),
        track("behind"),
        indicator=PERCENTAGE | {"accumulation": "per_period"},
    ),
    Case(
        "... not averaged",
        [Entry(SPRING, parts=(1, 2)), Entry(SUMMER, parts=(10, 100))],
        {
            "value": "10.7843",
            "numerator": "11",
            "denominator": "102",
            "entries": 2,
            "measured_on": "2017-06-30",
            "measurement": 1,
        },
        measured("0.0539"),
        track("behind"),
        indicator=PERCENTAGE | {"accumulation": "per_period"},
    ),
    Case(
        "a percentage of its latest parts",
        [Entry(SPRING, parts=(1, 2)), Entry(SUMMER, parts=(2, 3))],
        {
            "value": "66.6667",
            "numerator": "2",
            "denominator": "3",
            "measured_on": "2017-06-30",
            "measurement": 1,
        },
        measured("0.3333"),
        track("behind"),
        indicator=PERCENTAGE,
    ),
    Case(
        "a percentage of zero",
        [Entry(SPRING, parts=(0, 3))],
        {"value": "0", "numerator": "0", "denominator": "3"},
        measured("0"),
        track("behind"),
        indicator=PERCENTAGE,
    ),
]
