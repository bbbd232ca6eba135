"""Run in the project's environment, on one database: keeps the figures of all cities as of today, as the
task does that beat rings, and lets somebody in who reads them across. Says as JSON what it cost."""

import json
import os
import time
from datetime import UTC, datetime

import django

django.setup()

from django.db import connection

from harness import cities
from harness.processes import cpu_seconds
from plans.figures.keep import refresh
from tenants.access.rights import Role
from tenants.models import City, Membership, Network, Token, User

EXPERT, SECRET = "expert@example.org", "bench-token-of-an-expert"


def main() -> None:
    let_in()
    backend = connection.connection.info.backend_pid
    before, began = (cpu_seconds(backend), cpu_seconds(os.getpid())), time.monotonic()
    kept = refresh(datetime.now(UTC).date())
    print(
        json.dumps(
            {
                "cities": City.objects.count(),
                "kept": kept,
                "seconds": time.monotonic() - began,
                "database": cpu_seconds(backend) - before[0],
                "application": cpu_seconds(os.getpid()) - before[1],
            }
        )
    )


def let_in() -> None:
    network = Network.objects.get(slug=cities.NETWORK)
    expert, made = User.objects.get_or_create(email=EXPERT, defaults={"name": "An expert"})
    if made:
        Membership.objects.create(user=expert, role=Role.LEAD_EXPERT, network=network)
        Token.issue(expert, "bench", secret=SECRET)


main()
