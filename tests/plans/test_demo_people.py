"""The people of the demo: what they are told to sign in with works, and belongs to this installation."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tenants.models import Token, User
from tests.client import Caller
from tests.plans.demo import Demo, load


def test_every_token_is_of_the_person_it_is_said_to_be(demo):
    told = [(Caller(row["token"], None).get("/api/v1/me/").json(), row) for row in demo.said["tokens"]]

    assert [
        (me["email"], [(role["role"], role["network"], role["city"]) for role in me["roles"]])
        for me, _ in told
    ] == [(row["email"], [(row["role"], row["network"], row["city"])]) for _, row in told]
    assert {row["role"] for _, row in told} == {
        "officer",
        "coordinator",
        "viewer",
        "local_group_member",
        "lead_partner",
        "lead_expert",
        "national_point",
        "programme_staff",
        "auditor",
    }


def test_the_password_signs_in_on_the_documentation_page(demo):
    officer = demo.person("officer", "interactive-cities", "genoa")
    browser = Client()

    answer = browser.post("/api/login/", {"username": officer["email"], "password": officer["password"]})

    assert answer.status_code == 302
    assert browser.get("/api/v1/me/").json()["email"] == officer["email"]


def test_a_weak_hash_lasts_until_the_first_sign_in(demo):
    officer = demo.person("officer", "interactive-cities", "genoa")
    weak = User.objects.get(email=officer["email"]).password

    Client().post("/api/login/", {"username": officer["email"], "password": officer["password"]})

    strong = User.objects.get(email=officer["email"]).password
    assert int(strong.split("$")[1]) > 500_000 > int(weak.split("$")[1])


def test_another_installation_has_other_tokens_and_passwords(demo, settings):
    settings.SECRET_KEY = "of another installation"

    other = load()

    mine = {secret for row in demo.said["tokens"] for secret in (row["token"], row["password"])}
    theirs = {secret for row in other["tokens"] for secret in (row["token"], row["password"])}
    assert not mine & theirs
    assert User.objects.get(email=other["tokens"][0]["email"]).check_password(other["tokens"][0]["password"])


def test_a_revoked_token_stays_revoked_and_has_a_successor(demo):
    officer = demo.person("officer", "interactive-cities", "genoa")
    Token.objects.get(user__email=officer["email"]).revoke()

    again = Demo(load()).person("officer", "interactive-cities", "genoa")

    assert Caller(officer["token"], None).get("/api/v1/me/").status_code == 401
    assert Caller(again["token"], None).get("/api/v1/me/").status_code == 200
    assert Demo(load()).person("officer", "interactive-cities", "genoa") == again


def test_an_expired_token_is_prolonged(demo):
    Token.objects.update(expires_at=timezone.now() - timedelta(days=1))
    officer = demo.caller("officer", "interactive-cities", "genoa")
    expired = officer.get("/api/v1/me/").status_code

    load()

    assert (expired, officer.get("/api/v1/me/").status_code) == (401, 200)
