"""Searching sealed words beside plain text: LIKE over the same entries, and a full-text index.

Started by `python -m tests.bench` in surroundings of its own; prints one JSON list. Every search
goes round in turn with the ones it is held against, in one process and on one connection; the page
that shows what was found with a bare view, over HTTP.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from journal.entries import finding, segments  # noqa: E402
from journal.entries.finding import Wanted, find  # noqa: E402
from journal.entries.models import Entry  # noqa: E402
from journal.vault.keyring import Keyring  # noqa: E402
from tests.bench.lines import Line  # noqa: E402
from tests.bench.servers import Site  # noqa: E402
from tests.bench.words import RARE, texts  # noqa: E402
from tests.bench.writing import BARE, Writer, held_against, line_to, timed  # noqa: E402
from trustrepair.accounts.models import User  # noqa: E402

COMMON, NOWHERE = "you", "gooseberries"
GOALS_FROM = 10_000  # entries; in a short journal nobody waits


def write_down(many: int) -> User:
    """Make a person with this many sealed pages, and the same words in plain beside them."""
    person = User.objects.create_user(f"{many}@example.org", display_name="Bench")
    keyring, now, plain = Keyring.of(person), timezone.now(), []
    entries = []
    rare = {many // 5, many // 2, many - many // 4}
    for number, text in enumerate(texts(many, rare)):
        moment = now - timedelta(hours=3 * (many - number))
        entry = Entry(author=person, kind=Entry.FREE, created_at=moment, updated_at=moment)
        head = {"title": "", "preview": text[:180], "tail": text[-180:], "feelings": []}
        entry.sealed_head = keyring.seal(entry, "head", head)
        entry.sealed_body = keyring.seal(entry, "body", {"text": text})
        entries.append(entry)
        plain.append((entry.pk.hex, person.pk, moment, text))
    Entry.unscoped.bulk_create(entries, batch_size=500)
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bench_plain VALUES (%s, %s, %s, %s)", plain)
    return person


def tables() -> None:
    """Make the table of plain words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_plain (id char(32) PRIMARY KEY, author bigint NOT NULL,"
            f" created_at {'timestamptz' if on_postgres() else 'datetime'} NOT NULL, words text)"
        )
        cursor.execute("CREATE INDEX bench_newest ON bench_plain (author, created_at DESC)")


def indexes() -> None:
    """Index the plain words for full-text search, and let the database count its rows."""
    with connection.cursor() as cursor:
        if on_postgres():
            cursor.execute(
                "CREATE INDEX bench_words ON bench_plain USING gin (to_tsvector('simple', words))"
            )
        else:
            cursor.execute(
                "CREATE VIRTUAL TABLE bench_fts USING fts5(words, content='bench_plain')"
            )
            cursor.execute("INSERT INTO bench_fts(bench_fts) VALUES ('rebuild')")
        cursor.execute("ANALYZE")


def on_postgres() -> bool:
    """Whether this run is on PostgreSQL."""
    return connection.vendor == "postgresql"


def like(person: User, word: str) -> int:
    """Look for the newest twenty in plain text by LIKE."""
    return plain(f"author = %s AND words LIKE '%%{word}%%'", person.pk)


def indexed(person: User, word: str) -> int:
    """Look for the newest twenty by the database's own full-text index."""
    if on_postgres():
        found = "to_tsvector('simple', words) @@ to_tsquery('simple', %s)"
        return plain(f"author = %s AND {found}", person.pk, word)
    found = "rowid IN (SELECT rowid FROM bench_fts WHERE bench_fts MATCH %s)"
    return plain(f"author = %s AND {found}", person.pk, word)


def plain(where: str, *values: Any) -> int:
    """Fetch the newest twenty plain rows, words and all; return how many there were."""
    sql = f"SELECT id, created_at, words FROM bench_plain WHERE {where}"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY created_at DESC LIMIT 20", values)
        return len(cursor.fetchall())


