"""Who may do what: a line for every address and method, a letter for every person.

At an address in a city the others with a role there get 403, and all who have none get 404: also in
Ghent, in the other network, at the National Point of another country. Without a token: 401.
"""

from __future__ import annotations

from typing import Any

from tenants.access.rights import Role
from tests.client import Form

# The letters. Of Genoa; of Ghent, of Genoa in another network; of the network, country and programme.
VIEWER, MEMBER, OFFICER, COORDINATOR = "vmoc"
OF_GHENT, OF_OTHER_GENOA, OF_OTHER_NETWORK = "gxX"
LEAD_PARTNER, LEAD_EXPERT, ITALY, FRANCE, STAFF, AUDITOR = "PEIFSA"
PEOPLE = {
    VIEWER: (Role.VIEWER, "genoa"),
    MEMBER: (Role.LOCAL_GROUP_MEMBER, "genoa"),
    OFFICER: (Role.OFFICER, "genoa"),
    COORDINATOR: (Role.COORDINATOR, "genoa"),
    OF_GHENT: (Role.COORDINATOR, "ghent"),
    OF_OTHER_GENOA: (Role.COORDINATOR, "other_genoa"),
    OF_OTHER_NETWORK: (Role.LEAD_EXPERT, "other_network"),
    LEAD_PARTNER: (Role.LEAD_PARTNER, "network"),
    LEAD_EXPERT: (Role.LEAD_EXPERT, "network"),
    ITALY: (Role.NATIONAL_POINT, "IT"),
    FRANCE: (Role.NATIONAL_POINT, "FR"),
    STAFF: (Role.PROGRAMME_STAFF, None),
    AUDITOR: (Role.AUDITOR, None),
}

ANYBODY = "".join(PEOPLE)
IN_CITY = "vmocPEISA"
OF_CITY = "vmoc"
IN_NETWORK = "vmocgPEISA"
WRITERS = "oc"
ACROSS = "PEISA"
SHARERS = "PES"

Lines = dict[str, dict[str, str]]
CITY = "networks/{network}/cities/{city}/"
NETWORK = "networks/{network}/"


def rows(path: str, read: str, write: str, key: str = "{id}", bulk: bool = True) -> Lines:
    """A collection with all its methods."""
    lines = {
        path: {"GET": read, "POST": write},
        f"{path}{key}/": {"GET": read, "PATCH": write, "DELETE": write},
    }
    return lines | ({f"{path}bulk/": {"POST": write}} if bulk else {})


def verbs(path: str, write: str, *names: str, key: str = "{id}/") -> Lines:
    return {f"{path}{key}{name}/": {"POST": write} for name in names}


def across(*names: str, readers: str = ACROSS) -> Lines:
    """Collections of cities, read across the network."""
    lists = {f"{NETWORK}{name}/": {"GET": readers} for name in names}
    return lists | {f"{NETWORK}{name}/{{id}}/": {"GET": readers} for name in names}


