"""What the documents say is true of the code: links, folders, variables, codes, commands."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework import exceptions, fields

from backend.embedded.binaries import postgres_binary
from plans.models import GuidelineAssessment
from tenants.models import User

PROJECT = Path(__file__).parents[1]
CODE = [
    path
    for package in ("backend", "plans", "tenants")
    for path in sorted((PROJECT / package).rglob("*.py"))
    if "migrations" not in path.parts
]
DOCUMENTS = [
    *sorted(PROJECT.glob("*.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
    PROJECT / "openapi" / "CHANGES.md",
]


def trees(*paths: Path) -> Iterator[ast.AST]:
    for path in paths:
        yield from ast.walk(ast.parse(path.read_text()))


def texts(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


# -------------------------------------------------------------------------------------- links


def anchor(heading: str) -> str:
    """As a code host makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def leads_somewhere(document: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.exists():
        return False
    headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE) if fragment else []
    return not fragment or fragment in map(anchor, headings)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_link_inside_the_project_leads_somewhere(document):
    prose = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link]

    assert [link for link in links if not leads_somewhere(document, link)] == []


def test_every_document_is_linked_from_another():
    linked = {
        (document.parent / link.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text())
        if "://" not in link
    }

    assert [str(path) for path in DOCUMENTS if path not in linked and path.name != "README.md"] == []