def sealed(person: User, word: str) -> int:
    """Look for the newest twenty in sealed words, as a request does: with a keyring of its own."""
    return len(find(person, Keyring.of(person), Wanted((word,))).hits)


def took(work: Callable[[User, str], int], person: User, word: str, hits: int) -> float:
    """Return the milliseconds of one search that must find this many."""
    began = time.perf_counter()
    found = work(person, word)
    spent = (time.perf_counter() - began) * 1000
    if found != hits:
        raise RuntimeError(f"{work.__name__} found {found} of {hits}.")
    return spent


def beside(
    rounds: int, person: User, many: int, name: str, word: str, hits: int,
    other: Callable[[User, str], int], goal: float | None,
) -> Line:  # fmt: skip
    """Measure sealed search and another way in turn."""
    pairs = [
        (took(sealed, person, word, hits), took(other, person, word, hits))
        for _ in range(rounds + 1)
    ][1:]
    ours, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(one / two for one, two in pairs)
    label = {like: "LIKE", indexed: "tsvector" if on_postgres() else "FTS5"}[other]
    mine, other_ms = statistics.median(ours), statistics.median(theirs)
    return Line(f"{name}, {many:,} entries", mine, "ms", label, other_ms, ratio, goal)


def pages(port: int, rounds: int, person: User, many: int) -> list[Line]:
    """Measure the page that answers a search, beside the bare view."""
    headers, lines = Writer(person, port).headers, []
    token = headers["X-CSRFToken"]
    with Site(port):
        connection = line_to(port)
        for name, word in (("rare word", RARE), ("no hit", NOWHERE), ("common word, 20", COMMON)):
            body = urlencode({"query": word, "csrfmiddlewaretoken": token})
            ours, bare = [], []
            for _ in range(2 * rounds + 2):
                status, told, seconds = timed(connection, "/journal/search/", headers, body)
                if status != 200 or (b"<mark>" in told) == (word == NOWHERE):
                    raise RuntimeError(f"The search for a {name} answered {status}.")
                ours.append(seconds)
                bare.append(timed(connection, BARE, headers)[2])
            label = f"page of a {name}, {many:,} entries"
            lines.append(held_against(label, ours[2:], "a bare view", bare[2:], None))
        connection.close()
    return lines


def measure(port: int, rounds: int, sizes: list[int]) -> list[Line]:
    """Write lives down, pack them, and measure every search beside its plain twin."""
    finding.SECONDS = 60.0  # of a whole search, not of one page of it
    tables()
    people = {many: write_down(many) for many in sizes}
    indexes()
    most, lines = max(sizes), []
    loose = beside(rounds, people[most], most, "rare word, not packed", RARE, 3, like, None)
    for many, person in people.items():
        packed = segments.pack(person, Keyring.of(person))
        print(f"{many} entries in {packed} segments", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for many, person in people.items():
        top = 0.5 if many >= GOALS_FROM else None
        # PostgreSQL's index keeps no order and FTS5 neither, but only FTS5 sorts all hits.
        first = None if on_postgres() or many < GOALS_FROM else 1.0
        lines += [
            beside(rounds, person, many, "rare word", RARE, 3, like, top),
            beside(rounds, person, many, "rare word", RARE, 3, indexed, None),
            beside(rounds, person, many, "no hit", NOWHERE, 0, like, top),
            beside(rounds, person, many, "no hit", NOWHERE, 0, indexed, None),
            beside(rounds, person, many, "common word, 20", COMMON, 20, like, None),
            beside(rounds, person, many, "common word, 20", COMMON, 20, indexed, first),
        ]
    return [*lines, loose, *pages(port, rounds, people[most], most)]


if __name__ == "__main__":
    of_port, many_rounds, *many_entries = (int(word) for word in sys.argv[1:])
    print(json.dumps([asdict(line) for line in measure(of_port, many_rounds, many_entries)]))
