"""Who may do what with which table, and what else could look past the policies."""

import pytest

from tests.tenants.catalogue import (
    CONFIDENTIAL,
    PERSONAL,
    peer_columns,
    published_columns,
    rows,
    tenant_tables,
)

pytestmark = pytest.mark.django_db

WRITTEN_BY_TRIGGER = {"tenants_change"}

READ, WRITE = {"SELECT"}, {"SELECT", "INSERT", "UPDATE", "DELETE"}
NETWORK_TABLES = {
    "plans_category",
    "plans_commonindicator",
    "plans_dimension",
    "plans_guideline",
    "plans_summary",
    "tenants_city",
    "tenants_network",
    "tenants_period",
    "tenants_theme",
    "tenants_transnationalmeeting",
}
# Table: what the application may, what the reading role may. What is not here may not be touched.
SHARED: dict[str, tuple[set[str], set[str]]] = {
    **dict.fromkeys(NETWORK_TABLES, (WRITE, READ)),
    "django_migrations": (READ, set()),
    "django_session": (WRITE, set()),
    "plans_summarypiece": ({"SELECT", "INSERT", "DELETE"}, set()),
    "tenants_membership": (WRITE, set()),
    "tenants_reply": (WRITE, set()),
    "tenants_token": (WRITE, set()),
    "plans_calendarfeed": ({"SELECT", "INSERT", "UPDATE"}, set()),
    "tenants_user": ({"SELECT", "INSERT", "UPDATE"}, set()),
}
DEFINERS = {"tenants_keep_history"}
# It takes values of personal rows out of the history of the context's city, and can nothing else.
CALLED = {"tenants_forget": "bigint"}


def privileges(role: str) -> dict[str, set[str]]:
    found = rows(
        """SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)
        WHERE relnamespace = 'public'::regnamespace AND grantee IN (%s::regrole, 0)
        UNION SELECT relname, privilege_type FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
        WHERE grantee IN (%s::regrole, 0) AND relnamespace = 'public'::regnamespace""",
        role,
        role,
    )
    granted: dict[str, set[str]] = {}
    for table, privilege in found:
        granted.setdefault(table, set()).add(privilege)
    return granted


def test_the_application_has_plain_rights_on_what_it_needs_and_none_on_the_rest():
    of_cities = {table: READ if table in WRITTEN_BY_TRIGGER else WRITE for table in tenant_tables()}

    assert privileges("iap_app") == of_cities | {table: app for table, (app, _) in SHARED.items()}


def test_the_reading_role_only_reads_and_never_personal_data():
    of_cities = {table: READ for table in tenant_tables() if table not in PERSONAL}

    assert privileges("iap_staff") == of_cities | {
        table: staff for table, (_, staff) in SHARED.items() if staff
    }


@pytest.mark.parametrize("role", ["iap_peer", "iap_public"])
def test_peers_and_the_public_are_granted_columns_and_never_a_table(role):
    found = rows(
        """SELECT relname, attname, privilege_type FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl)
        WHERE grantee = %s::regrole AND relnamespace = 'public'::regnamespace""",
        role,
    )
    columns: dict[str, set[str]] = {}
    for table, column, _ in found:
        columns.setdefault(table, set()).add(column)

    assert columns == (peer_columns() if role == "iap_peer" else published_columns())
    assert {privilege for _, _, privilege in found} == {"SELECT"}
    of_tables = """SELECT relname FROM pg_class, aclexplode(relacl)
        WHERE grantee = %s::regrole AND relnamespace = 'public'::regnamespace"""
    assert rows(of_tables, role) == []


def test_of_what_is_told_in_confidence_the_reading_role_reads_the_columns_to_count_by():
    granted = rows(
        """SELECT relname, array_agg(attname::text) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid,
        aclexplode(attacl) WHERE grantee = 'iap_staff'::regrole GROUP BY relname"""
    )
    whole = rows(
        """SELECT relname FROM pg_class, aclexplode(relacl)
        WHERE grantee = 'iap_staff'::regrole AND relname = ANY(%s)""",
        list(CONFIDENTIAL),
    )

    assert {table: set(columns) for table, columns in granted} == CONFIDENTIAL
    assert whole == []


def test_nothing_will_be_granted_by_default():
    assert rows("SELECT defaclrole::regrole, defaclacl FROM pg_default_acl") == []


def test_the_application_cannot_make_anything():
    may = rows(
        """SELECT role, privilege FROM unnest(ARRAY['iap_app', 'iap_staff', 'iap_peer', 'iap_public']) role, unnest(ARRAY['CREATE', 'TEMP']) privilege
        WHERE has_database_privilege(role, current_database(), privilege)
           OR has_schema_privilege(role, 'public', 'CREATE')"""
    )

    assert may == []


def test_everything_belongs_to_the_owner():
    strangers = rows(
        """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> 'iap_owner'::regrole
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner <> 'iap_owner'::regrole"""
    )

    assert strangers == []


def test_no_view_looks_past_the_policies():
    views = rows(
        """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND
        (relkind = 'm' OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(reloptions), false))"""
    )

    assert views == []


def test_only_known_functions_run_as_their_owner_and_their_path_is_fixed():
    found = rows(
        """SELECT proname, proconfig, prorettype::regtype::text FROM pg_proc
        WHERE prosecdef AND pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"""
    )

    # A trigger function cannot be called, and the application can put no trigger on anything.
    kinds = dict.fromkeys(DEFINERS, "trigger") | CALLED
    assert sorted(found) == [
        (name, ["search_path=public, pg_temp"], kind) for name, kind in sorted(kinds.items())
    ]


def test_no_function_of_ours_is_leakproof_or_in_an_untrusted_language():
    found = rows(
        """SELECT proname FROM pg_proc JOIN pg_language l ON l.oid = prolang
        WHERE pronamespace = 'public'::regnamespace AND (proleakproof OR NOT lanname IN ('sql', 'plpgsql'))"""
    )

    assert found == []


def test_the_roles_are_what_they_should_be():
    found = rows(
        """SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolreplication
        FROM pg_roles WHERE rolname LIKE 'iap\\_%%' AND rolname IN
        ('iap_owner', 'iap_app', 'iap_staff', 'iap_peer', 'iap_public', 'iap_backup')
        ORDER BY rolname"""
    )

    assert found == [
        ("iap_app", True, False, False, False, False, False),
        ("iap_backup", True, False, True, True, False, False),
        ("iap_owner", True, False, False, True, False, False),
        ("iap_peer", False, False, False, False, False, False),
        ("iap_public", False, False, False, False, False, False),
        ("iap_staff", False, False, False, False, False, False),
    ]


def test_the_application_may_become_the_reading_roles_and_is_nothing_by_inheritance():
    found = rows(
        """SELECT roleid::regrole::text, member::regrole::text, admin_option, inherit_option, set_option
        FROM pg_auth_members WHERE member::regrole::text LIKE 'iap\\_%%' AND roleid::regrole::text LIKE 'iap\\_%%'
        ORDER BY 1"""
    )

    assert found == [
        (role, "iap_app", False, False, True) for role in ("iap_peer", "iap_public", "iap_staff")
    ]