def test_every_folder_of_the_map_is_there_and_every_slice_is_on_it():
    readme = (PROJECT / "README.md").read_text()
    house = re.search(r"^```text\n(backend/ .*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert house is not None

    named = re.findall(r"^(\S+/) ", house[1], re.MULTILINE)

    assert [folder for folder in named if not (PROJECT / folder).is_dir()] == []
    slices = [path.parent for path in CODE if path.name == "__init__.py" and path.parent.parent != PROJECT]
    unnamed = [path.name for path in slices if path.name not in house[1]]
    assert set(unnamed) <= {"management", "commands", "postgresql"}


# ---------------------------------------------------------------------------------- variables


def variables() -> set[str]:
    """Read by the settings through `env`, or by the embedded servers from `os.environ`."""
    paths = [PROJECT / "backend" / "settings.py", *sorted((PROJECT / "backend" / "embedded").glob("*.py"))]
    asked = r"(?:env\.\w+\(|environ(?:\.\w+\(|\[)|environment\.setdefault\()\s*[\"']([A-Z_]+)[\"']"
    return {name for path in paths for name in re.findall(asked, path.read_text())} - {"PATH"}


def test_every_variable_that_is_read_is_explained():
    told = set(re.findall(r"`([A-Z_]+)`", (PROJECT / "docs" / "operations.md").read_text()))

    assert {"SECRET_KEY", "PORT", "CELERY_DB"} <= variables()
    assert variables() - told == set()


# -------------------------------------------------------------------------------------- codes

# Where the code stands among the arguments of what says no.
PLACES = {
    "AuthenticationFailed": 1,
    "ErrorDetail": 1,
    "Refused": 1,
    "ValidationError": 1,
    "bad_header": 2,
    "bad_parameter": 1,
    "plain": 2,
}
# Keys of what is said, not codes.
NAMES = {"code", "errors"}


def own_codes() -> set[str]:
    found = set()
    for node in trees(*CODE):
        if isinstance(node, ast.Call):
            found |= called_with(node)
        elif isinstance(node, ast.Assign) and {"code", "violation_error_code"} & named(node):
            found |= texts(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_code"):
            found |= {text for n in ast.walk(node) if isinstance(n, ast.Return) for text in texts(n)}
    return {text for text in found if re.fullmatch("[a-z_]+", text)} - NAMES


def called_with(call: ast.Call) -> set[str]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    place = PLACES.get(name, len(call.args))
    keywords = {k.arg: k.value for k in call.keywords}
    chosen = [*call.args[place : place + 1], keywords.get("violation_error_code")]
    return {text for node in chosen if isinstance(node, ast.expr) for text in texts(node)}


def named(node: ast.Assign) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def framework_codes() -> set[str]:
    """Of DRF's exceptions that can reach a client, and of its fields."""
    statuses = (
        exceptions.MethodNotAllowed,
        exceptions.NotAcceptable,
        exceptions.NotAuthenticated,
        exceptions.NotFound,
        exceptions.PermissionDenied,
        exceptions.UnsupportedMediaType,
    )
    kinds = (
        fields.CharField,
        fields.UUIDField,
        fields.IntegerField,
        fields.DecimalField,
        fields.DateField,
        fields.DateTimeField,
        fields.BooleanField,
        fields.ChoiceField,
        fields.ListField,
        fields.DictField,
    )
    of_fields = {
        code
        for kind in kinds
        for base in kind.__mro__
        for code in getattr(base, "default_error_messages", {})
    }
    return {status.default_code for status in statuses} | of_fields


def test_every_code_that_can_be_answered_is_explained():
    told = set(re.findall(r"`([a-z_]+)`", (PROJECT / "docs" / "api.md").read_text()))
    of_assessors = {f"not_{assessor}" for assessor in GuidelineAssessment.Assessor.values}

    assert {"bulk_failed", "try_again", "already_exists", "measure_differs", "not_ready"} <= own_codes()
    assert (own_codes() | framework_codes() | of_assessors) - told == set()


# ----------------------------------------------------------------------------------- commands


def test_every_target_of_make_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = {t for path in DOCUMENTS for t in re.findall(r"\bmake ([a-z-]+)\b`?", commands_of(path))}

    assert {"demo", "test", "up"} <= named
    assert named - targets == set()


def commands_of(document: Path) -> str:
    """Only what is set as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", document.read_text(), re.DOTALL))


def test_a_backup_is_restored_as_the_document_says(fresh_database, tmp_path):
    sockets = parse_qs(urlsplit(fresh_database).query).get("host", [""])[0]
    if not sockets:
        pytest.skip("needs the superuser of the embedded servers")
    call_command("load_demo", stdout=StringIO(), stderr=StringIO())
    operations = (PROJECT / "docs" / "operations.md").read_text()
    block = re.search(r"^## Backup.*?^```sh\n(.*?)^```", operations, re.MULTILINE | re.DOTALL)
    assert block is not None

    name = urlsplit(fresh_database).path.strip("/")
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", f"{block[1]}\ncounted ${{DATABASE}}_restored | wc -l\n"],
        cwd=tmp_path,
        env={
            "PATH": f"{postgres_binary('psql').parent}:{os.environ['PATH']}",
            "PGHOST": sockets,
            "DATABASE": name,
            "ROLES": str(PROJECT / "backend" / "embedded" / "roles.sql"),
        },
        capture_output=True,
        text=True,
    )
    drop(f"{name}_restored", sockets)

    assert done.returncode == 0, done.stderr
    *said, counts = done.stdout.strip().splitlines()
    assert said == ["Every city has all its rows."]
    assert int(counts) > 100


def drop(name: str, sockets: str) -> None:
    dropdb = [postgres_binary("dropdb"), "--host", sockets, "--username", "postgres", "--if-exists", name]
    subprocess.run(dropdb, check=True)


# ------------------------------------------------------------------------------ worked example


def test_the_slice_of_the_worked_example_stands(tmp_path):
    """In a copy of the code, as CONTRIBUTING.md says it step by step; the system checks run too."""
    for name in ("backend", "openapi", "plans", "tenants"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    shutil.copy(PROJECT / "manage.py", tmp_path)
    guide = (PROJECT / "CONTRIBUTING.md").read_text()
    (tmp_path / "plans" / "lessons").mkdir()
    for name, code in zip(("models", "serializers", "views"), PYTHON.findall(guide), strict=True):
        (tmp_path / "plans" / "lessons" / f"{name}.py").write_text(code)
    add(tmp_path / "plans" / "models.py", "from plans.lessons.models import Lesson\n")
    add(
        tmp_path / "plans" / "urls.py",
        "from plans.lessons.views import LessonViewSet\nurlpatterns += of_a_city('lessons', LessonViewSet)\n",
    )

    migration = manage(tmp_path, "makemigrations", "plans", "--dry-run", "--verbosity=3")

    assert "SameCity('action'" in migration


PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def add(path: Path, lines: str) -> None:
    path.write_text(path.read_text() + lines)


def manage(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *arguments], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --------------------------------------------------------------------------- documentation page


@pytest.mark.django_db
def test_the_documentation_page_says_who_is_signed_in():
    person = User.objects.create_user("officer@example.org", "a long enough password")
    client = Client()

    before = client.get("/api/docs/").content.decode()
    client.post("/api/login/", {"username": person.email, "password": "a long enough password"})
    after = client.get("/api/docs/").content.decode()

    assert "sign in</a>" in before
    assert f"Signed in as {person.email}" in after
