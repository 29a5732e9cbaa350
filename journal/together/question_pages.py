"""Pages of the week's question: answering, withdrawing, leaving a week out, looking back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from journal.spaces.models import Membership
from journal.spaces.room import Room
from journal.spaces.shell import around
from journal.together import question as asking
from journal.together.forms import WordsForm
from journal.together.models import Answer, Bookmark, Question
from journal.together.pages import entered, giving_back, write_page, writing
from journal.vault.asking import Asking

OPENED = "You have both answered meanwhile. What you wrote first is what was opened."
OVER = "That week is over, so this was not sealed. Your words are here, for you to take along."
UNSEEN = "Sealed until you’ve both answered. Until then you can change it or take it back."


@writing
@giving_back
def answer(request: Asking, space_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponse:
    """Answer a question of the week, or change an answer that is not open yet."""
    room = entered(request, space_id, role=Membership.PARTNER)
    question = Question.objects.one_in(room.space, question_id)
    if question is None:
        raise Http404
    if request.method == "POST":
        return keep_answer(request, room, question)
    known = Answer.objects.by(room.person, question)
    if known is None and asking.is_over(question):
        return redirect("room_questions", space_id)
    if known is None:
        return answer_page(request, room, question, WordsForm.fresh())
    if known.post.opened_at is not None:
        return redirect("room", space_id)
    room.admit([known.post])
    text = known.post.body(room.keyring)["text"]
    return answer_page(request, room, question, WordsForm.fresh(text, known.post.version))


def keep_answer(request: Asking, room: Room, question: Question) -> HttpResponse:
    """Keep a posted answer."""
    form = WordsForm(request.POST)
    if not form.is_valid():
        return answer_page(request, room, question, form, status=422)
    data = form.cleaned_data
    try:
        asking.answer(room, question.pk, data["text"], data["base"], data["post_id"])
    except asking.Changed as changed:
        form.cleaned_data["base"] = changed.version
        return answer_page(request, room, question, form, status=409, now=changed.now)
    except asking.Opened:
        return answer_page(request, room, question, form, status=409, trouble=OPENED)
    except asking.Over:
        return answer_page(request, room, question, form, status=409, trouble=OVER)
    return redirect("room", room.space.pk)


def answer_page(
    request: Asking, room: Room, question: Question, form: WordsForm, status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """Show the page for an answer."""
    words = {"heading": "This week’s question", "ask": asking.asked(question), "hint": UNSEEN,
             "label": "Your answer", "act": "Seal it", "margin": True, **more}  # fmt: skip
    return write_page(request, room, form, words, status=status)


@require_POST
def withdraw(request: Asking, space_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponse:
    """Take back an answer that is not open yet."""
    room = Room.of(request, space_id, kind="couple", role=Membership.PARTNER)
    try:
        asking.withdraw(room, question_id)
    except asking.Opened:
        messages.error(request, "You have both answered meanwhile, so both answers are open now.")
    return redirect("room", space_id)


@require_POST
def leave_out(request: Asking, space_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponse:
    """Leave this week's question out, or take it up again; nobody else can tell."""
    room = entered(request, space_id, role=Membership.PARTNER)
    question = Question.objects.one_in(room.space, question_id)
    if question is None:
        raise Http404
    passed = "" if request.POST.get("again") else question.monday.isoformat()
    Bookmark.objects.of(room.me).put(room.keyring, passed=passed)
    return redirect("room", space_id)


@require_safe
def earlier(request: Asking, space_id: uuid.UUID) -> HttpResponse:
    """Show the questions of the weeks before with the answers to them."""
    room = entered(request, space_id)
    weeks, older = asking.earlier(room, request.GET.get("before", ""))
    context = around(room, "") | {"weeks": weeks, "older": older}
    return render(request, "together/questions.html", context)
