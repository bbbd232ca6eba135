from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from plans.models import Action, Guideline
from tenants.models import Period
from tests.conftest import Place
from tests.databases import copy_of_template, point_django_at, run_name
from tests.plans.demo import Demo, load
from tests.plans.measuring import assessment_in, indicator_in


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


@pytest.fixture
def guideline(network: Place) -> Guideline:
    return Guideline.objects.create(network=network.row, number=4, slug="co-create", title="Co-create")


@pytest.fixture
def evidence(genoa: Place) -> dict[str, list[str]]:
    with genoa.inside():
        action = Action.objects.create(code="GE-A1", title="Social ambassadors")
    return {"actions": [str(action.pk)], "indicators": [str(indicator_in(genoa).pk)]}


@pytest.fixture
def body(guideline: Guideline, period: Period) -> dict[str, str | int]:
    """Of a request that assesses the guideline."""
    return {"guideline": str(guideline.pk), "period": str(period.pk), "step": 3, "assessed_on": "2017-12-01"}


@pytest.fixture
def own(genoa: Place, guideline: Guideline, period: Period) -> str:
    """Address of Genoa's own assessment."""
    return f"{genoa.url}guideline-assessments/{assessment_in(genoa, guideline, period).pk}/"


@pytest.fixture
def experts(genoa: Place, guideline: Guideline, period: Period) -> str:
    """Address of the expert's assessment of Genoa."""
    row = assessment_in(genoa, guideline, period, assessor="expert", step=2)
    return f"{genoa.url}guideline-assessments/{row.pk}/"
