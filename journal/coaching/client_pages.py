"""The client's side: my coaches, what each may see until when, what came from them, what I ask."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from journal.coaching import consent, ledger
from journal.coaching.assignments import assignments_in
from journal.coaching.coach_door import CLIENTS
from journal.coaching.forms import AskForm
from journal.coaching.models import (
    CARD_OF,
    CARDS,
    DIALS,
    ITEMS,
    KEPT,
    PROFILE,
    REQUEST,
    ROOM,
    Showing,
)
from journal.entries.sheets import address
from journal.relationships.models import PathStep
from journal.relationships.story import DIALS as SCALES
from journal.spaces.giving_back import giving_back
from journal.spaces.handing_models import Handing
from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import Room, rooms_of
from journal.spaces.shell import line_of
from journal.together.seen import mark
from journal.vault.asking import Asking
from steps import catalogue

LATELY = 30
MOST_CARDS = 200
SHUT = "Nothing can be sent into this room just now, so nothing was. Your words are here."
PREPARING = "preparing-for-a-session"  # the guide's exercise before a first session
TALK = (Post.NOTE, Post.REPLY, REQUEST)
STATES = {PathStep.OPEN: "open", PathStep.ENOUGH: "enough for now", PathStep.ASIDE: "set aside"}
ON = {True: "On what you asked", False: "On a page you handed over"}
ITEM_OF = {kind: item for item, kind in CARD_OF.items()}


@require_safe
def coaching(request: Asking) -> HttpResponse:
    """List this person's coaches."""
    rooms = rooms_as_client(request)
    shown = Showing.objects.by(request.user).live().filter(item=ROOM)
    until = {row.space_id: day_of(row.expires_at) for row in shown}
    context = {
        "rooms": [card_of(room, until.get(room.space.pk, "")) for room in rooms],
        "prepare": address(catalogue.get().exercises[PREPARING]),
    }
    return render(request, "coaching/client/list.html", context)


def rooms_as_client(request: Asking) -> list[Room]:
    """Return the coaching rooms in which this person is the client."""
    return [room for room in rooms_of(request.user) if room.me.role == Membership.CLIENT]


def coaches_of(request: Asking) -> dict[Any, str]:
    """Return how the coach in each of this person's rooms is called, by the room's id."""
    return {
        room.space.pk: room.names[row.person_id]
        for room in rooms_of(request.user)
        for row in room.others
        if row.role == Membership.COACH
    }


def card_of(room: Room, until: str) -> dict[str, str]:
    """Return a room as the list shows it."""
    url = f"/coaching/{room.space.pk}/"
    if room.waiting:
        line = "Nobody has come in yet. The invitation is yours to pass on or to withdraw."
        return {"url": f"{url}invitation/", "title": "A coach you have invited", "line": line}
    if room.closed:
        return {"url": f"{url}end/", "title": "A room that has closed", "line": line_of(room)}
    line = f"Sees what you chose until {until}." if until else "Sees nothing of you just now."
    return {"url": url, "title": room.other_names, "line": line}


