"""Taking one's words along: how soon the first byte comes, and how much memory the server needs.

Started by `python -m tests.bench` in surroundings of its own; prints one JSON list. Memory is the
greatest that any web process held for itself while it sent the file, over what it held before; the
processes have sent a small export before, so that what is loaded once does not count. Of the
database file SQLite maps up to 128 MiB: those pages are the system's cache, not a process's own.
First bytes are the median of several files, of which all but one are left off after it.
"""

import json
import os
import statistics
import sys
import threading
import time
from dataclasses import asdict
from http.client import HTTPConnection
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

django.setup()

from allauth.account.internal.flows.login import record_authentication  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import login  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.test import Client  # noqa: E402

from tests.bench.lines import Line  # noqa: E402
from tests.bench.measure import TOKEN  # noqa: E402
from tests.bench.servers import Site  # noqa: E402
from tests.bench.writing import BARE, line_to, timed, write_down  # noqa: E402
from trustrepair.accounts.models import User  # noqa: E402
from trustrepair.doors.sessions import SessionStore  # noqa: E402

PAGE = "/you/export/"
PIECE = 64 * 1024
WARM = 30
SMALLER = 3  # files of the smallest journal, of which the peak is taken: one may miss a buffer


def proved(person: User) -> dict[str, str]:
    """Sign a person in who has just given their password; return the headers of their browser."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, person)
    record_authentication(request, person, method="password")
    request.session.save()
    probe = Client()
    probe.cookies[settings.SESSION_COOKIE_NAME] = request.session.cookie or ""
    found = TOKEN.search(probe.get(PAGE, HTTP_HOST="localhost").content.decode())
    assert found is not None, "the page asks for the password again"
    kept = "; ".join(f"{name}={one.value}" for name, one in probe.cookies.items())
    return {"Host": "localhost", "Cookie": kept, "X-CSRFToken": found[1]}


def fetch(port: int, headers: dict[str, str], whole: bool = True) -> tuple[float, float, int]:
    """Take the file; return the seconds to its first byte and to its last, and its length.

    Not `whole`, it is left off after the first byte, as by somebody who closes the tab.
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=1_800)
    began = time.perf_counter()
    connection.request("POST", PAGE, "", {**headers, "Content-Length": "0"})
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.perf_counter() - began
    while whole and (piece := answer.read(PIECE)):
        size += len(piece)
    connection.close()
    if answer.status != 200 or answer.headers["Content-Type"] != "application/zip":
        raise RuntimeError(f"The export answered {answer.status}.")
    return first, time.perf_counter() - began, size


def own_memory(pid: int) -> float:
    """Return what a process holds for itself, in MiB, by its own account."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


class Watch(threading.Thread):
    """Looks every few milliseconds how much processes hold for themselves."""

    def __init__(self, idle: dict[int, float]) -> None:
        super().__init__(daemon=True)
        self.idle, self.peak = idle, dict(idle)
        self.over = threading.Event()

    def run(self) -> None:
        """Look until it is over."""
        while not self.over.wait(0.01):
            for pid, most in self.peak.items():
                self.peak[pid] = max(most, own_memory(pid))

    def grown(self) -> float:
        """End it; return by how much the one that grew most has grown."""
        self.over.set()
        self.join()
        return max(self.peak[pid] - self.idle[pid] for pid in self.idle)


def first_bytes(
    site: Site, headers: dict[str, str], rounds: int
) -> tuple[list[float], list[float]]:
    """Return the seconds to first bytes of files, and those of a bare view, in turn."""
    ours, bare = [], []
    for _ in range(rounds):
        ours.append(fetch(site.port, headers, whole=False)[0])
        connection = line_to(site.port)
        bare.append(timed(connection, BARE, headers)[2])
        connection.close()
    return ours, bare


def exports(port: int, rounds: int, sizes: list[int]) -> list[Line]:
    """Measure exports of several sizes, the smallest first."""
    people: dict[int, User] = {many: write_down(many) for many in (WARM, *sizes)}
    lines: list[Line] = []
    least = 0.0
    with Site(port) as site:
        for _ in range(6):  # both processes, whichever answers
            fetch(port, proved(people[WARM]))
        idle = {pid: own_memory(pid) for pid in site.workers}  # one for all sizes
        for many in sizes:
            headers = proved(people[many])
            watch = Watch(idle)
            watch.start()
            for _ in range(1 if least else SMALLER):
                first, whole, size = fetch(port, headers)
            over = watch.grown()
            firsts, bare = first_bytes(site, headers, rounds)
            name = f"export of {many:,} pages"
            firsts_ms, bare_ms = (statistics.median(s) * 1000 for s in ([first, *firsts], bare))
            lines += [
                Line(f"{name}, first byte", firsts_ms, goal=100),
                Line(f"{name}, the same", firsts_ms, "ms", "a bare view", bare_ms,
                     firsts_ms / bare_ms),
                Line(f"{name}, whole ({size / 2**20:,.1f} MiB)", whole, "s"),
                Line(f"{name}, memory over idle", over, "MiB", goal=8),
            ]  # fmt: skip
            if least:
                lines.append(
                    Line(f"{name}, memory", over, "MiB", "the smaller", least, over / least, 1.2)
                )
            least = least or over
    return lines


if __name__ == "__main__":
    of_port, many_rounds, *many_pages = (int(word) for word in sys.argv[1:])
    print(json.dumps([asdict(line) for line in exports(of_port, many_rounds, many_pages)]))
