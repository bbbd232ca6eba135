"""The first session in README.md, run as it is printed there: every command, every answer."""

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from backend.embedded import announce
from backend.embedded.addresses import of_sockets
from backend.embedded.announce import Demo
from backend.embedded.serve import API
from plans.summaries.build import build
from plans.summaries.notice import notice
from tests.serving import serving

PROJECT = Path(__file__).parents[1]
SESSION = (PROJECT / "README.md").read_text().split("## A first session")[1].split("\n## ")[0]
# Commands, and the answer that is printed right below them, if any.
STEP = re.compile(r"^```sh\n(.*?)^```\n(?:```(?:json|text)\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
STEPS = [(match[1], match[2] or "") for match in STEP.finditer(SESSION)]
MARK = "-" * 20


@pytest.fixture
def api(fresh_database: str, tmp_path: Path) -> Iterator[str]:
    """Served as `make demo` does, on any free port."""
    with serving(tmp_path, *API) as server:
        yield server.base


@pytest.fixture
def folder(api: str, tmp_path: Path) -> Path:
    """Where the reader is: beside `var/demo.json`, with the summaries published."""
    said = StringIO()
    call_command("load_demo", stdout=said, stderr=StringIO())
    notice(date(2018, 3, 1), ring=build)
    (tmp_path / "var").mkdir()
    announce.write(
        tmp_path / "var" / "demo.json",
        base=api,
        summary="",
        demo=Demo.read(said.getvalue()),
        addresses=of_sockets(Path("/nowhere")),
    )
    return tmp_path


def run(script: str, folder: Path) -> str:
    """Stops at the first command that fails, as a reader would."""
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def bare(text: str) -> str:
    """Without white space, which is no part of JSON."""
    return re.sub(r"\s+", "", text)


def missing(answer: str, expected: str) -> list[str]:
    """The pieces between the dots that do not come in this order."""
    absent, rest = [], bare(answer)
    for piece in filter(None, map(bare, expected.split("…"))):
        _before, found, after = rest.partition(piece)
        if not found:
            absent.append(piece)
        rest = after if found else rest
    return absent


def test_the_first_session_answers_as_printed(folder):
    script = f"echo {MARK}\n".join(commands for commands, _ in STEPS)

    answers = run(script, folder).split(MARK)

    assert len(answers) == len(STEPS) > 5
    for (commands, expected), answer in zip(STEPS, answers, strict=True):
        assert missing(answer, expected) == [], f"{commands}\nanswers\n{answer}"


def test_an_answer_that_is_not_as_printed_is_noticed():
    assert missing('{"status": 201, "code": "GE"}', '"status":201 … "GE"') == []
    assert missing('{"status": 201, "code": "GE"}', '"GE" … "status":201') == ['"status":201']
