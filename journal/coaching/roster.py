"""The coach's list of clients: one line each, of what they show, without opening any card.

All clients are sorted and narrowed down by what days tell; names are opened for one page of them,
or for all where the list stands by name.
"""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from journal.coaching import ledger
from journal.coaching.coach_door import CLIENTS, for_coaches
from journal.coaching.models import ACTIVE, DIALS, KEPT, PATH
from journal.coaching.signs import (
    QUIET,
    Files,
    Place,
    Shows,
    Signs,
    rooms_as_coach,
    shown_to,
    signs_of,
)
from journal.spaces.models import Membership
from journal.spaces.room import SOMEBODY
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring

PAGE = 50
SOON = timedelta(days=7)
# What moved last, in words; of several on one day the first says it.
MOVED = {
    PATH: "On the path, {}",
    KEPT: "Finished an exercise, {}",
    DIALS: "Checked in, {}",
    ACTIVE: "Here in the week of {}",
}
# What a client shows beside the room itself, in a word each.
SHOWN = {PATH: "path", DIALS: "check-ins", KEPT: "exercises", ACTIVE: "last week here"}
WHO = {"all": "Everybody", "asked": "Waiting for an answer", "moving": "Moving lately",
       "quiet": "Quiet", "soon": "Session soon"}  # fmt: skip
ORDERS = {"need": "Who may need you", "moved": "What moved last", "session": "Next session",
          "name": "Name"}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One client in the list, ready to print."""

    url: str
    name: str
    moved: str
    shows: str
    asked: str
    quiet: bool
    when: str


@require_safe
@for_coaches
def clients(request: Asking) -> HttpResponse:
    """List the clients who show this coach something, with what each shows."""
    today = timezone.localdate()
    shown, rooms = shown_to(request.user), rooms_as_coach(request.user)
    files = Files(request.user, request.keyring)
    known = [
        signs_of(one, rooms[one.space_id], today)
        for one in shown.values()
        if one.space_id in rooms and rooms[one.space_id].client_id
    ]
    ledger.looked_at_list(one for one in shown.values() if not one.looked)
    who = request.GET.get("only", "") if request.GET.get("only") in WHO else "all"
    order = request.GET.get("by", "") if request.GET.get("by") in ORDERS else "need"
    wanted = arranged(chosen(known, who, files, today), order, files, today)
    here, pages = page_of(wanted, request.GET.get("page", ""))
    spaces = {one.space_id for one in (wanted if order == "name" else here)}
    keyring = Keyring.of(request.user, spaces)
    if order == "name":
        here, _ = page_of(by_name(wanted, keyring), request.GET.get("page", ""))
    context = {
        "lines": [line_of(one, keyring, files, today) for one in here],
        "any": bool(known),
        "others": without_a_view(rooms, shown, files),
        "filters": links("only", WHO, who, f"&by={order}"),
        "sorts": links("by", ORDERS, order, f"&only={who}"),
        "pages": {key: f"?only={who}&by={order}&page={at}" for key, at in pages.items()},
        "told": ledger.TOLD_OF_LISTS,
    }
    return render(request, "coaching/coach/roster.html", context)


def chosen(known: list[Signs], who: str, files: Files, today: date) -> list[Signs]:
    """Return the clients that are asked for."""

    def soon(one: Signs) -> bool:
        session = files.session(one.space_id, today)
        return session is not None and session - today <= SOON

    tests: dict[str, Callable[[Signs], bool]] = {
        "all": lambda one: True,
        "asked": lambda one: one.asked is not None,
        "moving": lambda one: today - one.last < QUIET,
        "quiet": lambda one: one.quiet,
        "soon": soon,
    }
    return [one for one in known if tests[who](one)]


def arranged(known: list[Signs], order: str, files: Files, today: date) -> list[Signs]:
    """Return clients in an order that needs no names."""
    if order == "need":
        return sorted(known, key=need)
    if order == "moved":
        return sorted(known, key=lambda one: one.last, reverse=True)
    if order == "session":
        return sorted(known, key=lambda one: files.session(one.space_id, today) or date.max)
    return known


def need(one: Signs) -> tuple[int, float]:
    """Return the place of a client: who waits longest, who is quiet longest, who moved last."""
    if one.asked is not None:
        return 0, one.asked.timestamp()
    return (1, one.last.toordinal()) if one.quiet else (2, -one.last.toordinal())


def by_name(known: list[Signs], keyring: Keyring) -> list[Signs]:
    """Return clients by what they call themselves."""
    return sorted(known, key=lambda one: one.client.called(keyring).casefold())


def page_of(known: list[Signs], asked: str) -> tuple[list[Signs], dict[str, int]]:
    """Return one page of a list, and the numbers of the pages around it.

    Args:
        asked: the page that an address asks for; nonsense is the first, too far is the last.
    """
    last = max(1, -(-len(known) // PAGE))
    at = min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 6 else 1
    around = {"back": at - 1, "on": at + 1}
    return known[(at - 1) * PAGE : at * PAGE], {
        key: one for key, one in around.items() if 1 <= one <= last
    }


def line_of(one: Signs, keyring: Keyring, files: Files, today: date) -> Line:
    """Return one client's line."""
    session = files.session(one.space_id, today)
    asked = timezone.localtime(one.asked).date() if one.asked else None
    return Line(
        url=f"{CLIENTS}{one.space_id}/",
        name=one.client.called(keyring) or SOMEBODY[Membership.CLIENT],
        moved=moved(one),
        shows=shows(one.shown),
        asked=f"Waits for your answer, {day_of(asked)}" if asked else "",
        quiet=one.quiet,
        when=f"Session on {day_of(session)}" if session else "",
    )


def shows(items: Collection[str]) -> str:
    """Return in words what a client lets this coach see beside the pages they hand over."""
    if not items:
        return "Pages only"
    if len(items) == len(SHOWN):
        return "All progress"
    return ", ".join(SHOWN[item] for item in SHOWN if item in items).capitalize()


def moved(one: Signs) -> str:
    """Return in words what moved last."""
    days, spoke = one.days, one.client.asked_at
    if not days:
        return f"Wrote to you, {day_of(timezone.localtime(spoke))}" if spoke else "Nothing yet"
    # Of several on one day the order of MOVED says which.
    item = max((one for one in MOVED if one in days), key=lambda one: days[one])
    return MOVED[item].format(day_of(days[item]))


def links(key: str, words: dict[str, str], here: str, rest: str) -> list[dict[str, Any]]:
    """Return the choices of a list as links; addresses carry keys and no words."""
    return [
        {"url": f"?{key}={one}{rest}", "words": said, "here": one == here}
        for one, said in words.items()
    ]


def without_a_view(
    rooms: dict[uuid.UUID, Place],
    shown: dict[uuid.UUID, Shows],
    files: Files,
) -> list[dict[str, str]]:
    """Return the rooms in which a coach sees nothing of anybody: invited, closed, run out.

    Of the client they say only what the coach wrote into their own file.
    """
    found = []
    for space_id, place in rooms.items():
        if space_id in shown:
            continue
        name = files.of(space_id).get("called") or "A client"
        line, page = "Shows you nothing just now.", "end"
        if place.opened_at is None:
            name, line, page = "Somebody you have invited", "Has not come in yet.", "invitation"
        elif place.client_id is None:
            line = "This room has closed."
        found.append({"name": name, "line": line, "url": f"/coaching/{space_id}/{page}/"})
    return found


def day_of(day: date) -> str:
    """Return a day as the coach's pages say it."""
    return f"{day.day} {day:%B}"
