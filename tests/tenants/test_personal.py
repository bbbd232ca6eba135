"""What is kept of people: told to those it is about, erased when asked and when due, and nowhere else."""

from __future__ import annotations

import json
import logging
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from plans.models import Stakeholder, StakeholderContact
from tenants.access.context import Actor, city_context
from tenants.access.rights import Role
from tenants.api.models import CityReply, Reply
from tenants.models import Change, Erasure, Membership, Token
from tenants.personal.erase import erase_due, personal_models
from tenants.personal.tasks import erase_what_is_due

TODAY = date.today()
# Words that stand nowhere else.
NAME, EMAIL, PHONE = "Annamarked Rossimarked", "anna.marked@example.org", "+39 010 777marked"
MARKS = ("marked",)


@pytest.fixture
def coordinator(client_as, genoa):
    return client_as(Role.COORDINATOR, genoa)


@pytest.fixture
def stakeholder(genoa):
    with genoa.inside():
        return Stakeholder.objects.create(name="Port authority", profile="public")


def body(stakeholder: Stakeholder, **given: Any) -> dict[str, Any]:
    return {
        "stakeholder": str(stakeholder.pk),
        "name": NAME,
        "email": EMAIL,
        "phone": PHONE,
        "lawful_basis": "consent",
        "keep_until": (TODAY + timedelta(days=400)).isoformat(),
        **given,
    }


@pytest.fixture
def contact(coordinator, genoa, stakeholder):
    """Made and changed by requests, one of which keeps its answer."""
    made = coordinator.post(f"{genoa.url}contacts/", body(stakeholder), Idempotency_Key="first")
    row = made.json()
    coordinator.patch(f"{genoa.url}contacts/{row['id']}/?reason=Called+marked", {"position": "Head, marked"})
    return row


def changes(genoa: Any, **of: Any) -> list[Change]:
    with genoa.inside():
        return list(Change.objects.filter(**of).order_by("number"))


def everything(genoa: Any) -> str:
    """Every word of history and kept replies in the city."""
    with genoa.inside():
        told = [json.dumps([c.before, c.after, c.reason]) for c in Change.objects.all()]
        return " ".join(told) + " ".join(bytes(reply.body).decode() for reply in CityReply.objects.all())


# ------------------------------------------------------------------------------------ erasing


def test_a_person_is_taken_out_of_rows_history_and_kept_replies(coordinator, genoa, stakeholder, contact):
    assert "marked" in everything(genoa)
    before = changes(genoa, row=contact["id"])

    done = coordinator.post(f"{genoa.url}personal-data/erase/", {"email": EMAIL.upper()})

    assert done.json() == {"rows": 1, "changes": 3, "replies": 1}
    assert "marked" not in everything(genoa)
    after = changes(genoa, row=contact["id"])
    kept = [(c.number, c.at, c.actor, c.kind) for c in after]
    assert kept[:2] == [(c.number, c.at, c.actor, c.kind) for c in before]
    assert [c.kind for c in after] == ["created", "changed", "deleted"]
    assert all(c.erased_at and c.before is c.after is None and not c.reason for c in after)
    with genoa.inside():
        assert not StakeholderContact.objects.exists()
        assert Stakeholder.objects.filter(pk=stakeholder.pk).exists()
        assert Erasure.objects.values_list("cause", "rows", "changes").get() == ("asked", 1, 3)


def test_a_person_whose_row_was_deleted_or_given_to_another_before_goes_too(
    coordinator, genoa, stakeholder, contact
):
    url = f"{genoa.url}contacts/{contact['id']}/"
    coordinator.patch(url, {"name": "Berta", "email": "berta@example.org", "phone": "", "position": ""})
    gone = coordinator.post(f"{genoa.url}contacts/", body(stakeholder)).json()
    coordinator.delete(f"{genoa.url}contacts/{gone['id']}/")

    done = coordinator.post(f"{genoa.url}personal-data/erase/", {"email": EMAIL})

    assert done.json()["rows"] == 0
    assert "marked" not in everything(genoa)
    with genoa.inside():
        assert StakeholderContact.objects.get().name == "Berta"


