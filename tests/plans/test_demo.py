"""The demo as it stands in the database after `manage.py load_demo`, and after a second one."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from psycopg import sql

from plans import models as plans
from tenants.access.context import city_context
from tenants.models import Change, City, Network, Token, User
from tests.client import Caller
from tests.databases import ConnectAs
from tests.test_demo_data import DOCUMENTS, OBSERVATIONS, city_rows

NETWORKS = "/api/v1/networks/"
GENOA = f"{NETWORKS}interactive-cities/cities/genoa/"
GHENT = f"{NETWORKS}interactive-cities/cities/ghent/"
OTHER_GHENT = f"{NETWORKS}riverside-towns/cities/ghent/"
TABLES = {
    "plan": plans.Plan,
    "stakeholders": plans.Stakeholder,
    "contacts": plans.StakeholderContact,
    "objectives": plans.Objective,
    "actions": plans.Action,
    "milestones": plans.Milestone,
    "indicators": plans.Indicator,
    "targets": plans.Target,
    "measurements": plans.Measurement,
    "assessments": plans.GuidelineAssessment,
}
TABLE_NAMES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


def load(*arguments: str) -> dict[str, Any]:
    said = StringIO()
    call_command("load_demo", *arguments, stdout=said, stderr=StringIO())
    return json.loads(said.getvalue())


class Loaded:
    """What the command said, and the people it named."""

    def __init__(self) -> None:
        self.said = load()

    def person(self, role: str, network: str | None = None, city: str | None = None) -> dict[str, Any]:
        wanted = (role, network, city)
        return next(
            row for row in self.said["tokens"] if (row["role"], row["network"], row["city"]) == wanted
        )

    def caller(self, role: str, network: str | None = None, city: str | None = None) -> Caller:
        return Caller(self.person(role, network, city)["token"], None)


@pytest.fixture
def demo(db: None) -> Loaded:
    return Loaded()


def given(network: str, city: str) -> Any:
    return next(row for row in DOCUMENTS[network]["cities"] if row["slug"] == city)


def inside(city: City, ask: Callable[[], Any]) -> Any:
    with city_context(city.pk):
        return ask()


def counts() -> dict[tuple[str, str], Counter[str]]:
    return {
        (city.network.slug, city.slug): inside(
            city, lambda: Counter({kind: n for kind, model in TABLES.items() if (n := model.objects.count())})
        )
        for city in City.objects.select_related("network")
    }


def written_counts() -> dict[tuple[str, str], Counter[str]]:
    return {
        (network, city["slug"]): Counter(kind for kind, _ in city_rows(city))
        for network, document in DOCUMENTS.items()
        for city in document["cities"]
    }


def fingerprints(connect_as: ConnectAs) -> dict[str, tuple[str, int]]:
    """Every row of every table, versions and history included, as one digest for each table."""
    connection = connect_as("iap_backup")
    with connection.transaction():
        return {name: fingerprint(connection, name) for (name,) in connection.execute(TABLE_NAMES).fetchall()}


def fingerprint(connection: psycopg.Connection, table: str) -> Any:
    whole = sql.SQL("SELECT md5(string_agg(t::text, '' ORDER BY t::text)), count(*) FROM {} t")
    return connection.execute(whole.format(sql.Identifier(table))).fetchone()


def test_every_row_that_is_written_is_loaded(demo):
    assert counts() == written_counts()
    assert demo.said["networks"] == [
        {"slug": slug, "name": d["network"]["name"], "cities": [city["slug"] for city in d["cities"]]}
        for slug, d in DOCUMENTS.items()
    ]


def test_a_second_load_changes_not_a_single_row(fresh_database, connect_as):
    first = load()
    before = fingerprints(connect_as)

    second = load()

    assert second == first
    assert fingerprints(connect_as) == before
    assert before["tenants_change"][1] > before["plans_action"][1] > 0


def test_a_load_that_was_cut_short_is_completed(fresh_database, connect_as):
    owner = connect_as("iap_owner")
    owner.execute(
        "ALTER TABLE plans_plan ADD CONSTRAINT broken CHECK (title <> 'Integrated Action Plan of Murcia')"
    )
    owner.commit()
    with pytest.raises(IntegrityError):
        load()
    murcia = ("interactive-cities", "murcia")
    cut = counts()
    owner.execute("ALTER TABLE plans_plan DROP CONSTRAINT broken")
    owner.commit()

    load()

    assert (cut[murcia], cut["interactive-cities", "genoa"]["plan"]) == (Counter(), 1)
    assert counts() == written_counts()


def test_what_was_deleted_since_does_not_come_back(demo):
    officer = demo.caller("officer", "interactive-cities", "genoa")
    milestone = officer.rows(f"{GENOA}milestones/")[0]
    officer.delete(f"{GENOA}milestones/{milestone['id']}/")

    load()

    assert milestone["id"] not in {row["id"] for row in officer.rows(f"{GENOA}milestones/?page_size=200")}


def test_every_observed_value_arrives_as_the_sources_state_it(demo):
    observed = []
    for city in City.objects.filter(network__slug="interactive-cities"):
        with city_context(city.pk):
            rows = plans.Measurement.objects.exclude(provenance="illustrative").select_related("indicator")
            observed += [
                (city.slug, row.indicator.code, str(row.measured_on), row.value, row.quality) for row in rows
            ]

    assert sorted(observed) == sorted(
        (city, code, day, Decimal(str(value)), quality) for city, code, day, value, quality in OBSERVATIONS
    )


def test_a_correction_supersedes_the_row_it_names(demo):
    corrected = []
    for city in City.objects.all():
        with city_context(city.pk):
            corrected += plans.Measurement.objects.exclude(supersedes=None).select_related("supersedes")

    assert [row.measured_on for row in corrected] == [row.supersedes.measured_on for row in corrected]
    assert len(corrected) == 1


def marks(row: dict[str, Any], sources: dict[str, str]) -> tuple[str, str, list[str]]:
    """What a person shall see of a row that is written so."""
    cited = "; ".join(sources[key] for key in row.get("source", ()))
    return row["provenance"], cited, row.get("illustrative_fields", [])


@pytest.mark.parametrize(("network", "city"), [("interactive-cities", "genoa"), ("riverside-towns", "ghent")])
def test_the_api_shows_how_far_a_row_of_a_city_can_be_trusted(demo, network, city):
    officer = demo.caller("officer", network, city)

    for kind, word in (("actions", "code"), ("objectives", "code"), ("stakeholders", "name")):
        shown = officer.rows(f"{NETWORKS}{network}/cities/{city}/{kind}/?page_size=200")

        assert {
            row[word]: (row["provenance"], row["source"], row["illustrative_fields"]) for row in shown
        } == {row[word]: marks(row, DOCUMENTS[network]["sources"]) for row in given(network, city)[kind]}


@pytest.mark.parametrize("network", DOCUMENTS)
def test_the_api_shows_how_far_a_row_of_the_network_can_be_trusted(demo, network):
    expert = demo.caller("lead_expert", network)

    for kind, word in (("cities", "slug"), ("themes", "slug"), ("periods", "code"), ("meetings", "title")):
        shown = expert.rows(f"{NETWORKS}{network}/{kind}/?page_size=200")

        assert {row[word]: row["provenance"] for row in shown} == {
            row[word]: row["provenance"] for row in DOCUMENTS[network][kind]
        }


def test_the_invented_network_says_so_of_itself(demo):
    staff = demo.caller("programme_staff")

    marks = {row["slug"]: row["provenance"] for row in staff.rows(NETWORKS)}

    assert marks == {"interactive-cities": "published", "riverside-towns": "illustrative"}


def test_milestones_stand_in_the_order_of_the_document(demo):
    officer = demo.caller("officer", "interactive-cities", "genoa")

    shown = {row["code"]: [m["title"] for m in row["milestones"]] for row in officer.rows(f"{GENOA}actions/")}

    assert shown == {
        row["code"]: [m["title"] for m in row.get("milestones", ())]
        for row in given("interactive-cities", "genoa")["actions"]
    }


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

    again = Loaded().person("officer", "interactive-cities", "genoa")

    assert Caller(officer["token"], None).get("/api/v1/me/").status_code == 401
    assert Caller(again["token"], None).get("/api/v1/me/").status_code == 200
    assert Loaded().person("officer", "interactive-cities", "genoa") == again


def test_an_expired_token_is_prolonged(demo):
    Token.objects.update(expires_at=timezone.now() - timedelta(days=1))
    officer = demo.caller("officer", "interactive-cities", "genoa")
    expired = officer.get("/api/v1/me/").status_code

    load()

    assert (expired, officer.get("/api/v1/me/").status_code) == (401, 200)


def test_the_same_town_in_the_other_network_is_another_tenant(demo):
    first = demo.caller("officer", "interactive-cities", "ghent")
    second = demo.caller("officer", "riverside-towns", "ghent")

    codes = {row["code"] for row in first.rows(f"{GHENT}actions/")}
    other_codes = {row["code"] for row in second.rows(f"{OTHER_GHENT}actions/")}

    assert City.objects.filter(place_code="be-ghent").count() == 2
    assert codes
    assert other_codes
    assert not codes & other_codes
    assert first.get(f"{OTHER_GHENT}actions/").status_code == 404
    assert second.get(f"{GHENT}actions/").status_code == 404


def test_the_history_says_that_the_command_wrote_it(demo):
    genoa = City.objects.get(slug="genoa")

    with city_context(genoa.pk):
        authors = set(Change.objects.values_list("actor_role", "actor", "kind"))

    assert authors == {("command load_demo", None, "created")}


def foreign_network() -> Network:
    return Network.objects.create(slug="real-towns", name="Real Towns", starts_on=date(2026, 1, 1))


def test_a_database_with_real_networks_is_left_alone(db):
    foreign_network()

    with pytest.raises(CommandError, match="--beside-real-data"), transaction.atomic():
        load()

    assert [network.slug for network in Network.objects.all()] == ["real-towns"]
    assert not User.objects.exists()


def test_the_demo_stands_beside_real_networks_when_asked_to(db):
    foreign_network()

    load("--beside-real-data")

    assert counts() == written_counts()


def test_a_network_made_in_the_demo_does_not_stop_its_next_start(demo):
    foreign_network()

    assert load() == demo.said
