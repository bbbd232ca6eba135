"""Run in the project's environment, on one database: what the figures across its cities cost."""

import json
import os
import resource
import time

import django

django.setup()

from django.db import connection

from harness import cities
from harness.processes import cpu_seconds
from plans.summaries.build import contents
from plans.summaries.models import Summary
from tenants.models import City, Network, Period


def main() -> None:
    network = Network.objects.get(slug=cities.NETWORK)
    summary = Summary(network=network, period=Period.objects.get(network=network, code=cities.PERIOD))
    backend = connection.connection.info.backend_pid
    statements = 0

    def counting(execute, *rest):
        nonlocal statements
        statements += 1
        return execute(*rest)

    before, began = (cpu_seconds(backend), cpu_seconds(os.getpid()), peak()), time.monotonic()
    with connection.execute_wrapper(counting):
        said = contents(summary)
    print(
        json.dumps(
            {
                "cities": City.objects.count(),
                "reporting": len(said["cities"]),
                "seconds": time.monotonic() - began,
                "database": cpu_seconds(backend) - before[0],
                "application": cpu_seconds(os.getpid()) - before[1],
                "statements": statements,
                "before": before[2],
                "peak": peak(),
            }
        )
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


main()
