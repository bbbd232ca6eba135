"""What the demo city takes out, it can bring in again."""

from plans.sheets.collections import importable
from tenants.models import City
from tests.conftest import Place
from tests.plans.filing import brought_back


def test_the_demo_city_brought_in_again_changes_nothing(demo):
    city = City.objects.get(network__slug="interactive-cities", slug="genoa")
    genoa = Place(city, "/api/v1/networks/interactive-cities/cities/genoa/")
    with genoa.inside():
        there = {name: view.queryset.count() for name, view in importable().items()}

    found = brought_back(demo.caller("officer", "interactive-cities", "genoa"), genoa)

    assert found.pop("xlsx") == (0, 0, sum(there.values()))
    assert found == {name: (0, 0, number) for name, number in there.items()}
    assert sum(there.values()) > 50
