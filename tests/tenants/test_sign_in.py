"""Who has signed in on the page of the documentation, with a cookie in place of a token."""

import pytest
from django.test import Client

from tenants.access.rights import Role
from tenants.models import Token
from tests.conftest import make_person

TOKENS = "/api/v1/me/tokens/"


@pytest.fixture
def browser(genoa):
    """It has the cookies, of the session and against forgery, as every page that it opens may use them."""
    user, _ = make_person(Role.OFFICER, genoa)
    user.set_password("Lanterna 1543")
    user.save()
    client = Client(enforce_csrf_checks=True)
    client.get("/api/login/")
    proof = {"username": user.email, "password": "Lanterna 1543"}
    signed_in = client.post("/api/login/", {**proof, "csrfmiddlewaretoken": forgery_token(client)})
    assert signed_in.status_code == 302
    return client


def forgery_token(client):
    return client.cookies["csrftoken"].value


def test_a_page_elsewhere_writes_nothing_in_the_name_of_who_has_signed_in(browser):
    assert browser.get("/api/v1/me/").status_code == 200

    forged = browser.post(TOKENS, {"name": "Mine now"}, "application/json")

    assert forged.status_code == 403
    assert not Token.objects.filter(name="Mine now").exists()


def test_the_own_page_does(browser):
    headers = {"X-CSRFToken": forgery_token(browser)}

    assert browser.post(TOKENS, {"name": "Mine"}, "application/json", headers=headers).status_code == 201


def test_a_page_elsewhere_signs_nobody_out(browser):
    assert browser.post("/api/logout/").status_code == 403
    assert browser.get("/api/v1/me/").status_code == 200

    assert browser.post("/api/logout/", headers={"X-CSRFToken": forgery_token(browser)}).status_code == 302
    assert browser.get("/api/v1/me/").status_code == 401
