"""What PostgreSQL writes is what DRF would write: key by key, digit by digit, for any row."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F, JSONField, TextField
from django.db.models.functions import Cast
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer

from plans.models import Plan
from tenants.access.rights import RIGHTS, Can
from tenants.api import readpath, writepath
from tenants.api.chosen import expandable
from tenants.api.projected import computed
from tenants.api.rows import RowViewSet
from tenants.models import Change, Membership
from tests.api.awkward import COMMON, given_values, nullable_references, referred, with_rows_around
from tests.api.conftest import undone
from tests.api.urlconf import all_routes, one_of_each_view, routes
from tests.api.world import World
from tests.rows import WITH, alternatives, make

VIEWS = [route.view for route in one_of_each_view(all_routes()) if issubclass(route.view, RowViewSet)]
SHAPES = list({view.serializer_class: view for view in VIEWS}.values())


class Seen:
    """A row with what is computed, also under a name that the model has given to something else."""

    def __init__(self, row: Any, computed: dict[str, Any]) -> None:
        self._row, self._computed = row, computed

    def __getattr__(self, name: str) -> Any:
        return self._computed[name] if name in self._computed else getattr(self._row, name)


def drf(view: Any, pk: Any, rights: frozenset[Can]) -> bytes:
    serializer = view.serializer_class
    shown = {**readpath.annotations(serializer), **computed(view, rights)}
    return rendered(serializer, pk, {name: e for name, e in shown.items() if name in serializer().fields})


def rendered(serializer: Any, pk: Any, named: Any) -> bytes:
    """By DRF, with these expressions computed."""
    # As text: what psycopg has read as JSON, Django would read once more.
    aliases = {f"seen_{name}": Cast(e, TextField()) if is_json(e) else e for name, e in named.items()}
    row = serializer.Meta.model._base_manager.annotate(**aliases).get(pk=pk)
    seen = {name: getattr(row, f"seen_{name}") for name in named}
    read = {n: json.loads(seen[n] or "null") if is_json(e) else seen[n] for n, e in named.items()}
    return JSONRenderer().render(serializer(Seen(row, read)).data)


def is_json(expression: Any) -> bool:
    return isinstance(getattr(expression, "output_field", None), JSONField)


def compiled(view: Any, rights: frozenset[Can]) -> str:
    return readpath.projection(view.serializer_class, computed(view, rights))


def parsed(text: str | bytes, number: Any = str) -> Any:
    """Order of keys and text of numbers included."""
    return json.loads(text, object_pairs_hook=list, parse_float=number, parse_int=number)


def told(text: str | bytes, number: Any, made_by_sql: Any) -> Any:
    """JSON that an expression of its own has made may order its keys as it likes."""
    pairs, unordered = parsed(text, number), json.loads(text, parse_float=number, parse_int=number)
    return [(key, unordered[key] if key in made_by_sql else value) for key, value in pairs]


@pytest.mark.parametrize("view", SHAPES, ids=lambda view: view.serializer_class.__name__)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_row_is_written_as_drf_writes_it(world: World, view: Any, data: Any) -> None:
    model, city = view.serializer_class.Meta.model, world.genoa.row
    rights = RIGHTS[data.draw(st.sampled_from(sorted(RIGHTS)))]
    with undone(), world.genoa.inside():
        row = existing(model) or made(model, city, data)
        projected = compiled(view, rights)

        one = readpath.one(readpath.asked_of_one(projected, model, {"id": row.pk})).body
        page = readpath.page(projected, model._base_manager.filter(pk=row.pk).order_by("pk"), F("pk"), size=1)

        # What went through a float has lost its zeros; the history keeps them.
        number = float if model is Change else str
        made_by_sql = readpath.annotations(view.serializer_class)
        assert told(one, number, made_by_sql) == told(drf(view, row.pk, rights), number, made_by_sql)
        assert page.rows == b"[%b]" % one


def existing(model: Any) -> Any:
    """Of what is not made by hand."""
    return model._base_manager.order_by("pk").last() if model in (Change, Membership) else None


def made(model: Any, city: Any, data: Any) -> Any:
    given = data.draw(given_values(model))
    reference = data.draw(st.sampled_from([None, *nullable_references(model)]))
    try:
        with transaction.atomic():
            behind = referred(reference, city, given) if reference else {}
            row = the_plan(**given) if model is Plan else make(model, city, **{**given, **behind})
            with_rows_around(row, city, data.draw(st.integers(0, 3)))
    except DatabaseError:
        # The values break a rule between fields: there is no such row.
        assume(False)
    return row


def the_plan(**given: Any) -> Plan:
    """A city has one, and its versions refer to it."""
    Plan.objects.update(**given)
    return Plan.objects.get()


EXPANDING = [(view, name) for view in SHAPES for name in expandable(view.serializer_class)]


@pytest.mark.parametrize(("view", "name"), EXPANDING, ids=lambda item: getattr(item, "__name__", str(item)))
def test_a_row_that_is_expanded_is_written_as_drf_writes_it(world, view, name):
    serializer, model = view.serializer_class, view.serializer_class.Meta.model
    kind = expandable(serializer)[name]
    with undone(), world.genoa.inside():
        relation = model._meta.get_field(name)
        row = make(model, world.genoa.row)
        common = {field: getattr(row, field) for field in COMMON.get(name, ())}
        targets = [make(relation.related_model, world.genoa.row, **common) for _ in range(2)]
        if relation.many_to_many:
            writepath.link(row, relation, [target.pk for target in targets])
        else:
            besides = {**dict.fromkeys(alternatives(model, name)), **WITH.get(name, {})}
            type(row)._base_manager.filter(pk=row.pk).update(**{name: targets[0]}, **besides)

        projected = readpath.projection(serializer, {}, only=[name], expand={name: kind})
        expanded = json.loads(readpath.one(readpath.asked_of_one(projected, model, {"id": row.pk})).body)[
            "expanded"
        ]

        computed = readpath.annotations(kind)
        shown = [told(rendered(kind, target.pk, computed), str, computed) for target in targets]
        assert expanded.keys() == {name}
        rows = expanded[name] if relation.many_to_many else [expanded[name]]
        assert [told(json.dumps(row), str, computed) for row in rows] == (
            shown if relation.many_to_many else shown[:1]
        )


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_projection_can_be_compiled_for_every_role(world, view):
    """A field without an SQL form raises here, not while somebody waits."""
    assert len({compiled(view, rights) for rights in RIGHTS.values()}) >= 1


def test_a_list_shows_its_rows_as_they_are_shown_alone(world):
    for route in routes():
        if route.actions.get("GET") == "list" and f"{route.path}{{id}}/" in {r.path for r in routes()}:
            caller = world.people["c" if "city" in route.keys else "S"]
            url = world.url(route, world.genoa, caller)
            for row in caller.rows(url)[:3]:
                assert caller.get(f"{url}{row['id']}/").json() == row, route.path
