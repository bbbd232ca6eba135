"""Texts in several languages, as other cities and the public read them; and what goes along with a row
that becomes another."""

from __future__ import annotations

from typing import Any

import pytest

from plans.models import (
    Action,
    Adoption,
    Campaign,
    Category,
    Channel,
    Dimension,
    Funding,
    GoodPractice,
    Indicator,
    Objective,
    Plan,
    SmallScaleAction,
)
from tenants.access.rights import Role
from tenants.access.translations import renamed, translated
from tenants.models import Theme, TransnationalMeeting
from tenants.texts.untranslated import in_a_city, in_a_network
from tests.client import Caller
from tests.conftest import ClientAs, Place
from tests.rows import make

ITALIAN = {"Accept_Language": "it"}
PUBLIC = "/api/v1/public/networks/interactive-cities/"
TITLE, TITOLO = "A brand told by its people", "Un marchio raccontato dalla gente"
SUMMARY, SOMMARIO = "Residents tell of the city.", "I residenti raccontano la città."
TEXTS = {"it": {"title": TITOLO, "summary": SOMMARIO}, "nl": {"description": "Lang verhaal."}}


@pytest.fixture
def peer(client_as: ClientAs, ghent: Place) -> Caller:
    return client_as(Role.OFFICER, ghent)


@pytest.fixture
def practice(genoa: Place, network: Place) -> GoodPractice:
    theme = Theme.objects.create(
        network=network.row, slug="tourism", title="Tourism", translations={"it": {"title": "Turismo"}}
    )
    with genoa.inside():
        return GoodPractice.objects.create(
            title=TITLE, summary=SUMMARY, visibility="public", theme=theme, translations=TEXTS
        )


def readers(peer: Caller, anonymous: Caller, network: Place, kind: str) -> list[tuple[Caller, str]]:
    return [(peer, f"{network.url}{kind}/"), (anonymous, f"{PUBLIC}{kind}/")]


def test_a_practice_is_read_in_their_language_by_peers_and_by_everybody(peer, anonymous, network, practice):
    for caller, url in readers(peer, anonymous, network, "practices"):
        one = caller.get(f"{url}{practice.pk}/", **ITALIAN)
        (listed,) = caller.get(url, Accept_Language="it-IT,en;q=0.5").json()["results"]

        assert one.json() == listed
        assert (listed["title"], listed["summary"], listed["description"]) == (TITOLO, SOMMARIO, "")
        assert listed["theme"] == {"slug": "tourism", "title": "Turismo"}
        assert one.headers["Content-Language"] == "it, en"
        assert caller.get(url).json()["results"][0]["title"] == TITLE
        assert caller.get(url, Accept_Language="fr").json()["results"][0]["title"] == TITLE


def test_what_is_kept_of_a_language_is_not_given_for_another(peer, anonymous, network, practice):
    for caller, base in readers(peer, anonymous, network, "practices"):
        for url in (base, f"{base}{practice.pk}/"):
            english, italian = caller.get(url), caller.get(url, **ITALIAN)

            assert english.headers["ETag"] != italian.headers["ETag"]
            assert "Accept-Language" in italian.headers["Vary"]
            assert caller.get(url, If_None_Match=english.headers["ETag"], **ITALIAN).status_code == 200
            known = caller.get(url, If_None_Match=italian.headers["ETag"], **ITALIAN)
            assert (known.status_code, known.headers["Content-Language"]) == (304, "it, en")


def test_a_new_translation_makes_the_italian_answer_new(officer, anonymous, genoa, practice):
    url = f"{PUBLIC}practices/{practice.pk}/"
    tag = anonymous.get(url, **ITALIAN).headers["ETag"]

    officer.patch(f"{genoa.url}practices/{practice.pk}/", {"translations": {"it": {"title": "Altro"}}})

    answer = anonymous.get(url, If_None_Match=tag, **ITALIAN)
    assert (answer.status_code, answer.json()["title"]) == (200, "Altro")


def test_what_stands_beside_a_published_row_is_read_in_the_language_too(peer, anonymous, network, genoa):
    with genoa.inside():
        make(Plan, genoa.row, visibility="public")
        objective = make(Objective, genoa.row, title="More", translations={"it": {"title": "Di più"}})
        action = make(Action, genoa.row, objective=objective, visibility="public", title="Walk")
        Action.objects.update(translations={"it": {"title": "Passeggiata"}})
        make(Indicator, genoa.row, action=action, visibility="public")
        make(Indicator, genoa.row, objective=objective, visibility="public")

    for caller, url in readers(peer, anonymous, network, "actions"):
        assert [row["objective"]["title"] for row in caller.get(url, **ITALIAN).json()["results"]] == [
            "Di più"
        ]
        assert [row["objective"]["title"] for row in caller.rows(url)] == ["More"]
    for caller, url in readers(peer, anonymous, network, "indicators"):
        rows = caller.get(url, **ITALIAN).json()["results"]
        beside = [row[name]["title"] for row in rows for name in ("action", "objective") if row[name]]
        assert sorted(beside) == ["Di più", "Passeggiata"]


