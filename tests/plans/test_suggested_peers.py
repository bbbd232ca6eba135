"""Who is strong where a city is weak: only of cities that want to be found, and nothing else of them."""

from datetime import date

import pytest

from plans.models import Guideline, GuidelineAssessment, PeerConsent
from tenants.access.rights import Role
from tenants.models import Change, Period
from tests.conftest import Place, make_city
from tests.tenants.conftest import raw
from tests.tenants.test_walls import DENIED, refusal, told

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2017, 6, 30), date(2017, 12, 31)


@pytest.fixture
def periods(network) -> dict[str, Period]:
    return {
        code: Period.objects.create(
            network=network.row, code=code, starts_on=starts, ends_on=ends, due_on=date(2018, 3, 1)
        )
        for code, starts, ends in (
            ("S1", date(2017, 1, 1), FIRST),
            ("S2", date(2017, 7, 1), SECOND),
        )
    }


@pytest.fixture
def guidelines(network) -> dict[int, Guideline]:
    return {
        number: Guideline.objects.create(
            network=network.row,
            number=number,
            slug=f"g-{number}",
            title=f"Learning {number}",
            translations={"it": {"title": f"Lezione {number}"}} if number == 1 else {},
        )
        for number in (1, 2)
    }


@pytest.fixture
def aarhus(network) -> Place:
    return make_city(network, "aarhus", "DK")


@pytest.fixture
def assess(periods, guidelines):
    def made(place, number, step, period="S2", day=FIRST, assessor="self"):
        with place.inside():
            return GuidelineAssessment.objects.create(
                guideline=guidelines[number],
                period=periods[period],
                assessor=assessor,
                step=step,
                assessed_on=day,
            )

    return made


def consent(*places):
    for place in places:
        with place.inside():
            PeerConsent.objects.create()


@pytest.fixture
def suggested(client_as, genoa, guidelines):
    caller = client_as(Role.VIEWER, genoa)

    def asked(**headers):
        response = caller.get(f"{genoa.url}suggested-peers/", **headers)
        assert response.status_code == 200, response.content
        return {row["guideline_number"]: row for row in response.json()["results"]}

    return asked


def slugs(row):
    return [peer["slug"] for peer in row["peers"]]


def test_the_answer_says_where_the_city_is_weak_and_who_is_strong_by_slug(
    suggested, genoa, ghent, aarhus, assess
):
    assess(genoa, 1, 2)
    assess(ghent, 1, 6)
    assess(aarhus, 1, 5)
    consent(ghent, aarhus)

    assert suggested()[1] == {
        "guideline_number": 1,
        "guideline_title": "Learning 1",
        "why": "weak",
        "step": 2,
        "step_name": "tools_mapped",
        "peers": [
            {
                "slug": "aarhus",
                "name": "Aarhus",
                "step": 5,
                "step_name": "evaluated",
                "assessed_on": "2017-06-30",
            },
            {
                "slug": "ghent",
                "name": "Ghent",
                "step": 6,
                "step_name": "in_plan",
                "assessed_on": "2017-06-30",
            },
        ],
    }


def test_a_guideline_that_was_not_assessed_is_said_to_be_so(suggested, ghent, assess):
    assess(ghent, 2, 5)
    consent(ghent)

    row = suggested()[2]
    assert (row["why"], row["step"], row["step_name"], slugs(row)) == ("not_assessed", None, None, ["ghent"])


@pytest.mark.parametrize(("step", "weak"), [(0, True), (2, True), (3, False)])
def test_from_needs_identified_on_a_city_is_not_weak(suggested, genoa, assess, step, weak):
    assess(genoa, 1, step)

    assert (1 in suggested()) == weak


@pytest.mark.parametrize(("step", "strong"), [(4, False), (5, True)])
def test_a_city_is_strong_when_it_has_evaluated(suggested, ghent, assess, step, strong):
    assess(ghent, 1, step)
    consent(ghent)

    assert slugs(suggested()[1]) == (["ghent"] if strong else [])


