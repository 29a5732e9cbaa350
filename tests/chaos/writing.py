"""Writing while the server is killed: no save that was answered is lost, none is doubled.

Four documents, two tabs on each. The tabs save by themselves without a pause, the web server is
killed at random moments, and at the end every tab's last words are saved and everything counted.
"""

import json
import random
import time
import uuid

from tests.chaos.checking import Answered, Document, Row, check
from tests.chaos.found import Found
from tests.chaos.killing import KilledSite
from tests.chaos.stored import documents, someone
from tests.chaos.tabs import PATIENCE, Tab
from tests.visitor import Visitor

DOCUMENTS, TABS = 4, 2
NAME = "writing"
TIMES = 100
MOST_BETWEEN = 40  # answers before a kill
AT_MOST = 20  # seconds of waiting for them


def run(site: KilledSite, times: int, most: int = MOST_BETWEEN) -> Found:
    """Kill the server of a prepared site this often, each time after up to `most` answers."""
    site.start()
    tabs = open_tabs(site)
    dice = random.Random()
    for tab in tabs:
        tab.start()
    for _ in range(times):
        wait_for(tabs, dice.randint(1, most))
        time.sleep(dice.uniform(0, 0.03))  # anywhere within a save, not right after an answer
        site.kill()
        site.start()
    wait_for(tabs, most)
    for tab in tabs:
        tab.over.set()
    for tab in tabs:
        tab.join(2 * PATIENCE)
    site.stop()
    return counted(tabs, stored(site), times)


def wait_for(tabs: list[Tab], answers: int) -> None:
    """Wait until tabs were answered this often, or for a while where they are not."""
    goal = sum(len(tab.answers) for tab in tabs) + answers
    until = time.monotonic() + AT_MOST
    while sum(len(tab.answers) for tab in tabs) < goal and time.monotonic() < until:
        time.sleep(0.005)


def open_tabs(site: KilledSite) -> list[Tab]:
    """Open new pages, two tabs on each."""
    cookie = site.shell(code(someone)).strip()
    visitor = Visitor(site.address)
    visitor.opener.addheaders = [("Cookie", f"session={cookie}")]
    page = visitor.go("/journal/new/")
    values = visitor.form(page, "writing").values
    form = {name: said[0] for name, said in values.items() if said}
    kept = "; ".join(f"{one.name}={one.value}" for one in visitor.cookies)
    cookies = f"session={cookie}; {kept}"
    names = [str(uuid.uuid4()) for _ in range(DOCUMENTS)]
    return [
        Tab(site.address, cookies, form, name, number) for name in names for number in range(TABS)
    ]


def code(function: object) -> str:
    """Return the lines that call a function of `stored` inside the site."""
    name = getattr(function, "__name__", "")
    return f"from tests.chaos.stored import {name}\n{name}()"


def stored(site: KilledSite) -> dict[str, Document]:
    """Return what the database holds of every document."""
    told = json.loads(site.shell(code(documents)))
    return {
        name: Document(one["version"], one["text"], tuple(Row(**row) for row in one["rows"]))
        for name, one in told.items()
    }


def counted(tabs: list[Tab], found: dict[str, Document], times: int) -> Found:
    """Hold what tabs were told against what is stored."""
    answers: list[Answered] = [one for tab in tabs for one in tab.answers]
    verdict = check(answers, found)
    held = sum(tab.unanswered for tab in tabs)
    saved_after = sum(one.tries > 1 for one in answers)
    broken = [*verdict.broken, *(said for tab in tabs for said in tab.odd)]
    broken += [f"a tab on {tab.document} never came to its end" for tab in tabs if tab.is_alive()]
    if held != saved_after:
        broken.append(f"{held} saves were cut off, and {saved_after} of them answered later")
    counts = {
        "times the server was killed": times,
        "saves answered": len(answers),
        "of these kept beside, after a clash": sum(one.beside for one in answers),
        "saves cut off, held by their tab and saved after": saved_after,
        "answered saves lost": len(verdict.lost),
        "saves doubled": len(verdict.doubled),
        "gaps in the history": len(verdict.gaps),
    }
    return Found(NAME, counts, broken)
