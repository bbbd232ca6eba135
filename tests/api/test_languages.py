"""Texts in several languages: who reads what, and how they are written."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.models import Action, Guideline, Indicator, Milestone, Plan
from tenants.access.rights import RIGHTS, Role
from tenants.access.translations import LANGUAGES, translated
from tenants.api import readpath
from tenants.api.chosen import expandable
from tenants.api.deeds import allowed_actions
from tenants.api.languages import negotiated
from tenants.api.places import is_translated
from tenants.models import Change
from tests.api.awkward import values_of
from tests.api.conftest import undone
from tests.api.test_readpath import SHAPES, drf, parsed
from tests.rows import make

TITLE, TITOLO, TITEL = "A city of screens", "Una città di schermi", "Een stad van schermen"
ITALIAN = {"Accept_Language": "it"}


@pytest.fixture
def action(genoa):
    with genoa.inside():
        row = Action.objects.create(code="A1", title=TITLE, translations={"it": {"title": TITOLO}})
        row.milestones.create(title="Begun", due_on="2017-01-01", translations={"it": {"title": "Iniziato"}})
        return row


def at(place: Any, row: Any) -> str:
    return f"{place.url}actions/{row.pk}/"


# ------------------------------------------------------------------------------------ reading


@pytest.mark.parametrize(
    ("accepted", "read"),
    [
        ("", "en"),
        ("it", "it"),
        ("IT", "it"),
        ("it-IT", "it"),
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("en;q=0.8,it;q=0.9", "it"),
        ("de,it;q=0.3", "it"),
        ("de", "en"),
        ("*", "en"),
        ("de,*;q=0.5", "en"),
        ("it;q=0", "en"),
        ("it;q=0,nl;q=0.1", "nl"),
        ("pt-BR", "pt"),
        ("not, a; header ==", "en"),
        ("it" * 5000, "en"),
        ("\u00ed\u0163", "en"),
    ],
)
def test_the_best_language_that_is_known_is_read(accepted, read):
    assert negotiated(accepted, "en") == read


def test_a_working_language_without_messages_is_a_language_all_the_same():
    assert negotiated("de-AT, it", "de") == "de"
    assert negotiated("fi", "de") == "de"


def test_a_text_is_read_in_the_language_asked_for_and_else_in_the_working_language(officer, genoa, action):
    shown = officer.get(at(genoa, action), **ITALIAN)

    assert (shown.json()["title"], shown.json()["description"]) == (TITOLO, "")
    assert [milestone["title"] for milestone in shown.json()["milestones"]] == ["Iniziato"]
    assert shown.headers["Content-Language"] == "it, en"
    assert officer.get(at(genoa, action), Accept_Language="nl").json()["title"] == TITLE
    assert officer.get(at(genoa, action)).json()["title"] == TITLE
    assert officer.get(at(genoa, action)).headers["Content-Language"] == "en"


def test_a_list_and_what_is_expanded_are_read_in_the_language_too(officer, genoa, action):
    with genoa.inside():
        indicator = make(Indicator, genoa.row, action=action)

    row = officer.get(f"{genoa.url}indicators/{indicator.pk}/?expand=action", **ITALIAN).json()
    (listed,) = officer.get(f"{genoa.url}actions/?fields=title", **ITALIAN).json()["results"]

    assert row["expanded"]["action"]["title"] == TITOLO
    assert listed == {"title": TITOLO}


def test_search_and_order_go_by_the_working_language(officer, genoa, action):
    found = officer.get(f"{genoa.url}actions/?search=screens", **ITALIAN).json()["results"]

    assert [row["title"] for row in found] == [TITOLO]
    assert officer.get(f"{genoa.url}actions/?search=schermi", **ITALIAN).json()["results"] == []


def test_the_tag_of_a_representation_is_of_its_language(officer, genoa, action):
    for url in (at(genoa, action), f"{genoa.url}actions/"):
        english, italian = officer.get(url), officer.get(url, **ITALIAN)

        assert english.headers["ETag"] != italian.headers["ETag"]
        assert "Accept-Language" in italian.headers["Vary"]
        assert officer.get(url, If_None_Match=english.headers["ETag"], **ITALIAN).status_code == 200
        assert officer.get(url, If_None_Match=italian.headers["ETag"], **ITALIAN).status_code == 304


def test_a_row_without_prose_is_one_representation_for_all(officer, genoa):
    url = f"{genoa.url}contacts/"

    assert officer.get(url).headers["ETag"] == officer.get(url, **ITALIAN).headers["ETag"]
    assert officer.get(url, **ITALIAN).headers["Content-Language"] == "en"


def test_across_the_network_texts_are_read_in_the_language_too(client_as, network, genoa, action):
    expert = client_as(Role.LEAD_EXPERT, network)

    (row,) = expert.get(f"{network.url}actions/", **ITALIAN).json()["results"]

    assert row["title"] == TITOLO


def test_a_reader_in_the_working_language_runs_the_statement_there_was(world):
    """Not a word of it is about translations but the column itself."""
    for view in SHAPES:
        projected = compiled(view)
        assert "jsonb_extract_path_text" not in projected
        assert (compiled(view, "it") != projected) == is_translated(view.serializer_class)


def compiled(view: Any, language: str = "") -> str:
    serializer = view.serializer_class
    return readpath.projection(serializer, computed(view), expand=expandable(serializer), language=language)


def alone(view: Any, language: str) -> str:
    return readpath.projection(view.serializer_class, computed(view), language=language)


def computed(view: Any) -> Any:
    return {"allowed_actions": allowed_actions(view.deeds(), RIGHTS[Role.OFFICER])}


def is_kept_as_it_was(view: Any) -> bool:
    """Texts that were taken over from another city are not written again."""
    fields = view.serializer_class.Meta.model._meta.local_concrete_fields
    return any(field.name == "translations" and not field.editable for field in fields)


PROSE = [view for view in SHAPES if is_translated(view.serializer_class) and not is_kept_as_it_was(view)]


@pytest.mark.parametrize("view", PROSE, ids=lambda view: view.serializer_class.__name__)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_translated_row_is_written_as_drf_writes_one_that_has_the_translation_for_its_text(
    world, view, data
):
    """The second way to the same JSON: the translations put into the plain columns, and read by DRF."""
    model, city = view.serializer_class.Meta.model, world.genoa.row
    with undone(), world.genoa.inside():
        row = Plan.objects.get() if model is Plan else make(model, city)
        around = [row, *(make(Milestone, city, action=row) for _ in range(2) if model is Action)]
        for one in around:
            texts = {
                name: data.draw(values_of(one._meta.get_field(name)))
                for name in some(data, translated(type(one)))
            }
            kept = {name: text for name, text in texts.items() if text}
            one.translations = {"it": kept} if kept else {}
            one.save()
        in_sql = parsed(readpath.one(readpath.asked_of_one(alone(view, "it"), model, {"id": row.pk})).body)

        for one in around:
            texts = {name: one.text(name, "it") for name in translated(type(one))}
            type(one)._base_manager.filter(pk=one.pk).update(**texts)
        by_drf = parsed(drf(view, row.pk, RIGHTS[Role.OFFICER]))

    changed = {"row_version", "updated_at", "standing", "condition"}
    assert [pair for pair in in_sql if pair[0] not in changed] == [
        pair for pair in by_drf if pair[0] not in changed
    ]


def some(data: Any, names: tuple[str, ...]) -> list[str]:
    return data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []


# ------------------------------------------------------------------------------------ writing


def test_a_translation_is_merged_by_language_and_field(officer, genoa, action):
    url = at(genoa, action)

    officer.patch(url, {"translations": {"nl": {"title": TITEL}}})
    officer.patch(url, {"translations": {"it": {"description": "Cosa si fa"}}})

    assert officer.get(url).json()["translations"] == {
        "it": {"title": TITOLO, "description": "Cosa si fa"},
        "nl": {"title": TITEL},
    }


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"it": {"title": None}}, {}),
        ({"it": {"title": ""}}, {}),
        ({"it": {"title": "  "}}, {}),
        ({"it": None}, {}),
        ({"it": {}}, {"it": {"title": TITOLO}}),
        ({}, {"it": {"title": TITOLO}}),
        ({"fr": None}, {"it": {"title": TITOLO}}),
        ({"fr": {"title": None}}, {"it": {"title": TITOLO}}),
        ({"it": {"title": " Altro "}}, {"it": {"title": "Altro"}}),
    ],
)
def test_what_is_not_named_stays_and_null_takes_away(officer, genoa, action, change, left):
    changed = officer.patch(at(genoa, action), {"translations": change})

    assert changed.status_code == 200
    assert changed.json()["translations"] == left


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"de": {"title": "x"}}, "/translations/de", "unknown_language"),
        ({"it-IT": {"title": "x"}}, "/translations/it-IT", "unknown_language"),
        ({"en": {"title": "x"}}, "/translations/en", "working_language"),
        ({"it": {"code": "x"}}, "/translations/it/code", "unknown_field"),
        ({"it": {"titel": "x"}}, "/translations/it/titel", "unknown_field"),
        ({"it": {"title": "x" * 301}}, "/translations/it/title", "max_length"),
        ({"it": {"title": ["x"]}}, "/translations/it/title", "invalid"),
        ({"it": {"title": {"x": 1}}}, "/translations/it/title", "invalid"),
        ({"it": "x"}, "/translations/it", "not_a_dict"),
        ({"it": []}, "/translations/it", "not_a_dict"),
        ([], "/translations", "not_a_dict"),
        (None, "/translations", "null"),
    ],
)
def test_what_cannot_be_a_translation_is_said_with_its_place(officer, genoa, action, change, pointer, code):
    refused = officer.patch(at(genoa, action), {"translations": change})

    assert refused.status_code == 400
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [(pointer, code)]


def test_all_errors_of_translations_are_said_at_once(officer, genoa):
    body = {"code": "A9", "title": "x", "translations": {"de": {}, "it": {"title": ["x"], "city": "x"}}}

    refused = officer.post(f"{genoa.url}actions/", body)

    assert {e["pointer"] for e in refused.json()["errors"]} == {
        "/translations/de",
        "/translations/it/title",
        "/translations/it/city",
    }


def test_a_row_is_made_with_its_translations_and_their_change_is_in_the_history(officer, genoa):
    body = {"code": "A2", "title": TITLE, "translations": {"it": {"title": TITOLO}, "nl": None}}
    made = officer.post(f"{genoa.url}actions/", body).json()

    officer.patch(f"{genoa.url}actions/{made['id']}/", {"translations": {"it": {"title": "Altro"}}})

    assert made["translations"] == {"it": {"title": TITOLO}}
    with genoa.inside():
        last = Change.objects.filter(row=made["id"]).order_by("-number").first()
        assert (last.before, last.after) == (
            {"translations": {"it": {"title": TITOLO}}},
            {"translations": {"it": {"title": "Altro"}}},
        )
        assert Action.objects.get(pk=made["id"]).row_version == made["row_version"] + 1


def test_many_rows_are_translated_in_one_request(officer, genoa, action):
    item = {"method": "change", "id": str(action.pk), "row_version": action.row_version}
    texts = {"translations": {"nl": {"title": TITEL}}}

    done = officer.post(f"{genoa.url}actions/bulk/", {"items": [{**item, "data": texts}]}, **ITALIAN)

    row = done.json()["results"][0]["row"]
    assert (row["title"], row["translations"]["nl"]) == (TITLE, {"title": TITEL})


def test_a_write_is_answered_in_the_working_language(officer, genoa, action):
    changed = officer.patch(at(genoa, action), {"title": "Another"}, **ITALIAN)

    assert changed.json()["title"] == "Another"
    assert changed.headers["Content-Language"] == "en"


def test_a_row_that_is_read_in_a_language_and_sent_back_whole_keeps_its_own_texts(officer, genoa, action):
    read = officer.get(at(genoa, action), **ITALIAN).json()

    officer.patch(at(genoa, action), {**read, "description": "New"}, **ITALIAN)

    with genoa.inside():
        row = Action.objects.get(pk=action.pk)
    assert (row.title, row.description) == (TITLE, "New")


def test_what_a_network_shares_is_translated_by_its_lead_partner(client_as, network, genoa):
    guideline = make(Guideline, genoa.row, title="Attract Tourists")
    lead = client_as(Role.LEAD_PARTNER, network)
    url = f"{network.url}guidelines/{guideline.pk}/"

    lead.patch(url, {"translations": {"it": {"title": "Attrarre turisti"}}})

    reader = client_as(Role.VIEWER, genoa)
    assert reader.get(url, **ITALIAN).json()["title"] == "Attrarre turisti"


def test_in_a_network_that_works_in_another_language_its_texts_are_the_plain_ones(client_as, network, genoa):
    network.row.working_language = "it"
    network.row.save()
    officer = client_as(Role.OFFICER, genoa)
    body = {"code": "A1", "title": TITOLO, "translations": {"en": {"title": TITLE}}}

    made = officer.post(f"{genoa.url}actions/", body)

    url = f"{genoa.url}actions/{made.json()['id']}/"
    assert made.status_code == 201
    assert officer.get(url, Accept_Language="en").json()["title"] == TITLE
    assert officer.get(url, Accept_Language="de").json()["title"] == TITOLO
    assert officer.get(url).headers["Content-Language"] == "it"
    refused = officer.patch(url, {"translations": {"it": {"title": "x"}}})
    assert refused.json()["errors"][0]["code"] == "working_language"


# ----------------------------------------------------------------------------- in the database

UNFIT = [
    [],
    "it",
    {"de": {"title": "x"}},
    {"it": {}},
    {"it": []},
    {"it": {"code": "x"}},
    {"it": {"title": ""}},
    {"it": {"title": None}},
    {"it": {"title": 1}},
    {"it": {"title": "x" * 301}},
]


@pytest.mark.parametrize("texts", UNFIT, ids=str)
def test_postgresql_refuses_what_is_no_translation_whoever_writes_it(genoa, action, texts):
    with genoa.inside(), pytest.raises(IntegrityError, match="action_translations_fit"), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(translations=texts)


def test_the_check_of_every_table_knows_the_fields_their_lengths_and_the_languages(db):
    models = [model for model in apps.get_models() if translated(model)]
    for model in models:
        name = f"{model._meta.model_name}_translations_fit"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
            (check,) = cursor.fetchone()
        lengths = {field: model._meta.get_field(field).max_length for field in translated(model)}
        (kept,) = re.findall(r"'({\".*})'::jsonb", check)
        assert json.loads(kept) == lengths
        assert f"'{{{','.join(LANGUAGES)}}}'" in check
    assert {Action, Plan, Guideline} <= set(models)