EXPECTED: Lines = {
    "me/": {"GET": ANYBODY},
    "me/tokens/": {"GET": ANYBODY, "POST": ANYBODY},
    "me/tokens/{id}/": {"GET": ANYBODY, "DELETE": ANYBODY},
    "networks/": {"GET": ANYBODY, "POST": STAFF},
    "networks/bulk/": {"POST": STAFF},
    NETWORK: {"GET": IN_NETWORK, "PATCH": STAFF, "DELETE": STAFF},
    **rows(f"{NETWORK}cities/", IN_NETWORK, STAFF, key="{slug}"),
    **rows(f"{NETWORK}themes/", IN_NETWORK, SHARERS),
    **rows(f"{NETWORK}periods/", IN_NETWORK, STAFF),
    **rows(f"{NETWORK}meetings/", IN_NETWORK, SHARERS),
    **rows(f"{NETWORK}guidelines/", IN_NETWORK, SHARERS),
    **rows(f"{NETWORK}common-indicators/", IN_NETWORK, SHARERS),
    **rows(f"{NETWORK}dimensions/", IN_NETWORK, SHARERS),
    **rows(f"{NETWORK}categories/", IN_NETWORK, SHARERS),
    **rows(f"{NETWORK}members/", STAFF, STAFF),
    **rows(f"{CITY}practices/", IN_CITY, WRITERS),
    **verbs(f"{CITY}practices/", COORDINATOR, "publish", "withdraw"),
    f"{CITY}adoptions/": {"GET": IN_CITY, "POST": WRITERS},
    f"{CITY}adoptions/{{id}}/": {"GET": IN_CITY},
    **verbs(f"{CITY}adoptions/", WRITERS, "adopt", "withdraw"),
    f"{CITY}adoption-requests/": {"GET": IN_CITY},
    f"{CITY}adoption-requests/{{id}}/": {"GET": IN_CITY},
    **verbs(f"{CITY}adoption-requests/", COORDINATOR, "consent", "decline"),
    f"{NETWORK}summaries/": {"GET": IN_NETWORK, "POST": STAFF},
    f"{NETWORK}summaries/{{id}}/": {"GET": IN_NETWORK},
    f"{NETWORK}summaries/{{id}}/content/": {"GET": IN_NETWORK},
    f"{NETWORK}reports/figures/": {"GET": ACROSS},
    f"{NETWORK}history/": {"GET": "PESA"},
    **across("plans", "objectives", "actions", "milestones", "stakeholders", "seats"),
    **across("local-group-meetings", "decisions", "commitments"),
    **across("fundings", "risks", "dependencies", "tests"),
    **across("indicators", "targets", "measurements", "guideline-assessments"),
    # Members of cities read what was published to them.
    **across("plans", "objectives", "actions", "indicators", "practices", readers=IN_NETWORK),
    **across("milestones", "stakeholders", "targets", "measurements", "guideline-assessments"),
    **across("channels", "campaigns"),
    **across("plan-versions", "reviews", "adoptions"),
    f"{CITY}plan/": {"GET": IN_CITY, "POST": WRITERS, "PATCH": WRITERS, "DELETE": WRITERS},
    **verbs(f"{CITY}plan/", WRITERS, "consult", "open-peer-review", "revise", "send-back", key=""),
    **verbs(f"{CITY}plan/", COORDINATOR, "adopt", "start-implementation", "close", "reopen", key=""),
    f"{CITY}plan/versions/": {"GET": IN_CITY},
    f"{CITY}plan/versions/{{id}}/": {"GET": IN_CITY},
    f"{CITY}plan/versions/{{id}}/content/": {"GET": IN_CITY},
    f"{CITY}plan/versions/{{id}}/changes/": {"GET": IN_CITY},
    f"{CITY}reviews/": {"GET": IN_CITY, "POST": WRITERS},
    f"{CITY}reviews/{{id}}/": {"GET": IN_CITY},
    f"{CITY}reviews/{{id}}/content/": {"GET": IN_CITY},
    f"{CITY}reviews/scores/": {"GET": IN_CITY},
    **verbs(f"{CITY}reviews/", WRITERS, "withdraw", "respond"),
    f"{CITY}reviews-to-give/": {"GET": WRITERS},
    f"{CITY}reviews-to-give/{{id}}/": {"GET": WRITERS},
    f"{CITY}reviews-to-give/{{id}}/content/": {"GET": WRITERS},
    **verbs(f"{CITY}reviews-to-give/", WRITERS, "accept", "decline", "score"),
    **verbs(f"{CITY}reviews-to-give/", COORDINATOR, "submit"),
    **rows(f"{CITY}objectives/", IN_CITY, WRITERS),
    **rows(f"{CITY}actions/", IN_CITY, WRITERS),
    **verbs(
        f"{CITY}actions/", WRITERS, "plan", "fund", "start", "hold", "resume", "complete", "cancel", "reopen"
    ),
    **verbs(f"{CITY}actions/", WRITERS, "override-condition", "clear-condition"),
    **verbs(f"{CITY}actions/", WRITERS, "merge", "supersede", "restore"),
    **rows(f"{CITY}milestones/", IN_CITY, WRITERS),
    **rows(f"{CITY}fundings/", IN_CITY, WRITERS),
    f"{CITY}fundings/totals/": {"GET": IN_CITY},
    **rows(f"{CITY}risks/", IN_CITY, WRITERS),
    **verbs(f"{CITY}risks/", WRITERS, "close", "reopen"),
    **rows(f"{CITY}dependencies/", IN_CITY, WRITERS),
    **rows(f"{CITY}tests/", IN_CITY, WRITERS),
    **verbs(f"{CITY}tests/", WRITERS, "decide", "turn-into-action"),
    **rows(f"{CITY}stakeholders/", IN_CITY, WRITERS),
    **rows(f"{CITY}contacts/", WRITERS, WRITERS),
    **rows(f"{CITY}assessments/", WRITERS, WRITERS),
    **rows(f"{CITY}seats/", IN_CITY, WRITERS),
    **rows(f"{CITY}seat-holders/", WRITERS, WRITERS),
    **rows(f"{CITY}meetings/", IN_CITY, WRITERS),
    **rows(f"{CITY}attendances/", IN_CITY, WRITERS),
    **rows(f"{CITY}decisions/", IN_CITY, WRITERS),
    **rows(f"{CITY}commitments/", IN_CITY, WRITERS),
    **verbs(f"{CITY}commitments/", WRITERS, "fulfil", "reopen"),
    **rows(f"{CITY}dimensions/", IN_CITY, WRITERS),
    **verbs(f"{CITY}dimensions/", WRITERS, "retire", "reinstate"),
    **rows(f"{CITY}self-assessments/", IN_CITY, WRITERS),
    f"{CITY}group/": {"GET": IN_CITY},
    f"{NETWORK}groups/": {"GET": ACROSS},
    f"{CITY}calendar-feeds/": {"GET": OF_CITY, "POST": OF_CITY},
    f"{CITY}calendar-feeds/{{id}}/": {"GET": OF_CITY, "DELETE": OF_CITY},
    **rows(f"{CITY}indicators/", IN_CITY, WRITERS),
    **rows(f"{CITY}targets/", IN_CITY, WRITERS),
    **rows(f"{CITY}measurements/", IN_CITY, WRITERS),
    **verbs(f"{CITY}measurements/", WRITERS, "correct"),
    **rows(f"{CITY}guideline-assessments/", IN_CITY, WRITERS),
    f"{CITY}peer-consent/": {"GET": IN_CITY, "POST": COORDINATOR, "DELETE": COORDINATOR},
    f"{CITY}suggested-peers/": {"GET": IN_CITY},
    **rows(f"{CITY}channels/", IN_CITY, WRITERS),
    **rows(f"{CITY}campaigns/", IN_CITY, WRITERS),
    **rows(f"{CITY}members/", "ocS", "cS"),
    "me/data/": {"GET": ANYBODY},
    "me/erase/": {"POST": ANYBODY},
    "people/{id}/erase/": {"POST": STAFF},
    f"{CITY}personal-data/": {"GET": WRITERS},
    f"{CITY}personal-data/export/": {"POST": COORDINATOR},
    f"{CITY}personal-data/erase/": {"POST": COORDINATOR},
    f"{CITY}erasures/": {"GET": "ocPESA"},
    f"{CITY}erasures/{{id}}/": {"GET": "ocPESA"},
    f"{NETWORK}erasures/": {"GET": "PESA"},
    f"{NETWORK}erasures/{{id}}/": {"GET": "PESA"},
    f"{CITY}untranslated/": {"GET": IN_CITY},
    f"{NETWORK}untranslated/": {"GET": IN_NETWORK},
    f"{CITY}history/": {"GET": "ocPESA"},
    f"{CITY}imports/": {"GET": WRITERS, "POST": WRITERS},
    f"{CITY}imports/template/": {"GET": WRITERS},
    f"{CITY}imports/{{id}}/": {"GET": WRITERS},
    f"{CITY}imports/{{id}}/errors/": {"GET": WRITERS},
    f"{CITY}imports/{{id}}/marked/": {"GET": WRITERS},
    f"{CITY}exports/": {"GET": IN_CITY, "POST": IN_CITY},
    f"{CITY}exports/{{id}}/": {"GET": IN_CITY},
    f"{CITY}exports/{{id}}/file/": {"GET": IN_CITY},
}

