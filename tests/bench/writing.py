"""Saving and listing: many writers at once, sealed beside plain, long journals beside short ones.

Started by `python -m tests.bench` in surroundings of its own; prints one JSON list. A save is the
one a writing page makes by itself, of 2 kB, over HTTP; each writer has a page and a person of their
own. Saves and lists go round in turn with a bare view on the same server, over as many connections;
sealed and plain saves with each other, in this process.
"""

import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from journal.entries.models import Entry  # noqa: E402
from journal.entries.writing import Draft, head_of, keep  # noqa: E402
from journal.vault.keyring import Keyring  # noqa: E402
from tests.bench.life import cookie_of  # noqa: E402
from tests.bench.lines import Line  # noqa: E402
from tests.bench.measure import TOKEN  # noqa: E402
from tests.bench.servers import Site, used  # noqa: E402
from tests.bench.words import texts  # noqa: E402
from trustrepair.accounts.models import User  # noqa: E402

TEXT = ("I came home and it was gone, and nobody had thought of telling me. " * 31)[:2_000]
WRITERS = 16
SAVES = 40  # of each writer in a round
TOGETHER = 25  # saves that are measured as one
BARE = "/bare/"


class Plain:
    """Stands where a keyring stands and seals nothing: what a save costs without the vault."""

    def seal(self, row: Any, field: str, value: Any) -> bytes:
        """Return a value as it would go into the seal."""
        return json.dumps(value).encode()

    def open(self, row: Any, field: str) -> Any:
        """Return the value of a column."""
        blob = getattr(row, f"sealed_{field}")
        return json.loads(bytes(blob)) if blob else None


class Writer:
    """Somebody with a page of their own in front of them, over HTTP."""

    def __init__(self, person: User, port: int) -> None:
        cookie = cookie_of(person)
        probe = Client()
        probe.cookies[settings.SESSION_COOKIE_NAME] = cookie
        page = probe.get("/journal/new/", HTTP_HOST="localhost")
        found = TOKEN.search(page.content.decode())
        assert found is not None
        kept = "; ".join(f"{name}={one.value}" for name, one in probe.cookies.items())
        self.headers = {
            "Host": "localhost", "Cookie": kept, "X-CSRFToken": found[1],
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        self.port, self.entry, self.base = port, uuid.uuid4(), 0

    def save(self, often: int) -> tuple[list[float], list[str]]:
        """Save the page this often; return the seconds of each, and what went wrong."""
        line, took, wrong = line_to(self.port), [], []
        for _ in range(often):
            body = urlencode({
                "entry_id": self.entry, "save_id": uuid.uuid4(), "base_version": self.base,
                "title": "", "text": f"{self.base} {TEXT}",
            })  # fmt: skip
            status, told, seconds = timed(line, "/journal/autosave/", self.headers, body)
            took.append(seconds)
            if status == 200:
                self.base = json.loads(told)["version"]
            else:
                wrong.append(f"{status}")
        line.close()
        return took, wrong

    def look(self, often: int) -> list[float]:
        """Ask for the bare view this often; return the seconds of each."""
        line = line_to(self.port)
        took = [timed(line, BARE, self.headers)[2] for _ in range(often)]
        line.close()
        return took


def line_to(port: int) -> HTTPConnection:
    """Return a connection to the site."""
    return HTTPConnection("127.0.0.1", port, timeout=60)


def timed(
    line: HTTPConnection, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, bytes, float]:
    """Ask, by POST where there is a body; return status, answer and seconds."""
    began = time.perf_counter()
    line.request("GET" if body is None else "POST", path, body, headers)
    answer = line.getresponse()
    told = answer.read()
    return answer.status, told, time.perf_counter() - began


def at_once(port: int, rounds: int) -> list[Line]:
    """Measure saves of one writer, and of sixteen at the same time, beside the bare view."""
    people = [User.objects.create_user(f"w{n}@example.org") for n in range(WRITERS)]
    writers = [Writer(person, port) for person in people]
    lines = []
    with Site(port), ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda one: (one.save(5), one.look(5)), writers))  # warm
        for many in (1, WRITERS):
            took: list[float] = []
            bare: list[float] = []
            wrong: list[str] = []
            for _ in range(rounds):
                for seconds, faults in pool.map(lambda one: one.save(SAVES), writers[:many]):
                    took += seconds
                    wrong += faults
                for seconds in pool.map(lambda one: one.look(SAVES), writers[:many]):
                    bare += seconds
            name = f"save of 2 kB, {many} writer{'s' if many > 1 else ''}"
            lines += [
                *percentiles(name, took, "a bare view", bare),
                Line(f"{name}, saves that failed", len(wrong), "", goal=0),
            ]
    return lines


def percentiles(name: str, ours: list[float], beside: str, theirs: list[float]) -> list[Line]:
    """Return median and 95th percentile of two sides."""
    lines = []
    for label, place in (("p50", 9), ("p95", 18)):
        mine, other = (statistics.quantiles(s, n=20)[place] * 1000 for s in (ours, theirs))
        lines.append(Line(f"{name}, {label}", mine, "ms", beside, other, mine / other))
    return lines


