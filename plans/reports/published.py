"""The figures of a period that has ended, as its summary published them: read, not counted again."""

import json
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer

from plans.indicators.standing import TrackState
from plans.reports.serializers import Source
from plans.summaries.models import Summary
from tenants.api.refusals import Refused, bad_parameter
from tenants.networks.models import Period


def published(network: UUID, code: str, today: date) -> Summary:
    """The latest revision."""
    rows = Summary.objects.published().filter(network=network, period__code=code)
    summary: Summary | None = rows.order_by("-revision").first()
    if summary is None:
        raise unpublished(network, code, today)
    return summary


def unpublished(network: UUID, code: str, today: date) -> Refused:
    period = Period.objects.filter(network=network, code=code).first()
    if period is None:
        return bad_parameter("period", "does_not_exist", _("The network has no period with this code."))
    if period.ends_on >= today:
        return bad_parameter("period", "period_not_ended", _("This period has not ended."))
    return bad_parameter("period", "not_published", _("The summary of this period is not published yet."))


def report(summary: Summary) -> bytes:
    content = json.loads(summary.content)
    source = {"id": str(summary.pk), "revision": summary.revision, "sha256": summary.sha256}
    same = ("network", "period", "as_of", "algorithm", "coverage", "left_out")
    cities = [city_of_report(city, content["as_of"]) for city in content["cities"]]
    return JSONRenderer().render(
        {
            **{name: content[name] for name in same},
            "summary": source,
            "fresh": None,
            "cities": cities,
            "across": across(content["across"], cities),
        }
    )


def city_of_report(city: dict[str, Any], as_of: str) -> dict[str, Any]:
    return {
        **{name: city[name] for name in ("city", "name", "country", "role")},
        "as_of": as_of,
        "source": Source.PUBLISHED,
        "fresh": None,
        "figures": {
            "actions": city["actions"],
            "indicators": {
                **tracks(indicator["track"]["state"] for indicator in city["indicators"]),
                "coverage": city["coverage"]["indicators"],
            },
            "guidelines": {
                "steps": {str(guideline["number"]): guideline["step"] for guideline in city["guidelines"]},
                "coverage": city["coverage"]["guidelines"],
            },
            "stakeholders": city["stakeholders"],
        },
    }


def across(published: dict[str, Any], cities: list[dict[str, Any]]) -> dict[str, Any]:
    by_track: Counter[str] = Counter()
    for city in cities:
        by_track.update(city["figures"]["indicators"]["by_track"])
    return {
        "actions": published["actions"],
        "indicators": tracks(by_track.elements()),
        "stakeholders": published["stakeholders"],
        "guidelines": [
            {name: value for name, value in guideline.items() if name != "left_out"}
            for guideline in published["guidelines"]
        ],
        "common_indicators": published["indicators"],
    }


def tracks(states: Any) -> dict[str, Any]:
    counts = Counter(states)
    return {"total": counts.total(), "by_track": {str(state): counts[state] for state in TrackState.values}}
