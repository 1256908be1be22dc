"""CPU time and memory of the servers that a benchmark starts, read from /proc."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psycopg


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on; empty for a process that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def tree(root: int) -> set[int]:
    """Return the process and all its descendants."""
    names = [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]
    parents = {int(entry): _fields(int(entry)) for entry in names}
    found = {root}
    while True:
        children = {pid for pid, fields in parents.items() if fields and int(fields[1]) in found} - found
        if not children:
            return found
        found |= children


def seconds(pids: Iterable[int]) -> float:
    """Return the CPU time of the threads that run. The kernel counts it in nanoseconds here, elsewhere in ticks of 10 ms."""
    total = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):
                total += int(thread.read_text().split()[0])
    return total / 1e9


def database_processes(url: str) -> set[int]:
    """Return the processes of a PostgreSQL server on this machine that serve the database; empty for SQLite."""
    if not url.startswith("postgres"):
        return set()
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return {pid for (pid,) in rows if "postgres" in _name(pid)}


def _name(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text()
    return ""


def megabytes(pid: int) -> float:
    """Return the memory that a process adds to the machine: its own, and its part of what several processes share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