def test_of_two_people_with_one_name_the_one_meant_is_erased(coordinator, genoa, stakeholder, contact):
    other = coordinator.post(f"{genoa.url}contacts/", body(stakeholder, email="other@example.org")).json()
    wanted = {"name": NAME.lower(), "rows": [contact["id"]]}

    found = coordinator.post(f"{genoa.url}personal-data/export/", {"name": NAME}).json()
    done = coordinator.post(f"{genoa.url}personal-data/erase/", wanted)

    assert {row["id"] for row in found["rows"]} == {contact["id"], other["id"]}
    assert done.json()["rows"] == 1
    with genoa.inside():
        assert str(StakeholderContact.objects.get().pk) == other["id"]
    assert all(c.erased_at is None for c in changes(genoa, row=other["id"]))


def test_rows_that_are_not_of_the_person_are_not_touched_whatever_ids_are_named(
    coordinator, genoa, stakeholder, contact
):
    wanted = {"email": "nobody@example.org", "rows": [contact["id"], str(stakeholder.pk)]}

    done = coordinator.post(f"{genoa.url}personal-data/erase/", wanted)

    assert done.json() == {"rows": 0, "changes": 0, "replies": 0}
    assert "marked" in everything(genoa)


def test_an_erasure_twice_finds_nothing_the_second_time(coordinator, genoa, contact):
    coordinator.post(f"{genoa.url}personal-data/erase/", {"email": EMAIL})

    again = coordinator.post(f"{genoa.url}personal-data/erase/", {"email": EMAIL})

    assert again.json() == {"rows": 0, "changes": 0, "replies": 0}


def test_another_city_keeps_the_same_person(client_as, coordinator, genoa, ghent, contact):
    with ghent.inside():
        theirs = Stakeholder.objects.create(name="Port of Ghent", profile="public")
        StakeholderContact.objects.create(
            stakeholder=theirs, name=NAME, email=EMAIL, lawful_basis="consent", keep_until=TODAY
        )

    coordinator.post(f"{genoa.url}personal-data/erase/", {"email": EMAIL})

    assert "marked" in everything(ghent)
    with ghent.inside():
        assert StakeholderContact.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "one_of_two"),
        ({"email": EMAIL, "name": NAME}, "one_of_two"),
        ({"email": "anna"}, "invalid"),
        ({"name": ""}, "blank"),
        ({"name": NAME, "rows": []}, "min_length"),
        ({"name": NAME, "city": "ghent"}, "unknown_field"),
    ],
)
def test_it_must_be_said_who_is_meant(coordinator, genoa, wrong, code):
    for deed in ("export", "erase"):
        refused = coordinator.post(f"{genoa.url}personal-data/{deed}/", wrong)

        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, code)


def test_a_reason_that_would_name_the_person_is_not_taken(coordinator, genoa, contact):
    refused = coordinator.post(f"{genoa.url}personal-data/erase/?reason=Anna+marked", {"email": EMAIL})

    assert refused.json()["errors"][0]["code"] == "unknown_parameter"


# ----------------------------------------------------------------------------- in the database


def test_the_application_can_take_values_out_and_nothing_else(genoa, contact):
    """Not write, not of rows that are not personal, not in another city."""
    with genoa.inside(), pytest.raises(ProgrammingError), transaction.atomic():
        Change.objects.update(after=None)
    with genoa.inside(), connection.cursor() as cursor:
        keys = list(Change.objects.values_list("row", flat=True))
        cursor.execute("SELECT tenants_forget(%s::uuid[])", [keys])
        assert cursor.fetchone() == (Change.objects.filter(personal=True).count(),)
    assert {c.personal for c in changes(genoa, erased_at__isnull=False)} == {True}


def test_the_history_of_another_city_is_out_of_reach(genoa, ghent, contact):
    with ghent.inside(), connection.cursor() as cursor:
        cursor.execute("SELECT tenants_forget(%s::uuid[])", [[contact["id"]]])
        assert cursor.fetchone() == (0,)
    assert "marked" in everything(genoa)


def test_who_reads_across_cannot_call_it(genoa):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE iap_staff")
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("SELECT tenants_forget('{}')")


# ------------------------------------------------------------------------------------ in time


def test_what_is_due_is_erased_by_night_and_told_as_numbers(genoa, ghent, stakeholder, caplog):
    with genoa.inside():
        kept = {"stakeholder": stakeholder, "lawful_basis": "consent", "email": EMAIL}
        StakeholderContact.objects.create(name=NAME, keep_until=TODAY - timedelta(days=3), **kept)
        StakeholderContact.objects.create(name="Still here", keep_until=TODAY + timedelta(days=1), **kept)

    with caplog.at_level(logging.INFO):
        erase_what_is_due()
        erase_what_is_due()

    with genoa.inside():
        assert StakeholderContact.objects.values_list("name", flat=True).get() == "Still here"
        assert Erasure.objects.values_list("cause", "rows", "changes").get() == ("due", 1, 2)
        assert Change.objects.filter(kind="deleted").get().actor_role == "tenants.personal.erase_due"
    with ghent.inside():
        assert not Erasure.objects.exists()
    told = [getattr(record, "fields", {}) for record in caplog.records if "erased" in record.message]
    assert told == [{"city": str(genoa.pk), "rows": 1, "changes": 2}]


