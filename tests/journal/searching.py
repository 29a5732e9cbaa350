"""A search that knows nothing of segments: what the real one must find, told from plain texts."""

import uuid
from datetime import timedelta
from typing import Any
from unicodedata import combining, normalize

from django.utils import timezone

from journal.entries.finding import Found, Wanted, find
from journal.entries.folding import squeeze
from journal.entries.models import Entry
from journal.entries.segment_models import SearchSegment
from journal.entries.writing import Draft, keep
from journal.vault.keyring import Keyring

UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff" + "".join(map(chr, range(0xFE00, 0xFE10)))
TYPED = str.maketrans(
    {**dict.fromkeys("’‘ʼ", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("–—‐", "-")}
)


def write(person: Any, text: str, title: str = "", days_ago: float = 0, **said: Any) -> Entry:
    """Keep a free page of so many days ago."""
    draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, title=title, text=text, **said)
    entry = keep(person, Keyring.of(person), draft).entry
    when = timezone.now() - timedelta(days=days_ago)
    Entry.objects.written_by(person).filter(pk=entry.pk).update(created_at=when, updated_at=when)
    return Entry.objects.written_by(person).get(pk=entry.pk)


def change(person: Any, entry: Entry, text: str, title: str = "") -> None:
    """Save other words on a page."""
    now = Entry.objects.written_by(person).get(pk=entry.pk)
    draft = Draft(now.pk, uuid.uuid4(), now.version, title=title, text=text)
    keep(person, Keyring.of(person), draft)


def look(person: Any, *terms: str, **narrowed: Any) -> list[uuid.UUID]:
    """Search to the end, page after page; return the ids in the order of the hits."""
    wanted = Wanted(tuple(filter(None, map(squeeze, terms))), **narrowed)
    found, ids = Found(older=None), []
    for _ in range(10_000):
        found = find(person, Keyring.of(person), wanted, found.older)
        ids += [hit.entry.pk for hit in found.hits]
        if found.older is None:
            return ids
    raise AssertionError("The search never comes to an end.")


def reads(text: str) -> str:
    """Return a text as a reader takes it who minds neither case nor accents nor spaces."""
    bare = (c for c in normalize("NFKD", text.translate(TYPED)) if not combining(c))
    seen = "".join(c for c in bare if c not in UNSEEN).translate(TYPED)
    return " ".join(seen.casefold().split())


def naive(pages: dict[uuid.UUID, tuple[Any, str, str]], *terms: str) -> list[uuid.UUID]:
    """Return the ids of pages (when, title, text) that hold all terms, newest first."""
    having = [
        (when, pk)
        for pk, (when, title, text) in pages.items()
        if all(any(reads(t) in reads(part) for part in (title, text)) for t in terms)
    ]
    return [pk for _, pk in sorted(having, reverse=True)]


def packed_of(person: Any) -> dict[uuid.UUID, dict[str, str]]:
    """Open every segment of a person: its id, and the texts in it by the ids of their entries."""
    keyring = Keyring.of(person)
    return {
        row.pk: {one[0]: one[5] for one in keyring.open(row, "texts")}
        for row in SearchSegment.objects.of(person)
    }


def assert_no_stray_copies(person: Any) -> None:
    """Each text in a segment is of an entry that is there and points at that segment."""
    mine = {e.pk.hex: e for e in Entry.objects.written_by(person)}
    for segment, texts in packed_of(person).items():
        for entry in texts:
            assert entry in mine, "a copy outlived its entry"
            assert mine[entry].segment_id == segment