def test_who_did_not_consent_is_not_found(suggested, ghent, aarhus, assess):
    assess(ghent, 1, 6)
    assess(aarhus, 1, 6)
    consent(aarhus)

    assert slugs(suggested()[1]) == ["aarhus"]


def test_the_latest_counts_by_the_end_of_the_period_then_by_the_day(suggested, genoa, ghent, aarhus, assess):
    assess(genoa, 1, 6, period="S1", day=SECOND)
    assess(genoa, 1, 1, period="S2", day=FIRST)
    assess(ghent, 1, 6, period="S1", day=SECOND)
    assess(ghent, 1, 4, period="S2", day=FIRST)
    assess(aarhus, 1, 1, period="S1")
    assess(aarhus, 1, 5, period="S2")
    consent(ghent, aarhus)

    assert (suggested()[1]["step"], slugs(suggested()[1])) == (1, ["aarhus"])


def test_of_two_periods_with_one_end_the_later_day_counts(suggested, network, ghent, assess, periods):
    periods["Q4"] = Period.objects.create(
        network=network.row, code="Q4", starts_on=date(2017, 10, 1), ends_on=SECOND, due_on=date(2018, 3, 1)
    )
    assess(ghent, 1, 6, period="S2", day=SECOND)
    assess(ghent, 1, 2, period="Q4", day=FIRST)
    consent(ghent)

    assert slugs(suggested()[1]) == ["ghent"]


def test_the_word_of_an_expert_makes_nobody_strong_or_weak(suggested, genoa, ghent, assess):
    assess(genoa, 1, 6, assessor="expert")
    assess(ghent, 1, 6, assessor="expert")
    consent(ghent)

    assert (suggested()[1]["why"], slugs(suggested()[1])) == ("not_assessed", [])


def test_a_city_of_another_network_is_not_found_nor_the_city_itself(
    suggested, genoa, other_ghent, other_network
):
    theirs = Guideline.objects.create(network=other_network.row, number=1, slug="theirs", title="Theirs")
    period = Period.objects.create(
        network=other_network.row, code="S1", starts_on=date(2017, 1, 1), ends_on=FIRST, due_on=FIRST
    )
    with other_ghent.inside():
        GuidelineAssessment.objects.create(guideline=theirs, period=period, step=6, assessed_on=FIRST)
    consent(other_ghent, genoa)

    assert {row["guideline_title"]: row["peers"] for row in suggested().values()} == {
        "Learning 1": [],
        "Learning 2": [],
    }


def test_without_a_guideline_there_is_nothing_to_suggest(client_as, genoa):
    response = client_as(Role.VIEWER, genoa).get(f"{genoa.url}suggested-peers/")

    assert response.json() == {"results": []}


def test_a_title_is_read_in_the_language_of_the_reader(suggested):
    titles = {number: row["guideline_title"] for number, row in suggested(Accept_Language="it").items()}

    assert titles == {1: "Lezione 1", 2: "Learning 2"}


def test_staff_is_told_the_same(client_as, genoa, ghent, assess, suggested):
    assess(genoa, 1, 1)
    assess(ghent, 1, 6)
    consent(ghent)

    told_staff = client_as(Role.PROGRAMME_STAFF).get(f"{genoa.url}suggested-peers/").json()["results"]
    assert told_staff == list(suggested().values())
    assert (told_staff[0]["step"], slugs(told_staff[0])) == (1, ["ghent"])


# ------------------------------------------------------------------------------------- consent


def test_a_city_is_not_found_until_its_coordinator_says_so_and_no_more_when_taken_back(
    client_as, suggested, ghent, assess
):
    assess(ghent, 1, 6)
    coordinator, url = client_as(Role.COORDINATOR, ghent), f"{ghent.url}peer-consent/"

    assert coordinator.get(url).json() == {"findable": False, "since": None}
    first, again = coordinator.post(url), coordinator.post(url)
    assert (first.status_code, first.json()["findable"]) == (200, True)
    assert first.json() == again.json() == coordinator.get(url).json()
    assert slugs(suggested()[1]) == ["ghent"]
    assert [coordinator.request("DELETE", url).status_code for _ in range(2)] == [204, 204]
    assert coordinator.get(url).json() == {"findable": False, "since": None}
    assert slugs(suggested()[1]) == []


