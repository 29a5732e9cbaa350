"""One run on one database: every page in turn, round after round, beside the bare view.

Started by `python -m tests.bench` in surroundings of its own; prints one JSON object.
"""

import gzip
import json
import os
import re
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from tests.bench import life  # noqa: E402
from tests.bench.servers import Site  # noqa: E402

CLIENTS = 4
SECONDS = 0.5  # of CPU for each page in each round, so that the clock's 10 ms are a fiftieth
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Case:
    """One thing to measure: an address, who asks, what is posted, and what it may cost."""

    name: str
    path: str
    cookie: str = ""
    body: Callable[[], dict[str, str]] | None = None
    most_cpu: float | None = None
    most_queries: int | None = None

    def ask(self, connection: HTTPConnection) -> tuple[int, bytes]:
        """Ask once and return status and body."""
        headers = {"Host": "localhost", "Accept-Encoding": "gzip, br"}
        if self.cookie:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={self.cookie}"
        if self.body is None:
            connection.request("GET", self.path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", self.path, urlencode(self.body()), headers)
        response = connection.getresponse()
        return response.status, response.read()


@dataclass
class Tally:
    """What the rounds found for one case."""

    case: Case
    often: int = 0
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    size: int = 0
    packed: int = 0
    queries: int = 0


def ask_often(case: Case, port: int, often: int) -> None:
    """Ask from several connections at once, `often` times in all."""
    good = {302} if case.body else {200}

    def some(times: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(times):
            status, _ = case.ask(connection)
            if status not in good:
                raise RuntimeError(f"{case.name} answered {status}.")
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(some, [often // CLIENTS] * CLIENTS))


def visit(case: Case, site: Site, often: int) -> tuple[float, float]:
    """Return CPU and wall seconds of one request, over `often` of them."""
    often -= often % CLIENTS
    cpu, wall = site.cpu(), time.perf_counter()
    ask_often(case, site.port, often)
    return (site.cpu() - cpu) / often, (time.perf_counter() - wall) / often


def cases(person: life.User) -> list[Case]:
    """Return what is measured: the bare view first."""
    cookie = life.cookie_of(person)
    probe = Client()
    probe.cookies[settings.SESSION_COOKIE_NAME] = cookie
    found = TOKEN.search(probe.get("/journal/new/", HTTP_HOST="localhost").content.decode())
    assert found is not None

    def page() -> dict[str, str]:
        fresh = {"entry_id": str(uuid.uuid4()), "save_id": str(uuid.uuid4()), "base_version": "0"}
        return {**fresh, "csrfmiddlewaretoken": found[1], "title": "Bench", "text": life.TEXT}

    return [
        Case("bare view", "/bare/"),
        Case("landing", "/", most_cpu=6),
        Case("guide page", "/guide/steps/communicate-openly/", most_cpu=6),
        Case("Today", "/", cookie, most_cpu=25, most_queries=8),
        Case("journal list", "/journal/", cookie, most_cpu=25, most_queries=6),
        Case("entry", f"/journal/{life.newest_page(person)}/", cookie, most_cpu=25, most_queries=6),
        Case("room", f"/together/{life.full_room(person)}/", cookie, most_cpu=25, most_queries=14),
        Case("save", "/journal/new/", cookie, page, most_cpu=25),
    ]


def count(tally: Tally) -> None:
    """Count queries and bytes of one case, in this process."""
    case, client = tally.case, Client()
    if case.cookie:
        client.cookies[settings.SESSION_COOKIE_NAME] = case.cookie
    for _ in range(2):  # the second finds what a process keeps
        with CaptureQueriesContext(connection) as queries:
            if case.body:
                response = client.post(case.path, case.body(), HTTP_HOST="localhost")
            else:
                response = client.get(case.path, HTTP_HOST="localhost")
    tally.queries = len(queries)
    tally.size = len(response.content)
    tally.packed = len(gzip.compress(response.content, 6))


def measure(port: int, rounds: int, pages: int) -> dict[str, object]:
    """Write a life down, start the server, go round, and return what was found."""
    person = life.write_down(pages)
    tallies = [Tally(case) for case in cases(person)]
    for tally in tallies:
        if tally.case.path != "/bare/":
            count(tally)
    with Site(port) as site:
        for tally in tallies:
            ask_often(tally.case, port, 40)  # warm: templates, catalogue, connections
            cpu, _ = visit(tally.case, site, 100)
            tally.often = max(40, min(4000, int(SECONDS / max(cpu, 0.0001))))
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", end="\r", file=sys.stderr, flush=True)
            for tally in tallies:
                cpu, wall = visit(tally.case, site, tally.often)
                tally.cpu.append(cpu)
                tally.wall.append(wall)
    print(" " * 30, end="\r", file=sys.stderr)
    return {"rounds": rounds, "pages": pages, "cases": [told(t, tallies[0]) for t in tallies]}


def told(tally: Tally, bare: Tally) -> dict[str, object]:
    """Return the medians of one case, and of its ratios to the bare view in the same round."""
    ratio = [mine / floor for mine, floor in zip(tally.cpu, bare.cpu, strict=True)]
    slower = [mine / floor for mine, floor in zip(tally.wall, bare.wall, strict=True)]
    case = tally.case
    return {
        "name": case.name,
        "cpu_ms": statistics.median(tally.cpu) * 1000,
        "cpu_ratio": statistics.median(ratio),
        "cpu_ratio_from_to": [min(ratio), max(ratio)],
        "cpu_goal": case.most_cpu,
        "wall_ms": statistics.median(tally.wall) * 1000,
        "wall_ratio": statistics.median(slower),
        "queries": tally.queries,
        "queries_goal": case.most_queries,
        "bytes": tally.size,
        "bytes_gzip": tally.packed,
        "requests_a_round": tally.often,
    }


if __name__ == "__main__":
    print(json.dumps(measure(*(int(word) for word in sys.argv[1:4]))))
