"""A couple's room: the page itself, and what is written straight onto it."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.spaces.giving_back import giving_back
from journal.spaces.handing_models import Handing
from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import Room
from journal.spaces.shell import around
from journal.together import beside, jar, notes, repair, seen
from journal.together.agreements import Agreed, pacts
from journal.together.forms import MarbleForm, RepairForm, WordsForm
from journal.together.polling import stamp
from journal.together.question import ANSWER, Asked, question_of_the_week
from journal.vault.asking import Asking

writing = require_http_methods(["GET", "HEAD", "POST"])


def entered(request: Asking, space_id: uuid.UUID, role: str = "") -> Room:
    """Return the couple's room; nobody writes into one that the other has left, or not come into.

    Raises:
        Http404: there is no such room, or not for them.
    """
    room = Room.of(request, space_id, kind=Space.COUPLE, role=role)
    if request.method == "POST" and (room.closed or room.waiting):
        raise Http404
    return room


@require_safe
def room(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show the room: the jar, the week's question, what was agreed, and notes."""
    found = entered(request, space_id)
    now, mark = timezone.now(), seen.mark(found)
    marbles, stream = jar.Jar.fetch(found), notes.Stream.fetch(found, request.GET.get("after", ""))
    question = question_of_the_week(found.space)
    rows = seen.worded(found)
    posts = found.admit(seen.on_table(found, now, question.monday, rows))
    more = beside.fetch(found)
    # From here on words are opened: every post of the page is known to the keyring.
    agreed = Agreed(pacts(found, rows, posts, seen.signed(rows)))
    context = around(found, "room") | {
        "asked": Asked(found, question, mark, [row for row in posts if row.kind == ANSWER]),
        "jar": marbles, "stream": stream, "more": more,
        "agreed": agreed, "wish": agreed.wish,
        "partner": found.me.role == Membership.PARTNER,
        "marble": MarbleForm.fresh(), "note": WordsForm.fresh(), "now": stamp(now),
        "live": not request.GET.get("after"), "writes": not (found.waiting or found.closed),
        "known": " ".join(f"{row.pk}-{row.version}" for row in [*posts, *stream.posts]),
    }  # fmt: skip
    mark.seen(found.keyring, found.other_names)
    return render(request, "together/room.html", context)


def write_page(
    request: Asking, room: Room, form: WordsForm, words: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show a page with one field for words.

    Args:
        words: what stands around it: "heading", "label", "act"; also "lead", "ask", "hint",
            "now" (what is kept instead, for two texts beside each other), "back", "margin".
    """
    frame = around(room, "")
    back = reverse("room", args=[room.space.pk])
    context = {**frame, "form": form, "back": back, **words}
    return render(request, "together/write.html", context, status=status)


@require_POST
@giving_back
def marble(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Drop a marble into the joint jar."""
    found = entered(request, space_id, role=Membership.PARTNER)
    form = MarbleForm(request.POST)
    if not form.is_valid():
        words = {"heading": "One for the jar", "label": f"What did {found.other_names} do?",
                 "act": "Drop it in"}  # fmt: skip
        return write_page(request, found, form, words, status=422)
    jar.drop(found, form.cleaned_data["text"], form.cleaned_data["post_id"])
    return redirect(f"{reverse('room', args=[space_id])}#jar")


@require_safe
def shelf(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show everything in the jar and in the full ones on the shelf, a page at a time."""
    found = entered(request, space_id)
    marbles, older = jar.page_of(found, request.GET.get("before", ""))
    context = around(found, "") | {"lately": jar.deeds(found, marbles), "older": older}
    context["full"] = (jar.number_of(marbles[0]) - 1) // jar.JAR if marbles else 0
    return render(request, "together/jar.html", context)


@writing
@giving_back
def note(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Write a note to the other."""
    found = entered(request, space_id)
    form = WordsForm(request.POST) if request.method == "POST" else WordsForm.fresh()
    if form.is_valid():
        data = form.cleaned_data
        found.write(Post.NOTE, {"title": "", "text": data["text"]}, post_id=data["post_id"])
        return redirect(f"{reverse('room', args=[space_id])}#notes")
    words = {"heading": f"A note to {found.other_names}", "label": "Your note",
             "act": "Leave it in the room", "margin": True}  # fmt: skip
    return write_page(request, found, form, words, status=422 if form.is_bound else 200)


@writing
@giving_back
def post(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Show one note or copy with what was said to it, and take a reply."""
    found = entered(request, space_id)
    row = found.one(post_id, *notes.STREAM)
    form = WordsForm(request.POST) if request.method == "POST" else WordsForm.fresh()
    if form.is_valid():
        notes.reply(found, row, form.cleaned_data["text"], form.cleaned_data["post_id"])
        return redirect("room_post", space_id, post_id)
    return post_page(request, found, row, form)


def post_page(
    request: Asking, found: Room, row: Post, form: WordsForm, repairing: RepairForm | None = None
) -> HttpResponse:
    """Render a note or a copy; with it, for an apology, the ways to answer one."""
    replies, older = notes.replies_to(found, row, request.GET.get("after", ""))
    found.admit([row])
    line = notes.line(found, row, [])
    here = reverse("room_post", args=[found.space.pk, row.pk])
    troubled = form.is_bound or repairing is not None
    between = found.me.role == Membership.PARTNER and not found.closed
    context = around(found, "") | {
        "line": line, "form": form, "older": older,
        "repair": repair.ways(line) if line["apology"] and between else None,
        "repairing": repairing or RepairForm.fresh(),
        "replies": [
            {**notes.reply_line(found, one, to=row), "url": notes.back_url(found, one)}
            for one in reversed(replies)
        ],
        "copy_url": copy_url(found, row),
        "here": here, "back": reverse("room", args=[found.space.pk]),
    }  # fmt: skip
    return render(request, "together/post.html", context, status=422 if troubled else 200)


@require_POST
@giving_back
def answer_apology(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Say something to an apology in one of the ways that the page offers."""
    found = entered(request, space_id, role=Membership.PARTNER)
    row = found.one(post_id, Post.COPY)
    form = RepairForm(request.POST)
    if not form.is_valid():
        return post_page(request, found, row, WordsForm.fresh(), form)
    repair.answer(found, row, form.cleaned_data)
    return redirect("room_post", space_id, post_id)


def copy_url(found: Room, row: Post) -> str:
    """Return where the writer of a copy sees where it stands; "" for everybody else."""
    mine = Handing.objects.by(found.person).filter(post=row).first()
    return reverse("copy", args=[mine.entry_id, row.pk]) if mine else ""


@writing
def take_back(request: Asking, space_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Take back a note, a reply, a marble or an answer of one's own, after saying what it does."""
    found = Room.of(request, space_id, kind=Space.COUPLE)
    if request.method == "POST":
        notes.take_back(found, post_id)
        return redirect("room", space_id)
    row = found.one(post_id, *notes.TAKEN_BACK_HERE)
    if row.author_id != request.user.pk:
        raise Http404
    found.admit([row])
    context = around(found, "") | {"line": notes.reply_line(found, row)}
    return render(request, "together/take_back.html", context)
