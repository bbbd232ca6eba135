"""The system check names a model that lacks a wall: throw-away models, each without one."""

from typing import Any

import pytest
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from plans.models import Stakeholder
from tenants.access.between import BetweenCities
from tenants.access.checks import missing_walls, walls_stand
from tenants.access.models import CityContent, CityOwned, PersonalData, Row, between_cities, shared, walls
from tenants.access.published import Published, PublishedWith, visibility
from tenants.access.translations import Translations
from tenants.access.walls import (
    CityPolicies,
    Grants,
    KeptHistory,
    Reference,
    SameCity,
    SameNetwork,
    Versioned,
)
from tenants.models import City, Network


def city_model(
    *constraints: Any, base: type[models.Model] = CityOwned, **attributes: Any
) -> type[models.Model]:
    indexes = attributes.pop("indexes", [])
    meta = type("Meta", (), {"app_label": "tenants", "constraints": list(constraints), "indexes": indexes})
    return type("Thing", (base,), {"__module__": __name__, "Meta": meta, **attributes})


def found(model: type[models.Model]) -> list[tuple[str, str]]:
    return [(str(problem.id), problem.msg) for problem in missing_walls(model)]


def walls_but(kind: type) -> list[Any]:
    return [wall for wall in walls() if not isinstance(wall, kind)]


def to(model: type[models.Model], **options: Any) -> models.ForeignKey:
    return models.ForeignKey(
        model, models.DO_NOTHING, **{"db_constraint": False, "db_index": False, **options}
    )


def test_the_models_of_the_house_have_all_their_walls():
    assert walls_stand(None) == []


@isolate_apps("tenants")
def test_a_model_with_all_walls_passes():
    assert found(city_model(*walls())) == []


@pytest.mark.parametrize("kind", [CityPolicies, Versioned, KeptHistory])
@isolate_apps("tenants")
def test_a_model_without_a_wall_is_named(kind):
    assert found(city_model(*walls_but(kind))) == [
        ("tenancy.E001", f"Thing has no {kind.__name__} in Meta.constraints.")
    ]


@isolate_apps("tenants")
def test_a_model_that_keeps_no_history_says_so():
    assert found(city_model(*walls(history=False), keeps_history=False)) == []


@isolate_apps("tenants")
def test_a_model_without_a_key_of_city_and_id_is_named():
    assert found(city_model(*walls_but(models.UniqueConstraint))) == [
        ("tenancy.E002", "Thing has no UNIQUE (city, id).")
    ]


@isolate_apps("tenants")
def test_a_model_whose_city_need_not_exist_is_named():
    assert found(city_model(*walls_but(Reference))) == [("tenancy.E004", "city needs Reference('city').")]


NOT_LED = [
    models.UniqueConstraint(fields=["name"], name="thing_name"),
    models.UniqueConstraint(fields=["name", "city"], name="thing_name"),
    models.UniqueConstraint(Lower("name"), name="thing_name"),
    models.Index(fields=["name"], name="thing_name"),
    models.Index(Lower("name"), "city", name="thing_name"),
    GinIndex(fields=["name"], name="thing_name"),
]


@pytest.mark.parametrize("key", NOT_LED, ids=repr)
@isolate_apps("tenants")
def test_a_key_that_is_not_led_by_the_city_is_named(key):
    beside = {"indexes": [key]} if isinstance(key, models.Index) else {}
    ours = walls() if beside else [*walls(), key]

    assert found(city_model(*ours, name=models.TextField(), **beside)) == [
        ("tenancy.E003", "thing_name is not led by the city.")
    ]


@isolate_apps("tenants")
def test_keys_led_by_the_city_pass():
    unique = models.UniqueConstraint("city", Lower("name"), name="thing_name")
    index = models.Index("city", models.F("name").desc(), name="thing_by_name")

    assert found(city_model(*walls(), unique, name=models.TextField(), indexes=[index])) == []


@isolate_apps("tenants")
def test_a_field_that_is_unique_across_cities_is_named():
    model = city_model(*walls(), code=models.CharField(max_length=9, unique=True))

    assert found(model) == [("tenancy.E003", "code is unique across cities.")]


@isolate_apps("tenants")
def test_a_field_with_an_index_of_its_own_is_named():
    model = city_model(*walls(), Reference("network"), network=to(Network, db_index=True))

    assert found(model) == [("tenancy.E003", "network needs db_index=False, or the city in front.")]


@pytest.mark.parametrize("keys", [[], [Reference("stakeholder")]], ids=["none", "one that crosses cities"])
@isolate_apps("tenants")
def test_a_reference_to_a_row_of_a_city_without_the_city_is_named(keys):
    model = city_model(*walls(), *keys, stakeholder=to(Stakeholder, related_name="+"))

    assert found(model) == [("tenancy.E004", "stakeholder needs SameCity('stakeholder').")]


@isolate_apps("tenants")
def test_a_reference_to_a_shared_row_without_a_key_is_named():
    model = city_model(*walls(), network=to(Network, related_name="+"))

    assert found(model) == [("tenancy.E004", "network needs Reference('network').")]


