from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Action, CommonIndicator, Indicator, Measurement, Objective, Stakeholder, Target
from tenants.access.rights import Role
from tests.conftest import ClientAs, Place
from tests.plans.measuring import NOWHERE, PERCENTAGE, RISING, SPRING, WINTER, indicator_in, problem, told

BODY = {"code": "GE-I9", "name": "Ambassadors recruited", "unit": "people"}


@pytest.fixture
def common(network: Place) -> CommonIndicator:
    return CommonIndicator.objects.create(network=network.row, code="C1", name="Reach", unit="people")


@pytest.fixture
def parents(genoa: Place) -> dict[str, str]:
    """What an indicator of Genoa may refer to."""
    with genoa.inside():
        rows = {
            "action": Action.objects.create(code="GE-A1", title="Social ambassadors"),
            "objective": Objective.objects.create(code="GE-O1", title="A known city"),
            "responsible": Stakeholder.objects.create(name="Press office", profile="public"),
        }
    return {name: str(row.pk) for name, row in rows.items()}


@pytest.fixture
def several(genoa: Place, parents, common) -> None:
    """Three indicators that differ in everything a list may be asked for."""
    indicator_in(
        genoa, "GE-I1", name="Visitors", type="output", action_id=parents["action"], common_indicator=common,
        due=200, entries=[{"value": 200}], **RISING,
    )  # fmt: skip
    indicator_in(
        genoa, "GE-I2", name="Empty shops", type="result", objective_id=parents["objective"], unit="shops",
        responsible_id=parents["responsible"], direction="decrease", accumulation="running_total",
        due=50, entries=[{"value": 75}], **RISING,
    )  # fmt: skip
    indicator_in(
        genoa, "GE-I3", name="Content citizens", direction="maintain", accumulation="per_period",
        provenance="illustrative", source_of_verification="Yearly survey",
        entries=[{"not_measured_reason": "The survey was put off."}], **PERCENTAGE,
    )  # fmt: skip


def test_an_officer_makes_an_indicator(officer, genoa, parents):
    body = BODY | {
        "type": "result",
        "action": parents["action"],
        "responsible": parents["responsible"],
        "baseline_value": "12.5000",
        "baseline_on": "2016-12-31",
    }

    response = officer.post(f"{genoa.url}indicators/", body)

    assert response.status_code == 201
    row = response.json()
    assert row | body | {"baseline_value": "12.5", "tolerance": "0.1"} == row
    assert (row["city"], row["targets"], row["allowed_actions"]) == ("genoa", [], ["change", "delete"])
    assert officer.get(response.headers["Location"]).json() == row


def test_what_nobody_measured_stands_as_missing(officer, genoa):
    standing = officer.post(f"{genoa.url}indicators/", BODY).json()["standing"]

    value = standing.pop("value")
    assert {name: told for name, told in value.items() if told} == {"state": "missing"}
    assert value["value"] is None
    assert standing == {
        "as_of": date.today().isoformat(),
        "algorithm": "standing-1",
        "target": None,
        "progress": {"state": "no_baseline", "value": None},
        "track": {"state": "no_baseline", "due_value": None, "due_on": None},
    }


def test_a_falling_indicator_half_way_has_done_half(officer, genoa):
    indicator_in(genoa, direction="decrease", due=50, entries=[{"value": 75}], **RISING)

    (row,) = officer.rows(f"{genoa.url}indicators/")

    assert row["standing"]["progress"] == {"state": "measured", "value": "0.5"}
    assert row["standing"]["track"]["state"] == "behind"


def test_a_target_that_equals_the_baseline_has_a_state_and_no_number(officer, genoa):
    indicator = indicator_in(genoa, due=100, entries=[{"value": 100}], **RISING)

    row = officer.get(f"{genoa.url}indicators/{indicator.pk}/").json()

    assert row["standing"]["progress"] == {"state": "achieved_at_baseline", "value": None}


def test_zero_of_one_city_is_a_value_and_nothing_of_another_is_not(
    client_as: ClientAs, network, genoa, ghent
):
    indicator_in(genoa, "I1", entries=[{"value": 0}])
    indicator_in(ghent, "I1")
    expert = client_as(Role.LEAD_EXPERT, network)

    rows = expert.rows(f"{network.url}indicators/")

    values = {row["city"]: row["standing"]["value"] for row in rows}
    assert (values["genoa"]["state"], values["genoa"]["value"]) == ("measured", "0")
    assert (values["ghent"]["state"], values["ghent"]["value"]) == ("missing", None)


def test_percentages_are_added_by_parts(officer, genoa):
    parts = [{"numerator": 1, "denominator": 2}, {"numerator": 50, "denominator": 100}]
    indicator_in(genoa, accumulation="per_period", entries=parts, **PERCENTAGE)

    (row,) = officer.rows(f"{genoa.url}indicators/")

    value = row["standing"]["value"]
    assert (value["numerator"], value["denominator"], value["value"]) == ("51", "102", "50")


