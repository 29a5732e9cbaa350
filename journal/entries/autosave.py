"""Autosave: the same save as a button's, answered in a few words for the page that sent it.

What the page is told: 200 it is kept; 401 nobody is signed in; 403 the token has grown old (ask for
a new one); 409 another text stands there, or another person is signed in; 422 it cannot be kept
like this. Whatever the answer, the words stay on the page until they are kept.
"""

from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from journal.entries.closing import whole
from journal.entries.forms import ExerciseForm, PageForm
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
    if "after" not in request.POST:
        return save(request)
    with transaction.atomic():  # what it is put together from must not change before it is kept
        return save(request)


def save(request: Asking) -> JsonResponse:
    """Keep what was posted and say how that went."""
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
