"""Which role may do what: the one table. Nothing else asks about roles."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """For what a role is given."""

    CITY = "city"
    NETWORK = "network"
    COUNTRY = "country"
    PROGRAMME = "programme"


class Role(models.TextChoices):
    VIEWER = "viewer", _("viewer")
    LOCAL_GROUP_MEMBER = "local_group_member", _("member of the local group")
    OFFICER = "officer", _("officer")
    COORDINATOR = "coordinator", _("coordinator")
    LEAD_PARTNER = "lead_partner", _("lead partner")
    LEAD_EXPERT = "lead_expert", _("lead expert")
    NATIONAL_POINT = "national_point", _("National URBACT Point")
    PROGRAMME_STAFF = "programme_staff", _("programme staff")
    AUDITOR = "auditor", _("auditor")


class Can(StrEnum):
    READ = "read"
    READ_PERSONAL = "read_personal"
    READ_HISTORY = "read_history"
    WRITE = "write"
    CONTRIBUTE = "contribute"
    DECIDE = "decide"
    ANSWER_TO_PEOPLE = "answer_to_people"
    MANAGE_MEMBERS = "manage_members"
    READ_SHARED = "read_shared"
    READ_ACROSS = "read_across"
    WRITE_SHARED = "write_shared"
    ASSESS = "assess"
    SUMMARISE = "summarise"
    RUN_PROGRAMME = "run_programme"


LEVEL = {
    Role.VIEWER: Level.CITY,
    Role.LOCAL_GROUP_MEMBER: Level.CITY,
    Role.OFFICER: Level.CITY,
    Role.COORDINATOR: Level.CITY,
    Role.LEAD_PARTNER: Level.NETWORK,
    Role.LEAD_EXPERT: Level.NETWORK,
    Role.NATIONAL_POINT: Level.COUNTRY,
    Role.PROGRAMME_STAFF: Level.PROGRAMME,
    Role.AUDITOR: Level.PROGRAMME,
}

READER = frozenset({Can.READ, Can.READ_SHARED})
WRITER = READER | {Can.READ_PERSONAL, Can.READ_HISTORY, Can.WRITE}
ACROSS = READER | {Can.READ_ACROSS, Can.READ_HISTORY}

RIGHTS: dict[str, frozenset[Can]] = {
    Role.VIEWER: READER,
    # Writes what comes from the own seat in the local group; which rows that are, their views say.
    Role.LOCAL_GROUP_MEMBER: READER | {Can.CONTRIBUTE},
    Role.OFFICER: WRITER,
    Role.COORDINATOR: WRITER | {Can.DECIDE, Can.MANAGE_MEMBERS, Can.ANSWER_TO_PEOPLE},
    Role.LEAD_PARTNER: ACROSS | {Can.WRITE_SHARED, Can.ASSESS},
    Role.LEAD_EXPERT: ACROSS | {Can.WRITE_SHARED, Can.ASSESS},
    Role.NATIONAL_POINT: READER | {Can.READ_ACROSS},
    Role.PROGRAMME_STAFF: ACROSS | {Can.WRITE_SHARED, Can.SUMMARISE, Can.MANAGE_MEMBERS, Can.RUN_PROGRAMME},
    Role.AUDITOR: ACROSS,
}

# The role that goes into the history, when a person has several: the one with most rights.
RANKED = sorted(RIGHTS, key=lambda role: -len(RIGHTS[role]))
READS_ACROSS = [role for role, rights in RIGHTS.items() if Can.READ_ACROSS in rights]


def rights_of(roles: list[str]) -> frozenset[Can]:
    return frozenset().union(*(RIGHTS[role] for role in roles))