def test_targets_stand_in_the_order_of_their_dates(officer, genoa):
    indicator = indicator_in(genoa, due=200)
    with genoa.inside():
        Target.objects.create(indicator=indicator, due_on=SPRING, value=120)

    (row,) = officer.rows(f"{genoa.url}indicators/")

    assert [(target["due_on"], target["value"]) for target in row["targets"]] == [
        ("2017-03-31", "120"),
        ("2017-12-31", "200"),
    ]


def test_an_indicator_is_changed(officer, genoa):
    indicator = indicator_in(genoa)

    response = officer.patch(
        f"{genoa.url}indicators/{indicator.pk}/", {"name": "Visits", "tolerance": "0.25"}
    )

    assert response.status_code == 200
    assert (response.json()["name"], response.json()["tolerance"]) == ("Visits", "0.25")


def test_an_indicator_goes_with_its_targets_and_its_corrected_measurements(officer, genoa):
    indicator = indicator_in(genoa, due=200, entries=[{"value": 1}])
    with genoa.inside():
        first = Measurement.objects.get()
        Measurement.objects.create(indicator=indicator, measured_on=SPRING, value=2, supersedes=first)

    response = officer.delete(f"{genoa.url}indicators/{indicator.pk}/")

    assert response.status_code == 204
    with genoa.inside():
        assert not Measurement.objects.exists()
        assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("type=result", ["GE-I2"]),
        ("direction=decrease", ["GE-I2"]),
        ("direction=decrease,maintain", ["GE-I2", "GE-I3"]),
        ("measure=percentage", ["GE-I3"]),
        ("accumulation=level", ["GE-I1"]),
        ("accumulation=running_total,per_period", ["GE-I2", "GE-I3"]),
        ("code=GE-I2", ["GE-I2"]),
        ("provenance=illustrative", ["GE-I3"]),
        ("value=measured", ["GE-I1", "GE-I2"]),
        ("value=not_measured", ["GE-I3"]),
        ("value=missing", []),
        ("progress=measured", ["GE-I1", "GE-I2"]),
        ("progress=no_baseline", ["GE-I3"]),
        ("track=achieved", ["GE-I1"]),
        ("track=behind,no_baseline", ["GE-I2", "GE-I3"]),
        ("search=shops", ["GE-I2"]),
        ("search=survey yearly", ["GE-I3"]),
        ("ordering=-code", ["GE-I3", "GE-I2", "GE-I1"]),
        ("ordering=name", ["GE-I3", "GE-I2", "GE-I1"]),
        ("ordering=type", ["GE-I1", "GE-I3", "GE-I2"]),
        ("ordering=-updated_at", ["GE-I3", "GE-I2", "GE-I1"]),
    ],
)
def test_indicators_are_found(officer, genoa, several, query, codes):
    assert [row["code"] for row in officer.rows(f"{genoa.url}indicators/?{query}")] == codes


@pytest.mark.parametrize(
    "query", ["track=late", "progress=", "type=input", "direction=up,down", "colour=red"]
)
def test_a_filter_that_means_nothing_is_an_error(officer, genoa, several, query):
    response = officer.get(f"{genoa.url}indicators/?{query}")

    assert problem(response)[0::2] == (400, query.partition("=")[0])


@pytest.mark.parametrize(
    ("parent", "codes"), [("action", ["GE-I1"]), ("objective", ["GE-I2"]), ("responsible", ["GE-I2"])]
)
def test_indicators_are_found_by_what_they_belong_to(officer, genoa, several, parents, parent, codes):
    rows = officer.rows(f"{genoa.url}indicators/?{parent}={parents[parent]}")

    assert [row["code"] for row in rows] == codes


def test_indicators_are_found_by_their_common_indicator(officer, genoa, several, common):
    rows = officer.rows(f"{genoa.url}indicators/?common_indicator={common.pk}")

    assert [row["code"] for row in rows] == ["GE-I1"]


def test_an_indicator_belongs_to_one_thing(officer, genoa, parents):
    both = {"action": parents["action"], "objective": parents["objective"]}

    response = officer.post(f"{genoa.url}indicators/", BODY | both)

    assert problem(response) == (400, "two_parents", "/action")


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        (
            {"baseline_value": "1", "baseline_absent_reason": "None."},
            "baseline_and_reason",
            "/baseline_absent_reason",
        ),
        ({"baseline_on": "2016-12-31"}, "baseline_value_missing", "/baseline_on"),
        ({"baseline_value": "NaN"}, "invalid", "/baseline_value"),
        ({"tolerance": "1.5"}, "max_value", "/tolerance"),
        ({"code": "GE-I1"}, "already_exists", "/code"),
        ({"direction": "sideways"}, "invalid_choice", "/direction"),
        ({"colour": "red"}, "unknown_field", "/colour"),
    ],
)
def test_a_broken_rule_has_its_code_and_its_field(officer, genoa, fields, code, pointer):
    indicator_in(genoa, "GE-I1")

    response = officer.post(f"{genoa.url}indicators/", BODY | fields)

    assert problem(response) == (400, code, pointer)
    with genoa.inside():
        assert Indicator.objects.count() == 1


