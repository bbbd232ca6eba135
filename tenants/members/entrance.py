"""Who is asking, where, in which roles: one prepared statement, which also sets the context.

The policies see a city only after this statement found a role that reaches it.
"""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from tenants.access.asking import fetch
from tenants.access.context import PEER_ROLE, STAFF_ROLE, as_array
from tenants.access.rights import LEVEL, RANKED, READS_ACROSS, Level
from tenants.api import ahead
from tenants.api.entrance import Entrance
from tenants.api.languages import negotiated
from tenants.api.serializers import only_known_by
from tenants.members.models import Token, User, digest

SAFE = ("GET", "HEAD", "OPTIONS")
CITY_ROLES = [str(role) for role, level in LEVEL.items() if level == Level.CITY]
TOKEN = re.compile(rf"{Token.PREFIX}[\w-]{{20,200}}\Z", re.ASCII)

# Who comes, by the proof that is brought.
PERSON = {
    "token": """
    SELECT u.id, u.email, u.name, t.id AS token, t.last_used_at
    FROM tenants_token t JOIN tenants_user u ON u.id = t.user_id
    WHERE t.digest = %(proof)s::text AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active""",
    "session": """
    SELECT u.id, u.email, u.name, NULL::uuid AS token, now() AS last_used_at FROM tenants_user u
    WHERE u.id = %(proof)s::uuid AND u.is_active""",
}

# A change of a city's rows waits here for the one before it: changes of one city are counted in order.
LOCKED = " FOR NO KEY UPDATE OF c"

# The networks in which the person has any role.
NETWORKS = """
    SELECT n.id FROM tenants_network n WHERE EXISTS (
        SELECT FROM tenants_membership m LEFT JOIN tenants_city c
            ON c.network_id = n.id AND (c.id = m.city_id OR c.country = m.country)
        WHERE m.user_id = (SELECT id FROM person) AND (
            c.id IS NOT NULL
            OR m.network_id = n.id
            OR (m.city_id IS NULL AND m.network_id IS NULL AND m.country = '')
        )
    )"""

# In a city, the way that nearly all come. What is found is fenced by OFFSET 0, so that it is found once.
IN_A_CITY = """
WITH found AS NOT MATERIALIZED (
    SELECT person.*, n.id AS network, n.working_language, c.id AS city,
        format('%%s.%%s', n.clock, c.clock) AS clock,
        ARRAY(
            SELECT DISTINCT m.role FROM tenants_membership m WHERE m.user_id = person.id AND (
                m.city_id = c.id OR m.network_id = n.id OR (m.country <> '' AND m.country = c.country)
                OR (m.city_id IS NULL AND m.network_id IS NULL AND m.country = '')
            ) ORDER BY role
        )::text[] AS roles,
        '{{}}'::uuid[] AS cities, '{{}}'::uuid[] AS partners, array_remove(ARRAY[n.id], NULL) AS networks
    FROM ({person}) person
    LEFT JOIN tenants_network n ON n.slug = %(network)s::text
    LEFT JOIN LATERAL (
        SELECT c.id, c.country, c.clock FROM tenants_city c
        WHERE c.network_id = n.id AND c.slug = %(city)s::text{locked}
    ) c ON true
    OFFSET 0
)"""

# Of a network, or of nothing in particular.
ELSEWHERE = """
WITH person AS MATERIALIZED ({person}),
network AS MATERIALIZED (
    SELECT id, working_language, clock FROM tenants_network WHERE slug = %(network)s::text
),
partner AS MATERIALIZED (
    SELECT c.id, c.country, c.clock FROM tenants_city c WHERE c.network_id = (SELECT id FROM network)
),
role AS MATERIALIZED (
    SELECT m.role, m.country FROM tenants_membership m
    WHERE m.user_id = (SELECT id FROM person) AND (
        m.city_id IN (SELECT id FROM partner) OR m.network_id = (SELECT id FROM network)
        OR (m.country <> '' AND m.country IN (SELECT country FROM partner))
        OR (m.city_id IS NULL AND m.network_id IS NULL AND m.country = '')
    )
),
found AS MATERIALIZED (
    SELECT person.*, (SELECT id FROM network) AS network,
        (SELECT working_language FROM network) AS working_language, NULL::uuid AS city,
        format('%%s.%%s', (SELECT clock FROM network), (SELECT sum(clock) FROM partner)) AS clock,
        ARRAY(SELECT DISTINCT role FROM role ORDER BY role)::text[] AS roles,
        ARRAY(
            SELECT id FROM partner p WHERE EXISTS (
                SELECT FROM role r WHERE r.role = ANY('{across}') AND r.country IN ('', p.country)
            ) ORDER BY id
        ) AS cities,
        ARRAY(SELECT id FROM partner ORDER BY id) AS partners,
        CASE WHEN %(network)s::text IS NULL THEN ARRAY({networks})
             ELSE ARRAY(SELECT id FROM network) END AS networks
    FROM person
)"""

