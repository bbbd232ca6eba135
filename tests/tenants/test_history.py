"""Changes are numbered without a gap, and the clock goes on with them."""

import contextlib
import threading

import pytest
from django.db import connection, transaction

from plans.models import Objective
from tenants.models import Change, City
from tests.conftest import Place, make_city, make_network


def make(*codes: str) -> None:
    Objective.objects.bulk_create(Objective(code=code, title="T") for code in codes)


def clock_of(city: Place) -> int:
    return City.objects.values_list("clock", flat=True).get(pk=city.pk)


def numbers(city: Place) -> list[int]:
    with city.inside():
        return list(Change.objects.order_by("id").values_list("number", flat=True))


def test_changes_are_numbered_without_a_gap_across_contexts(genoa, ghent):
    for codes in (["O1", "O2", "O3"], ["O4"], ["O5", "O6"]):
        with genoa.inside():
            make(*codes)
        with ghent.inside():
            make(codes[0])

    assert (numbers(genoa), numbers(ghent)) == ([1, 2, 3, 4, 5, 6], [1, 2, 3])


def test_the_clock_goes_on_once_for_all_that_a_context_changes(genoa, ghent):
    before, elsewhere = clock_of(genoa), clock_of(ghent)
    with genoa.inside():
        make("O1", "O2")
        Objective.objects.update(title="Renamed")
    assert clock_of(genoa) == before + 1

    with genoa.inside():
        Objective.objects.filter(code="O1").delete()
    assert (clock_of(genoa), clock_of(ghent)) == (before + 2, elsewhere)


def test_what_is_taken_back_counts_neither_number_nor_clock(genoa):
    before = clock_of(genoa)
    with genoa.inside():
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            make("O1", "O2")
            raise ZeroDivisionError
        assert clock_of(genoa) == before
        make("O3")

    assert (numbers(genoa), clock_of(genoa)) == ([1], before + 1)


def test_a_change_that_changes_nothing_is_none(genoa):
    with genoa.inside():
        make("O1")
    with genoa.inside():
        before = clock_of(genoa)
        Objective.objects.update(title="T")
        assert clock_of(genoa) == before

    assert numbers(genoa) == [1]


@pytest.mark.parametrize("first", ["insert", "update"])
def test_two_who_write_at_once_are_numbered_one_after_the_other(fresh_database, first):
    """Neither comes in by the entrance, which would have let one wait: the first change does."""
    genoa = make_city(make_network("interactive-cities"), "genoa", "IT")
    with genoa.inside():
        make("O0")
    begun = threading.Event()

    def other() -> None:
        try:
            begun.wait(20)
            with genoa.inside():
                make("O3", "O4")
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    with genoa.inside():
        make("O1") if first == "insert" else Objective.objects.update(title="Renamed")
        begun.set()
        thread.join(0.5)
        assert thread.is_alive()
        make("O2")
    thread.join(20)

    assert numbers(genoa) == [1, 2, 3, 4, 5]
    with genoa.inside():
        told = Change.objects.order_by("number").values_list("after__code", flat=True)
        assert list(told) == ["O0", "O1" if first == "insert" else None, "O2", "O3", "O4"]
