"""Indicators of a city, what was measured, and how it was assessed, as rows."""

from datetime import date
from typing import Any

from plans.models import Guideline, GuidelineAssessment, Indicator, Measurement, Target
from tenants.models import Period
from tests.conftest import Place

NEW_YEAR, SPRING, SUMMER, WINTER = date(2017, 1, 1), date(2017, 3, 31), date(2017, 6, 30), date(2017, 12, 31)
DECEMBER = date(2017, 12, 1)
NOWHERE = "01890000-0000-7000-8000-000000000000"

RISING = {"baseline_value": 100, "baseline_on": NEW_YEAR}
PERCENTAGE = {"measure": "percentage", "unit": "%"}


def indicator_in(
    place: Place, code: str = "GE-I1", *, due: Any = None, entries: Any = (), **fields: Any
) -> Indicator:
    """With a target for the winter when `due` is given, and a measurement for each entry."""
    with place.inside():
        row = Indicator.objects.create(code=code, **{"name": "Visitors", "unit": "people"} | fields)
        if due is not None:
            Target.objects.create(indicator=row, due_on=WINTER, value=due)
        for entry in entries:
            Measurement.objects.create(indicator=row, **{"measured_on": SPRING} | entry)
    return row


def measurement_in(place: Place, indicator: Indicator, **fields: Any) -> Measurement:
    with place.inside():
        return Measurement.objects.create(indicator=indicator, **{"measured_on": SPRING} | fields)


def assessment_in(place: Place, guideline: Guideline, period: Period, **fields: Any) -> GuidelineAssessment:
    with place.inside():
        return GuidelineAssessment.objects.create(
            guideline=guideline, period=period, **{"step": 3, "assessed_on": DECEMBER} | fields
        )


def problem(response: Any) -> tuple[int, str, str]:
    """Status, code and field of the first error."""
    first = response.json()["errors"][0]
    return response.status_code, first["code"], first.get("pointer", first.get("parameter", ""))


def told(response: Any) -> dict[str, Any]:
    """The body of a problem, without what names this one request."""
    return {key: value for key, value in response.json().items() if key not in ("instance", "request_id")}
