"""The versions of an entry: list, read, compare with now, bring back."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from journal.entries.comparing import compare
from journal.entries.listing import exercise_words, moment, moments
from journal.entries.models import Entry, Revision
from journal.entries.writing import Draft, keep
from journal.vault.asking import Asking, as_uuid

SHOWN = 200


@require_safe
def history(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """List the versions of an entry, newest first."""
    row = get_object_or_404(Entry.objects.written_by(request.user), id=entry_id)
    if row.closed:
        return redirect("entry", row.pk)
    revisions = list(Revision.objects.of(row).with_words().defer("sealed_body")[:SHOWN])
    times = moments([revision.created_at for revision in revisions])
    versions = [
        {
            "url": f"{revision.pk}/",
            "when": when,
            "beside": revision.beside,
            "auto": revision.auto,
            "now": revision.version == row.version and not revision.beside,
        }
        for revision, when in zip(revisions, times, strict=True)
    ]
    return render(request, "journal/history.html", {"entry": row, "versions": versions})


@require_safe
def version(request: Asking, entry_id: uuid.UUID, revision_id: uuid.UUID) -> HttpResponse:
    """Read one earlier version of an entry, beside what the page says now."""
    row = get_object_or_404(Entry.objects.written_by(request.user), id=entry_id)
    revision = get_object_or_404(Revision.objects.of(row).with_words(), id=revision_id)
    if row.closed:
        return redirect("entry", row.pk)
    body = revision.body(request.keyring)
    context: dict[str, Any] = {"entry": row, "revision": revision, "body": body}
    named = names_of(row)
    context["when"] = named.pop(revision.pk, moment(revision.created_at))
    context["versions"] = [(str(key), when) for key, when in named.items()]
    if row.kind == Entry.EXERCISE:
        context["answers"] = exercise_words(row, request.keyring, body["answers"])
    if "compare" in request.GET:
        context |= compared(request, row, revision, named)
    return render(request, "journal/version.html", context)


def names_of(entry: Entry) -> dict[uuid.UUID, str]:
    """Return when each version was saved, in words that tell them apart."""
    rows = list(Revision.objects.of(entry).with_words().defer("sealed_body")[:SHOWN])
    times = moments([row.created_at for row in rows])
    return {row.pk: when for row, when in zip(rows, times, strict=True)}


def compared(
    request: Asking, entry: Entry, revision: Revision, named: dict[uuid.UUID, str]
) -> dict[str, Any]:
    """Return what leads from a version to another one, or to the page as it is now."""
    this = flat(request, entry, revision.body(request.keyring))
    chosen = request.GET["compare"]
    if not chosen:
        now = {**entry.body(request.keyring), "title": entry.head(request.keyring)["title"]}
        return {"pieces": compare(this, flat(request, entry, now))}
    rows = Revision.objects.of(entry).with_words()
    other = get_object_or_404(rows, id=as_uuid(chosen))
    that = flat(request, entry, other.body(request.keyring))
    older_first = (revision.version, revision.created_at) <= (other.version, other.created_at)
    return {
        "pieces": compare(this, that) if older_first else compare(that, this),
        "chosen": str(other.pk),
        "other_when": named.get(other.pk, moment(other.created_at)),
        "older_first": older_first,
    }


def flat(request: Asking, entry: Entry, body: dict[str, Any]) -> str:
    """Return a version as one text with its title in front, for comparing."""
    if entry.kind != Entry.EXERCISE:
        return "\n\n".join(filter(None, (body.get("title", ""), body["text"])))
    said = exercise_words(entry, request.keyring, body["answers"])
    return "\n\n".join(f"{answer['ask']}\n{answer['words']}" for answer in said)


@require_POST
def restore(request: Asking, entry_id: uuid.UUID, revision_id: uuid.UUID) -> HttpResponse:
    """Make an earlier version the page again; what stands there now stays in the history."""
    mine = Entry.objects.written_by(request.user).select_related("exercise", "step", "relationship")
    row = get_object_or_404(mine, id=entry_id)
    revision = get_object_or_404(Revision.objects.of(row).with_words(), id=revision_id)
    keep(request.user, request.keyring, draft_from(request, row, revision))
    return redirect("entry", row.pk)


def draft_from(request: Asking, entry: Entry, revision: Revision) -> Draft:
    """Return an earlier version as a draft that starts from the page as it is now."""
    body, head = revision.body(request.keyring), entry.head(request.keyring)
    taken_back = dict.fromkeys(entry.body(request.keyring).get("answers", {}), "")
    return Draft(
        entry_id=entry.pk,
        save_id=uuid.uuid4(),
        base_version=entry.version,
        kind=entry.kind,
        title=body.get("title", head["title"]),
        text=body.get("text", ""),
        answers={**taken_back, **body.get("answers", {})},
        feelings=tuple(body.get("feelings", ())),
        relationship=entry.relationship,
        exercise=entry.exercise,
        step=entry.step,
        questions=tuple(entry.questions(request.keyring)),
    )
