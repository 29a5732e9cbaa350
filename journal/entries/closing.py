"""What a closing page sends: its words whole, or what changed where a browser carries no more.

A browser sends some sixty kilobytes behind a page that is gone. Past that come deltas of the
longest fields, cut from the version the page started from (`splice`). Where another save was under
way by then, the page names it (`after`) and sends the deltas from that one's words, too: whether it
arrived before the page was gone is known only here.
"""

import uuid
from typing import Any, NamedTuple

from django.http import Http404, QueryDict

from journal.entries.forms import ExerciseForm
from journal.entries.models import Entry, Revision
from journal.entries.posted import PostedPage, PostedSheet, posted
from journal.vault.asking import Asking

CUT = {"splice_field", "after_field"}


class Delta(NamedTuple):
    """What stands in a field instead of the characters from `start` to `end`."""

    field: str
    start: str
    end: str
    text: str


def whole(request: Asking) -> QueryDict | None:
    """Return the posted values with every delta put back into the text it was cut from.

    Called in a transaction, and what is put together is kept in the same one. None when a text
    that something was cut from is not to be had.
    """
    data = request.POST.copy()
    if not {"after", *CUT} & set(data):
        return data
    if "after" in data:
        hold(request)
    page = posted_page(request)
    arrived = save_under_way(request, page)
    if arrived and not arrived.beside:
        data["base_version"] = str(arrived.version)
    if not CUT & set(data):
        return data
    deltas = deltas_of(data, "after" if arrived else "splice")
    body = body_behind(request, page, arrived)
    if page is None or body is None or not deltas:
        return None
    for delta in deltas:
        text = put_together(page, body, delta)
        if text is None:
            return None
        data[delta.field] = text
    return data


def hold(request: Asking) -> None:
    """Hold the posted entry: a save that is being kept at this moment has arrived after that."""
    if entry_id := uuid_in(request, "entry_id"):
        Entry.objects.hold(request.user, entry_id)


def uuid_in(request: Asking, name: str) -> uuid.UUID | None:
    """Return a posted id, if it is one."""
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def posted_page(request: Asking) -> PostedPage | PostedSheet | None:
    """Return the writing page that was posted, if there is such a page."""
    try:
        return posted(request)
    except Http404:
        return None


def save_under_way(request: Asking, page: PostedPage | PostedSheet | None) -> Revision | None:
    """Return what the save left behind that was under way as this one was sent, if it arrived."""
    save_id = uuid_in(request, "after")
    if save_id is None or page is None or page.entry is None:
        return None
    return Revision.objects.answer_to(page.entry, save_id)


def deltas_of(data: QueryDict, name: str) -> list[Delta]:
    """Return the posted deltas of this name; none where they do not belong together."""
    parts = [data.getlist(f"{name}_{part}") for part in Delta._fields]
    same = len({len(part) for part in parts}) == 1
    return [Delta(*one) for one in zip(*parts, strict=True)] if same else []


def number(posted: str) -> int | None:
    """Return a posted number; None for what is none, or is larger than any of ours."""
    return int(posted) if posted.isdecimal() and len(posted) < 10 else None


def body_behind(
    request: Asking, page: PostedPage | PostedSheet | None, arrived: Revision | None
) -> dict[str, Any] | None:
    """Open the words that the deltas were cut from, where they are still kept."""
    if page is None or page.entry is None:
        return None
    if arrived and arrived.beside:
        return arrived.body(request.keyring)
    version = arrived.version if arrived else number(request.POST.get("base_version", ""))
    return None if version is None else body_at(request, page.entry, version)


def body_at(request: Asking, entry: Entry, version: int) -> dict[str, Any] | None:
    """Open an entry as it stood at a version, where that is still kept."""
    if entry.version == version:
        head = entry.head(request.keyring)
        return {**entry.body(request.keyring), "title": head["title"]}
    kept = Revision.objects.of(entry).filter(version=version, beside=False)
    revision = kept.filter(sealed_body__isnull=False).first()
    return revision.body(request.keyring) if revision else None


def put_together(page: PostedPage | PostedSheet, body: dict[str, Any], delta: Delta) -> str | None:
    """Return one field with what changed put into the text it was cut from."""
    before = text_in(page, body, delta.field)
    start, end = number(delta.start), number(delta.end)
    if before is None or start is None or end is None:
        return None
    return before[:start] + delta.text + before[end:]


def text_in(page: PostedPage | PostedSheet, body: dict[str, Any], field: str) -> str | None:
    """Return one field of a page as it stood in words kept before."""
    if isinstance(page, PostedPage):
        return str(body.get(field, "")) if field in {"title", "text"} else None
    form = ExerciseForm(questions=page.sheet.questions, answers=body["answers"])
    return str(form[field].value() or "") if field in form.fields else None