# A setting costs as much as a small join: of a reader only what the policies ask.
ENTER = """{found},
placed AS (
    SELECT *, CASE
        WHEN NOT %(reads_only)s::boolean OR cardinality(roles) = 0 THEN ''
        WHEN city IS NOT NULL AND roles && '{city_roles}' THEN ''{peer}
        ELSE '{staff_role}' END AS reader
    FROM found OFFSET 0
),
shown AS (
    SELECT *, CASE WHEN city IS NOT NULL THEN ARRAY[city]
                   WHEN reader = '{peer_role}' THEN partners ELSE cities END AS readable
    FROM placed OFFSET 0
)
SELECT id, email, name, network, working_language, city, clock, roles, readable, networks, reader,
    current_date,
    CASE WHEN last_used_at IS NULL OR last_used_at < now() - interval '1 minute'
         THEN tenants_mark_used(token) END,
    set_config('app.city_id', CASE WHEN cardinality(roles) > 0 AND reader = ''
                                   THEN coalesce(city::text, '') ELSE '' END, true),
    CASE WHEN reader <> '' THEN set_config('app.city_ids', readable::text, true) END,
    CASE WHEN reader <> '' THEN set_config('role', reader, true) END{actor}
FROM shown
"""
# Who reads nothing across the cities of a network reads what these published to each other.
PEER = """
        WHEN %(published)s::boolean AND NOT roles && '{across}' THEN '{peer_role}'"""
ACTOR = """,
    set_config('app.actor_id', id::text, true),
    set_config('app.actor_role', CASE {strongest} ELSE '' END, true),
    set_config('app.request_id', %(request_id)s::text, true),
    set_config('app.counted', '', true),
    set_config('app.reason', %(reason)s::text, true)"""
# Of some rows a member may write the own: what may be done with a row depends on who reads it.
MEMBER = """,
    set_config('app.actor_id', CASE WHEN reader = '' THEN id::text ELSE '' END, true)"""
STRONGEST = " ".join(f"WHEN '{role}' = ANY(roles) THEN '{role}'" for role in RANKED)


def statement(person: str, *, in_a_city: bool, writes: bool) -> str:
    across = as_array(READS_ACROSS)
    found = (IN_A_CITY if in_a_city else ELSEWHERE).format(
        person=person, networks=NETWORKS, locked=LOCKED if writes else "", across=across
    )
    return ENTER.format(
        found=found,
        city_roles=as_array(CITY_ROLES),
        staff_role=STAFF_ROLE,
        peer_role=PEER_ROLE,
        peer="" if in_a_city else PEER.format(across=across, peer_role=PEER_ROLE),
        actor=ACTOR.format(strongest=STRONGEST) if writes else MEMBER if in_a_city else "",
    )


STATEMENTS = {
    (how, in_a_city, writes): statement(person, in_a_city=in_a_city, writes=writes)
    for how, person in PERSON.items()
    for in_a_city in (False, True)
    for writes in (False, True)
}


def enter(request: Any, how: str, proof: str) -> Entrance | None:
    """None when the proof does not hold."""
    place, writes = request.parser_context["kwargs"], request.method not in SAFE
    view = request.parser_context["view"]
    reads_only = not writes and view.reads_as_staff
    reason, request_id = request.query_params.get("reason", "")[:500], getattr(request, "request_id", "")
    row = fetch(
        STATEMENTS[how, "city" in place, writes],
        {
            "proof": proof,
            "network": place.get("network"),
            "city": place.get("city"),
            "reads_only": reads_only,
            "published": getattr(view, "published", None) is not None,
            "request_id": request_id,
            "reason": reason,
        },
        ahead=ahead.expected(request, how, proof),
    )
    if row is None:
        return None
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")
    return as_entrance(row, accepted, reason=reason, request_id=request_id)


def as_entrance(row: Any, accepted: str, *, reason: str, request_id: str) -> Entrance:
    pk, email, name, network, language, city, clock, roles, cities, networks, reader, today, *_ = row
    return Entrance(
        user=only_known_by(pk, User, email=email, name=name),
        network=network,
        city=city,
        working_language=language or "en",
        language=negotiated(accepted, language or "en"),
        clock=clock,
        roles=tuple(roles),
        cities=tuple(cities),
        networks=tuple(networks),
        reader=reader,
        today=today,
        reason=reason,
        request_id=request_id,
    )


class TokenEntrance(BaseAuthentication):
    """`Authorization: Bearer iap_...`"""

    def authenticate(self, request: Any) -> tuple[User, Entrance] | None:
        scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        entrance = enter(request, "token", digest(token)) if TOKEN.match(token.strip()) else None
        if entrance is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."), "invalid_token")
        return entrance.user, entrance

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="api"'


class SessionEntrance(SessionAuthentication):
    """Who signed in on the documentation page; changes need the CSRF token."""

    def authenticate(self, request: Any) -> tuple[User, Entrance] | None:
        person = (
            request._request.session.get("_auth_user_id") if hasattr(request._request, "session") else None
        )
        if not person or not request._request.user.is_authenticated:
            return None
        self.enforce_csrf(request)
        entrance = enter(request, "session", person)
        return (entrance.user, entrance) if entrance else None


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "tenants.members.entrance.TokenEntrance"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal token, made at `/api/v1/me/tokens/`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "tenants.members.entrance.SessionEntrance"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
