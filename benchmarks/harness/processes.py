"""What processes cost, as the kernel counted it."""

import os
from collections.abc import Iterator
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[int(folder.name)] = int(fields_of(int(folder.name))[1])
        except OSError:
            continue  # ended meanwhile
    return found


def fields_of(pid: int) -> list[str]:
    """Of /proc/<pid>/stat, from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree(root: int) -> Iterator[int]:
    known = parents()
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += [child for child, parent in known.items() if parent == pid]


def cpu_seconds(root: int) -> float:
    """User and system time of a process, its descendants, and those of them that have ended."""
    total = 0
    for pid in tree(root):
        try:
            total += sum(map(int, fields_of(pid)[11:15]))
        except OSError:
            continue
    return total / TICK


def memory(pid: int) -> tuple[float, float]:
    """(proportional, private) MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {name: int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in lines)}
    return kib["Pss"] / 1024, (kib["Private_Clean"] + kib["Private_Dirty"]) / 1024
