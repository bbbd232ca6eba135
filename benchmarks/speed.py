"""How fast the project answers, beside its peers; see README.md."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from harness import figures, report
from harness.contenders import DRF, DRF_ON_OURS, FAST, LIMIT, NINJA, Contender, project_of, running
from harness.contract import verify
from harness.copies import copy_to_peers
from harness.environment import BENCHMARKS, of_project
from harness.house import FOLDER, House, house
from harness.load import database_of, load
from harness.rounds import Pace, visited
from harness.scenarios import COMPARED_CITIES, OF_ONE_CITY, SCENARIOS
from harness.visit import wrk

CONTENDERS = [project_of(COMPARED_CITIES), DRF, DRF_ON_OURS, NINJA, FAST, LIMIT]
FULL = ((10, 300, 10_000), Pace(rounds=3, seconds=2, warm=2, figures_up_to=10_000))
SHORT = ((10, 300), Pace(rounds=1, seconds=1, warm=1, figures_up_to=10))
HOW = (
    "{sizes} cities of 60 actions each; 8 connections, 2 workers; medians of {rounds} rounds of {seconds} s a visit. "
    "`make bench` makes this again; README.md says what it is."
)


def main() -> None:
    wrk()
    short = arguments().short
    sizes, pace = SHORT if short else FULL
    # How much of it all the server alone gives is seen when there is time.
    contenders = [one for one in CONTENDERS if not short or one is not DRF_ON_OURS]
    with house() as servers:
        for size in sizes:
            load(servers, size)
        copy_to_peers(servers, COMPARED_CITIES)
        results = measured(servers, contenders, sizes, pace)
    names = {one.key: one.name for one in contenders}
    print(report.write(results, SCENARIOS, names, "short" if short else "latest"))


def measured(
    servers: House, contenders: list[Contender], sizes: tuple[int, ...], pace: Pace
) -> dict[str, Any]:
    how = HOW.format(sizes=", ".join(f"{size:,}" for size in sizes), **pace._asdict())
    return {
        "how": how,
        "speed": beside_peers(servers, contenders, pace),
        "among": few_and_many(servers, (sizes[0], sizes[-1]), pace),
        "plans": inside(servers, sizes[-1], "plans"),
        "figures": [inside(servers, size, "figures") for size in sizes if size <= pace.figures_up_to],
        "across": figures.measured(servers, sizes, pace, inside),
    }


def beside_peers(servers: House, contenders: list[Contender], pace: Pace) -> dict[str, Any]:
    with running(servers, contenders, FOLDER / "contenders") as started:
        verify(started)
        return visited(started, SCENARIOS, servers.postmaster(), pace)


def few_and_many(servers: House, sizes: tuple[int, int], pace: Pace) -> dict[str, Any]:
    few, many = map(project_of, sizes)
    with running(servers, [few, many], FOLDER / "contenders") as contenders:
        table = visited(contenders, OF_ONE_CITY, servers.postmaster(), pace)
    return {
        scenario.title: {
            **{str(size): table[scenario.name][f"project_{size}"]["cpu"] for size in sizes},
            "ratio": table[scenario.name][many.key]["cpu"] / table[scenario.name][few.key]["cpu"],
        }
        for scenario in OF_ONE_CITY
    }


def inside(servers: House, size: int, name: str) -> Any:
    """A script in the project's own process; it says JSON."""
    environment = of_project(servers.of(database_of(size)))
    command = [sys.executable, "-m", f"inside.{name}"]
    ran = subprocess.run(
        command, env=environment, cwd=BENCHMARKS, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(f"{name} of {size} cities:\n{ran.stderr[-3000:]}")
    return json.loads(ran.stdout.splitlines()[-1])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="two minutes instead of seven")
    return parser.parse_args()


if __name__ == "__main__":
    main()
