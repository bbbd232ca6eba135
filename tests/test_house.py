"""Rules of the house, asked of the code itself."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver

from backend.embedded.addresses import with_database
from tenants.api.views import EnteredView
from tests.api.expectations import PUBLIC
from tests.api.urlconf import endpoints, view_of

ROOT = Path(__file__).parent.parent
OURS = ("backend", "plans", "tenants")
LONGEST_FILE, LONGEST_FUNCTION = 300, 40

# Longer for a reason that is worth the lines.
LONGER_FILES: dict[str, int] = {}
LONGER_FUNCTIONS: dict[str, int] = {}


def files(*packages: str) -> list[Path]:
    found = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def trees(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for path in files(*packages):
        yield name(path), ast.parse(path.read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def at(file: str, node: ast.AST) -> str:
    return f"{file}:{getattr(node, 'lineno', '?')}"


def test_imports_stand_at_the_top():
    """But those of `ready`, which runs when all models are there."""
    inside = [
        at(file, node)
        for file, tree in trees(*OURS)
        for function in functions(tree)
        if not (function.name == "ready" and file.endswith("apps.py"))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inside == []


def test_imports_are_absolute():
    relative = [
        at(file, node)
        for file, tree in trees(*OURS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_nothing_imports_the_tests():
    importers = [
        at(file, node)
        for file, tree in trees(*OURS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tests"
    ]

    assert importers == []


@pytest.mark.parametrize(
    "word",
    [
        "SerializerMethodField",
        "post_save",
        "pre_save",
        "m2m_changed",
        "post_delete",
        "StreamingHttpResponse",
        "csrf_exempt",
        "mark_safe",
    ],
)
def test_a_word_that_is_not_ours_does_not_occur(word):
    used = [
        at(file, node)
        for file, tree in trees(*OURS)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == word)
        or (isinstance(node, ast.Attribute) and node.attr == word)
        or (isinstance(node, ast.ImportFrom) and word in [alias.name for alias in node.names])
    ]

    assert used == []


def test_there_are_no_signals_of_ours():
    signals = [
        at(file, node)
        for file, tree in trees(*OURS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith(("django.dispatch", "django.db.models.signals"))
    ]

    assert signals == []


ENTERS = {"city_context", "staff_context", "already_set", "because"}


def test_nothing_is_yielded_out_of_a_context():
    """The caller would be in the city until the generator is forgotten. Context managers are what they are."""
    leaking = [
        at(file, node)
        for file, tree in trees(*OURS)
        for function in functions(tree)
        if not any("contextmanager" in ast.dump(decorator) for decorator in function.decorator_list)
        for block in ast.walk(function)
        if isinstance(block, ast.With) and any(enters(item) for item in block.items)
        for node in ast.walk(block)
        if isinstance(node, ast.Yield | ast.YieldFrom)
    ]

    assert leaking == []


def enters(item: ast.withitem) -> bool:
    called = item.context_expr
    return isinstance(called, ast.Call) and isinstance(called.func, ast.Name) and called.func.id in ENTERS


def test_only_the_context_tells_postgresql_whose_rows_it_shows():
    """And the entrances, each in its one statement."""
    telling = {name(path) for path in files(*OURS) if "set_config(" in path.read_text()}

    assert telling == {
        "tenants/access/context.py",
        "tenants/members/entrance.py",
        "tenants/networks/published.py",
    }


def test_no_file_is_longer_than_one_reads():
    long = {name(path): len(path.read_text().splitlines()) for path in files(*OURS)}

    assert {file: lines for file, lines in long.items() if lines > LONGER_FILES.get(file, LONGEST_FILE)} == {}


def test_no_function_is_longer_than_a_page():
    long = {
        f"{file} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for file, tree in trees(*OURS)
        for function in functions(tree)
    }

    assert {f: lines for f, lines in long.items() if lines > LONGER_FUNCTIONS.get(f, LONGEST_FUNCTION)} == {}


def test_every_view_stands_behind_an_entrance_or_on_the_public_list():
    outside = {
        path
        for path, callback in endpoints(get_resolver().url_patterns)
        if not (isinstance(view_of(callback), type) and issubclass(view_of(callback), EnteredView))
    }

    assert outside == PUBLIC


# --------------------------------------------------------------------------------- by their tools


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_arrows_point_down():
    done = run("-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())")

    assert done.returncode == 0, done.stdout


def test_the_contract_is_the_generated_one(tmp_path):
    """`make openapi` writes it."""
    generated = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(generated), validate=True, fail_on_warn=True)

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    committed = (ROOT / "openapi" / "openapi.yaml").read_text()
    assert yaml.load(generated.read_text(), loader) == yaml.load(committed, loader)
    assert generated.read_text() == committed


def test_the_models_are_what_the_migrations_made(db):
    call_command("makemigrations", check=True, dry_run=True, stdout=io.StringIO())


def test_the_system_checks_pass(db):
    call_command("check", fail_level="WARNING", stdout=io.StringIO())


def test_migrations_can_be_taken_back_to_nothing_and_applied_again(fresh_database, connect_as):
    owner = with_database(os.environ["OWNER_DATABASE_URL"], str(connection.settings_dict["NAME"]))
    before = schema(connect_as)

    for steps in (["plans", "zero"], ["tenants", "zero"], []):
        done = run("manage.py", "migrate", "--no-input", "--verbosity=0", *steps, DATABASE_URL=owner)
        assert done.returncode == 0, done.stderr

    assert schema(connect_as) == before


def schema(connect_as) -> list[tuple[str, ...]]:
    """Tables, policies, constraints, triggers, privileges and functions, in words."""
    with connect_as("iap_owner") as owner:
        return owner.execute("""
            SELECT 'table', relname::text, relacl::text, relforcerowsecurity::text FROM pg_class
                WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT 'policy', tablename || policyname, qual, roles::text FROM pg_policies
            UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
                FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid) FROM pg_trigger
                WHERE NOT tgisinternal
            UNION ALL SELECT 'function', proname::text, proargtypes::text, proacl::text FROM pg_proc
                WHERE pronamespace = 'public'::regnamespace
            ORDER BY 1, 2, 3, 4""").fetchall()
