"""The journal: list, new page, reading, changing, history, deleting for good."""

import uuid
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from journal.entries import exercising, letters, prompting
from journal.entries.forms import GratitudeForm, PageForm
from journal.entries.listing import by_month, exercise_words, lines, page_of
from journal.entries.models import Entry
from journal.entries.writing import NEARLY, Draft, Kept, keep
from journal.relationships.chosen import Mending
from journal.vault.asking import Asking
from steps.reminders.models import ReminderSettings


@require_safe
def journal(request: Asking) -> HttpResponse:
    """List this person's entries by month, newest first, a page at a time."""
    mending = Mending.of(request)
    entries, older = page_of(request.user, request.GET.get("after", ""))
    months = by_month(lines(entries, request.keyring, mending.names()))
    return render(request, "journal/list.html", {"months": months, "older": older})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asking) -> HttpResponse:
    """Write a free page."""
    return begin_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: Asking) -> HttpResponse:
    """Write a letter that stays here; to whom it is stands in its words."""
    return begin_page(request, letter=True)


def begin_page(request: Asking, letter: bool = False) -> HttpResponse:
    """Show an empty sheet, or keep what was posted on it."""
    mending = Mending.of(request)
    if request.method != "POST":
        about = str(mending.chosen.pk) if mending.chosen else ""
        asked = "" if letter else prompting.chosen(request, mending.story)
        initial = {**PageForm.fresh(), "about": about, "letter": letter, "title": asked}
        form = PageForm(initial=initial, relationships=mending.rows)
        return show_page(request, form, asked=asked)
    return save_page(request, mending, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Change a page; an exercise opens on its own sheet."""
    entry = Entry.objects.one_of(request.user, entry_id)
    if entry is None:
        raise Http404
    if entry.closed and request.method != "POST":
        return redirect("entry", entry.pk)
    if entry.kind == Entry.EXERCISE:
        return exercising.write_again(request, entry)
    mending = Mending.of(request)
    if request.method == "POST":
        return save_page(request, mending, entry)
    head, body = entry.head(request.keyring), entry.body(request.keyring)
    initial = {**PageForm.fresh(entry.pk, entry.version), "title": head["title"]}
    initial |= {
        "text": body["text"],
        "feelings": head["feelings"],
        "about": str(entry.relationship_id or ""),
    }
    form = PageForm(initial=initial, relationships=mending.rows, chosen=head["feelings"])
    return show_page(request, form, entry)


def save_page(request: Asking, mending: Mending, entry: Entry | None) -> HttpResponse:
    """Keep a posted page; show both texts when it had changed meanwhile."""
    chosen = entry.head(request.keyring)["feelings"] if entry else ()
    form = PageForm(request.POST, relationships=mending.rows, chosen=chosen)
    if not form.is_valid():
        return show_page(request, form, entry, status=422)
    kept = keep(request.user, request.keyring, page_draft(form, entry))
    if kept.beside:
        return show_page(request, form, kept.entry, clash=kept, status=409)
    return redirect("entry", kept.entry.pk)


def page_draft(form: PageForm, entry: Entry | None) -> Draft:
    """Return what a valid page form asks to keep."""
    data = form.cleaned_data
    return Draft(
        entry_id=entry.pk if entry else data["entry_id"],
        save_id=data["save_id"],
        base_version=data["base_version"],
        kind=entry.kind if entry else Entry.LETTER if data["letter"] else Entry.FREE,
        title=data["title"],
        text=data["text"],
        feelings=tuple(data["feelings"]),
        relationship=form.relationships.get(data["about"]),
    )


def show_page(
    request: Asking, form: PageForm, entry: Entry | None = None,
    clash: Kept | None = None, status: int = 200, asked: str = "",
) -> HttpResponse:  # fmt: skip
    """Render the writing sheet of a free page; a question `asked` stands in place of its title."""
    ids = (
        form.initial if not form.is_bound else form.renewed(clash.entry.version if clash else None)
    )
    length = len(str(form["text"].value() or ""))
    letter = entry.kind == Entry.LETTER if entry else bool(form["letter"].value())
    if form.is_bound and form["prompted"].value():
        asked = form["title"].value()
    context: dict[str, Any] = {
        "letter": letter,
        "asked": asked,
        "form": form, "ids": ids, "entry": entry, "saved": exercising.saved_words(entry, form),
        "day": exercising.written_on(entry),
        "long": f"{length:,}" if length > NEARLY else "",
        "now_kept": clash.entry.body(request.keyring)["text"] if clash else None,
    }  # fmt: skip
    return render(request, "journal/write.html", context, status=status)


@require_safe
def entry(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Read one entry."""
    row = Entry.objects.one_of(request.user, entry_id)
    if row is None:
        raise Http404
    line = lines([row], request.keyring)[0]
    if row.closed:
        due = letters.is_due(row, request.keyring)
        return render(request, "journal/letter.html", {"entry": row, "line": line, "due": due})
    head, context = row.head(request.keyring), {"entry": row, "line": line}
    context["offer"] = ReminderSettings.objects.may_offer(request.user)
    context |= {"title": head["title"], "feelings": head["feelings"]}
    if row.relationship:
        context["about"] = row.relationship.read(request.keyring).mentioned
    body = row.body(request.keyring)
    if row.kind == Entry.EXERCISE:
        context["answers"] = exercise_words(row, request.keyring, body["answers"])
        context["closing"] = exercising.closing_of(row, body.get("kind"))
        context["margin"] = exercising.margin_of(request, row, body)
    else:
        context["text"] = body["text"]
    return render(request, "journal/entry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def gratitude(request: Asking) -> HttpResponse:
    """Keep one line about something good; with a relationship chosen it lands in that jar."""
    if request.method != "POST":
        ids = GratitudeForm.fresh()
        context = {"form": GratitudeForm(initial=ids), "ids": ids}
        return render(request, "journal/gratitude.html", context)
    mending = Mending.of(request)
    form = GratitudeForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "ids": form.renewed()}
        return render(request, "journal/gratitude.html", context, status=422)
    data = form.cleaned_data
    draft = Draft(
        entry_id=data["entry_id"], save_id=data["save_id"], base_version=0,
        kind=Entry.GRATITUDE, text=data["text"], relationship=mending.chosen,
        marble=mending.chosen is not None,
    )  # fmt: skip
    if keep(request.user, request.keyring, draft).beside:
        # A page gone back to and written anew: one more line of thanks, not a clash.
        anew = replace(draft, entry_id=uuid.uuid4(), save_id=uuid.uuid4())
        keep(request.user, request.keyring, anew)
    return redirect("jar" if mending.chosen else "journal")
