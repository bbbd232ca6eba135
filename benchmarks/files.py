"""What files in and out cost, and what hostile ones do; see README.md."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from harness.environment import BENCHMARKS, of_project
from harness.house import House, house
from harness.load import TEMPLATE, migrated
from harness.report import RESULTS

DATABASE = "iap_files"
FORMATS = ("xlsx", "csv", "json")
# Bars: what memory grows by however many rows leave, in MiB; how long a hostile file occupies a worker.
GROWTH_BAR, SECONDS_BAR = 60, 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rows and files")
    short = parser.parse_args().short
    exported, imported = ((1_000,), {1_000: "B"}) if short else ((1_000, 100_000), {1_000: "B", 10_000: "C"})
    with house() as servers:
        migrated(servers)
        servers.empty(DATABASE, template=TEMPLATE)
        results: dict[str, Any] = {
            "exports": [
                {"format": form, "rows": rows, **inside(servers, "export", form, str(rows))}
                for form in FORMATS
                for rows in exported
            ],
            "imports": [
                {"rows": rows, "what": what, **inside(servers, "import", str(rows), kind, cost)}
                for rows, kind in imported.items()
                for what, cost in (("new", "1500.50"), ("the same again", "1500.50"), ("changed", "1600"))
            ],
            "hostile": [
                {"name": name, **inside(servers, "hostile", name)} for name in HOSTILE[:: 4 if short else 1]
            ],
        }
    text = told(results)
    RESULTS.mkdir(exist_ok=True)
    name = "short.files" if short else "files"
    (RESULTS / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / f"{name}.md").write_text(text)
    print(text)


# Of those in tests/plans/test_hostile_files.py, the ones that would cost something.
HOSTILE = (
    "a bomb",
    "a bomb in a part that nobody reads",
    "many parts that are a bomb together",
    "a part that says it is small",
    "ten thousand parts",
    "an archive in an archive",
    "a billion laughs",
    "elements in elements",
    "a million rows",
    "a million rows without numbers",
    "sixteen thousand columns",
    "a million lines",
    "a million columns",
)


def inside(servers: House, *arguments: str) -> Any:
    command = [sys.executable, "-m", "inside.files", *arguments]
    environment = of_project(servers.of(DATABASE))
    ran = subprocess.run(
        command, env=environment, cwd=BENCHMARKS, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(f"{arguments}:\n{ran.stderr[-3000:]}")
    return json.loads(ran.stdout.splitlines()[-1])


def told(results: dict[str, Any]) -> str:
    lines = [
        "# Files in and out",
        "",
        "Peak of memory beyond what the process had before (MiB), in a process of its own.",
        "",
        "| export | rows | seconds | memory grew by | file |",
        "|---|---|---|---|---|",
        *(
            f"| {e['format']} | {e['rows']:,} | {e['seconds']} | {e['mib']} MiB | {e['size']} MiB |"
            for e in results["exports"]
        ),
        "",
        f"Bar: {GROWTH_BAR} MiB, {verdict(all(e['mib'] <= GROWTH_BAR for e in results['exports']))}.",
        "",
        "| import of rows | rows | seconds | of these the city is locked | memory grew by |",
        "|---|---|---|---|---|",
        *(
            f"| {i['what']} | {i['rows']:,} | {i['seconds']} | {i['locked']} | {i['mib']} MiB |"
            for i in results["imports"]
        ),
        "",
        "| hostile file | KiB | refused as | seconds | memory grew by |",
        "|---|---|---|---|---|",
        *(
            f"| {h['name']} | {h['size']} | `{h['code']}` | {h['seconds']} | {h['mib']} MiB |"
            for h in results["hostile"]
        ),
        "",
        f"Bar: {SECONDS_BAR} s, {verdict(all(h['seconds'] <= SECONDS_BAR for h in results['hostile']))}.",
    ]
    return "\n".join(lines) + "\n"


def verdict(held: bool) -> str:
    return "held" if held else "MISSED"


if __name__ == "__main__":
    main()
