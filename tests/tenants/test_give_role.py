from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.client import Caller


def give(*arguments: str) -> Caller:
    said = StringIO()
    call_command("give_role", *arguments, stdout=said)
    return Caller(said.getvalue().strip(), None)


def test_the_first_person_gets_in_and_may_make_a_network(db):
    staff = give("Anna@Example.org", "programme_staff", "--name", "Anna")

    made = staff.post("/api/v1/networks/", {"slug": "first", "name": "First", "starts_on": "2026-01-01"})

    assert made.status_code == 201
    assert staff.get("/api/v1/me/").json()["email"] == "anna@example.org"


def test_a_member_gets_a_token_beside_the_role_that_is_there(genoa):
    place = ("--network", "interactive-cities", "--city", "genoa")
    give("luca@example.org", "officer", *place)

    again = give("luca@example.org", "officer", *place)

    assert [role["role"] for role in again.get("/api/v1/me/").json()["roles"]] == ["officer"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "auditor"), "valid email"),
        (("a@example.org", "officer", "--network", "interactive-cities"), "--city"),
        (("a@example.org", "lead_expert", "--network", "nowhere"), "--network"),
        (("a@example.org", "national_point"), "--country"),
    ],
)
def test_a_place_that_is_missing_is_named(genoa, arguments, said):
    with pytest.raises(CommandError, match=said):
        give(*arguments)
