from datetime import date

import pytest

from plans.models import CommonIndicator, Guideline, GuidelineAssessment
from tenants.access.rights import Role
from tenants.models import Period
from tests.conftest import Place
from tests.plans.measuring import NOWHERE, indicator_in, problem, told

GUIDELINE = {"number": 9, "slug": "measure-and-learn", "title": "Measure and learn"}
COMMON = {"code": "C9", "name": "People reached", "unit": "people"}
BODIES = {"guidelines": GUIDELINE, "common-indicators": COMMON}


@pytest.fixture
def common(network: Place) -> CommonIndicator:
    return CommonIndicator.objects.create(network=network.row, code="C1", name="Reach", unit="people")


@pytest.fixture
def addresses(network, guideline, common) -> dict[str, str]:
    return {
        "guidelines": f"{network.url}guidelines/{guideline.pk}/",
        "common-indicators": f"{network.url}common-indicators/{common.pk}/",
    }


@pytest.mark.parametrize("thing", BODIES)
def test_the_lead_expert_keeps_what_the_network_shares(client_as, network, thing):
    expert = client_as(Role.LEAD_EXPERT, network)

    response = expert.post(f"{network.url}{thing}/", BODIES[thing])

    assert response.status_code == 201
    row, address = response.json(), response.headers["Location"]
    assert row | BODIES[thing] | {"allowed_actions": ["change", "delete"]} == row
    assert expert.get(address).json() == row
    assert expert.patch(address, {"source": "The network's book"}).json()["source"] == "The network's book"
    assert expert.delete(address).status_code == 204
    assert expert.get(address).status_code == 404


@pytest.mark.parametrize("thing", BODIES)
@pytest.mark.parametrize(
    "role", [Role.OFFICER, Role.COORDINATOR, Role.VIEWER, Role.NATIONAL_POINT, Role.AUDITOR]
)
def test_others_read_what_the_network_shares(client_as, network, genoa, addresses, thing, role):
    reader = client_as(role, "IT" if role == Role.NATIONAL_POINT else genoa)

    assert reader.get(addresses[thing]).json()["allowed_actions"] == []
    assert reader.post(f"{network.url}{thing}/", BODIES[thing]).status_code == 403
    assert reader.delete(addresses[thing]).status_code == 403


@pytest.mark.parametrize("thing", BODIES)
def test_another_network_does_not_know_it(client_as, other_network, addresses, thing):
    stranger = client_as(Role.LEAD_EXPERT, other_network)
    key = addresses[thing].rstrip("/").rsplit("/", 1)[1]

    there = stranger.get(addresses[thing])
    foreign, invented = (stranger.get(f"{other_network.url}{thing}/{pk}/") for pk in (key, NOWHERE))

    assert (there.status_code, foreign.status_code) == (404, 404)
    assert told(foreign) == told(invented)
    assert stranger.rows(f"{other_network.url}{thing}/") == []


@pytest.mark.parametrize(
    ("thing", "fields", "code", "pointer"),
    [
        ("guidelines", {"number": 4}, "already_exists", "/number"),
        ("guidelines", {"number": 13}, "max_value", "/number"),
        ("guidelines", {"number": 0}, "min_value", "/number"),
        ("guidelines", {"slug": "Not a slug"}, "invalid", "/slug"),
        ("guidelines", {"title_status": "guessed"}, "invalid_choice", "/title_status"),
        ("common-indicators", {"code": "C1"}, "already_exists", "/code"),
        ("common-indicators", {"operator": "median"}, "invalid_choice", "/operator"),
    ],
)
def test_a_broken_rule_has_its_code_and_its_field(
    client_as, network, addresses, thing, fields, code, pointer
):
    expert = client_as(Role.LEAD_EXPERT, network)

    response = expert.post(f"{network.url}{thing}/", BODIES[thing] | fields)

    assert response.status_code == 400
    assert (code, pointer) in [(e["code"], e["pointer"]) for e in response.json()["errors"]]


@pytest.mark.parametrize(
    ("thing", "fields"),
    [
        ("guidelines", {"number": 5}),
        ("guidelines", {"version": 2}),
        ("common-indicators", {"unit": "visits"}),
        ("common-indicators", {"measure": "percentage"}),
        ("common-indicators", {"accumulation": "per_period"}),
    ],
)
def test_what_cities_have_worked_with_does_not_change_its_meaning(
    client_as, network, addresses, thing, fields
):
    expert = client_as(Role.LEAD_EXPERT, network)

    response = expert.patch(addresses[thing], fields)

    assert problem(response) == (400, "fixed", f"/{next(iter(fields))}")


def test_what_a_city_refers_to_is_not_deleted(
    client_as, network, genoa, period: Period, guideline, addresses
):
    indicator_in(genoa, common_indicator=CommonIndicator.objects.get())
    with genoa.inside():
        GuidelineAssessment.objects.create(
            guideline=guideline, period=period, step=1, assessed_on=date(2017, 12, 1)
        )
    expert = client_as(Role.LEAD_EXPERT, network)

    for address in addresses.values():
        response = expert.delete(address)
        assert (response.status_code, response.json()["code"]) == (409, "in_use")


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [4, 5, 5]),
        ("number=5", [5, 5]),
        ("version=2", [5]),
        ("slug=co-create", [4]),
        ("title_status=derived", [5]),
        ("search=storytelling", [5]),
        ("provenance=published", [5]),
        ("ordering=-number", [5, 5, 4]),
        ("ordering=title", [4, 5, 5]),
        ("ordering=-updated_at", [5, 5, 4]),
    ],
)
def test_guidelines_are_found(client_as, network, genoa, guideline, query, numbers):
    for version, fields in (
        (1, {"title_status": "derived"}),
        (2, {"provenance": "published", "summary": "Storytelling."}),
    ):
        Guideline.objects.create(
            network=network.row, number=5, version=version, slug="tell", title="Tell stories", **fields
        )
    viewer = client_as(Role.VIEWER, genoa)

    assert [row["number"] for row in viewer.rows(f"{network.url}guidelines/?{query}")] == numbers


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["C1", "C2"]),
        ("code=C2", ["C2"]),
        ("type=result", ["C2"]),
        ("direction=decrease", ["C2"]),
        ("measure=percentage", ["C2"]),
        ("accumulation=per_period", ["C2"]),
        ("operator=mean", ["C2"]),
        ("operator=mean,sum", ["C1", "C2"]),
        ("provenance=illustrative", ["C2"]),
        ("search=shops", ["C2"]),
        ("ordering=-code", ["C2", "C1"]),
        ("ordering=name", ["C2", "C1"]),
        ("ordering=-updated_at", ["C2", "C1"]),
    ],
)
def test_common_indicators_are_found(client_as, network, genoa, common, query, codes):
    CommonIndicator.objects.create(
        network=network.row, code="C2", name="Empty shops", unit="%", type="result", direction="decrease",
        measure="percentage", accumulation="per_period", operator="mean", provenance="illustrative",
    )  # fmt: skip
    viewer = client_as(Role.VIEWER, genoa)

    assert [row["code"] for row in viewer.rows(f"{network.url}common-indicators/?{query}")] == codes


@pytest.mark.parametrize("query", ["number=4.5", "number=four", "version=1e9", "title_status=guessed"])
def test_a_filter_that_means_nothing_is_an_error(client_as, network, genoa, guideline, query):
    response = client_as(Role.VIEWER, genoa).get(f"{network.url}guidelines/?{query}")

    assert problem(response)[0::2] == (400, query.partition("=")[0])