def test_an_officer_does_not_decide_it(client_as, ghent):
    officer, url = client_as(Role.OFFICER, ghent), f"{ghent.url}peer-consent/"

    assert [officer.post(url).status_code, officer.request("DELETE", url).status_code] == [403, 403]


def test_the_history_tells_who_consented_and_who_took_it_back(client_as, ghent):
    coordinator, url = client_as(Role.COORDINATOR, ghent), f"{ghent.url}peer-consent/"

    coordinator.post(f"{url}?reason=Asked")
    coordinator.request("DELETE", f"{url}?reason=Enough")

    with ghent.inside():
        found = Change.objects.filter(thing="peer_consent").order_by("number")
        assert [(row.kind, row.actor_role, row.reason) for row in found] == [
            ("created", "coordinator", "Asked"),
            ("deleted", "coordinator", "Enough"),
        ]


# ------------------------------------------------------------------- the wall, by raw SQL

ASSESSMENTS = "SELECT city_id FROM plans_guidelineassessment"
CONSENTS = "SELECT city_id FROM plans_peerconsent"


@pytest.fixture
def assessed(genoa, ghent, aarhus, other_ghent, assess):
    """All could leak: Ghent alone consented."""
    for place in (genoa, ghent, aarhus):
        assess(place, 1, 6)
        assess(place, 2, 6, assessor="expert")
    consent(ghent, other_ghent)


def cities(sql):
    return [city for (city,) in raw(sql).fetchall()]


def test_in_the_context_of_a_city_the_application_reads_nothing_of_others(genoa, ghent, aarhus, assessed):
    with told(genoa, cities=[genoa, ghent, aarhus]):
        assert set(cities(ASSESSMENTS)) == {genoa.pk}
        assert cities(CONSENTS) == []


def test_peers_read_self_assessments_of_those_who_consented_and_no_others(genoa, ghent, aarhus, assessed):
    with told(cities=[genoa, ghent, aarhus], role="iap_peer"):
        assert cities(ASSESSMENTS) == [ghent.pk]
        assert cities(CONSENTS) == [ghent.pk]


def test_peers_read_the_cities_of_their_list_only(genoa, ghent, assessed):
    for listed in ([genoa], []):
        with told(ghent, cities=listed, role="iap_peer"):
            assert cities(ASSESSMENTS) == cities(CONSENTS) == []


def test_after_the_consent_is_withdrawn_nothing_is_read(genoa, ghent, assessed):
    with ghent.inside():
        PeerConsent.objects.all().delete()

    with told(cities=[genoa, ghent], role="iap_peer"):
        assert cities(ASSESSMENTS) == cities(CONSENTS) == []


@pytest.mark.parametrize("model", [GuidelineAssessment, PeerConsent])
def test_of_the_rows_peers_are_granted_only_what_is_suggested(ghent, assessed, model):
    granted = {"city_id"}
    if model is GuidelineAssessment:
        granted |= {"guideline_id", "period_id", "step", "assessed_on"}
    table, columns = model._meta.db_table, {f.column for f in model._meta.local_concrete_fields}

    with told(cities=[ghent], role="iap_peer"):
        allowed = {c for c in columns if refusal(f'SELECT "{c}" FROM {table}') != DENIED}
        assert refusal(f"DELETE FROM {table}") == DENIED
        assert refusal(f"INSERT INTO {table} DEFAULT VALUES") == DENIED
        assert refusal(f"SELECT * FROM {table}") == DENIED

    assert allowed == granted


def test_the_public_reads_neither(ghent, assessed):
    with told(ghent, cities=[ghent], role="iap_public"):
        assert {refusal(ASSESSMENTS), refusal(CONSENTS)} == {DENIED}


def test_a_city_consents_for_itself_only(genoa, ghent):
    with told(genoa):
        forged = "INSERT INTO plans_peerconsent (id, city_id) VALUES (gen_random_uuid(), %s)"
        assert refusal(forged, ghent.pk) == DENIED
