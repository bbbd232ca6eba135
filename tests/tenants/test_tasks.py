"""Celery tasks and management commands say whose rows they touch."""

import pytest
from celery import Celery
from django.core.management import CommandError, call_command

from plans.models import Action
from tenants.access.context import TenancyError, current, staff_context
from tenants.access.tasks import Scope, ScopedTask
from tenants.models import Change
from tenants.networks.commands import CityCommand

celery = Celery("tests", set_as_current=False)
celery.conf.update(task_always_eager=True, task_eager_propagates=True, task_store_eager_result=False)


@celery.task(base=ScopedTask, name="tests.careless")
def careless() -> None:
    pytest.fail("ran without a scope")


@celery.task(base=ScopedTask, name="tests.of_a_city", scope=Scope.CITY, bind=True)
def of_a_city(self: ScopedTask, code: str) -> str:
    assert current() is None or code == "nested"
    with self.city():
        return str(Action.objects.create(code=code, title="Made at the worker").city_id)


@celery.task(base=ScopedTask, name="tests.forgetful", scope=Scope.CITY)
def forgetful() -> int:
    return Action.objects.count()


@celery.task(base=ScopedTask, name="tests.shared", scope=Scope.SHARED, bind=True)
def shared(self: ScopedTask) -> None:
    with self.city():
        pytest.fail("was let into a city")


def test_a_task_without_a_scope_is_neither_sent_nor_run(genoa):
    with genoa.inside(), pytest.raises(TenancyError, match="scope"):
        careless.delay()
    with pytest.raises(TenancyError, match="scope"):
        careless()


def test_a_task_of_a_city_is_not_sent_without_one(db):
    with pytest.raises(TenancyError, match="sent without a city"):
        of_a_city.delay("A1")


def test_a_task_of_a_city_is_not_sent_from_where_one_reads_across(genoa):
    with staff_context([genoa.pk]), pytest.raises(TenancyError, match="sent without a city"):
        of_a_city.delay("A1")


def test_a_task_of_a_city_that_came_without_one_does_nothing(db):
    with pytest.raises(TenancyError, match="came without a city"):
        of_a_city.apply(args=["A1"])


def test_a_task_finds_the_city_in_the_headers_of_its_message(genoa, ghent):
    done = of_a_city.apply_async(args=["A1"], headers={"city": str(genoa.pk)})

    assert done.get() == str(genoa.pk)
    with genoa.inside():
        assert [(c.actor_role, c.actor) for c in Change.objects.all()] == [("tests.of_a_city", None)]
    with ghent.inside():
        assert Action.objects.count() == 0


def test_the_city_of_the_sender_travels_with_the_message(genoa):
    with genoa.inside():
        assert of_a_city.delay("nested").get() == str(genoa.pk)


def test_a_task_that_forgets_to_enter_its_city_fails(genoa):
    with pytest.raises(TenancyError, match="outside a context"):
        forgetful.apply_async(headers={"city": str(genoa.pk)})


def test_a_task_of_shared_rows_enters_no_city(genoa):
    with pytest.raises(TenancyError, match="came without a city"):
        shared.apply_async(headers={"city": str(genoa.pk)})


class Counting(CityCommand):
    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, list[str]] = {}

    def handle_city(self, city, **options):
        self.seen[f"{city.network.slug}/{city.slug}"] = list(Action.objects.values_list("code", flat=True))


@pytest.fixture
def three_actions(genoa, ghent, other_ghent):
    for place, code in ((genoa, "GE"), (ghent, "GH"), (other_ghent, "RT")):
        with place.inside():
            Action.objects.create(code=code, title="T")


def test_a_command_works_in_the_named_city_only(three_actions):
    command = Counting()

    call_command(command, city="interactive-cities/ghent")

    assert command.seen == {"interactive-cities/ghent": ["GH"]}


def test_a_command_for_all_cities_is_in_one_after_the_other(three_actions):
    command = Counting()

    call_command(command, all_cities=True)

    assert command.seen == {
        "interactive-cities/genoa": ["GE"],
        "interactive-cities/ghent": ["GH"],
        "riverside-towns/ghent": ["RT"],
    }
    assert current() is None


@pytest.mark.parametrize(
    "arguments", [[], ["--city", "ghent"], ["--city", "nowhere/ghent"], ["--city", "x/y", "--all-cities"]]
)
def test_a_command_without_a_city_that_exists_does_nothing(three_actions, arguments):
    command = Counting()

    with pytest.raises(CommandError):
        call_command(command, *arguments)
    assert command.seen == {}
