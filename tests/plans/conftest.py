from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.databases import copy_of_template, point_django_at, run_name
from tests.plans.demo import Demo, load


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    """A database with the demo, for all tests of one module; not beside `fresh_database`."""
    name = f"{run_name()}_demo"
    with copy_of_template(name), django_db_blocker.unblock():
        point_django_at(name)
        try:
            yield load()
        finally:
            point_django_at(run_name())


@pytest.fixture
def demo(loaded: dict[str, Any], db: None) -> Demo:
    return Demo(loaded)
