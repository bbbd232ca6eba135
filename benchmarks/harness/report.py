"""The table, as text for people and as JSON for programs, with what the bars say."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from harness import figures as across_cities
from harness.contenders import DRF_ON_OURS, LIMIT
from harness.picture import picture
from harness.rounds import Table
from harness.scenarios import Scenario

RESULTS = Path(__file__).parents[1] / "results"
MOST_FOR_ONE_CITY = 1.1
NO_PEERS = ("project_300", LIMIT.key, DRF_ON_OURS.key)


class Judgement(NamedTuple):
    what: str
    measured: float
    bar: float

    @property
    def met(self) -> bool:
        return self.measured <= self.bar

    def line(self) -> str:
        return (
            f"| {self.what} | {self.measured:.3f} | {self.bar:.2f} | {'met' if self.met else '**missed**'} |"
        )


def write(results: dict[str, Any], scenarios: list[Scenario], names: dict[str, str], file: str) -> str:
    text = told(results, scenarios, names, file)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{file}.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    (RESULTS / f"{file}.md").write_text(text)
    shown = {key: name for key, name in names.items() if key != DRF_ON_OURS.key}
    (RESULTS / f"{file}.svg").write_text(picture(results["speed"], scenarios, shown))
    return text


def told(results: dict[str, Any], scenarios: list[Scenario], names: dict[str, str], file: str) -> str:
    speed = results["speed"]
    parts = [
        "# Benchmark\n",
        f"{results['how']}\n",
        f"![CPU per request relative to idiomatic DRF]({file}.svg)\n",
        "## CPU per request, application plus PostgreSQL, relative to idiomatic DRF\n",
        table(speed, scenarios, names, lambda row, base: f"{row['cpu'] / base['cpu']:.3f}"),
        "## CPU per request in ms: application + PostgreSQL\n",
        table(speed, scenarios, names, lambda row, _: f"{row['application']:.2f} + {row['database']:.2f}"),
        "## Requests a second, p50 / p99 in ms\n",
        table(
            speed,
            scenarios,
            names,
            lambda row, _: f"{row['per_second']:.0f}, {row['p50']:.0f} / {row['p99']:.0f}",
        ),
        "## Bars\n",
        "| | measured | bar | |\n|---|---|---|---|\n"
        + "\n".join(j.line() for j in judged(results, scenarios))
        + "\n",
        *among(results.get("among")),
        *plans(results.get("plans")),
        *across_cities.told(results.get("across")),
        *figures(results.get("figures")),
    ]
    return "\n".join(parts)


def table(speed: Table, scenarios: list[Scenario], names: dict[str, str], cell: Any) -> str:
    head = "| | " + " | ".join(s.title for s in scenarios) + " |\n|---|" + "---|" * len(scenarios)
    lines = [
        f"| {name} | " + " | ".join(cell(speed[s.name][key], speed[s.name]["drf"]) for s in scenarios) + " |"
        for key, name in names.items()
    ]
    return "\n".join([head, *lines]) + "\n"


def judged(results: dict[str, Any], scenarios: list[Scenario]) -> list[Judgement]:
    found = []
    for scenario in scenarios:
        cpu = {key: row["cpu"] for key, row in results["speed"][scenario.name].items()}
        ours = cpu["project_300"]
        found.append(Judgement(f"{scenario.title}, of idiomatic DRF", ours / cpu["drf"], scenario.bar.of_drf))
        if scenario.bar.of_limit:
            found.append(
                Judgement(f"{scenario.title}, of the limit", ours / cpu["limit"], scenario.bar.of_limit)
            )
        best = min(value for key, value in cpu.items() if key not in NO_PEERS)
        found.append(Judgement(f"{scenario.title}, of the best peer", ours / best, 1.0))
    for name, row in (results.get("among") or {}).items():
        found.append(
            Judgement(
                f"{name}: among {max(cities_of(row)):,} cities, of among {min(cities_of(row))}",
                row["ratio"],
                MOST_FOR_ONE_CITY,
            )
        )
    found += [Judgement(*said) for said in across_cities.judged(results.get("across"))]
    return found


def cities_of(row: dict[str, float]) -> list[int]:
    return [int(size) for size in row if size != "ratio"]


def among(rows: Any) -> list[str]:
    if not rows:
        return []
    sizes = [key for key in next(iter(rows.values())) if key != "ratio"]
    head = (
        "| | "
        + " | ".join(f"{size} cities" for size in sizes)
        + " | ratio |\n|---|"
        + "---|" * (len(sizes) + 1)
    )
    lines = [
        f"| {name} | " + " | ".join(f"{row[size]:.2f}" for size in sizes) + f" | {row['ratio']:.2f} |"
        for name, row in rows.items()
    ]
    return [
        "## A request of one city among few and among many: CPU in ms\n",
        "\n".join([head, *lines]) + "\n",
    ]


def plans(rows: Any) -> list[str]:
    if not rows:
        return []
    lines = [
        f"| {row['what']} | {', '.join(row['indexes'])} | {row['ms']:.2f} | {'; '.join(row['wrong']) or 'as it should be'} |"
        for row in rows
    ]
    head = "| statement | indexes | ms in PostgreSQL | |\n|---|---|---|---|"
    return ["## Plans on the largest set\n", "\n".join([head, *lines]) + "\n"]


def figures(rows: Any) -> list[str]:
    if not rows:
        return []
    head = "| cities | seconds | PostgreSQL seconds | statements | peak MiB | before MiB |\n|---|---|---|---|---|---|"
    lines = [
        f"| {row['cities']} | {row['seconds']:.2f}{'' if row['finished'] else ', **given up**'} | {row['database']:.2f} | {row['statements']} | "
        f"{row['peak']:.0f} | {row['before']:.0f} |"
        for row in rows
    ]
    return [
        "## Figures across cities: what a summary collects, in process\n",
        "\n".join([head, *lines]) + "\n",
    ]