# The key of an action of Genoa for others to be merged into.
ANOTHER_ACTION = "01890000-0000-7000-8000-00000000ac01"
# The key of a practice that Ghent has published.
ANOTHER_PRACTICE = "01890000-0000-7000-8000-00000000ad01"

# Bodies that the rows of tests/rows.py do not give.
MEMBER_BODY = {"email": "somebody.new@example.org"}
BODIES: dict[str, dict[str, Any]] = {
    "me/erase/": {"for_good": True},
    "people/{id}/erase/": {"for_good": True},
    f"{CITY}personal-data/export/": {"name": "Anna Rossi"},
    f"{CITY}personal-data/erase/": {"name": "Anna Rossi"},
    "me/tokens/": {"name": "A script"},
    f"{CITY}members/": {**MEMBER_BODY, "role": "viewer"},
    f"{NETWORK}members/": {**MEMBER_BODY, "role": "lead_expert"},
    f"{CITY}measurements/{{id}}/correct/": {"value": "7"},
    f"{CITY}practices/{{id}}/publish/": {"to": "public"},
    f"{CITY}imports/": Form(file=("actions.csv", b"code,title\nGE-A9,Photo walk\n"), thing="actions"),
    f"{CITY}exports/": {"format": "json"},
    f"{CITY}calendar-feeds/": {"name": "A programme"},
    f"{CITY}actions/{{id}}/override-condition/": {"condition": "late", "reason": "We know better."},
    f"{CITY}actions/{{id}}/merge/": {"into": ANOTHER_ACTION, "reason": "Twice the same."},
    f"{CITY}actions/{{id}}/supersede/": {"by": ANOTHER_ACTION, "reason": "Begun anew."},
    f"{CITY}tests/{{id}}/decide/": {"decision": "adapt", "outcome": "Works on market days."},
    f"{CITY}tests/{{id}}/turn-into-action/": {"code": "FROM-TEST"},
    f"{CITY}plan/adopt/": {"adopted_on": "2018-03-28"},
    f"{CITY}plan/revise/": {"reason": "Two cities have answered by telephone."},
    f"{CITY}plan/send-back/": {"reason": "The local group wants another objective."},
    f"{CITY}plan/close/": {"reason": "The network has ended."},
    f"{CITY}plan/reopen/": {"reason": "It was closed by mistake."},
    f"{CITY}peer-consent/": {},
    f"{CITY}adoptions/": {"practice": ANOTHER_PRACTICE},
    f"{CITY}adoptions/{{id}}/adopt/": {"code": "FROM-GHENT"},
    f"{CITY}reviews/": {"reviewer": "ghent"},
    f"{CITY}reviews/{{id}}/respond/": {"response": "Thank you."},
    f"{CITY}reviews-to-give/{{id}}/score/": {"coherence": 4},
}
ADOPTED = {"adopted_on": "2018-03-28"}