def test_the_last_day_is_still_one_on_which_it_is_kept(genoa, stakeholder):
    with genoa.inside():
        StakeholderContact.objects.create(
            stakeholder=stakeholder, name=NAME, email=EMAIL, lawful_basis="consent", keep_until=TODAY
        )

        assert erase_due(TODAY) is None
        assert erase_due(TODAY + timedelta(days=1)).rows == 1


def test_what_was_deleted_by_hand_leaves_the_history_when_its_time_has_come(coordinator, genoa, contact):
    coordinator.delete(f"{genoa.url}contacts/{contact['id']}/")
    assert "marked" in everything(genoa)

    with city_context(genoa.pk, Actor(role="test")):
        assert erase_due(TODAY + timedelta(days=400)) is None
        erasure = erase_due(TODAY + timedelta(days=401))

    assert (erasure.rows, erasure.changes) == (0, 3)
    assert "marked" not in everything(genoa)


def test_the_warning_list_names_rows_and_days_and_no_person(officer, genoa, stakeholder, contact):
    soon = TODAY + timedelta(days=29)
    other = officer.post(f"{genoa.url}contacts/", body(stakeholder, keep_until=soon.isoformat())).json()

    shown = officer.get(f"{genoa.url}personal-data/")

    (contacts,) = [row for row in shown.json() if row["thing"] == "stakeholder_contact"]
    assert contacts["rows"] == 2
    assert contacts["due"] == [{"id": other["id"], "keep_until": soon.isoformat()}]
    assert "marked" not in shown.content.decode()


@pytest.mark.parametrize(
    ("days", "status"), [(-1, 400), (0, 400), (1, 201), (3650, 201), (3651, 400), (99_999, 400)]
)
def test_people_are_kept_until_a_day_ahead_and_not_for_ever(officer, genoa, stakeholder, days, status):
    until = (TODAY + timedelta(days=days)).isoformat()

    made = officer.post(f"{genoa.url}contacts/", body(stakeholder, keep_until=until))

    assert made.status_code == status
    if status == 400:
        assert [(e["pointer"], e["code"]) for e in made.json()["errors"]] == [("/keep_until", "out_of_range")]


# ------------------------------------------------------------------------------------ telling


def test_all_that_a_city_holds_on_a_person_is_told(coordinator, genoa, contact):
    told = coordinator.post(f"{genoa.url}personal-data/export/", {"email": EMAIL}).json()

    assert [(row["thing"], row["id"], row["values"]["phone"]) for row in told["rows"]] == [
        ("stakeholder_contact", contact["id"], PHONE)
    ]
    assert [change["kind"] for change in told["changes"]] == ["created", "changed"]
    assert told["changes"][0]["after"]["email"] == EMAIL


def test_the_roles_of_an_account_with_the_address_are_told(coordinator, genoa, officer):
    told = coordinator.post(f"{genoa.url}personal-data/export/", {"email": officer.user.email}).json()

    assert [(role["user"], role["role"]) for role in told["roles"]] == [(str(officer.user.pk), "officer")]


def test_one_is_told_all_that_is_held_on_oneself(coordinator, genoa, contact):
    told = coordinator.get("/api/v1/me/data/").json()

    assert told["account"]["email"] == coordinator.user.email
    assert [(role["role"], role["city"]) for role in told["roles"]] == [("coordinator", "genoa")]
    assert [token["name"] for token in told["tokens"]] == ["tests"]
    assert [(deed["city"], deed["thing"], deed["kind"], deed["n"]) for deed in told["deeds"]] == [
        ("genoa", "stakeholder_contact", "changed", 1),
        ("genoa", "stakeholder_contact", "created", 1),
    ]
    assert "digest" not in json.dumps(told)
    assert coordinator.token not in json.dumps(told)


# ------------------------------------------------------------------------------------ accounts


