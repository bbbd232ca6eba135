"""The walls as PostgreSQL itself tells of them, whatever models and migrations say."""

from typing import Any

import pytest
from django.apps import apps

from tenants.access.published import Shown, ToPeers
from tenants.access.walls import CityPolicies, Grants
from tests.tenants.catalogue import (
    BETWEEN,
    BY_PARENT,
    BY_VISIBILITY,
    CONFIDENTIAL,
    DRAFTS,
    IMPERSONAL,
    NO_HISTORY,
    NO_VERSION,
    PERSONAL,
    TO_PEERS,
    rows,
    tenant_tables,
)

pytestmark = pytest.mark.django_db

ONE_CITY = (
    "(city_id = ( SELECT (NULLIF(current_setting('app.city_id'::text, true), ''::text))::uuid AS \"nullif\"))"
)
SOME_CITIES = "(city_id = ANY (( SELECT (NULLIF(current_setting('app.city_ids'::text, true), ''::text))::uuid[] AS \"nullif\")::uuid[]))"


def test_there_are_tenant_tables_to_speak_of():
    assert {"plans_action", "plans_stakeholdercontact", "tenants_change", *PERSONAL} <= set(tenant_tables())


def test_every_tenant_table_has_a_city_in_each_row_and_takes_it_from_the_context():
    found = rows(
        """SELECT relname, attnotnull, pg_get_expr(adbin, adrelid) FROM pg_attribute a
        JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
        WHERE attname = 'city_id' AND relname = ANY(%s)""",
        tenant_tables(),
    )

    default = "(NULLIF(current_setting('app.city_id'::text, true), ''::text))::uuid"
    assert found == [(name, True, default) for name, _, _ in found]
    assert len(found) == len(tenant_tables())


def test_every_rule_that_a_model_declares_stands_and_is_asked():
    declared = {
        rule.name
        for model in apps.get_models()
        for rule in model._meta.constraints
        # Of policies and rights below, by what they say.
        if not isinstance(rule, CityPolicies | Grants | Shown | ToPeers)
    }

    standing = rows(
        """SELECT conname FROM pg_constraint WHERE convalidated
        UNION SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'
        UNION SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indisunique AND indisvalid"""
    )
    assert declared - {name for (name,) in standing} == set()


def test_every_tenant_table_has_row_level_security_enabled_and_forced():
    bare = rows(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT (relrowsecurity AND relforcerowsecurity)",
        tenant_tables(),
    )

    assert bare == []


def policies(kind: str) -> dict[str, tuple[Any, ...]]:
    found = rows(
        """SELECT tablename, permissive, cmd, roles::text[], regexp_replace(qual, '\\s+', ' ', 'g'), with_check
        FROM pg_policies WHERE policyname = %s""",
        kind,
    )
    return {
        table: (permissive, cmd, sorted(roles), using, check)
        for table, permissive, cmd, roles, using, check in found
    }


@pytest.mark.parametrize("kind", ["tenant_rw", "staff_ro"])
def test_every_tenant_table_has_exactly_its_policies(kind):
    found = policies(kind)

    if kind == "tenant_rw":
        expected = {
            table: ("PERMISSIVE", "ALL", ["iap_app", "iap_owner"], ONE_CITY, ONE_CITY)
            for table in tenant_tables()
        }
    else:
        expected = {
            table: ("PERMISSIVE", "SELECT", ["iap_staff"], staff_sees(table), None)
            for table in tenant_tables()
            if table not in PERSONAL
        }
    assert found == expected


def staff_sees(table: str) -> str:
    more = "(NOT personal)" if table in IMPERSONAL else DRAFTS.get(table) and f"({DRAFTS[table]} IS NOT NULL)"
    return f"({SOME_CITIES} AND {more})" if more else SOME_CITIES


NETWORK_OR_PUBLIC = (
    "((visibility)::text = ANY ((ARRAY['network'::character varying, 'public'::character varying])::text[]))"
)
PUBLIC = "((visibility)::text = 'public'::text)"