@isolate_apps("tenants")
def test_a_reference_that_django_checks_at_commit_is_named():
    model = city_model(
        *walls(), SameCity("stakeholder"), stakeholder=to(Stakeholder, related_name="+", db_constraint=True)
    )

    assert found(model) == [("tenancy.E005", "stakeholder needs db_constraint=False.")]


@isolate_apps("tenants")
def test_links_that_django_would_make_without_a_city_are_named():
    model = city_model(*walls(), stakeholders=models.ManyToManyField(Stakeholder, related_name="+"))

    assert found(model) == [("tenancy.E006", "stakeholders needs a through model with a city.")]


@pytest.mark.parametrize(
    ("ours", "problems"),
    [
        (walls(personal=True), 0),
        ([*walls_but(KeptHistory), KeptHistory(personal=True)], 1),
        (walls(), 2),
    ],
    ids=["kept from staff", "its history alone", "like any other"],
)
@isolate_apps("tenants")
def test_a_model_of_personal_data_that_staff_could_read_is_named(ours, problems):
    named = [("tenancy.E007", "Thing needs walls(personal=True).")]

    assert found(city_model(*ours, base=PersonalData)) == named * problems


@isolate_apps("tenants")
def test_a_model_that_publishes_what_it_has_not_is_named():
    assert found(city_model(*walls(), Published("title"), title=models.TextField())) == [
        (
            "tenancy.E010",
            "Thing has no illustrative_fields, provenance, source, visibility to publish.",
        )
    ]


@isolate_apps("tenants")
def test_personal_data_is_not_published():
    model = city_model(*walls(personal=True), Published(), base=CityContent, visibility=visibility())

    assert found(model) == [("tenancy.E011", "Thing is personal: it is not published.")]


@isolate_apps("tenants")
def test_nothing_follows_what_is_not_published():
    model = city_model(
        *walls(),
        SameCity("stakeholder"),
        PublishedWith("stakeholder"),
        base=CityContent,
        stakeholder=to(Stakeholder, related_name="+"),
    )

    assert found(model) == [("tenancy.E012", "stakeholder is not published, nor what follows it.")]


@isolate_apps("tenants")
def test_a_shared_model_says_who_may_touch_it():
    ungranted = [wall for wall in shared() if not isinstance(wall, Grants)]

    assert found(city_model(*ungranted, base=Row)) == [
        ("tenancy.E001", "Thing has no Grants in Meta.constraints.")
    ]


@isolate_apps("tenants")
def test_a_row_between_two_cities_passes_and_may_have_an_index_for_the_other():
    index = models.Index(fields=["reader"], name="thing_for_reader")

    assert (
        found(
            city_model(
                *walls(), *between_cities("reader"), reader=to(City, related_name="+"), indexes=[index]
            )
        )
        == []
    )


@isolate_apps("tenants")
def test_a_key_led_by_the_other_city_of_two_is_named():
    unique = models.UniqueConstraint(fields=["reader", "name"], name="thing_name")
    model = city_model(
        *walls(),
        *between_cities("reader"),
        unique,
        reader=to(City, related_name="+"),
        name=models.TextField(),
    )

    assert found(model) == [("tenancy.E003", "thing_name is not led by the city.")]


@isolate_apps("tenants")
def test_an_other_city_that_may_be_of_another_network_is_named():
    near = [wall for wall in between_cities("reader") if not isinstance(wall, SameNetwork)]

    assert found(city_model(*walls(), *near, reader=to(City, related_name="+"))) == [
        ("tenancy.E008", "reader needs SameNetwork('reader').")
    ]


@isolate_apps("tenants")
def test_a_row_between_three_cities_is_named():
    model = city_model(
        *walls(),
        *between_cities("reader"),
        Reference("writer"),
        SameNetwork("writer"),
        BetweenCities("writer", name="thing_third"),
        reader=to(City, related_name="+"),
        writer=to(City, related_name="+"),
    )

    assert found(model) == [("tenancy.E008", "Thing stands between more than two cities.")]


@isolate_apps("tenants")
@pytest.mark.parametrize(
    "wrong",
    [
        {"walls": [], "translations": models.JSONField(), "title": models.TextField()},
        {"walls": [Translations("title")], "title": models.TextField()},
        {"walls": [Translations("titel")], "translations": models.JSONField(), "title": models.TextField()},
    ],
)
def test_translations_without_their_check_or_of_no_field_are_named(wrong):
    mine = {name: field for name, field in wrong.items() if name != "walls"}

    assert found(city_model(*walls(), *wrong["walls"], **mine)) == [
        ("tenancy.E013", "Thing needs Translations of its prose.")
    ]


@isolate_apps("tenants")
@pytest.mark.parametrize("shown", [("title",), ("title", "translations")])
def test_translations_of_prose_that_stays_in_the_city_do_not_leave_it(shown):
    model = city_model(
        *walls(),
        Translations("title", "judgement"),
        Published(*shown),
        translations=models.JSONField(),
        title=models.TextField(),
        judgement=models.TextField(),
        visibility=visibility(),
        provenance=models.TextField(),
        source=models.TextField(),
        illustrative_fields=models.TextField(),
    )

    wrong = [("tenancy.E014", "Thing publishes translations of all its prose or none.")]
    assert found(model) == (wrong if "translations" in shown else [])
