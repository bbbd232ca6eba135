"""The committed requirements pin what `pyproject.toml` asks for, and name no host."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]
DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())
RUNNING = DECLARED["project"]["dependencies"]
EMBEDDED = DECLARED["project"]["optional-dependencies"]["embedded"]
DEVELOPMENT = DECLARED["dependency-groups"]["dev"]
BENCH = DECLARED["dependency-groups"]["bench"]
FILES = {
    "requirements-image.txt": RUNNING,
    "requirements.txt": RUNNING + EMBEDDED,
    "requirements-dev.txt": RUNNING + EMBEDDED + DEVELOPMENT,
    "requirements-bench.txt": RUNNING + EMBEDDED + BENCH,
}
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE | re.IGNORECASE)


def pins(name: str) -> dict[str, str]:
    text = (PROJECT / name).read_text()
    return {canonicalize_name(package): version for package, version in PIN.findall(text)}


@pytest.mark.parametrize("name", FILES)
def test_every_declared_package_is_pinned_within_its_bounds(name):
    pinned = pins(name)

    for declared in map(Requirement, FILES[name]):
        version = pinned.get(canonicalize_name(declared.name))
        assert version is not None, f"{declared.name} is not in {name}: `make lock`"
        assert declared.specifier.contains(version), f"{declared} but {name} has {version}"


@pytest.mark.parametrize("name", FILES)
def test_every_declared_package_has_a_lower_bound(name):
    for declared in map(Requirement, FILES[name]):
        assert {"~=", "==", ">="} & {bound.operator for bound in declared.specifier}, declared


@pytest.mark.parametrize("name", FILES)
def test_every_pin_has_a_hash_and_no_host(name):
    text = (PROJECT / name).read_text()

    assert "://" not in text
    assert "index-url" not in text
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block


def test_each_file_adds_to_the_one_before():
    image, running, development, bench = (pins(name).items() for name in FILES)

    assert image < running < development
    assert running < bench


def test_the_pinned_interpreter_is_an_accepted_one():
    pinned = (PROJECT / ".python-version").read_text().strip()

    accepted = Requirement(f"python{DECLARED['project']['requires-python']}")
    assert accepted.specifier.contains(pinned)
