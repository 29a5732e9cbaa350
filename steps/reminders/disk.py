"""Commits that return before the disk has them, where a power cut may take them back unharmed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SOON = {"sqlite": "PRAGMA synchronous = NORMAL", "postgresql": "SET synchronous_commit = off"}
AT_ONCE = {"sqlite": "PRAGMA synchronous = FULL", "postgresql": "RESET synchronous_commit"}


@contextmanager
def not_waiting() -> Iterator[None]:
    """Let what is committed in this block reach the disk a moment later.

    A process that is killed forgets nothing by it: only a machine or a database server that falls
    over may. The next commit outside waits for everything before it. Within somebody else's
    transaction nothing changes.
    """
    if connection.in_atomic_block:
        yield
        return
    run(SOON[connection.vendor])
    try:
        yield
    finally:
        run(AT_ONCE[connection.vendor])


def run(sql: str) -> None:
    """Say something to the database."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
