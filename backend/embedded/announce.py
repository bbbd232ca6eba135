"""What the person who started the demo wants to know, on the screen and in `demo.json`."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.embedded.addresses import Addresses
from backend.embedded.ask import NETWORK
from backend.embedded.trouble import Trouble


@dataclass(frozen=True)
class Demo:
    """What `manage.py load_demo` says: networks with their cities, and tokens to try."""

    networks: list[dict[str, Any]]
    tokens: list[dict[str, Any]]

    @classmethod
    def read(cls, said: str) -> "Demo":
        try:
            loaded = json.loads(said)
            return cls(loaded["networks"], loaded["tokens"])
        except (ValueError, KeyError) as error:
            raise Trouble(f"`manage.py load_demo` said no demo ({error!r}):\n{said[:500]}") from error

    def token(self, role: str, city: str | None = None) -> str:
        return str(self.person(role, city)["token"])

    def person(self, role: str, city: str | None = None) -> dict[str, Any]:
        for row in self.tokens:
            if row["role"] == role and (city is None or (row["city"], row["network"]) == (city, NETWORK)):
                return row
        raise Trouble(f"The demo has no token for {role} {city or ''}".strip() + ".")


def write(path: Path, *, base: str, summary: str, demo: Demo, addresses: Addresses) -> None:
    """For scripts. Readable by us alone, it is full of keys."""
    told = {
        "base_url": base,
        "docs_url": f"{base}/api/docs/",
        "summary_url": summary,
        "networks": demo.networks,
        "cities": [
            {"network": network["slug"], "city": city}
            for network in demo.networks
            for city in network["cities"]
        ],
        "tokens": demo.tokens,
        "owner_database_url": addresses.owner,
        "database_url": addresses.app,
        "backup_database_url": addresses.backup,
        "redis_url": addresses.redis,
    }
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(told, file, indent=2, ensure_ascii=False)
        file.write("\n")


def show(*, base: str, summary: str, demo: Demo, stop: str, written: Path) -> None:
    print(f"\nAPI            {base}/api/v1/")
    print(f"Documentation  {base}/api/docs/")
    print(f"First summary  {summary}\n")
    for line in _token_table(demo):
        print(line)
    print()
    for line in _things_to_try(base, summary, demo):
        print(line)
    print("\n# Or sign in on the documentation page, as the officer of Genoa")
    officer = demo.person("officer", "genoa")
    print(f"{officer['email']}  {officer.get('password', '')}")
    print(f"\nEvery token and address: {written}. {stop}", flush=True)


def _token_table(demo: Demo) -> Iterator[str]:
    """One token per role."""
    first = {row["role"]: row for row in reversed(demo.tokens)}
    rows = [("role", "for", "token")] + [
        (row["role"], _place(row), row["token"]) for row in sorted(first.values(), key=lambda r: r["role"])
    ]
    role_width, place_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    for role, place, token in rows:
        yield f"{role:{role_width}}  {place:{place_width}}  {token}"


def _place(row: dict[str, Any]) -> str:
    place = "/".join(part for part in (row.get("network"), row.get("city")) if part)
    return place or row.get("country") or "programme"


def _things_to_try(base: str, summary: str, demo: Demo) -> Iterator[str]:
    actions = f"{base}/api/v1/networks/{NETWORK}/cities/genoa/actions/"
    tries = (
        ("Genoa's officer lists the actions of Genoa", "genoa", "officer", actions),
        ("Ghent's officer asks for them too: not found", "ghent", "officer", actions),
        ("Programme staff reads the summary", None, "programme_staff", f"{summary}content/"),
    )
    for what, city, role, url in tries:
        yield f"# {what}"
        yield f"curl -sH 'Authorization: Bearer {demo.token(role, city)}' {url}"
