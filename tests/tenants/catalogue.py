"""What PostgreSQL itself says of its tables, and which of them are known to be special."""

from typing import Any

from django.db import connection

# Roles and secret addresses are asked for before there is a city; the row is about a city, not of it.
NO_TENANT = {"plans_calendarfeed", "tenants_membership"}
PERSONAL = {"plans_importfile", "plans_seatholder", "plans_stakeholdercontact", "tenants_cityreply"}
# Staff counts by some of the columns, and sees neither the others nor the changes.
CONFIDENTIAL = {
    "plans_stakeholderassessment": {"id", "city_id", "stakeholder_id", "assessed_on", "influence", "interest"}
}
# While this column is null the row is a draft, which staff does not see, nor ever what changed in it.
DRAFTS = {"plans_peerreview": "submitted_at"}
# Answers and files live for a day and hold what the history has already; what a job does is in the
# history of the rows it does it to; kept figures can be counted again; the history has none of its own.
NO_HISTORY = {"tenants_cityreply", "tenants_change", "plans_keptfigures"}
NO_HISTORY |= {"plans_export", "plans_exportpart", "plans_import", "plans_importfile"}
# Staff sees the rows that are marked as not personal.
IMPERSONAL = {"plans_export", "plans_exportpart", "tenants_change"}
NO_VERSION = {"tenants_change"}
# Rows that one city writes and another reads: the column of the other, and from when it sees them.
BETWEEN = {
    "plans_adoption": ("offering_id", "(withdrawn_at IS NULL)"),
    "plans_adoptionanswer": ("asking_id", ""),
    "plans_peerreviewrequest": ("reviewer_id", "(withdrawn_at IS NULL)"),
    "plans_peerreviewanswer": ("reviewed_id", ""),
    "plans_peerreview": ("reviewed_id", "(submitted_at IS NOT NULL)"),
}


# Of every row that may be published or that cities share: its key, its version, where it comes from.
ALWAYS = {"id", "row_version", "updated_at", "provenance", "source", "illustrative_fields"}
# Tables of cities of which rows may be published: by their own visibility, or as what they belong to is.
# And the columns that peers and the public may read, beside those and `city_id`.
BY_VISIBILITY = {
    "plans_action": "visibility code title description objective_id intended_outputs starts_on ends_on status"
    " replaced_as horizon guidelines primary_guideline yearly_cost yearly_cost_currency translations",
    "plans_goodpractice": "visibility title summary description guidelines theme_id evidence_links adoption translations",
    "plans_indicator": "visibility code name unit type direction accumulation measure action_id objective_id"
    " common_indicator_id baseline_value baseline_on baseline_absent_reason tolerance source_of_verification translations",
    "plans_plan": "visibility title challenge vision horizon_starts horizon_ends status version adopted_on translations",
}
BY_PARENT = {
    "plans_measurement": (
        "plans_indicator",
        "indicator_id",
        "measured_on value numerator denominator not_measured_reason quality supersedes_id",
    ),
    "plans_milestone": ("plans_action", "action_id", "title due_on reached_on translations"),
    "plans_objective": ("plans_plan", None, "code title expected_result level parent_id translations"),
    "plans_target": ("plans_indicator", "indicator_id", "due_on value"),
}
# Of these peers alone read columns: those that fit, of cities that consented.
OF_CONSENT = "(EXISTS ( SELECT FROM plans_peerconsent given WHERE (given.city_id = {table}.city_id)))"
TO_PEERS = {
    "plans_guidelineassessment": (
        ["((assessor)::text = 'self'::text)", OF_CONSENT],
        "guideline_id period_id step assessed_on",
    ),
    "plans_peerconsent": ([], ""),
}
SHOWN = {
    "plans_commonindicator": "network_id code name unit operator translations",
    "plans_guideline": "network_id version number slug title subtitle summary title_status exemplar_city translations",
    "tenants_city": "network_id slug name country place_code role organisation organisation_type theme_id"
    " languages timezone latitude longitude population",
    "tenants_network": "slug name type programme working_language starts_on ends_on",
    "tenants_theme": "network_id slug title translations",
}


def published_columns() -> dict[str, set[str]]:
    """All that peers and the public may read, by table."""
    of_cities = BY_VISIBILITY | {table: f"{key or ''} {more}" for table, (_, key, more) in BY_PARENT.items()}
    return {table: ALWAYS | {"city_id"} | set(more.split()) for table, more in of_cities.items()} | {
        table: ALWAYS | set(more.split()) for table, more in SHOWN.items()
    }


def peer_columns() -> dict[str, set[str]]:
    """The same, and what peers alone may read."""
    return published_columns() | {table: {"city_id", *more.split()} for table, (_, more) in TO_PEERS.items()}


def rows(sql: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tenant_tables() -> list[str]:
    found = rows(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'city_id'
        WHERE c.relkind IN ('r', 'p', 'f') AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped"""
    )
    return sorted(name for (name,) in found if name not in NO_TENANT)
