"""The ratios as bars in an SVG, on a logarithmic scale: the limit is thirty times below."""

import math
from html import escape

from harness.rounds import Table
from harness.scenarios import Scenario

WIDTH, LEFT, RIGHT, TOP = 860, 210, 70, 64
BAR, GAP, GROUP, NUMBER = 17, 4, 34, 30
LEAST, MOST = 0.02, 2.0
COLOURS = {
    "project": "#0b6e4f",
    "drf": "#8d99ae",
    "ninja": "#b8a9c9",
    "fastapi": "#9ec1a3",
    "limit": "#c9ada7",
}
FONT = 'font-family="system-ui, sans-serif"'


def picture(speed: Table, scenarios: list[Scenario], names: dict[str, str]) -> str:
    group = len(names) * (BAR + GAP) + GROUP
    height = TOP + group * len(scenarios) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        text(20, 28, "CPU per request, relative to idiomatic DRF", size=17, weight=600),
        text(
            20,
            48,
            "application plus PostgreSQL; shorter is better; logarithmic; the dark line is the bar",
            fill="#555",
        ),
        *grid(height),
    ]
    for row, scenario in enumerate(scenarios):
        parts += bars(speed, scenario, names, TOP + 14 + row * group)
    return "\n".join([*parts, "</svg>"]) + "\n"


def bars(speed: Table, scenario: Scenario, names: dict[str, str], top: float) -> list[str]:
    cpu = {key: row["cpu"] for key, row in speed[scenario.name].items()}
    parts = [text(20, top + 12, scenario.title, weight=600)]
    for row, (key, name) in enumerate(names.items()):
        y, ratio = top + 20 + row * (BAR + GAP), cpu[key] / cpu["drf"]
        colour = COLOURS[key.split("_")[0]]
        parts.append(
            f'<rect x="{LEFT}" y="{y}" width="{x(ratio) - LEFT:.1f}" height="{BAR}" fill="{colour}"/>'
        )
        parts.append(text(LEFT - 8, y + 13, name, anchor="end"))
        beside = x(ratio) + 6
        if key.startswith("project"):
            at = x(scenario.bar.of_drf)
            parts.append(
                f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y - 3}" y2="{y + BAR + 3}" stroke="#111" stroke-width="2"/>'
            )
            # The number is not struck out by the bar.
            beside = at + 6 if beside - 6 < at < beside + NUMBER else beside
        parts.append(text(beside, y + 13, f"{ratio:.2f}", weight=600 if key.startswith("project") else 400))
    return parts


def x(ratio: float) -> float:
    part = math.log(max(ratio, LEAST) / LEAST) / math.log(MOST / LEAST)
    return LEFT + min(part, 1.0) * (WIDTH - LEFT - RIGHT)


def grid(height: int) -> list[str]:
    parts = []
    for ratio in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0):
        at = x(ratio)
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{height - 24}" stroke="#e3e3e3"/>')
        parts.append(text(at, height - 8, f"{ratio:g}", anchor="middle", fill="#555"))
    return parts


def text(
    at: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    weight: int = 400,
    anchor: str = "start",
    fill: str = "#111",
) -> str:
    look = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{fill}" {FONT}'
    return f'<text x="{at:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'
