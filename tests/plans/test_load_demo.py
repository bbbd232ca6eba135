"""`manage.py load_demo`: run twice, cut short, and in a database that is not the demo's."""

from collections import Counter
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from psycopg import sql

from tenants.models import Network, User
from tests.databases import ConnectAs
from tests.plans.demo import counts, foreign_network, load, written_counts

TABLE_NAMES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


def fingerprints(connect_as: ConnectAs) -> dict[str, tuple[str, int]]:
    """Every row of every table, versions and history included, as one digest for each table."""
    connection = connect_as("iap_backup")
    with connection.transaction():
        return {name: fingerprint(connection, name) for (name,) in connection.execute(TABLE_NAMES).fetchall()}


def fingerprint(connection: psycopg.Connection, table: str) -> Any:
    whole = sql.SQL("SELECT md5(string_agg(t::text, '' ORDER BY t::text)), count(*) FROM {} t")
    return connection.execute(whole.format(sql.Identifier(table))).fetchone()


def test_a_second_load_changes_not_a_single_row(fresh_database, connect_as):
    first = load()
    before = fingerprints(connect_as)

    second = load()

    assert second == first
    assert fingerprints(connect_as) == before
    assert before["tenants_change"][1] > before["plans_action"][1] > 0


def test_a_load_that_was_cut_short_is_completed(fresh_database, connect_as):
    owner = connect_as("iap_owner")
    owner.execute(
        "ALTER TABLE plans_plan ADD CONSTRAINT broken CHECK (title <> 'Integrated Action Plan of Murcia')"
    )
    owner.commit()
    with pytest.raises(IntegrityError):
        load()
    murcia = ("interactive-cities", "murcia")
    cut = counts()
    owner.execute("ALTER TABLE plans_plan DROP CONSTRAINT broken")
    owner.commit()

    load()

    assert (cut[murcia], cut["interactive-cities", "genoa"]["plan"]) == (Counter(), 1)
    assert counts() == written_counts()


def test_a_database_with_real_networks_is_left_alone(db):
    foreign_network()

    with pytest.raises(CommandError, match="--beside-real-data"), transaction.atomic():
        load()

    assert [network.slug for network in Network.objects.all()] == ["real-towns"]
    assert not User.objects.exists()


def test_the_demo_stands_beside_real_networks_when_asked_to(db):
    foreign_network()

    load("--beside-real-data")

    assert counts() == written_counts()


def test_a_real_network_with_a_name_of_the_demo_is_left_alone_in_any_case(db, genoa):
    with pytest.raises(CommandError, match="same name"), transaction.atomic():
        load("--beside-real-data")

    assert [network.slug for network in Network.objects.all()] == ["interactive-cities"]
    assert counts()["interactive-cities", "genoa"] == Counter()
    assert not User.objects.exists()
