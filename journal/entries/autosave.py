"""Autosave: the same save as a button's, answered in a few words for the page that sent it.

What the page is told: 200 it is kept; 401 nobody is signed in; 403 the token has grown old (ask for
a new one); 409 another text stands there, or another person is signed in; 422 it cannot be kept
like this. Whatever the answer, the words stay on the page until they are kept.
"""

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from journal.entries.forms import ExerciseForm, PageForm
from journal.entries.models import Entry, Revision
from journal.entries.posted import PostedPage, PostedSheet, posted
from journal.entries.writing import Kept, keep
from journal.vault.asking import Asking
from journal.vault.owner import mark_of
from journal.vault.words import WordsField


@login_not_required  # a page whose session has ended must hear so, not be led to a sign-in page
@require_POST
def autosave(request: Asking) -> JsonResponse:
    """Keep what is on a writing page now."""
    if not request.user.is_authenticated:
        return JsonResponse({"why": "signed-out"}, status=401)
    data = whole(request)
    if data is None:
        return JsonResponse({"why": "gone"}, status=409)
    page = posted(request, data)
    empty = not page.form.is_valid() and only_empty(page)
    if not empty and page.form.errors:
        return JsonResponse({"why": "refused", "words": first_error(page)}, status=422)
    if empty or not page.says_something:
        return JsonResponse({"saved": ""})
    kept = keep(request.user, request.keyring, replace(page.draft(), auto=True))
    page.kept(request)
    return clash(request, page, kept) if kept.beside else acknowledged(kept)


@login_not_required
@require_safe
def token(request: Asking) -> JsonResponse:
    """Hand a page that is still open the token of the session it finds itself in."""
    if not request.user.is_authenticated:
        return JsonResponse({"why": "signed-out"}, status=401)
    return JsonResponse({"token": get_token(request), "owner": mark_of(request.user)})


def acknowledged(kept: Kept) -> JsonResponse:
    """Say that it is kept, as which version, and when.

    A save that came before is told its own version, not that of texts after it: the page still
    shows the older one, and what it saves next has to clash.
    """
    entry = kept.entry
    return JsonResponse(
        {
            "entry_id": str(entry.pk),
            "version": kept.version,
            "saved": f"{timezone.localtime(entry.updated_at):%H:%M}",
        }
    )


def clash(request: Asking, page: PostedPage | PostedSheet, kept: Kept) -> JsonResponse:
    """Hand the page the text that stands there; its own is kept beside it."""
    told = {"why": "clash", "version": kept.entry.version, "fields": fields_of(request, page, kept)}
    return JsonResponse(told, status=409)


def fields_of(request: Asking, page: PostedPage | PostedSheet, kept: Kept) -> dict[str, str]:
    """Return the words that are kept now, by the names of the page's fields."""
    body = kept.entry.body(request.keyring)
    if isinstance(page, PostedPage):
        return {"title": kept.entry.head(request.keyring)["title"], "text": body["text"]}
    form = ExerciseForm(questions=page.sheet.here, answers=body["answers"])
    words = {name for name, field in form.fields.items() if isinstance(field, WordsField)}
    return {name: str(form[name].value() or "") for name in words}


def only_empty(page: PostedPage | PostedSheet) -> bool:
    """Whether the only thing wrong with a free page is that nothing is on it."""
    if not isinstance(page.form, PageForm) or set(page.form.errors) != {"text"}:
        return False
    return "text" not in page.form.data or not page.form.data["text"].strip()


def first_error(page: PostedPage | PostedSheet) -> str:
    """Return what the form says first."""
    return next(str(error) for errors in page.form.errors.values() for error in errors)


def whole(request: Asking) -> QueryDict | None:
    """Return the posted values with a delta put back into the text it was cut from.

    A page that closes can send some sixty kilobytes; past that it sends what changed in its longest
    field since the version it started from. None when that version is not to be had.
    """
    field = request.POST.get("splice_field")
    if not field:
        return request.POST.copy()
    before = text_at(request, field)
    start, end = number(request, "splice_start"), number(request, "splice_end")
    if before is None or start is None or end is None:
        return None
    data = request.POST.copy()
    data[field] = before[:start] + request.POST.get("splice_text", "") + before[end:]
    return data


def number(request: Asking, name: str) -> int | None:
    """Return a posted number; None for what is none, or is larger than any of ours."""
    posted = request.POST.get(name, "")
    return int(posted) if posted.isdecimal() and len(posted) < 10 else None


def text_at(request: Asking, field: str) -> str | None:
    """Return one field of an entry as it stood at the version a delta was made from."""
    try:
        page = posted(request)
    except Http404:
        return None
    base = number(request, "base_version")
    if page.entry is None or base is None:
        return None
    body = body_at(request, page.entry, base)
    if body is None:
        return None
    if isinstance(page, PostedPage):
        return str(body.get(field, "")) if field in {"title", "text"} else None
    form = ExerciseForm(questions=page.sheet.questions, answers=body["answers"])
    return str(form[field].value() or "") if field in form.fields else None


def body_at(request: Asking, entry: Entry, version: int) -> dict[str, Any] | None:
    """Open an entry as it stood at a version, where that is still kept."""
    if entry.version == version:
        head = entry.head(request.keyring)
        return {**entry.body(request.keyring), "title": head["title"]}
    kept = Revision.objects.of(entry).filter(version=version, beside=False)
    revision = kept.filter(sealed_body__isnull=False).first()
    return revision.body(request.keyring) if revision else None
