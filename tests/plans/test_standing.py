"""How an indicator stands on a day, from rows."""

import json
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from plans.models import Indicator, Measurement, Target
from tenants.access.context import city_context
from tests.plans.standing_cases import CASES, FIRST_OF_ONE, INDICATOR, PER_PERIOD, SPRING, WINTER, Entry

NAMES = [case.name for case in CASES]
# Keys made within one millisecond would have no order.
KEYS = (UUID(int=7 << 76 | 2 << 62 | number) for number in count(1))


def indicator_with(entries=(), targets=((WINTER, 200),), **fields):
    """The indicator and its measurements, one for each entry."""
    key = next(KEYS)
    indicator = Indicator.objects.create(pk=key, code=str(key)[-12:], name="Visitors", **INDICATOR | fields)
    for due_on, value in targets:
        Target.objects.create(indicator=indicator, due_on=due_on, value=value)
    measurements = []
    for entry in entries:
        supersedes = None if entry.supersedes is None else measurements[entry.supersedes]
        measurements.append(enter(indicator, entry, supersedes=supersedes))
    return indicator, measurements


def enter(indicator, entry, supersedes=None):
    numerator, denominator = entry.parts
    return Measurement.objects.create(
        pk=next(KEYS),
        indicator=indicator,
        measured_on=entry.on,
        value=entry.value,
        numerator=numerator,
        denominator=denominator,
        not_measured_reason=entry.reason,
        quality=entry.quality,
        supersedes=supersedes,
    )


def standing(indicator_id: UUID, as_of):
    """As the function answers for one row, and opened up in a query over several."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT iap_standing_v1(%(id)s, %(as_of)s),"
            " (SELECT standing FROM plans_indicator AS i, iap_standings_v1(i.id, %(as_of)s) WHERE i.id = %(id)s)",
            {"id": indicator_id, "as_of": as_of},
        )
        alone, among_others = cursor.fetchone()
    assert alone == among_others
    return alone and json.loads(alone)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_standing_is_what_was_worked_out_by_hand(genoa, case):
    with city_context(genoa.pk):
        indicator_with([Entry(SPRING, 77)])  # another indicator, whose entries must not leak in
        indicator, measurements = indicator_with(case.entries, case.targets, **case.indicator)
        value = FIRST_OF_ONE | case.value
        if value["measurement"] is not None:
            value["measurement"] = str(measurements[value["measurement"]].pk)

        assert standing(indicator.pk, case.as_of) == {
            "as_of": case.as_of.isoformat(),
            "algorithm": "standing-1",
            "value": value,
            "target": case.target,
            "progress": case.progress,
            "track": case.track,
        }


def test_a_correction_cannot_take_an_entry_from_another_indicator(genoa):
    with city_context(genoa.pk):
        one, (entry,) = indicator_with([Entry(SPRING, 120)])
        other, _ = indicator_with()

        with (
            pytest.raises(IntegrityError, match="measurement_supersedes_same_indicator"),
            transaction.atomic(),
        ):
            enter(other, Entry(SPRING, 130), supersedes=entry)

        assert standing(one.pk, WINTER)["value"]["value"] == "120"


def test_order_of_entry_does_not_change_a_total(genoa):
    entries = [
        Entry(SPRING + timedelta(days=day), day, quality=quality)
        for day, quality in enumerate(["measured", "estimated", "measured", "measured"])
    ]
    with city_context(genoa.pk):
        there, _ = indicator_with(entries, **PER_PERIOD)
        back, _ = indicator_with(entries[::-1], **PER_PERIOD)

        totals = [standing(indicator.pk, WINTER) for indicator in (there, back)]

        for total in totals:
            total["value"].pop("measurement")
        assert totals[0] == totals[1]


def test_a_percentage_of_nothing_is_no_number(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT iap_percentage_v1(1, 0), iap_percentage_v1(0, 0), iap_percentage_v1(1, 4)")
        assert cursor.fetchone() == (None, None, 25)


def test_an_unknown_indicator_has_no_standing(genoa):
    with city_context(genoa.pk):
        assert standing(uuid4(), WINTER) is None


def test_another_city_cannot_ask(genoa, ghent):
    with city_context(genoa.pk):
        indicator, _ = indicator_with([Entry(SPRING, 120)])

    with city_context(ghent.pk):
        assert standing(indicator.pk, WINTER) is None
