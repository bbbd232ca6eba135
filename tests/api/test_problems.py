"""Every error is a problem (RFC 9457) with a stable code, and every request has an id."""

from __future__ import annotations

import os
import re
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from plans.models import Objective
from tenants.access.rights import Role
from tenants.api import writepath
from tenants.models import Change
from tests.client import Caller
from tests.conftest import make_city, make_network, make_person

REQUIRED = {"type", "title", "status", "code", "detail", "instance", "request_id"}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert set(body) - {"errors"} == REQUIRED
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:iap:problem:{code}")
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    "path",
    ["/", "/nowhere", "/api/", "/api/v1/", "/api/v1/nowhere/", "/api/v1/me", "/api/v2/me/", "/%2e%2e/etc"],
)
def test_an_address_that_is_none_is_404(officer, path):
    body = problem(officer.client.get(path), 404, "not_found")

    assert body["instance"]


def test_outside_and_inside_of_the_api_the_same_words_say_that_nothing_is_there(officer, genoa):
    outside = officer.client.get("/nowhere").json()
    inside = officer.client.get(f"{genoa.url}objectives/01890000-0000-7000-8000-000000000000/").json()

    assert {k: outside[k] for k in ("title", "detail", "code")} == {
        k: inside[k] for k in ("title", "detail", "code")
    }


def test_a_method_that_is_none_is_405(officer, genoa):
    response = officer.client.put(f"{genoa.url}objectives/")

    problem(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_only_json_is_served(officer, genoa, accept):
    problem(officer.client.get(f"{genoa.url}objectives/", headers={"Accept": accept}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/*", "application/json, text/html;q=0.5", "text/html, */*;q=0.1"]
)
def test_json_is_served_to_whoever_takes_it(officer, genoa, accept):
    response = officer.client.get(f"{genoa.url}objectives/", headers={"Accept": accept} if accept else {})

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"


def test_without_a_token_the_way_in_is_named(anonymous, genoa):
    response = anonymous.client.get(f"{genoa.url}objectives/")

    told = problem(response, 401, "not_authenticated")
    assert told["detail"] == "Send a token: sign in at /api/docs/ and make one by POST /api/v1/me/tokens/."
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_the_way_in_is_named_in_the_language_that_is_asked_for(anonymous, genoa):
    response = anonymous.get(f"{genoa.url}objectives/", Accept_Language="it")

    assert response.json()["detail"].startswith("Serve un token: si accede da /api/docs/ ")


def test_where_a_token_is_made_there_is_a_way_to_make_one(client, officer):
    """Without any token yet: by signing in with an address and a password."""
    officer.user.set_password("a long enough one")
    officer.user.save()
    assert client.get("/api/docs/").status_code == 200
    client.login(username=officer.user.email, password="a long enough one")

    made = client.post("/api/v1/me/tokens/", {"name": "laptop"}, "application/json")

    assert made.status_code == 201
    assert (
        Client(headers={"Authorization": f"Bearer {made.json()['token']}"}).get("/api/v1/me/").status_code
        == 200
    )


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer iap_",
        "Bearer iap_" + "x" * 43,
        "bearer é",
        "Bearer a b",
        "Bearer iap_" + "x" * 5000,
    ],
)
def test_a_token_that_is_none_is_401(db, header):
    response = Client().get("/api/v1/me/", headers={"Authorization": header})

    problem(response, 401, "invalid_token")


@pytest.mark.parametrize("header", ["Basic b2ZmaWNlcjp4", "Token x", "iap_xxxx"])
def test_another_way_of_signing_in_is_none(db, header):
    problem(Client().get("/api/v1/me/", headers={"Authorization": header}), 401, "not_authenticated")


def test_what_one_may_see_but_not_do_is_403(client_as, genoa):
    problem(client_as(Role.VIEWER, genoa).post(f"{genoa.url}objectives/", {}), 403, "permission_denied")


def test_a_row_that_others_refer_to_is_not_deleted(officer, genoa):
    with genoa.inside():
        parent = Objective.objects.create(code="O1", title="T")
        Objective.objects.create(code="O2", title="T", level="specific", parent=parent)

    problem(officer.delete(f"{genoa.url}objectives/{parent.pk}/"), 409, "in_use")


def test_a_rule_of_the_database_points_at_its_field(officer, genoa):
    with genoa.inside():
        Objective.objects.create(code="O1", title="T")

    body = problem(
        officer.post(f"{genoa.url}objectives/", {"code": "O1", "title": "T"}), 400, "validation_failed"
    )

    assert body["errors"] == [
        {"pointer": "/code", "code": "already_exists", "detail": "The city has an objective with this code."}
    ]