# What a row must be before a verb can be carried out.
STATES: dict[str, dict[str, Any]] = {
    f"{CITY}actions/{{id}}/fund/": {"status": "planned"},
    f"{CITY}actions/{{id}}/start/": {"status": "planned"},
    f"{CITY}actions/{{id}}/hold/": {"status": "planned"},
    f"{CITY}actions/{{id}}/resume/": {"status": "on_hold"},
    f"{CITY}actions/{{id}}/complete/": {"status": "in_progress"},
    f"{CITY}actions/{{id}}/reopen/": {"status": "completed"},
    f"{CITY}practices/{{id}}/publish/": {"visibility": "internal"},
    f"{CITY}commitments/{{id}}/reopen/": {"done_on": "2017-12-01"},
    f"{CITY}dimensions/{{id}}/reinstate/": {"retired_on": "2017-12-01"},
    f"{CITY}actions/{{id}}/clear-condition/": {
        "condition_override": "late",
        "condition_override_reason": "We knew better.",
    },
    f"{CITY}actions/{{id}}/restore/": {
        "replaced_by_id": ANOTHER_ACTION,
        "replaced_as": "merged",
        "replaced_reason": "Twice the same.",
    },
    f"{CITY}risks/{{id}}/reopen/": {"status": "closed"},
    f"{CITY}tests/{{id}}/turn-into-action/": {"decision": "adopt", "outcome": "Works."},
    f"{CITY}plan/consult/": {"status": "draft"},
    f"{CITY}plan/open-peer-review/": {"status": "ulg_consultation"},
    f"{CITY}plan/adopt/": {"status": "revised"},
    f"{CITY}plan/start-implementation/": {"status": "adopted", **ADOPTED},
    f"{CITY}plan/close/": {"status": "in_implementation", **ADOPTED},
    f"{CITY}plan/reopen/": {"status": "closed", **ADOPTED},
}

