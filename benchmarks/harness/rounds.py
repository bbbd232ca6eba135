"""Rounds of visits in random order, and the median of each figure over the rounds."""

import random
import statistics
from collections import defaultdict
from dataclasses import asdict
from typing import NamedTuple

from harness.contenders import Running
from harness.scenarios import Scenario
from harness.visit import Visit, visit


class Pace(NamedTuple):
    """How many rounds, and how many seconds a visit lasts."""

    rounds: int
    seconds: int
    warm: int
    figures_up_to: int


Figures = dict[str, float]
# Scenario, contender: what was measured.
Table = dict[str, dict[str, Figures]]


def visited(contenders: list[Running], scenarios: list[Scenario], postmaster: int, pace: Pace) -> Table:
    chance = random.Random()
    visits: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for one in contenders:
        for scenario in scenarios:
            visit(one, postmaster, scenario, pace.warm, chance)
    for number in range(pace.rounds):
        for scenario in chance.sample(scenarios, len(scenarios)):
            for one in chance.sample(contenders, len(contenders)):
                seen = visit(one, postmaster, scenario, pace.seconds, chance)
                visits[scenario.name, one.contender.key].append(seen)
        print(f"round {number + 1} of {pace.rounds}", flush=True)
    return {
        scenario.name: {
            one.contender.key: medians(visits[scenario.name, one.contender.key]) for one in contenders
        }
        for scenario in scenarios
    }


def medians(visits: list[Visit]) -> Figures:
    rows = [{**asdict(seen), "cpu": seen.cpu} for seen in visits]
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}