def test_the_sentences_come_in_the_language_asked_for(officer, genoa):
    responses = {
        language: officer.get(f"{genoa.url}objectives/nowhere/", Accept_Language=language).json()
        for language in ("it", "xx", "en")
    }

    assert responses["it"]["code"] == responses["en"]["code"]
    assert responses["it"]["detail"] != responses["en"]["detail"]
    assert responses["xx"]["detail"] == responses["en"]["detail"]


# ------------------------------------------------------------------------------- the request's id


@pytest.mark.parametrize("given", ["my-request-1", "A" * 64, "0190.ab_cd"])
def test_a_sensible_id_is_taken_over_into_answer_and_history(officer, genoa, given):
    response = officer.post(f"{genoa.url}objectives/", {"code": "O1", "title": "T"}, X_Request_ID=given)

    assert response.headers["X-Request-ID"] == given
    with genoa.inside():
        assert Change.objects.get().request_id == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a b c d e f", "abcdefgh\t", "ünïcödé-id", "';--------", None]
)
def test_any_other_is_replaced(officer, given):
    headers = {"X_Request_ID": given} if given is not None else {}
    response = officer.get("/api/v1/me/", **headers)

    assert response.headers["X-Request-ID"] != given
    assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["X-Request-ID"])


def test_every_answer_has_an_id_and_says_how_long_it_is(officer, genoa):
    for path in ("/nowhere", "/healthz", "/api/v1/openapi.yaml", f"{genoa.url}actions/", "/api/v1/me"):
        assert officer.client.get(path).headers["X-Request-ID"], path


def test_the_log_tells_the_route_and_not_what_was_looked_for(officer, genoa, caplog):
    with caplog.at_level("INFO", "requests"):
        officer.get(f"{genoa.url}actions/?search=Mario+Rossi")

    line = caplog.records[-1].fields
    assert line["route"].endswith("<slug:city>/actions/")
    assert "Rossi" not in str(line)
    assert line["status"] == 200


# -------------------------------------------------------------------------- the database is away


@pytest.fixture
def committed(fresh_database):
    genoa = make_city(make_network("interactive-cities"), "genoa", "IT")
    user, token = make_person(Role.OFFICER, genoa)
    return genoa, Caller(token, user)


def allow_connections(name: str, *, allowed: bool) -> None:
    """By the owner from another database: nobody closes the one he is in."""
    address = os.environ["OWNER_DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {str(allowed).lower()}')


def test_while_the_database_is_away_the_answer_is_503_with_a_time_to_try_again(committed):
    genoa, officer = committed
    url, name = f"{genoa.url}objectives/", str(connection.settings_dict["NAME"])
    connection.close()
    allow_connections(name, allowed=False)
    try:
        for method, body in (("GET", None), ("POST", {"code": "O1", "title": "T"})):
            response = officer.request(method, url, body)
            problem(response, 503, "database_unavailable")
            assert int(response.headers["Retry-After"]) > 0
        assert officer.client.get("/readyz").status_code == 503
        assert officer.client.get("/healthz").status_code == 200
    finally:
        allow_connections(name, allowed=True)

    assert officer.rows(url) == []


def test_a_connection_that_was_cut_is_replaced(committed, connect_as):
    genoa, officer = committed
    assert officer.get(f"{genoa.url}objectives/").status_code == 200
    cut_by = connect_as("iap_app")
    cut_by.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    cut_by.commit()

    first = officer.get(f"{genoa.url}objectives/")
    second = officer.get(f"{genoa.url}objectives/")

    assert first.status_code in (200, 503)
    assert second.status_code == 200


def test_a_cut_in_the_middle_of_a_request_is_503_and_keeps_nothing(committed, connect_as, monkeypatch):
    genoa, officer = committed
    cut_by = connect_as("iap_app")
    made = writepath.insert

    def cut(row: Any) -> None:
        made(row)
        connection.send()
        assert Objective.objects.filter(pk=row.pk).exists()
        cut_by.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        cut_by.commit()

    monkeypatch.setattr(writepath, "insert", cut)
    response = officer.post(f"{genoa.url}objectives/", {"code": "O1", "title": "T"})
    monkeypatch.undo()

    problem(response, 503, "database_unavailable")
    assert officer.get(f"{genoa.url}objectives/").json()["results"] == []