# What the other city must have written before a verb can be carried out.
GIVEN: dict[str, tuple[str, bool]] = {
    f"{CITY}adoptions/{{id}}/adopt/": ("consented", False),
    f"{CITY}reviews/{{id}}/respond/": ("accepted", True),
    f"{CITY}reviews-to-give/{{id}}/score/": ("accepted", False),
    f"{CITY}reviews-to-give/{{id}}/submit/": ("accepted", False),
}

# Where those who may are told that something stands in the way: the world is full of references.
IN_THE_WAY: dict[tuple[str, str], int] = {
    ("DELETE", NETWORK): 409,
    ("DELETE", f"{NETWORK}cities/{{slug}}/"): 409,
    # The city has its plan.
    ("POST", f"{CITY}plan/"): 400,
    # It was adopted.
    ("DELETE", f"{CITY}plan/"): 409,
}

# Who comes in, because there is something to do there for them, but finds each of these items refused.
TRIED_IN_VAIN: dict[tuple[str, str], str] = {
    ("POST", f"{CITY}guideline-assessments/bulk/"): LEAD_PARTNER + LEAD_EXPERT,
    ("POST", f"{CITY}commitments/bulk/"): MEMBER,
    ("POST", f"{CITY}self-assessments/bulk/"): MEMBER,
}

PUBLIC_NETWORK = "public/networks/{network}/"


def shown(*names: str) -> set[str]:
    collections = {f"{PUBLIC_NETWORK}{name}/" for name in names}
    return collections | {f"{path}{{id}}/" for path in collections}


# Read without a token, by anybody: what cities published.
OPEN = {
    "public/networks/",
    PUBLIC_NETWORK,
    f"{PUBLIC_NETWORK}cities/",
    f"{PUBLIC_NETWORK}cities/{{slug}}/",
    *shown("plans", "objectives", "actions", "indicators", "practices", "guidelines"),
}

# Answered without an entrance, to anybody.
PUBLIC = {
    # The secret in the address is the proof.
    "api/v1/calendar/{secret}.ics",
    "api/v1/openapi.yaml",
    "api/docs/",
    "api/login/",
    "api/logout/",
    "healthz",
    "readyz",
}