def test_what_is_published_is_seen_as_its_visibility_says_or_with_what_it_belongs_to():
    parents = {table: exists(table, parent, key) for table, (parent, key, _) in BY_PARENT.items()}
    to_peers = dict.fromkeys(BY_VISIBILITY, f"({SOME_CITIES} AND {NETWORK_OR_PUBLIC})") | {
        table: f"({SOME_CITIES} AND {seen})" for table, seen in parents.items()
    }
    for table, (asked, _) in TO_PEERS.items():
        to_peers[table] = all_of(SOME_CITIES, *(part.format(table=table) for part in asked))
    to_all = dict.fromkeys(BY_VISIBILITY, PUBLIC) | parents

    for kind, role, expected in (
        ("peers_ro", "iap_peer", to_peers),
        ("public_ro", "iap_public", to_all),
    ):
        assert policies(kind) == {
            table: ("PERMISSIVE", "SELECT", [role], using, None) for table, using in expected.items()
        }


def all_of(*parts: str) -> str:
    return f"({' AND '.join(parts)})" if parts[1:] else parts[0]


def exists(table: str, parent: str, key: str | None) -> str:
    """In PostgreSQL's own words: the parent, of the same city, as its own policy shows it."""
    same = f"followed.city_id = {table}.city_id"
    where = f"({same}) AND (followed.id = {table}.{key})" if key else same
    return f"(EXISTS ( SELECT FROM {parent} followed WHERE ({where})))"


def test_there_is_no_policy_beside_the_known_ones():
    strangers = rows(
        """SELECT tablename, policyname FROM pg_policies
        WHERE NOT policyname IN
            ('tenant_rw', 'staff_ro', 'other_ro', 'other_staff_ro', 'peers_ro', 'public_ro')"""
    )

    assert strangers == []


@pytest.mark.parametrize(
    ("policy", "role", "sees"),
    [("other_ro", "iap_app", ONE_CITY), ("other_staff_ro", "iap_staff", SOME_CITIES)],
)
def test_another_city_reads_the_rows_between_the_two_and_writes_none(policy, role, sees):
    found = {
        table: told
        for table, *told in rows(
            """SELECT tablename, permissive, cmd, roles::text[], qual, with_check FROM pg_policies
            WHERE policyname = %s""",
            policy,
        )
    }

    def seen(other: str, once: str) -> str:
        by_the_other = sees.replace("city_id =", f"{other} =")
        return f"({by_the_other} AND {once})" if once else by_the_other

    assert found == {
        table: ["PERMISSIVE", "SELECT", [role], seen(*other), None] for table, other in BETWEEN.items()
    }


FOREIGN_KEYS = """
    SELECT k.conname, child.relname, parent.relname, k.condeferrable, k.convalidated,
        (SELECT array_agg(attname ORDER BY n) FROM unnest(conkey) WITH ORDINALITY u(num, n)
            JOIN pg_attribute ON attrelid = conrelid AND attnum = num)::text[],
        (SELECT array_agg(attname ORDER BY n) FROM unnest(confkey) WITH ORDINALITY u(num, n)
            JOIN pg_attribute ON attrelid = confrelid AND attnum = num)::text[],
        (SELECT array_agg(attname) FROM unnest(coalesce(nullif(confdelsetcols, '{}'), conkey)) num
            JOIN pg_attribute ON attrelid = conrelid AND attnum = num WHERE confdeltype IN ('n', 'd'))::text[]
    FROM pg_constraint k JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
    WHERE contype = 'f' AND (child.relname = ANY(%s) OR parent.relname = ANY(%s))"""


def test_every_reference_between_tenant_tables_carries_the_city_and_is_checked_at_once():
    tenants = tenant_tables()

    wrong = []
    for name, child, parent, deferrable, validated, mine, theirs, set_null in rows(
        FOREIGN_KEYS, tenants, tenants
    ):
        composite = parent not in tenants or (
            mine[0] == theirs[0] == "city_id" and "id" in theirs and child in tenants
        )
        if child in BETWEEN and parent in BETWEEN:
            # What the one asks, the other answers.
            answers = mine[:2] == [BETWEEN[child][0], "city_id"] and theirs == [
                "city_id",
                BETWEEN[parent][0],
                "id",
            ]
            composite = composite or answers
        if deferrable or not validated or not composite or "city_id" in (set_null or []):
            wrong.append(name)

    assert wrong == []


