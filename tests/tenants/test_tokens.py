"""Personal tokens: of one person, and of no other."""

from tenants.access.rights import Role
from tenants.models import Token

TOKENS = "/api/v1/me/tokens/"


def test_one_sees_the_own_tokens_and_no_others(client_as, genoa, officer):
    colleague = client_as(Role.COORDINATOR, genoa)
    made = colleague.post(TOKENS, {"name": "A script"})

    assert {row["name"] for row in colleague.get(TOKENS).json()} == {"tests", "A script"}
    assert [row["name"] for row in officer.get(TOKENS).json()] == ["tests"]
    assert officer.get(made.headers["Location"]).status_code == 404


def test_nobody_revokes_the_token_of_another(client_as, genoa, officer):
    colleague = client_as(Role.COORDINATOR, genoa)
    made = colleague.post(TOKENS, {"name": "A script"})

    assert officer.request("DELETE", made.headers["Location"]).status_code == 404
    assert Token.objects.get(pk=made.json()["id"]).revoked_at is None
    assert colleague.request("DELETE", made.headers["Location"]).status_code == 204
    assert Token.objects.get(pk=made.json()["id"]).revoked_at is not None
