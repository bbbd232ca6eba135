"""The demo data as it stands in the database after `manage.py load_demo`."""

from decimal import Decimal
from typing import Any

import pytest

from plans import models as plans
from tenants.access.context import city_context
from tenants.models import Change, City
from tests.plans.demo import NETWORKS, counts, foreign_network, given, load, written_counts
from tests.test_demo_data import DOCUMENTS, OBSERVATIONS

GENOA = f"{NETWORKS}interactive-cities/cities/genoa/"
GHENT = f"{NETWORKS}interactive-cities/cities/ghent/"
OTHER_GHENT = f"{NETWORKS}riverside-towns/cities/ghent/"
OF_A_CITY = (("actions", "code"), ("indicators", "code"), ("objectives", "code"), ("stakeholders", "name"))
OF_A_NETWORK = (
    ("cities", "slug"),
    ("common_indicators", "code"),
    ("guidelines", "number"),
    ("meetings", "title"),
    ("periods", "code"),
    ("themes", "slug"),
)


def test_every_row_that_is_written_is_loaded(demo):
    assert counts() == written_counts()
    assert demo.said["networks"] == [
        {"slug": slug, "name": d["network"]["name"], "cities": [city["slug"] for city in d["cities"]]}
        for slug, d in DOCUMENTS.items()
    ]


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


def test_genoa_is_suggested_two_cities_that_want_to_be_found(demo):
    rows = demo.caller("officer", "interactive-cities", "genoa").get(f"{GENOA}suggested-peers/").json()

    found = {row["guideline_number"]: [peer["slug"] for peer in row["peers"]] for row in rows["results"]}
    assert {number: slugs for number, slugs in found.items() if slugs} == {
        5: ["paris"],
        8: ["paris"],
        9: ["ghent"],
    }


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

    for kind, word in OF_A_CITY:
        shown = officer.rows(f"{NETWORKS}{network}/cities/{city}/{kind}/?page_size=200")

        assert {
            row[word]: (row["provenance"], row["source"], row["illustrative_fields"]) for row in shown
        } == {row[word]: marks(row, DOCUMENTS[network]["sources"]) for row in given(network, city)[kind]}


@pytest.mark.parametrize("network", DOCUMENTS)
def test_the_api_shows_how_far_a_row_of_the_network_can_be_trusted(demo, network):
    expert = demo.caller("lead_expert", network)

    for kind, word in OF_A_NETWORK:
        shown = expert.rows(f"{NETWORKS}{network}/{kind.replace('_', '-')}/?page_size=200")

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

    # What is changed is the action that another has replaced.
    assert authors == {("command load_demo", None, kind) for kind in ("created", "changed")}


def test_a_network_made_in_the_demo_does_not_stop_its_next_start(demo):
    foreign_network()

    assert load() == demo.said
