"""Run in the project's environment, on one database: what the figures across its cities cost."""

import json
import os
import resource
import time

import django

django.setup()

from django.db import OperationalError, connection
from psycopg.errors import QueryCanceled

from harness import cities
from harness.processes import cpu_seconds
from plans.summaries.models import Summary
from plans.summaries.write import write
from tenants.models import City, Network, Period

# Of all statements, and of the last one; a summary that is not done then is said to have failed.
PATIENCE_SECONDS = 90


def main() -> None:
    network = Network.objects.get(slug=cities.NETWORK)
    summary = Summary(network=network, period=Period.objects.get(network=network, code=cities.PERIOD))
    backend = connection.connection.info.backend_pid
    statements = characters = 0

    def counting(execute, *rest):
        nonlocal statements
        statements += 1
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise QueryCanceled
        return execute(*rest)

    def taken(number, text):
        nonlocal characters
        characters += len(text)

    before, began = (cpu_seconds(backend), cpu_seconds(os.getpid()), peak()), time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(PATIENCE_SECONDS * 1000)])
    finished = True
    try:
        with connection.execute_wrapper(counting):
            write(summary, take=taken)
    except (QueryCanceled, OperationalError) as error:
        if not isinstance(error.__cause__ or error, QueryCanceled):
            raise
        finished = False
    print(
        json.dumps(
            {
                "cities": City.objects.count(),
                "finished": finished,
                "seconds": time.monotonic() - began,
                "database": cpu_seconds(backend) - before[0],
                "application": cpu_seconds(os.getpid()) - before[1],
                "statements": statements,
                "characters": characters,
                "before": before[2],
                "peak": peak(),
            }
        )
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


main()
