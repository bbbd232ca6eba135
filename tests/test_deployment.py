"""`docker-compose.yml` and what it mounts, without an engine to run it."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest
import yaml

from backend.embedded.binaries import postgres_binary
from backend.embedded.servers import Servers
from plans.imports.views import ImportViewSet
from plans.sheets.unpack import MEBIBYTE
from tenants.api.uploads import AROUND

PROJECT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOOR = (PROJECT / "docker" / "door" / "nginx.conf").read_text()
# Seconds: `--http1-header-read-timeout` of granian, which also holds between two requests.
API_HANGS_UP_AFTER = 30
PASSWORDS = {
    "IAP_OWNER_PASSWORD": "o'ne",
    "IAP_APP_PASSWORD": "two",
    "IAP_BACKUP_PASSWORD": "three",
}


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate"}))
def test_every_lasting_service_says_how_it_feels(name):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["api", "worker", "beat"])
def test_no_lasting_service_knows_the_owner(name):
    assert "iap_owner" not in str(SERVICES[name]["environment"])
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_every_file_that_is_mounted_exists():
    mounted = [volume.split(":")[0] for one in SERVICES.values() for volume in one.get("volumes", ())]

    missing = [path for path in mounted if path[0] == "." and not (PROJECT / path).is_file()]

    assert missing == []


def test_every_variable_is_in_the_example():
    used = set(re.findall(r"\$\{(\w+):\?", (PROJECT / "docker-compose.yml").read_text()))

    named = set(re.findall(r"^(\w+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))

    assert used <= named


def test_only_the_door_is_open_to_this_machine_and_nothing_to_others():
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}

    assert published == {"door": ["127.0.0.1:${PORT:-8000}:8080"]}


def test_the_door_takes_as_much_as_the_largest_form():
    allowed = re.search(r"client_max_body_size (\d+)m;", DOOR)
    assert allowed is not None

    assert 0 <= int(allowed[1]) * MEBIBYTE - (ImportViewSet.max_file + AROUND) < MEBIBYTE


def test_the_door_lets_go_of_a_connection_before_the_api_does():
    kept = re.search(r"keepalive 16;.*?keepalive_timeout (\d+)s;", DOOR, re.DOTALL)
    assert kept is not None

    assert int(kept[1]) < API_HANGS_UP_AFTER


def test_the_image_is_started_as_everywhere():
    dockerfile = (PROJECT / "Dockerfile").read_text()

    assert 'CMD ["python", "-m", "backend.served"]' in dockerfile
    assert "GRANIAN_HOST=0.0.0.0" in dockerfile


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (\w+)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE) == ["iap"]


def test_the_init_script_makes_roles_that_log_in_with_their_passwords(tmp_path):
    path = f"{postgres_binary('psql').parent}:{os.environ['PATH']}"
    with Servers(tmp_path, durable=False) as servers:
        surroundings = {
            "PATH": path,
            "PGHOST": str(servers.sockets),
            "POSTGRES_USER": "postgres",
            "POSTGRES_DB": "iap",
            "ROLES_SQL": str(PROJECT / "backend" / "embedded" / "roles.sql"),
        }
        script = PROJECT / "docker" / "postgres" / "roles.sh"
        subprocess.run([script], env=surroundings | PASSWORDS, check=True)

        with psycopg.connect(host=str(servers.sockets), user="postgres", dbname="iap") as connection:
            locked = "SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM%' ORDER BY 1"
            assert connection.execute(locked).fetchall() == [
                ("iap_app",),
                ("iap_backup",),
                ("iap_owner",),
            ]
