"""The same rows once more in the peers' plain tables, copied from the project's."""

import hashlib
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from backend.embedded.addresses import with_database
from harness.environment import BENCHMARKS, of_peers
from harness.house import House
from harness.load import database_of, origin_of

DATABASE = "peers"
OWNED = "id city_id row_version created_at updated_at provenance source illustrative_fields"
ACTION = (
    "code title description objective_id lead_actor_id intended_outputs starts_on ends_on status horizon visibility "
    "guidelines primary_guideline yearly_cost yearly_cost_currency condition_override condition_override_reason"
)
# Table of the peers, of the project, columns of the peers, columns of the project where they differ.
TABLES = [
    ("network", "tenants_network", "id slug"),
    ("city", "tenants_city", "id network_id slug"),
    ("user", "tenants_user", "id email password name is_active"),
    ("membership", "tenants_membership", "id user_id city_id role"),
    ("token", "tenants_token", "id user_id digest expires_at revoked_at"),
    ("objective", "plans_objective", f"{OWNED} code title"),
    ("stakeholder", "plans_stakeholder", f"{OWNED} name profile interests how_affected"),
    (
        "action",
        "plans_action",
        f"{OWNED} {ACTION}",
    ),
    ("action_key_partners", "plans_actionpartner", "action_id stakeholder_id"),
    ("milestone", "plans_milestone", f"{OWNED} action_id title due_on reached_on"),
]


def copy_to_peers(house: House, size: int) -> None:
    models = (BENCHMARKS / "peers" / "plain" / "cities" / "models.py").read_bytes() + Path(
        __file__
    ).read_bytes()
    origin = f"{origin_of(size)} {hashlib.sha256(models).hexdigest()[:16]}"
    if house.made_from(DATABASE) == origin:
        return
    house.empty(DATABASE)
    owner = with_database(house.addresses.owner, DATABASE)
    make = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"]
    subprocess.run(make, env=of_peers(owner), check=True)
    with house.superuser(database_of(size)) as source, house.superuser(DATABASE) as target:
        target.execute("SET session_replication_role = replica")
        for table, of_project, columns in TABLES:
            copy(source, of_project, target, f"cities_{table}", columns.split())
        target.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO iap_app")
        target.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO iap_app")
        target.execute("VACUUM (ANALYZE, FREEZE)")
    house.sign(DATABASE, origin)


def copy(
    source: psycopg.Connection, table: str, target: psycopg.Connection, into: str, columns: list[str]
) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    out = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), names)
    back = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(into), names)
    with source.cursor().copy(out) as reading, target.cursor().copy(back) as writing:
        for part in reading:
            writing.write(part)
