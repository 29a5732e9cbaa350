"""Taking one's words along: a zip that is made while it is sent, and lies nowhere.

The zip is written to a sink that cannot seek, so that each piece leaves as soon as it is packed:
memory holds one chunk of entries, at any size of a journal. Times inside the zip are fixed and rows
sorted, so that the same words give the same bytes.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.db import connection
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from journal.entries.models import Entry, EntryQuerySet, Revision
from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.asking import Asking
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError
from trustrepair.privacy import plain, records, rooms

CHUNK = 50
REVISIONS = 20
README = """\
These are your own words, as you kept them.

journal.html   everything on one page; opens in any browser, without a network
pages/         the same as text (Markdown), one file a month
journal.jsonl  the same for programs, with earlier versions; bring this whole zip along to
               another house of this kind, and everything is there again

rooms.json     where there is one: what you wrote in rooms with others, and as a coach; to keep

A letter that you closed until a day is closed in journal.html and in pages/, too. Its words are in
journal.jsonl.

Nothing in here is locked. Whoever has this file can read it.
"""


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def export(request: Asking) -> HttpResponseBase:
    """Say what is in the file; by POST, send it."""
    if request.method != "POST":
        return render(request, "privacy/export.html")
    person = request.user
    files = files_of(person, Keyring.of(person), person.zone)
    response = StreamingHttpResponse(zipped(files), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, file_name("zip"))
    return response


def file_name(ending: str) -> str:
    """Return a name that tells nothing to whoever sees it among the downloads."""
    name = slugify(settings.DISCREET_NAME) or "notes"
    return f"{name}-{timezone.localdate().isoformat()}.{ending}"


class Sink:
    """What a zip is written to: it keeps the bytes until they are taken, and cannot go back."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing below to be flushed to."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self.held)
        self.held.clear()
        return taken


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield a zip of files, given by name and pieces, while the pieces come in."""
    sink = Sink()
    with ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for name, pieces in files:
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = ZIP_DEFLATED, 3
            info.external_attr = 0o600 << 16
            with archive.open(info, "w") as file:
                for piece in pieces:
                    file.write(piece)
                    if sink.held:
                        yield sink.take()
    yield sink.take()


def files_of(
    person: Person, keyring: Keyring, zone: tzinfo
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield every file of a person's export, each made while it is read."""
    yield "README.txt", [README.encode()]
    yield "journal.jsonl", lines_of(person, keyring)
    rows = relationships_of(person)
    names = {row.pk: story.called for row in rows if (story := told(row, keyring))}
    opened = plain.Opener(keyring, zone, names)
    if rows:
        yield "pages/relationships.md", (plain.relationship_text(row, opened) for row in rows)
    written = (opened.read(entry) for entry in all_entries(Entry.objects.written_by(person)))
    for month, pages in groupby(written, key=lambda page: page.month):
        yield f"pages/{month}.md", plain.month_text(pages)
    trash = trash_of(person)
    first = next(trash, None)
    if first is not None:
        away = (opened.read(entry) for entry in [first, *trash])
        yield "pages/trash.md", plain.month_text(away, "In the trash")
    yield from rooms.files_of(person, opened)
    yield "journal.html", html_of(person, rows, opened)


def html_of(person: Person, rows: list[Relationship], opened: plain.Opener) -> Iterator[bytes]:
    """Yield the one page that holds everything."""
    written = (opened.read(entry) for entry in all_entries(Entry.objects.written_by(person)))
    away = (opened.read(entry) for entry in trash_of(person))
    yield from plain.html_page(rows, written, away, opened)


def lines_of(person: Person, keyring: Keyring) -> Iterator[bytes]:
    """Yield the lines of journal.jsonl: header, relationships, then entries with their versions."""
    yield records.line(records.HEADER)
    for row in relationships_of(person):
        yield records.line(records.of_relationship(row, keyring))
    for chunk in chunks(Entry.objects.all_of(person)):
        kept = Revision.objects.of_each(chunk).with_words()
        kept = kept.order_by("entry__created_at", "entry", "version", "created_at", "save_id")
        versions = groupby(kept.iterator(chunk_size=REVISIONS), key=lambda one: one.entry_id)
        waiting = next(versions, None)
        for entry in chunk:
            yield records.line(records.of_entry(entry, keyring))
            if waiting and waiting[0] == entry.pk:
                for revision in waiting[1]:
                    yield records.line(records.of_revision(revision, keyring))
                waiting = next(versions, None)


def relationships_of(person: Person) -> list[Relationship]:
    """Return a person's relationships, the oldest first."""
    return list(Relationship.objects.owned_by(person).order_by("created_at", "id"))


def told(row: Relationship, keyring: Keyring) -> Story | None:
    """Return the story of a relationship, or None where it does not open."""
    try:
        return row.read(keyring)
    except VaultError:
        return None


def trash_of(person: Person) -> Iterator[Entry]:
    """Yield what lies in a person's trash, the oldest first.

    By its ids: asked for in the order of its pages, a database reads the whole journal.
    """
    away = Entry.objects.in_trash_of(person)
    places = sorted(away.values_list("created_at", "id"))
    for at in range(0, len(places), CHUNK):
        rows = away.in_bulk([pk for _, pk in places[at : at + CHUNK]])
        yield from (rows[pk] for _, pk in places[at : at + CHUNK] if pk in rows)


def chunks(entries: EntryQuerySet) -> Iterator[list[Entry]]:
    """Yield entries, the oldest first, some at a time; no cursor is held in between."""
    place: tuple[datetime, UUID] = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
    rows = entries.select_related("exercise", "step", "prompt").order_by("created_at", "id")
    while chunk := list(rows.after(*place)[:CHUNK]):
        yield chunk
        place = (chunk[-1].created_at, chunk[-1].pk)
        let_go_of_pages()


def let_go_of_pages() -> None:
    """Free what SQLite keeps of the file it has read: an export reads everything, and once.

    Past the part of the file that is mapped it would keep twenty megabytes for each thread.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA shrink_memory")


def all_entries(entries: EntryQuerySet) -> Iterator[Entry]:
    """Yield entries one by one, the oldest first."""
    for chunk in chunks(entries):
        yield from chunk