def test_one_erases_the_own_account_and_the_history_keeps_a_number(coordinator, genoa, contact):
    user = coordinator.user

    done = coordinator.post("/api/v1/me/erase/", {"for_good": True})

    user.refresh_from_db()
    assert done.status_code == 204
    assert (user.email, user.name, user.is_active) == (f"erased-{user.pk}@erased.invalid", "", False)
    assert not user.has_usable_password()
    assert coordinator.get("/api/v1/me/").status_code == 401
    assert not Membership.objects.filter(user=user).exists()
    assert Token.objects.filter(user=user, revoked_at=None).count() == 0
    assert set(Token.objects.filter(user=user).values_list("name", flat=True)) == {""}
    assert {c.actor for c in changes(genoa, row=contact["id"])} == {user.pk}


def test_programme_staff_erases_an_account_and_again_without_effect(client_as, officer):
    staff = client_as(Role.PROGRAMME_STAFF)
    Reply.objects.create(
        user=officer.user.pk, key="k", fingerprint="f", status=200, headers={}, body=EMAIL.encode()
    )

    for _ in range(2):
        done = staff.post(f"/api/v1/people/{officer.user.pk}/erase/", {"for_good": True})
        assert done.status_code == 204

    officer.user.refresh_from_db()
    assert officer.user.email.endswith("@erased.invalid")
    assert not Reply.objects.filter(user=officer.user.pk).exists()


@pytest.mark.parametrize("said", [{}, {"for_good": False}, {"for_good": "perhaps"}])
def test_an_account_is_not_erased_by_accident(officer, said):
    assert officer.post("/api/v1/me/erase/", said).status_code == 400
    officer.user.refresh_from_db()
    assert officer.user.is_active


# --------------------------------------------------------------------- where nothing of it shows


def test_nothing_of_a_person_is_in_the_log(coordinator, genoa, stakeholder, caplog):
    with caplog.at_level(logging.DEBUG):
        made = coordinator.post(f"{genoa.url}contacts/", body(stakeholder)).json()
        coordinator.get(f"{genoa.url}contacts/?search=Annamarked")
        coordinator.post(f"{genoa.url}contacts/", body(stakeholder, lawful_basis="marked"))
        coordinator.post(f"{genoa.url}personal-data/export/", {"email": EMAIL})
        coordinator.patch(f"{genoa.url}contacts/{made['id']}/", {"email": "", "phone": ""})
        coordinator.post(f"{genoa.url}personal-data/erase/", {"email": EMAIL})

    ours = [record for record in caplog.records if not record.name.startswith("django.db")]
    told = " ".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert "api/v1/networks" in told
    assert "marked" not in told


def test_a_problem_does_not_repeat_what_was_said_of_a_person(coordinator, genoa, stakeholder):
    url = f"{genoa.url}contacts/"
    for wrong in (
        body(stakeholder, keep_until="2001-01-01"),
        body(stakeholder, email="anna.marked"),
        body(stakeholder, name=f"{NAME}" * 20),
        body(stakeholder, email="", phone=""),
        {**body(stakeholder), "stakeholder": "01890000-0000-7000-8000-000000000000"},
    ):
        refused = coordinator.post(url, wrong)

        assert refused.status_code == 400
        assert "marked" not in refused.content.decode()


def test_staff_sees_neither_rows_nor_changes_of_people_only_that_some_were_erased(
    client_as, coordinator, network, genoa, contact
):
    coordinator.post(f"{genoa.url}personal-data/erase/", {"name": "Somebody else"})
    for role, place in (
        (Role.PROGRAMME_STAFF, None),
        (Role.AUDITOR, None),
        (Role.LEAD_EXPERT, network),
        (Role.NATIONAL_POINT, "IT"),
    ):
        reader = client_as(role, place)
        for path in ("contacts/", "history/?page_size=200", "personal-data/", "erasures/", "members/"):
            assert "marked" not in reader.get(f"{genoa.url}{path}").content.decode()
        assert reader.post(f"{genoa.url}personal-data/export/", {"email": EMAIL}).status_code == 403
        across = reader.get(f"{network.url}history/?page_size=200")
        assert "marked" not in across.content.decode()


def test_an_officer_does_not_answer_to_people(officer, genoa, contact):
    for deed in ("export", "erase"):
        assert officer.post(f"{genoa.url}personal-data/{deed}/", {"email": EMAIL}).status_code == 403
    assert "marked" in everything(genoa)


def test_every_kind_of_row_about_a_person_can_be_looked_for():
    for model in personal_models().values():
        names = {field.name for field in model._meta.fields}
        assert {"name", "email", "keep_until", "lawful_basis"} <= names, model
