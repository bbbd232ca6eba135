"""What PostgreSQL writes of a summary is, byte for byte, what the first way of "summary-1" wrote."""

import pytest

from plans.models import Summary
from plans.summaries.write import content
from tenants.models import Period
from tests.plans.summary_by_hand import by_hand


@pytest.mark.parametrize("network", ["interactive-cities", "riverside-towns"])
def test_the_summaries_of_the_demo_are_as_before(demo, network):
    for period in Period.objects.filter(network__slug=network).select_related("network"):
        summary = Summary(network=period.network, period=period)

        assert content(summary) == by_hand(summary)
