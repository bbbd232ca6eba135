"""The demo data as written, before any loader: marks, sources, references and the observed values."""

import datetime
from collections import Counter
from pathlib import Path

import pytest
import yaml

DATA = Path(__file__).parent.parent / "plans" / "demo" / "data"
DOCUMENTS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(DATA.glob("*.yaml"))}
CITIES = [
    pytest.param(document, city, id=f"{name}-{city['slug']}")
    for name, document in DOCUMENTS.items()
    for city in document["cities"]
]
NETWORK_ROWS = ("themes", "periods", "meetings", "guidelines", "common_indicators", "dimensions")
CITY_ROWS = (
    *("stakeholders", "objectives", "actions", "fundings", "risks", "dependencies", "tests"),
    *("indicators", "assessments", "channels", "campaigns", "practices", "peer_consent"),
)
GROUP_ROWS = ("seats", "stakeholder_assessments", "local_group_meetings", "commitments")
GROUP_ROWS += ("group_dimensions",)
CITY_ROWS += GROUP_ROWS
NESTED_ROWS = ("contacts", "milestones", "targets", "measurements", "categories")
NESTED_ROWS += ("holders", "attendances", "decisions", "self_assessments")
MARKS = {"provenance", "source", "illustrative_fields", "extra", "ref"}
FIELDS = {
    "plan": "translations title challenge vision horizon_starts horizon_ends status version adopted_on amended visibility",
    "stakeholders": "name profile order interests how_affected capacity possible_actions contacts",
    "contacts": "name position email phone lawful_basis keep_until",
    "objectives": "translations code title expected_result level parent",
    "actions": "code title description objective lead_actor key_partners intended_outputs starts_on"
    " ends_on status horizon visibility guidelines primary_guideline yearly_cost"
    " yearly_cost_currency condition_override condition_override_reason replaced milestones",
    "fundings": "action amount currency source_type state note",
    "risks": "action title description category likelihood impact mitigation owner status",
    "dependencies": "action depends_on note",
    "tests": "title hypothesis objective guidelines cost cost_currency starts_on ends_on outcome"
    " decision became_action",
    "milestones": "title due_on reached_on",
    "indicators": "code name unit type direction accumulation measure action objective"
    " common_indicator baseline_value baseline_on baseline_absent_reason tolerance"
    " source_of_verification responsible visibility targets measurements",
    "practices": "translations title summary description guidelines theme evidence_links adoption visibility",
    "peer_consent": "",
    "targets": "due_on value",
    "measurements": "measured_on value numerator denominator not_measured_reason quality comment"
    " evidence_links supersedes parts",
    "channels": "platform name handle address audience opened_on closed_on run_by indicators",
    "campaigns": "translations title description hashtags audience address starts_on ends_on action channels ambassadors",
    "assessments": "guideline period assessor step target_step rationale assessed_on actions"
    " indicators evidence_links",
    "seats": "stakeholder role since until holders",
    "holders": "name email lawful_basis keep_until signs_in",
    "stakeholder_assessments": "stakeholder assessed_on influence interest attitude note",
    "local_group_meetings": "title held_on place kind purpose agenda guests attendances decisions",
    "attendances": "seat present",
    "decisions": "text action",
    "commitments": "seat stakeholder what due_on action meeting done_on",
    "group_dimensions": "name description position retired_on self_assessments",
    "self_assessments": "assessed_on score seat comment",
}
CHOICES = {
    ("plan", "status"): "draft ulg_consultation peer_review revised adopted in_implementation closed",
    ("stakeholders", "profile"): "public private civic knowledge",
    ("stakeholders", "order"): "primary secondary",
    ("contacts", "lawful_basis"): "consent contract legal_obligation public_task legitimate_interests",
    ("objectives", "level"): "strategic specific",
    ("actions", "status"): "proposed planned funded in_progress on_hold completed cancelled",
    ("actions", "horizon"): "short medium long",
    ("actions", "visibility"): "internal network public",
    ("fundings", "source_type"): "local regional national erdf esf interreg tourist_tax private other",
    ("fundings", "state"): "needed applied secured",
    ("risks", "category"): "financial procurement_legal political management_capacity technical"
    " reputational data_protection",
    ("risks", "status"): "open closed",
    ("tests", "decision"): "adopt adapt drop",
    ("plan", "visibility"): "internal network public",
    ("indicators", "visibility"): "internal network public",
    ("practices", "visibility"): "internal network public",
    ("practices", "adoption"): "on_request open",
    ("indicators", "type"): "output result",
    ("indicators", "direction"): "increase decrease maintain",
    ("indicators", "accumulation"): "per_period running_total level",
    ("indicators", "measure"): "number percentage",
    ("measurements", "quality"): "measured estimated",
    ("assessments", "assessor"): "self expert peer",
    ("seats", "role"): "coordinator member elected_representative technical_expert observer",
    ("holders", "lawful_basis"): "consent contract legal_obligation public_task legitimate_interests",
    ("stakeholder_assessments", "attitude"): "proponent neutral opponent veto_player",
    ("local_group_meetings", "kind"): "plenary subgroup public_event bilateral",
    ("local_group_meetings", "purpose"): "needs planning testing validation communication",
}

