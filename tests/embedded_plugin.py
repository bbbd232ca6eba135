"""Servers for one run of the tests: started by its first process, shared by all its workers.

Every worker has a database of its own, copied from a template that was migrated once by the owner,
and logs in as the application does: the walls stand in every test. With DATABASE_URL,
OWNER_DATABASE_URL and REDIS_URL set, nothing is started and the same happens on those servers.
"""

import os
import shutil
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from xdist.scheduler import LoadScopeScheduling

from backend.embedded.addresses import Addresses, of_existing_servers, of_sockets, with_database
from backend.embedded.migrate import migrate
from backend.embedded.only_one import only_one
from backend.embedded.servers import Servers
from backend.embedded.trouble import Trouble
from tests import databases
from tests.databases import create_database, drop_database, run_name, template_name

PREFIX = "iap-test-"
# A folder younger than this may belong to a run that is just beginning.
ABANDONED_AFTER_SECONDS = 60


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before pytest-django loads the settings, which read all of this from the environment."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["IAP_TEST_RUN"] = f"iap_test_{os.getpid()}"
        os.environ.setdefault("SECRET_KEY", "tests")
        try:
            _open_house(early_config)
        except Trouble as trouble:
            raise pytest.UsageError(str(trouble)) from None
    _choose_own_rooms()


def pytest_configure(config: pytest.Config) -> None:
    # Registered after pytest-django, whose `django_db_setup` it replaces: the later one wins.
    config.pluginmanager.register(databases, "databases")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return ByRooms(config, log)


class ByRooms(LoadScopeScheduling):
    """The files of this folder, each with an installation of its own, go to one worker each, and first;
    the tests of the folders below go to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return file if file.count("/") == 1 else nodeid


def _open_house(config: pytest.Config) -> None:
    asked = config.known_args_namespace
    if asked.help or asked.version or asked.collectonly:
        os.environ.update((of_existing_servers() or of_sockets(Path("/nowhere"))).environment())
        return
    house = ExitStack()
    # Runs at every end: of the tests, of a usage error, of Ctrl-C.
    config.add_cleanup(house.close)
    addresses = of_existing_servers() or _start_servers(house)
    os.environ.update(addresses.environment())
    _make_template(house, addresses)


def _start_servers(house: ExitStack) -> Addresses:
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    house.callback(shutil.rmtree, folder, ignore_errors=True)
    house.enter_context(only_one(folder))
    return house.enter_context(Servers(folder, durable=False)).addresses


def _make_template(house: ExitStack, addresses: Addresses) -> None:
    template = template_name()
    create_database(template)
    house.callback(_drop_if_reachable, template)
    template_owner = with_database(addresses.owner, template)
    migrate(
        Addresses(template_owner, template_owner, template_owner, addresses.redis, addresses.broker),
        os.environ,
    )


def _drop_if_reachable(template: str) -> None:
    # Killed from outside? Then there is nothing to drop it from.
    with suppress(psycopg.OperationalError):
        drop_database(template)


def _choose_own_rooms() -> None:
    """A database and, on our own Valkey, a number for this process."""
    os.environ["DATABASE_URL"] = with_database(os.environ["DATABASE_URL"], run_name())
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    for name, field in (("REDIS_URL", "?db="), ("CELERY_BROKER_URL", "?virtual_host=")):
        base, found, _ = os.environ[name].partition(field)
        if found:
            os.environ[name] = f"{base}{field}{number}"


def _sweep() -> None:
    """Removes what killed runs left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < ABANDONED_AFTER_SECONDS:
                continue
            with only_one(folder):
                servers = Servers(folder)
                servers.children.stop_orphans()
                servers.stop()
            shutil.rmtree(folder, ignore_errors=True)
        except (OSError, Trouble):
            continue  # Somebody else's, or still running.