@pytest.mark.parametrize(
    ("kind", "model", "field"),
    [
        ("practices", GoodPractice, "description"),
        ("campaigns", Campaign, "audience"),
        ("channels", Channel, "audience"),
        ("fundings", Funding, "note"),
    ],
)
def test_what_a_city_shows_to_others_is_kept_in_their_languages(officer, genoa, kind, model, field):
    with genoa.inside():
        row = make(model, genoa.row, **{field: "As it is said here"})
    url = f"{genoa.url}{kind}/{row.pk}/"
    assert untranslated(officer, genoa, row)[field] == "As it is said here"

    changed = officer.patch(url, {"translations": {"it": {field: "Come si dice qui"}}})

    assert changed.status_code == 200, changed.content
    assert officer.get(url, **ITALIAN).json()[field] == "Come si dice qui"
    assert field not in untranslated(officer, genoa, row)
    refused = officer.patch(url, {"translations": {"it": {"provenance": "x"}}})
    assert refused.json()["errors"][0]["code"] == "unknown_field"


def untranslated(caller: Caller, place: Place, row: Any) -> dict[str, str]:
    rows = caller.get(f"{place.url}untranslated/?language=it").json()["results"]
    return next((one["texts"] for one in rows if one["id"] == str(row.pk)), {})


@pytest.mark.parametrize(
    ("kind", "model", "field"),
    [
        ("dimensions", Dimension, "name"),
        ("categories", Category, "name"),
        ("meetings", TransnationalMeeting, "title"),
    ],
)
def test_what_a_network_shares_is_kept_in_the_languages_of_its_cities(
    client_as, network, genoa, kind, model, field
):
    row = make(model, genoa.row, **{field: "As the network says"})
    lead = client_as(Role.LEAD_PARTNER, network)
    url = f"{network.url}{kind}/{row.pk}/"
    assert untranslated(lead, network, row) == {field: "As the network says"}

    lead.patch(url, {"translations": {"it": {field: "Come dice la rete"}}})

    assert client_as(Role.VIEWER, genoa).get(url, **ITALIAN).json()[field] == "Come dice la rete"
    assert untranslated(lead, network, row) == {}


def test_what_is_listed_as_not_translated_can_be_translated():
    """By whoever finds it: its address takes `translations`."""
    listed = {*in_a_city().values(), *in_a_network().values()}

    assert {GoodPractice, Campaign, Channel, Funding, Dimension, Category, TransnationalMeeting} <= listed
    assert Adoption not in listed
    assert translated(Adoption) == ("title", "summary")


# ------------------------------------------------------------------- what becomes another row


def test_names_follow_where_texts_go():
    assert renamed(TEXTS, {"summary": "description"}) == {"it": {"description": SOMMARIO}}


def adopted(peer: Caller, place: Place, practice: GoodPractice, **body: str) -> dict[str, Any]:
    asked = peer.post(f"{place.url}adoptions/", {"practice": str(practice.pk)}).json()
    row = peer.post(f"{place.url}adoptions/{asked['id']}/adopt/", {"code": "GT-A9", **body}).json()
    return peer.get(f"{place.url}actions/{row['action']}/").json()


@pytest.fixture
def open_practice(genoa: Place, practice: GoodPractice) -> GoodPractice:
    with genoa.inside():
        GoodPractice.objects.update(adoption="open")
    return practice


def test_a_practice_that_is_asked_for_keeps_its_languages_as_they_were(
    officer, peer, genoa, ghent, open_practice
):
    asked = peer.post(f"{ghent.url}adoptions/", {"practice": str(open_practice.pk)}).json()
    texts = {"translations": {"it": {"title": "Altro"}}}
    officer.patch(f"{genoa.url}practices/{open_practice.pk}/", texts)

    for caller, url in (
        (peer, f"{ghent.url}adoptions/{asked['id']}/"),
        (officer, f"{genoa.url}adoption-requests/{asked['id']}/"),
    ):
        assert caller.get(url).json()["title"] == TITLE
        assert caller.get(url, **ITALIAN).json()["title"] == TITOLO


def test_the_action_made_of_a_practice_begins_with_its_languages(peer, ghent, open_practice):
    action = adopted(peer, ghent, open_practice)

    assert action["translations"] == {"it": {"title": TITOLO, "description": SOMMARIO}}


def test_a_title_of_its_own_takes_no_translation_over(peer, ghent, open_practice):
    action = adopted(peer, ghent, open_practice, title="Ghent, told by its people")

    assert action["translations"] == {"it": {"description": SOMMARIO}}


@pytest.mark.parametrize(
    ("texts", "body", "left"),
    [
        ({"title": "Giro"}, {}, {"it": {"title": "Giro"}}),
        ({"title": "Giro"}, {"title": "Walks each month"}, {}),
        ({"title": "Giro", "hypothesis": "Tornano."}, {}, {"it": {"title": "Giro"}}),
        ({"hypothesis": "Tornano.", "outcome": "Sì."}, {}, {"it": {"description": "Tornano.\n\nSì."}}),
    ],
)
def test_the_action_that_grows_from_a_test_begins_with_its_languages(officer, genoa, texts, body, left):
    with genoa.inside():
        test = SmallScaleAction.objects.create(
            title="Walk",
            hypothesis="They return.",
            outcome="Yes.",
            decision="adopt",
            translations={"it": texts},
        )

    grown = officer.post(f"{genoa.url}tests/{test.pk}/turn-into-action/", {"code": "GE-A9", **body}).json()

    assert officer.get(f"{genoa.url}actions/{grown['became_action']}/").json()["translations"] == left
