from typing import Any

import pytest
from django.db import IntegrityError

from plans.models import Action, Funding
from tenants.access.rights import Role
from tests.conftest import ClientAs, Place


@pytest.fixture
def action(genoa: Place) -> Action:
    return action_in(genoa, "GE-A1")


def action_in(place: Place, code: str) -> Action:
    with place.inside():
        return Action.objects.create(code=code, title="Social ambassadors")


def funding_in(place: Place, action: Action, amount: str, **fields: Any) -> Funding:
    with place.inside():
        return Funding.objects.create(
            action=action, amount=amount, **{"currency": "EUR", "source_type": "local", **fields}
        )


def total(
    currency: str, needed: str = "0.00", applied: str = "0.00", secured: str = "0.00"
) -> dict[str, str]:
    return {"currency": currency, "needed": needed, "applied": applied, "secured": secured}


def test_an_officer_adds_a_funding(officer, genoa, action):
    body = {"action": str(action.pk), "amount": "18000", "currency": "EUR", "source_type": "tourist_tax"}

    response = officer.post(f"{genoa.url}fundings/", body)

    assert response.status_code == 201
    row = response.json()
    assert (row["amount"], row["currency"], row["source_type"]) == ("18000.00", "EUR", "tourist_tax")
    assert (row["state"], row["source"]) == ("needed", "")
    assert officer.get(response.headers["Location"]).json() == row


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"amount": "0"}, "min_value", "/amount"),
        ({"amount": "-1"}, "min_value", "/amount"),
        ({"amount": "0.001"}, "max_decimal_places", "/amount"),
        ({"amount": "1000000000000"}, "max_whole_digits", "/amount"),
        ({"amount": "NaN"}, "invalid", "/amount"),
        ({"amount": None}, "null", "/amount"),
        ({"currency": "eur"}, "invalid", "/currency"),
        ({"currency": "EURO"}, "max_length", "/currency"),
        ({"currency": ""}, "blank", "/currency"),
        ({"currency": "EU\n"}, "invalid", "/currency"),
        ({"source_type": "lottery"}, "invalid_choice", "/source_type"),
        ({"state": "promised"}, "invalid_choice", "/state"),
    ],
)
def test_a_broken_rule_has_its_code_and_its_field(officer, genoa, action, fields, code, pointer):
    body = {"action": str(action.pk), "amount": "1", "currency": "EUR", "source_type": "local"}

    response = officer.post(f"{genoa.url}fundings/", {**body, **fields})

    assert response.status_code == 400
    assert (code, pointer) in [(e["code"], e["pointer"]) for e in response.json()["errors"]]
    with genoa.inside():
        assert not Funding.objects.exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"amount": "0"}, "funding_amount_positive"),
        ({"currency": "eur"}, "funding_currency_is_a_code"),
        ({"currency": "EU"}, "funding_currency_is_a_code"),
    ],
)
def test_the_database_refuses_what_no_serializer_has_seen(genoa, action, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), genoa.inside():
        Funding.objects.create(**{"action": action, "amount": 1, "currency": "EUR", **fields})


def test_a_funding_stays_with_its_action(officer, genoa, action):
    other = action_in(genoa, "GE-A2")
    funding = funding_in(genoa, action, "5")

    response = officer.patch(f"{genoa.url}fundings/{funding.pk}/", {"action": str(other.pk)})

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "fixed"


def test_an_action_shows_its_totals_by_currency(officer, genoa, action):
    funding_in(genoa, action, "1000.10", state="needed")
    funding_in(genoa, action, "0.20", state="needed", source_type="private")
    funding_in(genoa, action, "300", state="secured")
    funding_in(genoa, action, "90", state="applied", currency="CHF")
    funding_in(genoa, action_in(genoa, "GE-A2"), "7")

    row = officer.get(f"{genoa.url}actions/{action.pk}/").json()

    assert row["funding_totals"] == [
        total("CHF", applied="90.00"),
        total("EUR", needed="1000.30", secured="300.00"),
    ]
    assert officer.rows(f"{genoa.url}actions/?code=GE-A1") == [row]


def test_an_action_without_money_has_no_totals(officer, genoa, action):
    assert officer.get(f"{genoa.url}actions/{action.pk}/").json()["funding_totals"] == []


