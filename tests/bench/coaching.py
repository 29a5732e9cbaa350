"""The coach's list of clients: many clients with many cards beside few, and the bare view.

Started by `python -m tests.bench` in surroundings of its own; prints one JSON list. The list opens
no card, so these have no words; their days and kinds are what it reads.
"""

import json
import os
import statistics
import sys
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from http.client import HTTPConnection  # noqa: E402

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from journal.coaching.models import CARD_OF  # noqa: E402
from journal.spaces.models import Post, Space  # noqa: E402
from tests.bench.life import cookie_of  # noqa: E402
from tests.bench.lines import Line  # noqa: E402
from tests.bench.measure import Case, visit  # noqa: E402
from tests.bench.servers import Site  # noqa: E402
from tests.rooms import work_together  # noqa: E402
from trustrepair.accounts.models import User  # noqa: E402

CLIENTS = "/coaching/clients/"
FEW = 10
OFTEN = 40  # requests of a round
MOST_QUERIES = 8


def coach_of(name: str, clients: int, cards: int) -> User:
    """Return a coach with so many clients, each with so many cards."""
    coach = User.objects.create_user(f"{name}@example.org", display_name="Coach", is_coach=True)
    kinds, today = list(CARD_OF.values()), timezone.localdate()
    with transaction.atomic():
        for number in range(clients):
            client = User.objects.create_user(f"{name}{number}@example.org", display_name="Client")
            space = work_together(client, coach) if number == 0 else another(client, coach)
            Post.unscoped.bulk_create(
                Post(
                    space=space, author=client, kind=kinds[at % len(kinds)], sealed_body=b"",
                    day=today - timedelta(days=at), opened_at=timezone.now(),
                    created_at=timezone.now() - timedelta(days=at),
                )
                for at in range(cards)
            )  # fmt: skip
    return coach


def another(client: User, coach: User) -> Space:
    """Return the room of one more client of a coach who has their second step already."""
    from journal.coaching import consent
    from journal.coaching.models import ITEMS
    from journal.spaces.models import Membership
    from tests.rooms import a_room, room_for

    space = a_room(client, coach, Space.COACHING, Membership.CLIENT)
    consent.give(room_for(client, space), ITEMS, None)
    return space


def queries_of(cookie: str) -> int:
    """Count what the list asks of the database, once everything is warm."""
    browser = Client()
    browser.cookies["session"] = cookie
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            browser.get(CLIENTS, HTTP_HOST="localhost")
    return len(asked)


def waits(case: Case, port: int, often: int) -> list[float]:
    """Return the milliseconds that one reader waits, request after request."""
    line, took = HTTPConnection("127.0.0.1", port, timeout=60), []
    for _ in range(often):
        began = time.perf_counter()
        case.ask(line)
        took.append((time.perf_counter() - began) * 1000)
    line.close()
    return took


def measure(port: int, rounds: int, clients: int, cards: int) -> list[Line]:
    """Measure the list of few clients and of many beside the bare view, in turn."""
    cookies = {
        FEW: cookie_of(coach_of("few", FEW, cards)),
        clients: cookie_of(coach_of("many", clients, cards)),
    }
    bare = Case("bare view", "/bare/")
    cases = {many: Case(f"{many} clients", CLIENTS, cookie) for many, cookie in cookies.items()}
    cpu: dict[Any, list[float]] = {one.name: [] for one in (bare, *cases.values())}
    wall: dict[Any, list[float]] = {one.name: [] for one in (bare, *cases.values())}
    with Site(port) as site:
        for number in range(rounds + 1):
            for case in (bare, *cases.values()):
                used, _ = visit(case, site, OFTEN * (10 if case is bare else 1))
                took = waits(case, port, OFTEN)
                if number:
                    cpu[case.name].append(used * 1000)
                    wall[case.name] += took
    lines = []
    for many, case in cases.items():
        one, beside = (statistics.median(cpu[name]) for name in (case.name, bare.name))
        name = f"list of {many} clients, {many * cards:,} cards"
        lines.append(Line(f"{name}, CPU", one, "ms", "bare", beside, one / beside))
        one, beside = (statistics.quantiles(wall[of], n=20)[18] for of in (case.name, bare.name))
        lines.append(Line(f"{name}, p95", one, "ms", "bare", beside, one / beside))
        asked = queries_of(cookies[many])
        lines.append(Line(f"{name}, queries", asked, "", goal=MOST_QUERIES))
    return lines


if __name__ == "__main__":
    found = measure(*(int(one) for one in sys.argv[1:5]))
    print(json.dumps([asdict(one) for one in found]))