def test_every_reference_column_of_a_table_has_its_foreign_key():
    ours = tables_with("id")
    kept = {
        (child, column)
        for _, child, _, _, _, mine, theirs, _ in rows(FOREIGN_KEYS, list(ours), list(ours))
        for column, key in zip(mine, theirs, strict=True)
        if key == "id"
    }
    columns = rows(
        r"""SELECT relname::text, attname::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relname = ANY(%s) AND attname LIKE '%%\_id' AND attnum > 0 AND atttypid = 'uuid'::regtype""",
        list(ours),
    )

    assert set(columns) - kept == set()


def test_every_index_of_a_tenant_table_is_led_by_the_city_or_serves_the_other_one_of_two():
    led = rows(
        """SELECT relname::text, attname::text, indisunique FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE relname = ANY(%s) AND NOT indisprimary AND attname IS DISTINCT FROM 'city_id'""",
        tenant_tables(),
    )

    others = {(table, column, False) for table, (column, _) in BETWEEN.items()}
    assert set(led) - others == set()


def test_the_primary_key_of_a_tenant_table_is_its_id_and_no_row_is_kept_out_by_another_rule_across_cities():
    found = rows(
        """SELECT relname, contype, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE relname = ANY(%s) AND (contype = 'x' OR contype = 'p' AND conkey <> ARRAY[
            (SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = 'id')])""",
        tenant_tables(),
    )

    assert found == []


def tables_with(column: str) -> set[str]:
    found = rows(
        """SELECT relname::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attname = %s""",
        column,
    )
    return {name for (name,) in found}


def triggers(function: str) -> dict[str, tuple[Any, ...]]:
    found = rows(
        """SELECT tgrelid::regclass::text, tgenabled, tgtype, tgargs FROM pg_trigger
        WHERE NOT tgisinternal AND tgfoid = %s::regproc""",
        function,
    )
    return {table: tuple(rest) for table, *rest in found}


def test_every_tenant_table_counts_its_versions():
    before_update_of_each_row = 2 | 16 | 1

    kept = {
        table
        for table, (on, kind, _) in triggers("tenants_touch").items()
        if (on, kind) == ("O", before_update_of_each_row)
    }

    assert set(tenant_tables()) - kept == NO_VERSION
    assert tables_with("row_version") - kept == set()


def test_every_change_of_what_a_network_shares_moves_its_clock():
    after_insert_or_delete, after_update = 4 | 8 | 1, 16 | 1

    found = rows(
        """SELECT tgrelid::regclass::text, array_agg(tgtype::int ORDER BY tgtype) FROM pg_trigger
        WHERE tgfoid = 'tenants_count_shared'::regproc AND tgenabled = 'O' GROUP BY 1"""
    )

    both = [after_insert_or_delete, after_update]
    assert dict(found) == dict.fromkeys(tables_with("network_id") - {"tenants_membership"}, both)


def test_every_tenant_table_keeps_its_history_and_marks_personal_data():
    after_every_change_of_each_row = 4 | 8 | 16 | 1

    found = triggers("tenants_keep_history")

    assert set(tenant_tables()) - set(found) == NO_HISTORY
    assert {(on, kind) for on, kind, _ in found.values()} == {("O", after_every_change_of_each_row)}
    marked = {
        table for table, (_, _, arguments) in found.items() if bytes(arguments).split(b"\0")[1] == b"true"
    }
    assert marked == (PERSONAL | set(CONFIDENTIAL)) - NO_HISTORY
    until = {table: bytes(arguments).split(b"\0")[2] for table, (_, _, arguments) in found.items()}
    assert {table: given.decode() for table, given in until.items() if given} == DRAFTS
