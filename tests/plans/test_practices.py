"""What a city offers: who finds it is the city's to say, and the coordinator says it."""

from typing import Any

import pytest

from plans.models import GoodPractice
from tenants.access.rights import Role
from tenants.models import Theme
from tests.client import Caller
from tests.conftest import ClientAs, Place

PUBLIC = "/api/v1/public/networks/interactive-cities/practices/"


@pytest.fixture
def coordinator(client_as: ClientAs, genoa: Place) -> Caller:
    return client_as(Role.COORDINATOR, genoa)


@pytest.fixture
def peer(client_as: ClientAs, ghent: Place) -> Caller:
    return client_as(Role.VIEWER, ghent)


def practice(place: Place, title: str = "Ambassadors", **fields: Any) -> GoodPractice:
    with place.inside():
        return GoodPractice.objects.create(**{"title": title, "summary": "Citizens tell of it.", **fields})


def url_of(place: Place, row: GoodPractice) -> str:
    return f"{place.url}practices/{row.pk}/"


def titles(caller: Caller, url: str) -> list[str]:
    return [row["title"] for row in caller.rows(url)]


def test_a_new_practice_is_for_the_city_whatever_the_body_says(officer, genoa):
    made = officer.post(f"{genoa.url}practices/", {"title": "Ambassadors", "visibility": "public"})

    assert (made.status_code, made.json()["visibility"]) == (201, "internal")
    assert "publish" not in made.json()["allowed_actions"]


def test_it_is_found_by_those_to_whom_it_is_published(coordinator, peer, anonymous, network, genoa):
    row = practice(genoa)
    found = []

    for to in ("network", "public"):
        assert coordinator.post(f"{url_of(genoa, row)}publish/", {"to": to}).json()["visibility"] == to
        found.append((titles(peer, f"{network.url}practices/"), titles(anonymous, PUBLIC)))
    coordinator.post(f"{url_of(genoa, row)}withdraw/")

    assert found == [(["Ambassadors"], []), (["Ambassadors"], ["Ambassadors"])]
    assert (titles(peer, f"{network.url}practices/"), titles(anonymous, PUBLIC)) == ([], [])


def test_an_officer_does_not_publish(officer, genoa):
    row = practice(genoa)

    assert officer.post(f"{url_of(genoa, row)}publish/", {"to": "network"}).status_code == 403


def test_what_has_no_summary_is_not_published(coordinator, genoa):
    row = practice(genoa, summary="")

    response = coordinator.post(f"{url_of(genoa, row)}publish/", {"to": "network"})

    assert response.status_code == 400
    assert {"/summary"} <= {error["pointer"] for error in response.json()["errors"]}
    assert {error["code"] for error in response.json()["errors"]} == {"summary_missing"}


def test_a_published_practice_keeps_its_summary(coordinator, genoa):
    row = practice(genoa, visibility="network")

    response = coordinator.patch(url_of(genoa, row), {"summary": ""})

    assert response.json()["errors"][0]["code"] == "summary_missing"


def test_publishing_twice_and_withdrawing_what_is_not_out_are_refused(coordinator, genoa):
    row = practice(genoa)
    url = url_of(genoa, row)

    assert coordinator.post(f"{url}withdraw/").json()["code"] == "not_published"
    assert coordinator.get(url).json()["allowed_actions"] == ["change", "delete", "publish"]
    coordinator.post(f"{url}publish/", {"to": "public"})
    assert coordinator.post(f"{url}publish/", {"to": "public"}).json()["code"] == "already_published"
    assert coordinator.post(f"{url}publish/", {"to": "network"}).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"to": "internal"}, {"to": "everyone"}, {"to": None}, {"for": "network"}]
)
def test_it_is_said_for_whom(coordinator, genoa, body):
    row = practice(genoa)

    response = coordinator.post(f"{url_of(genoa, row)}publish/", body)

    assert (response.status_code, response.json()["code"]) == (400, "validation_failed")


def test_practices_are_found_by_guideline_theme_country_and_words(peer, anonymous, network, genoa, ghent):
    theme = Theme.objects.create(network=network.row, slug="tourism", title="Tourism")
    practice(genoa, "Ambassadors", visibility="public", guidelines=[4, 6], theme=theme)
    practice(ghent, "Crowdfunding platform", visibility="public", guidelines=[6], adoption="open")

    for caller, url in ((peer, f"{network.url}practices/"), (anonymous, PUBLIC)):
        assert titles(caller, f"{url}?guideline=4") == ["Ambassadors"]
        assert titles(caller, f"{url}?guideline=6") == ["Ambassadors", "Crowdfunding platform"]
        assert titles(caller, f"{url}?theme=tourism") == ["Ambassadors"]
        assert titles(caller, f"{url}?country=BE") == ["Crowdfunding platform"]
        assert titles(caller, f"{url}?city=genoa") == ["Ambassadors"]
        assert titles(caller, f"{url}?adoption=open") == ["Crowdfunding platform"]
        assert titles(caller, f"{url}?search=funding") == ["Crowdfunding platform"]


def test_a_published_practice_shows_its_theme(anonymous, network, genoa):
    theme = Theme.objects.create(network=network.row, slug="tourism", title="Tourism")
    row = practice(genoa, visibility="public", theme=theme)

    assert anonymous.get(f"{PUBLIC}{row.pk}/").json()["theme"] == {"slug": "tourism", "title": "Tourism"}


def test_a_guideline_that_does_not_exist_is_refused(officer, genoa):
    response = officer.post(f"{genoa.url}practices/", {"title": "Ambassadors", "guidelines": [13]})

    assert response.status_code == 400


def test_a_title_is_there_once_in_a_city(officer, genoa):
    practice(genoa)

    response = officer.post(f"{genoa.url}practices/", {"title": "Ambassadors"})

    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("/title", "already_exists")]
