"""A client with a token, and a page with a cookie, come in by different doors."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.module_loading import import_string

from tenants.api.doors import Doors
from tests.client import Caller

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}


@pytest.fixture
def passed(monkeypatch) -> list[str]:
    """The middleware of pages that requests come past."""
    seen: list[str] = []
    for path in settings.PAGE_MIDDLEWARE:
        middleware = import_string(path)

        def call(self, request, *, path=path, was=middleware.__call__):
            seen.append(path)
            return was(self, request)

        monkeypatch.setattr(middleware, "__call__", call)
    return seen


def test_a_client_goes_past_what_only_pages_need(officer, genoa, passed):
    assert officer.get(f"{genoa.url}actions/").status_code == 200
    assert passed == []


def test_without_a_token_one_comes_by_the_door_of_pages(anonymous, genoa, passed):
    assert anonymous.get(f"{genoa.url}actions/").status_code == 401
    assert passed == settings.PAGE_MIDDLEWARE


def test_a_page_is_a_page_whatever_comes_with_it(officer, passed):
    assert officer.client.get("/api/docs/").status_code == 200
    assert passed == settings.PAGE_MIDDLEWARE


@pytest.mark.parametrize("who", ["officer", "anonymous"])
@pytest.mark.parametrize("address", ["actions/", "nowhere/"])
def test_no_answer_can_be_framed_or_run(request, genoa, who, address):
    response = request.getfixturevalue(who).client.get(f"{genoa.url}{address}")

    assert {name: response.headers.get(name) for name in SAFE} == SAFE


def test_a_client_that_is_refused_hears_it_in_its_language_and_the_next_in_its_own(genoa):
    stranger = Caller("iap_" + "x" * 43, None)

    italian = stranger.get(f"{genoa.url}actions/", Accept_Language="it")
    english = stranger.get(f"{genoa.url}actions/")

    assert (italian.headers["Content-Language"], english.headers["Content-Language"]) == ("it", "en")
    assert italian.json()["detail"] != english.json()["detail"]


@pytest.mark.parametrize(("proof", "status"), [("", 403), ("Bearer iap_x", None)])
def test_a_view_without_a_guard_of_its_own_stands_behind_that_of_pages(proof, status):
    """What Django asks before a view is passed on: a page is guarded against forgery, a client comes by token."""
    request = RequestFactory().post("/api/v1/networks/", headers={"Authorization": proof})

    refused = Doors(lambda request: HttpResponse()).process_view(request, lambda request: None, (), {})

    assert getattr(refused, "status_code", None) == status