# city, indicator, measured on, value, exact: what the public sources state, written down once more.
OBSERVATIONS = [
    ("genoa", "GE-I1", "2016-12-14", 7350, "measured"),
    ("genoa", "GE-I2", "2017-09-13", 150, "measured"),
    ("genoa", "GE-I3", "2017-09-13", 100000, "estimated"),
    ("genoa", "GE-I4", "2016-11-22", 20, "estimated"),
    ("paris", "PA-I1", "2018-12-31", 465, "measured"),
    ("lisbon", "LI-I1", "2016-12-31", 668, "measured"),
    ("lisbon", "LI-I2", "2016-12-31", 532, "measured"),
    ("lisbon", "LI-I3", "2016-12-31", 1466, "measured"),
    ("ghent", "GT-I1", "2017-05-30", 6, "measured"),
    ("palermo", "PM-I1", "2018-06-30", 800, "estimated"),
    ("murcia", "MU-I1", "2017-06-01", 3000, "estimated"),
    ("murcia", "MU-I2", "2017-06-01", 1000, "estimated"),
    ("murcia", "MU-I3", "2017-06-01", 27, "measured"),
    ("murcia", "MU-I4", "2017-06-01", 12, "measured"),
    ("murcia", "MU-I5", "2017-06-01", 190000, "measured"),
    ("tartu", "TA-I1", "2017-12-31", 56, "measured"),
    ("tartu", "TA-I1", "2018-12-31", 57, "measured"),
    ("tartu", "TA-I2", "2018-12-31", 5291, "measured"),
    ("tartu", "TA-I2", "2022-12-31", 4685, "measured"),
    ("tartu", "TA-I3", "2018-12-31", 10318, "measured"),
    ("tartu", "TA-I3", "2022-12-31", 10181, "measured"),
    ("tartu", "TA-I4", "2013-12-31", 3.3, "measured"),
    ("tartu", "TA-I4", "2015-12-31", 4.7, "measured"),
    ("tartu", "TA-I4", "2016-12-31", 5, "estimated"),
]


def rows_below(owner, keys):
    """Every row under the given list keys, with what is nested in it: (kind, row)."""
    for kind in keys:
        for row in owner.get(kind, ()):
            yield kind, row
            if kind in (*CITY_ROWS, "dimensions"):
                yield from rows_below(row, NESTED_ROWS)


def city_rows(city):
    yield "plan", city["plan"]
    yield from rows_below(city, CITY_ROWS)


def all_rows(document):
    yield "network", document["network"]
    yield from rows_below(document, NETWORK_ROWS)
    for city in document["cities"]:
        yield "cities", city
        yield from city_rows(city)


def keys_of(rows, key="code"):
    """The keys of the rows, each of which must be there once."""
    counted = Counter(row[key] for row in rows)
    assert [name for name, count in counted.items() if count > 1] == []
    return set(counted)


