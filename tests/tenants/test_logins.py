"""Who may log in as the application, and what each role of the database sees of committed rows."""

import copy
import os
from contextlib import closing
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from plans.models import Objective
from tenants.access.postgresql.base import DatabaseWrapper, refuse_powerful_login
from tests.conftest import make_city, make_network


def login(url: str) -> DatabaseWrapper:
    """Our engine, logging in as somebody else."""
    parts = urlsplit(url)
    settings = copy.deepcopy(connection.settings_dict)
    settings |= {"USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or "")}
    return DatabaseWrapper(settings, alias="default")


@pytest.mark.django_db
def test_a_login_that_bypasses_the_policies_is_refused():
    powerful = login(os.environ["BACKUP_DATABASE_URL"])

    with pytest.raises(ImproperlyConfigured, match="bypasses row level security"):
        powerful.ensure_connection()
    powerful.close()


@pytest.mark.django_db
def test_a_superuser_is_refused():
    folder = str(connection.settings_dict.get("OPTIONS", {}).get("host") or connection.settings_dict["HOST"])
    if not folder.startswith("/"):
        pytest.skip("Only the embedded server lets us in as its superuser.")

    with (
        closing(psycopg.connect(host=folder, user="postgres", dbname="postgres")) as superuser,
        pytest.raises(ImproperlyConfigured, match="bypasses row level security"),
    ):
        refuse_powerful_login(superuser)


@pytest.mark.django_db
def test_application_and_owner_are_let_in():
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        welcome = login(os.environ[name])
        welcome.ensure_connection()
        welcome.close()


def test_without_a_context_nobody_sees_a_row_but_the_backup(fresh_database, connect_as):
    city = make_city(make_network("interactive-cities"), "genoa", "IT")
    with city.inside():
        Objective.objects.create(code="O1", title="Fewer cars")

    seen = {
        role: len(connect_as(role).execute("SELECT * FROM plans_objective").fetchall())
        for role in ("iap_app", "iap_owner", "iap_staff", "iap_backup")
    }

    assert seen == {"iap_app": 0, "iap_owner": 0, "iap_staff": 0, "iap_backup": 1}


def test_the_owner_changes_nothing_without_a_context(fresh_database, connect_as):
    city = make_city(make_network("interactive-cities"), "genoa", "IT")
    with city.inside():
        Objective.objects.create(code="O1", title="Fewer cars")

    with connect_as("iap_owner") as owner:
        changed = owner.execute("UPDATE plans_objective SET title = 'More cars'").rowcount

    assert changed == 0