@require_safe
def coaching_room(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show what one coach sees and until when, and what has passed between the two."""
    room = Room.of(request, space_id, Space.COACHING)
    if room.me.role == Membership.COACH:
        return redirect(f"{CLIENTS}{space_id}/")
    if room.closed:
        return redirect("coaching_end", space_id)
    if room.waiting:
        return redirect("coaching_invitation", space_id)
    known = {row.item: row for row in Showing.objects.by(request.user).filter(space=space_id)}
    live = {item: row for item, row in known.items() if row.expires_at > timezone.now()}
    if not known and not room.posts.exclude(kind=PROFILE).exists():
        return redirect("coaching_show", space_id)  # come in, and nothing said yet by anybody
    looked_in(room)
    talk = list(room.posts.filter(kind__in=TALK).newest().select_related("parent")[:LATELY])
    tasks = assignments_in(room)
    profile = room.posts.filter(kind=PROFILE).first()
    room.admit([*talk, *tasks.posts, *([profile] if profile else [])])
    context = {
        "room": room,
        "coach": room.other_names,
        "line": line_of(room),
        "profile": profile.body(room.keyring) if profile else {},
        **seen_by_coach(live),
        "copies": copies_in(request, room),
        "tasks": tasks.lines(room),
        "talk": said(room, talk),
        "form": AskForm(initial={"post_id": uuid.uuid4()}),
    }
    return render(request, "coaching/client/room.html", context)


def looked_in(room: Room) -> None:
    """Let Today know, and nobody else, how far a client has read in a room with a coach."""
    mark(room).seen(room.keyring, "")


def seen_by_coach(live: dict[str, Showing]) -> dict[str, Any]:
    """Return each item that is shown now, with its words and its day; without the room, nothing."""
    if ROOM not in live:
        return {"shows": [], "ran_out": True, "until": ""}
    shows = [
        {
            "item": consent.WORDS[key].since(day_of(live[key].given_at)),
            "until": day_of(live[key].expires_at),
        }
        for key in ITEMS
        if key in live
    ]
    return {"shows": shows, "ran_out": False, "until": day_of(live[ROOM].expires_at)}


def copies_in(request: Asking, room: Room) -> list[dict[str, str]]:
    """Return the pages of this person's that were handed into a room; what they are called."""
    mine = Handing.objects.by(request.user).filter(post__space=room.space, post__kind=Post.COPY)
    found = []
    for row in mine.select_related("entry", "post").order_by("-created_at")[:LATELY]:
        closed, url = row.entry.closed, f"/journal/{row.entry_id}/"
        title = "" if closed else row.entry.head(request.keyring)["title"]
        since = day_of(row.post.created_at)
        found.append(
            {"title": title or ("A closed letter" if closed else "A page"), "since": since,
             "url": url if closed else f"{url}hand-over/"}
        )  # fmt: skip
    return found


def said(room: Room, talk: Iterable[Post]) -> list[dict[str, Any]]:
    """Return what was said in a room, ready to print; `talk` has each post's parent with it."""
    found = []
    for post in talk:
        body = post.body(room.keyring)
        mine = post.author_id == room.person.pk
        found.append(
            {
                "who": "You" if mine else room.names.get(post.author_id, "Your coach"),
                "when": day_of(post.created_at),
                "text": body.get("text", ""),
                "about": "" if mine or post.parent is None else ON[post.parent.kind == REQUEST],
                "url": f"/coaching/{post.space_id}/asked/{post.pk}/take-back/" if mine else "",
            }
        )
    return found


@require_POST
@giving_back
def ask(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Ask the coach something, or tell them."""
    room = consent.room_of_client(request, space_id)
    form = AskForm(request.POST)
    shown = ROOM in consent.shown_in(room)
    if form.is_valid() and not (room.open_to_posts and shown):
        form.add_error(None, SHUT)
    if not form.is_valid():
        context = {"form": form, "room": room, "coach": room.other_names, "shown": shown}
        return render(request, "coaching/client/ask.html", context, status=422)
    text = form.cleaned_data["text"]
    room.write(REQUEST, {"text": text}, post_id=form.cleaned_data["post_id"])
    messages.success(request, "Sent. It is in the room now.")
    return redirect("coaching_room", space_id)


@require_POST
def ask_take_back(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Take something back that was asked or told, at once; its key goes first.

    Raises:
        Http404: it is not the client's, or gone already.
    """
    room = consent.room_of_client(request, space_id)
    mine = Post.objects.written_by(request.user).filter(space=room.space, kind=REQUEST)
    if not mine.filter(pk=post_id).take_back():
        raise Http404
    messages.success(request, "Taken back. It is gone from their page.")
    return redirect("coaching_room", space_id)


@require_safe
def cards_page(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show a client their cards, the latest first, exactly as the coach reads them."""
    room = consent.room_of_client(request, space_id)
    mine = Post.objects.written_by(request.user).filter(space=room.space, kind__in=CARDS)
    posts = room.admit(mine.newest()[:MOST_CARDS])
    live = consent.shown_in(room)
    rows = [
        {
            "words": card_words(post.kind, post.body(room.keyring)),
            "id": post.pk,
            "single": ITEM_OF[post.kind] in {DIALS, KEPT},
            "shown": ROOM in live and ITEM_OF[post.kind] in live,
        }
        for post in posts
    ]
    context = {"room": room, "coach": room.other_names, "rows": rows}
    return render(request, "coaching/client/cards.html", context)


def card_words(kind: str, body: dict[str, Any]) -> str:
    """Return a card in words."""
    if kind == "card-path":
        step = catalogue.get().steps.get(body["step"])
        title = step.title if step else "A step"
        return f"{title}: {STATES.get(body['state'], body['state'])}, {iso(body['day'])}"
    if kind == "card-kept":
        return f"Finished: {body['title']}, {iso(body['day'])}"
    if kind == "card-active":
        return f"Last here in the week of {iso(body['week'])}"
    numbers = body["numbers"]
    said = ", ".join(f"{SCALES[key]} {numbers[key]}" for key in SCALES if key in numbers)
    return f"Check-in: {said or 'no numbers'}, {iso(body['day'])}"


@require_POST
def card_take_back(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Take one card back at once; its key goes first, and it is not published again."""
    room = consent.room_of_client(request, space_id)
    consent.take_card_back(room, post_id)
    return redirect("coaching_cards", space_id)


@require_safe
def opened(request: Asking) -> HttpResponse:
    """Show what coaches have opened, and when."""
    names = coaches_of(request)
    rows = ledger.lines_of(request.user, names)
    context = {"rows": rows, "older": len(rows) if len(rows) == ledger.MOST else 0}
    return render(request, "coaching/client/ledger.html", context)


def day_of(moment: datetime) -> str:
    """Return the day of a moment as pages say it."""
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}"


def iso(day: str) -> str:
    """Return an ISO day as pages say it."""
    found = date.fromisoformat(day)
    return f"{found.day} {found:%B %Y}"