def measurements_of(city):
    for indicator in city["indicators"]:
        for measurement in indicator.get("measurements", ()):
            yield indicator, measurement


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_row_says_where_it_comes_from(document):
    unmarked = [
        (kind, row)
        for kind, row in all_rows(document)
        if row.get("provenance") not in {"published", "derived", "illustrative"}
    ]

    assert unmarked == []


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_published_and_derived_rows_name_a_known_source(document):
    for kind, row in all_rows(document):
        named = row.get("source", [])
        assert set(named) <= set(document["sources"]), (kind, row)
        assert bool(named) == (row["provenance"] != "illustrative"), (kind, row)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_illustrative_fields_are_fields_of_a_row_that_is_not_illustrative_itself(document):
    for kind, row in all_rows(document):
        fields = row.get("illustrative_fields", [])
        assert set(fields) <= set(row) - MARKS, (kind, row)
        assert not (fields and row["provenance"] == "illustrative"), (kind, row)


def test_nothing_in_the_second_network_is_presented_as_a_fact():
    marks = {row["provenance"] for _, row in all_rows(DOCUMENTS["riverside-towns"])}

    assert marks == {"illustrative"}


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_rows_use_only_agreed_fields_and_values(document, city):
    for kind, row in city_rows(city):
        assert set(row) <= set(FIELDS[kind].split()) | MARKS, (kind, row)
        for field, value in row.items():
            if (kind, field) in CHOICES:
                assert value in CHOICES[kind, field].split(), (kind, row)


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_every_reference_resolves(document, city):
    guidelines = keys_of(document["guidelines"], "number")
    periods = keys_of(document["periods"])
    common = keys_of(document["common_indicators"])
    stakeholders = keys_of(city["stakeholders"], "name")
    objectives = keys_of(city["objectives"])
    actions = keys_of(city["actions"])
    indicators = keys_of(city["indicators"])

    assert city["theme"] in keys_of(document["themes"], "slug")
    for row in city["objectives"]:
        assert row.get("parent") in objectives | {None}
    for row in city["actions"]:
        assert row.get("objective") in objectives | {None}
        assert row.get("lead_actor") in stakeholders | {None}
        assert set(row.get("key_partners", ())) <= stakeholders - {row.get("lead_actor")}
        assert set(row.get("guidelines", ())) <= guidelines
        assert row.get("primary_guideline") in {*row.get("guidelines", ()), None}
        assert row.get("replaced", {}).get("by") in actions - {row["code"]} | {None}
    for row in city["indicators"]:
        assert row.get("action") in actions | {None}
        assert row.get("objective") in objectives | {None}
        assert not (row.get("action") and row.get("objective")), row
        assert row.get("common_indicator") in common | {None}
        assert row.get("responsible") in stakeholders | {None}
    channels = keys_of(city.get("channels", ()), "name")
    for row in city.get("channels", ()):
        assert row.get("run_by") in stakeholders | {None}
        assert set(row.get("indicators", ())) <= indicators
    for row in city.get("campaigns", ()):
        assert row.get("action") in actions | {None}
        assert set(row.get("channels", ())) <= channels
        assert set(row.get("ambassadors", ())) <= stakeholders
    for row in city.get("practices", ()):
        assert row.get("theme") in {theme["slug"] for theme in document["themes"]} | {None}
    for row in city["assessments"]:
        assert row["guideline"] in guidelines
        assert row["period"] in periods
        assert set(row.get("actions", ())) <= actions
        assert set(row.get("indicators", ())) <= indicators


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_every_reference_beside_the_actions_resolves(document, city):
    guidelines = keys_of(document["guidelines"], "number")
    stakeholders = keys_of(city["stakeholders"], "name")
    objectives = keys_of(city["objectives"])
    actions = keys_of(city["actions"])

    for row in city.get("fundings", ()):
        assert row["action"] in actions
    for row in city.get("risks", ()):
        assert row.get("action") in actions | {None}
        assert row.get("owner") in stakeholders | {None}
    for row in city.get("dependencies", ()):
        assert {row["action"], row["depends_on"]} <= actions
    for row in city.get("tests", ()):
        assert row.get("objective") in objectives | {None}
        assert row.get("became_action") in actions | {None}
        assert set(row.get("guidelines", ())) <= guidelines


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_every_reference_of_the_local_group_resolves(document, city):
    known = {
        "stakeholder": keys_of(city["stakeholders"], "name"),
        "action": keys_of(city["actions"]),
        "seat": keys_of(city.get("seats", ()), "ref"),
        "meeting": keys_of(city.get("local_group_meetings", ()), "ref"),
    }

    for kind, row in rows_below(city, GROUP_ROWS):
        for field, keys in known.items():
            assert row.get(field) in keys | {None}, (kind, row)


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_every_holder_of_a_seat_is_obviously_fictitious(document, city):
    holders = [row for kind, row in city_rows(city) if kind == "holders"]

    for row in holders:
        assert row["name"].startswith("Illustrative Holder ")
        assert row["email"].endswith("@example.org")
        assert row["keep_until"] >= datetime.date(2030, 1, 1)
    assert sum(row.get("signs_in", False) for row in holders) == bool(holders)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_meetings_and_exemplars_name_cities_of_the_network(document):
    cities = keys_of(document["cities"], "slug")

    assert {row["host"] for row in document["meetings"] if "host" in row} <= cities
    assert {row["exemplar_city"] for row in document["guidelines"] if "exemplar_city" in row} <= cities