def sealed_and_plain(rounds: int) -> list[Line]:
    """Measure the save itself, sealed and not sealed, in turn: CPU and wall of this process."""
    people = [User.objects.create_user(f"{name}@example.org") for name in ("sealed", "plain")]
    ways: list[Callable[[], Any]] = [lambda: Keyring.of(people[0]), Plain]
    drafts = [Draft(uuid.uuid4(), uuid.uuid4(), 0, text=TEXT) for _ in ways]
    cpu: list[list[float]] = [[], []]
    wall: list[list[float]] = [[], []]
    for number in range(10 * rounds + 2):
        for side in (0, 1) if number % 2 else (1, 0):
            began, began_wall = time.process_time(), time.perf_counter()
            for _ in range(TOGETHER):
                fresh = {"save_id": uuid.uuid4(), "text": f"{drafts[side].base_version} {TEXT}"}
                draft = replace(drafts[side], auto=True, **fresh)
                version = keep(people[side], ways[side](), draft).entry.version
                drafts[side] = replace(draft, base_version=version)
            if number > 1:
                cpu[side].append((time.process_time() - began) / TOGETHER)
                wall[side].append((time.perf_counter() - began_wall) / TOGETHER)
    return [
        held_against("sealed save, CPU", cpu[0], "a plain one", cpu[1], 1.25),
        held_against("sealed save, wall", wall[0], "a plain one", wall[1], None),
    ]


def held_against(
    name: str, ours: list[float], beside: str, theirs: list[float], goal: float | None
) -> Line:
    """Return the medians of two sides that went round in turn, and of their ratio."""
    ratio = statistics.median(one / two for one, two in zip(ours, theirs, strict=True))
    mine, other = (statistics.median(side) * 1000 for side in (ours, theirs))
    return Line(name, mine, "ms", beside, other, ratio, goal)


def write_down(many: int) -> User:
    """Make a person with this many sealed pages."""
    person = User.objects.create_user(f"{many}-pages@example.org")
    keyring, now = Keyring.of(person), timezone.now()
    rows = []
    for number, text in enumerate(texts(many)):
        moment = now - timedelta(hours=(many - number))
        row = Entry(author=person, kind=Entry.FREE, created_at=moment, updated_at=moment)
        head = head_of(f"Page {number}", (), text, text)
        row.sealed_head = keyring.seal(row, "head", head)
        row.sealed_body = keyring.seal(row, "body", {"text": text})
        rows.append(row)
        if len(rows) == 1_000 or number == many - 1:
            Entry.unscoped.bulk_create(rows)
            rows.clear()
    return person


def backends() -> list[int]:
    """Return the processes that serve others on this database; none on SQLite, which has none."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def lists(port: int, rounds: int, sizes: list[int]) -> list[Line]:
    """Measure the newest twenty of journals of several sizes, in turn, each beside the smallest.

    CPU is that of the web processes and, on PostgreSQL, of those that serve them; the wall time is
    a second witness.
    """
    headers = [Writer(write_down(many), port).headers for many in sizes]
    asked = [("/journal/", one) for one in headers] + [(BARE, headers[0])]
    wall: list[list[float]] = [[] for _ in asked]
    cpu = [0.0 for _ in asked]
    with Site(port) as site:
        line = line_to(port)  # one process of the two, the same for all
        for turn in range(4 * rounds + 1):
            for side, (path, sent) in enumerate(asked):
                servers = backends()
                began = site.cpu() + sum(map(used, servers))
                took = [timed(line, path, sent) for _ in range(TOGETHER)]
                if wrong := {status for status, _, _ in took} - {200}:
                    raise RuntimeError(f"{path} answered {wrong}.")
                if turn:  # the first warms, and opens the connection to the database
                    cpu[side] += site.cpu() + sum(map(used, servers)) - began
                    wall[side] += [seconds for _, _, seconds in took]
        line.close()
    often = 4 * rounds * TOGETHER
    cpu_ms = [spent / often * 1000 for spent in cpu]
    wall_ms = [statistics.median(seconds) * 1000 for seconds in wall]
    lines = []
    for label, goal, (least, *others, bare) in (("CPU", 1.2, cpu_ms), ("wall", None, wall_ms)):
        name, of = f"newest 20 of {{:,}}, {label}", f"of {min(sizes):,}"
        ratio = least / bare if bare else None
        lines.append(Line(name.format(min(sizes)), least, "ms", "a bare view", bare, ratio))
        lines += [
            Line(name.format(many), mine, "ms", of, least, mine / least, goal)
            for many, mine in zip(sizes[1:], others, strict=True)
        ]
    return lines


if __name__ == "__main__":
    of_port, many_rounds, *many_pages = (int(word) for word in sys.argv[1:])
    measured = [
        *at_once(of_port, many_rounds),
        *sealed_and_plain(many_rounds),
        *lists(of_port, many_rounds, [100, *many_pages]),
    ]
    print(json.dumps([asdict(line) for line in measured]))