def test_sums_may_be_larger_than_an_amount(officer, genoa, action):
    for _ in range(2):
        funding_in(genoa, action, "999999999999.99")

    [shown] = officer.get(f"{genoa.url}actions/{action.pk}/").json()["funding_totals"]

    assert shown == total("EUR", needed="1999999999999.98")
    assert officer.get(f"{genoa.url}fundings/totals/").json()["by_currency"] == [shown]


def test_the_totals_of_a_city_are_by_currency_and_by_source(officer, genoa, ghent, action):
    funding_in(genoa, action, "100", source_type="tourist_tax", state="secured")
    funding_in(genoa, action_in(genoa, "GE-A2"), "50", source_type="tourist_tax", state="secured")
    funding_in(genoa, action, "20", source_type="erdf", state="applied")
    funding_in(genoa, action, "9", source_type="erdf", currency="CHF")
    funding_in(ghent, action_in(ghent, "GT-A1"), "1000")

    totals = officer.get(f"{genoa.url}fundings/totals/").json()

    assert totals == {
        "by_currency": [total("CHF", needed="9.00"), total("EUR", applied="20.00", secured="150.00")],
        "by_source": [
            {**total("CHF", needed="9.00"), "source_type": "erdf"},
            {**total("EUR", applied="20.00"), "source_type": "erdf"},
            {**total("EUR", secured="150.00"), "source_type": "tourist_tax"},
        ],
        "left_out": 0,
    }


def test_a_city_without_money_has_empty_totals(officer, genoa):
    assert officer.get(f"{genoa.url}fundings/totals/").json() == {
        "by_currency": [],
        "by_source": [],
        "left_out": 0,
    }


def test_money_of_a_replaced_action_is_left_out_and_counted(officer, genoa, action):
    other = action_in(genoa, "GE-A2")
    funding_in(genoa, action, "100")
    funding_in(genoa, other, "30")
    with genoa.inside():
        action.merge(other, "Twice the same.")

    totals = officer.get(f"{genoa.url}fundings/totals/").json()

    assert (totals["by_currency"], totals["left_out"]) == ([total("EUR", needed="30.00")], 1)


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("state=needed", ["1.00", "2.00"]),
        ("state=needed,secured", ["1.00", "2.00", "3.00"]),
        ("source_type=erdf", ["2.00", "4.00"]),
        ("currency=CHF", ["4.00"]),
        ("currency=chf", []),
        ("ordering=-amount", ["4.00", "3.00", "2.00", "1.00"]),
        ("search=bed", ["1.00"]),
    ],
)
def test_fundings_are_filtered(officer, genoa, action, query, amounts):
    funding_in(genoa, action, "1", note="A night in a bed")
    funding_in(genoa, action, "2", source_type="erdf")
    funding_in(genoa, action, "3", state="secured")
    funding_in(genoa, action, "4", state="applied", source_type="erdf", currency="CHF")

    assert [row["amount"] for row in officer.rows(f"{genoa.url}fundings/?{query}")] == amounts


def test_fundings_of_one_action_are_listed(officer, genoa, action):
    mine = funding_in(genoa, action, "1")
    funding_in(genoa, action_in(genoa, "GE-A2"), "2")

    rows = officer.rows(f"{genoa.url}fundings/?action={action.pk}&expand=action")

    assert [row["id"] for row in rows] == [str(mine.pk)]
    assert rows[0]["expanded"]["action"]["code"] == "GE-A1"


def test_a_funding_goes_with_its_action(officer, genoa, action):
    funding_in(genoa, action, "1")

    assert officer.delete(f"{genoa.url}actions/{action.pk}/").status_code == 204
    assert officer.rows(f"{genoa.url}fundings/") == []


def test_the_network_reads_fundings_but_adds_no_cities_up(client_as: ClientAs, network, genoa, ghent, action):
    funding_in(genoa, action, "1")
    funding_in(ghent, action_in(ghent, "GT-A1"), "2")
    expert = client_as(Role.LEAD_EXPERT, network)

    assert [row["city"] for row in expert.rows(f"{network.url}fundings/")] == ["genoa", "ghent"]
    assert expert.get(f"{network.url}fundings/totals/").status_code == 404