def test_units_are_never_mixed(officer, genoa, common):
    response = officer.post(
        f"{genoa.url}indicators/", BODY | {"unit": "euro", "common_indicator": str(common.pk)}
    )

    assert problem(response) == (400, "unit_differs", "/common_indicator")


def test_what_was_entered_by_number_does_not_become_a_percentage(officer, genoa):
    indicator = indicator_in(genoa, entries=[{"value": 1}])

    response = officer.patch(f"{genoa.url}indicators/{indicator.pk}/", {"measure": "percentage"})

    assert problem(response) == (400, "fixed", "/measure")


@pytest.mark.parametrize("field", ["action", "objective", "responsible"])
def test_a_reference_to_another_citys_row_is_answered_like_an_invented_one(client_as, ghent, parents, field):
    stranger = client_as(Role.COORDINATOR, ghent)
    mine = indicator_in(ghent, "GH-I1")

    made = [stranger.post(f"{ghent.url}indicators/", BODY | {field: pk}) for pk in (parents[field], NOWHERE)]
    changed = [
        stranger.patch(f"{ghent.url}indicators/{mine.pk}/", {field: pk}) for pk in (parents[field], NOWHERE)
    ]

    assert problem(made[0]) == problem(changed[0]) == (400, "does_not_exist", f"/{field}")
    assert told(made[0]) == told(made[1]) == told(changed[0]) == told(changed[1])
    with ghent.inside():
        assert Indicator.objects.count() == 1


def test_a_common_indicator_of_another_network_does_not_exist(client_as, other_ghent, common):
    stranger = client_as(Role.COORDINATOR, other_ghent)

    foreign, invented = (
        stranger.post(f"{other_ghent.url}indicators/", BODY | {"common_indicator": str(pk)})
        for pk in (common.pk, NOWHERE)
    )

    assert problem(foreign) == (400, "does_not_exist", "/common_indicator")
    assert told(foreign) == told(invented)


@pytest.mark.parametrize("field", ["action", "objective", "responsible"])
def test_a_filter_by_another_citys_row_finds_nothing(client_as, ghent, several, parents, field):
    stranger = client_as(Role.COORDINATOR, ghent)

    assert stranger.rows(f"{ghent.url}indicators/?{field}={parents[field]}") == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_city_does_not_know_the_indicator(client_as, genoa, ghent, method):
    indicator = indicator_in(genoa)
    stranger = client_as(Role.COORDINATOR, ghent)

    foreign, invented = (
        stranger.request(method, f"{ghent.url}indicators/{pk}/", {"name": "Ours"}, If_Match="*")
        for pk in (indicator.pk, NOWHERE)
    )

    assert foreign.status_code == 404
    assert told(foreign) == told(invented)


def test_who_may_do_what_with_an_indicator(client_as, network, genoa, ghent):
    indicator = indicator_in(genoa)
    address = f"{genoa.url}indicators/{indicator.pk}/"
    people = {
        "viewer": client_as(Role.VIEWER, genoa),
        "local group": client_as(Role.LOCAL_GROUP_MEMBER, genoa),
        "officer": client_as(Role.OFFICER, genoa),
        "expert": client_as(Role.LEAD_EXPERT, network),
        "staff": client_as(Role.PROGRAMME_STAFF),
        "stranger": client_as(Role.COORDINATOR, ghent),
    }

    read = {name: who.get(address) for name, who in people.items()}
    made = {name: who.post(f"{genoa.url}indicators/", BODY).status_code for name, who in people.items()}

    told_allowed = {name: r.json()["allowed_actions"] for name, r in read.items() if r.status_code == 200}
    nothing = {"viewer": [], "local group": [], "expert": [], "staff": []}
    assert told_allowed == nothing | {"officer": ["change", "delete"]}
    assert made == dict.fromkeys(nothing, 403) | {"officer": 201, "stranger": 404}


def test_a_member_of_one_city_does_not_read_across_the_network(officer, network, ghent):
    indicator_in(ghent, "GH-I1", visibility="internal")

    assert officer.rows(f"{network.url}indicators/") == []
    assert officer.get(f"{network.url}measurements/").status_code == 403


@pytest.mark.parametrize("path", ["indicators/", "targets/", "measurements/"])
def test_a_list_asks_as_often_for_three_rows_as_for_one(officer, genoa, path):
    def asked(rows: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(officer.rows(f"{genoa.url}{path}")) == rows
        return len(queries)

    for code in ("I1", "I2", "I3"):
        indicator_in(genoa, code, due=2, entries=[{"value": 1}])
        if code == "I1":
            once = asked(1)

    assert asked(3) == once


def test_the_last_target_is_the_final_one_whatever_the_order_of_entry(officer, genoa):
    indicator = indicator_in(genoa, due=200, **RISING)
    officer.post(
        f"{genoa.url}targets/", {"indicator": str(indicator.pk), "due_on": "2017-06-30", "value": "150"}
    )

    standing = officer.get(f"{genoa.url}indicators/{indicator.pk}/").json()["standing"]

    assert (standing["target"]["value"], standing["target"]["due_on"]) == ("200", WINTER.isoformat())