def test_one_practice_is_asked_for_and_one_adopted_and_both_are_made_up():
    document = DOCUMENTS["interactive-cities"]
    cities = {city["slug"]: city for city in document["cities"]}
    waiting, done = document["adoptions"]

    for row in (waiting, done):
        assert row["provenance"] == "illustrative"
        assert row["practice"] in keys_of(cities[row["offering"]]["practices"], "title")
    assert "action" not in waiting
    assert done["action"] in keys_of(cities[done["city"]]["actions"])


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_a_tied_indicator_counts_in_the_same_manner_as_the_common_one(document, city):
    common = {row["code"]: row for row in document["common_indicators"]}
    tied = [row for row in city["indicators"] if "common_indicator" in row]

    for row in tied:
        for field in ("unit", "type", "measure", "accumulation", "direction"):
            assert row[field] == common[row["common_indicator"]][field], (row["code"], field)
    keys_of(tied, "common_indicator")


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_a_measurement_is_a_value_or_parts_or_a_reason(document, city):
    for indicator, row in measurements_of(city):
        parts = {"numerator", "denominator"} <= set(row)
        states = [parts, "value" in row, "not_measured_reason" in row]
        assert states.count(True) == 1, (indicator["code"], row)
        assert ("numerator" in row) == ("denominator" in row)
        if indicator["measure"] == "percentage":
            assert "value" not in row, (indicator["code"], row)
        else:
            assert not parts, (indicator["code"], row)
        assert ("quality" in row) == ("not_measured_reason" not in row)


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_a_correction_names_an_earlier_row_of_the_same_indicator_and_day(document, city):
    for indicator in city["indicators"]:
        rows = indicator.get("measurements", ())
        counted = [
            row["measured_on"]
            for row in rows
            if row.get("ref") not in {other.get("supersedes", "-") for other in rows}
        ]
        assert len(counted) == len(set(counted)), indicator["code"]
        for number, row in enumerate(rows):
            if "supersedes" in row:
                earlier = {other.get("ref"): other for other in rows[:number]}
                assert earlier[row["supersedes"]]["measured_on"] == row["measured_on"]


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_a_baseline_is_complete_or_its_absence_explained(document, city):
    for row in city["indicators"]:
        assert ("baseline_value" in row) != ("baseline_absent_reason" in row), row["code"]
        assert ("baseline_value" in row) == ("baseline_on" in row), row["code"]
        assert ("tolerance" in row) == (row["direction"] == "maintain"), row["code"]


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_dates_come_in_order(document, city):
    for action in city["actions"]:
        if {"starts_on", "ends_on"} <= set(action):
            assert action["starts_on"] <= action["ends_on"], action["code"]
        dues = [row["due_on"] for row in action.get("milestones", ())]
        assert dues == sorted(dues), action["code"]
    for indicator in city["indicators"]:
        for key, field in (("targets", "due_on"), ("measurements", "measured_on")):
            days = [row[field] for row in indicator.get(key, ())]
            assert days == sorted(days), indicator["code"]
    periods = {row["code"]: row for row in document["periods"]}
    for row in city["assessments"]:
        period = periods[row["period"]]
        assert period["starts_on"] <= row["assessed_on"] <= period["ends_on"], row


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_one_assessment_for_a_guideline_a_period_and_an_assessor(document, city):
    counted = Counter((r["guideline"], r["period"], r["assessor"]) for r in city["assessments"])

    assert set(counted.values()) == {1}
    assert {row["step"] for row in city["assessments"]} <= set(range(7))
    assert {row["target_step"] for row in city["assessments"]} <= set(range(7))


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_every_contact_is_obviously_fictitious(document, city):
    contacts = [row for kind, row in city_rows(city) if kind == "contacts"]

    assert 2 <= len(contacts) <= 3
    for row in contacts:
        assert row["name"].startswith("Illustrative Contact ")
        assert row["email"].endswith("@example.org")
        assert row["keep_until"] >= datetime.date(2030, 1, 1)


@pytest.mark.parametrize(("document", "city"), CITIES)
def test_every_city_has_enough_to_show(document, city):
    assert len(city["objectives"]) >= 3
    assert len(city["actions"]) >= 3 + (document["network"]["slug"] == "interactive-cities")
    assert len(city["indicators"]) >= 3
    assert len(city["stakeholders"]) >= 4
    assert len({row["profile"] for row in city["stakeholders"]}) >= 3
    assert len({row["period"] for row in city["assessments"]}) >= 1


def test_observed_values_stand_as_the_sources_state_them():
    cities = {city["slug"]: city for city in DOCUMENTS["interactive-cities"]["cities"]}

    observed = [
        (slug, indicator["code"], str(row["measured_on"]), row["value"], row["quality"])
        for slug, city in cities.items()
        for indicator, row in measurements_of(city)
        if row["provenance"] != "illustrative"
    ]

    assert sorted(observed) == sorted(OBSERVATIONS)


def test_an_assumed_day_is_said_to_be_assumed():
    cities = DOCUMENTS["interactive-cities"]["cities"]

    silent = [
        (indicator["code"], row)
        for city in cities
        for indicator, row in measurements_of(city)
        if row["provenance"] != "illustrative"
        and (row["measured_on"].month, row["measured_on"].day) == (12, 31)
        and "day assumed" not in row["comment"]
    ]

    assert silent == []


def test_the_same_town_in_two_networks_has_one_place_code():
    first, second = ({city["place_code"] for city in document["cities"]} for document in DOCUMENTS.values())

    assert first & second == {"be-ghent"}


def test_the_tourist_tax_of_genoa_is_the_one_source_of_money_that_a_source_states():
    cities = [city for document in DOCUMENTS.values() for city in document["cities"]]

    stated = [
        (city["slug"], row)
        for city in cities
        for row in city.get("fundings", ())
        if row["provenance"] != "illustrative"
    ]

    [(slug, row)] = stated
    assert (slug, row["source_type"], row["source"]) == ("genoa", "tourist_tax", ["S05"])
    assert set(row["illustrative_fields"]) == {"action", "amount", "currency", "state"}


def test_the_first_network_leaves_something_for_a_summary_to_exclude():
    city_by_slug = {city["slug"]: city for city in DOCUMENTS["interactive-cities"]["cities"]}
    indicators = {row["code"]: row for city in city_by_slug.values() for row in city["indicators"]}
    measurements = [row for city in city_by_slug.values() for _, row in measurements_of(city)]

    assert "not_measured_reason" in indicators["DE-I3"]["measurements"][-1]
    assert "measurements" not in indicators["PM-I2"]
    assert indicators["AI-I2"]["measurements"][0]["value"] == 0
    assert any("supersedes" in row for row in measurements)
    assert {row["direction"] for row in indicators.values()} == {
        "increase",
        "decrease",
        "maintain",
    }
    assert {row["accumulation"] for row in indicators.values()} == {
        "per_period",
        "running_total",
        "level",
    }
