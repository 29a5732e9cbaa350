"""What somebody wrote outside their journal, in rooms and as a coach: it goes along to be kept.

No house takes it in again: a room needs the other in it, and what they wrote is not here.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone

from journal.coaching.library_models import OwnExerciseVersion
from journal.coaching.models import ClientFile, CoachNote, CoachProfile, Opening, Showing
from journal.spaces.handing_models import Handing
from journal.spaces.models import Block, Membership, Post
from journal.together.models import Signature
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError
from trustrepair.privacy.plain import Opener, as_typed, utf8
from trustrepair.privacy.records import Record, stamp

CHUNK = 50
ROOMS, WORDS = "rooms.json", "pages/rooms.md"
PLAIN = ("kind", "role", "version", "number", "day", "item", "what")
TIMES = (
    "created_at", "joined_at", "updated_at", "opened_at", "signed_at", "agreed_at", "given_at",
    "expires_at", "at",
)  # fmt: skip
LINKS = ("space", "space_id", "parent_id", "entry_id", "post_id", "file_id", "exercise_id")


@dataclass(frozen=True)
class Shelf:
    """One kind of rows of a person's own, what of them is sealed, and under which room's keys."""

    type: str
    rows: QuerySet[Any] | list[Any]
    fields: tuple[str, ...]
    keys: Callable[[Any], UUID | None] = lambda row: None

    def has_any(self) -> bool:
        """Whether there is a row at all."""
        return bool(self.rows) if isinstance(self.rows, list) else self.rows.exists()

    def chunks(self) -> Iterator[list[Any]]:
        """Yield rows some at a time; no cursor is held in between."""
        if isinstance(self.rows, list):
            yield self.rows
            return
        ids = list(self.rows.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            yield list(self.rows.filter(pk__in=ids[start : start + CHUNK]).order_by("pk"))


def shelves(person: Person) -> list[Shelf]:
    """Return everything of a person's outside the journal; never a row of anybody else's."""
    profile = CoachProfile.objects.of(person)
    return [
        Shelf("member", Membership.objects.of(person), ("called",), lambda row: row.space_id),
        Shelf("post", own_posts(person), ("body",), lambda row: row.pk),
        Shelf("handed over", Handing.objects.by(person), ("with",)),
        Shelf("signature", Signature.objects.of(person), ("copy", "days")),
        Shelf("kept out", Block.objects.by(person), ("called",)),
        Shelf("shown to a coach", Showing.objects.by(person), ()),
        Shelf("opened by a coach", Opening.objects.seen_by(person), ()),
        Shelf("coach", [profile] if profile else [], ("profile",)),
        Shelf("client", ClientFile.objects.kept_by(person), ("card",)),
        Shelf("note on a client", CoachNote.objects.kept_by(person), ("body",)),
        Shelf("exercise of a coach", OwnExerciseVersion.objects.made_by(person), ("body",)),
    ]


def own_posts(person: Person) -> QuerySet[Post]:
    """Return a person's posts, without what another said on their device."""
    return Post.objects.written_by(person).exclude(kind=Post.SPOKEN)


def files_of(person: Person, opened: Opener) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the files of what somebody wrote outside the journal; none where there is nothing."""
    if any(shelf.has_any() for shelf in shelves(person)):
        yield ROOMS, listed(records(person, opened.keyring))
        yield WORDS, told(person, opened)


def records(person: Person, keyring: Keyring) -> Iterator[Record]:
    """Yield every row as plain values; one that does not open is named and nothing more."""
    for shelf in shelves(person):
        for row in opened_by(shelf, keyring):
            yield record_of(shelf, row, keyring)


def opened_by(shelf: Shelf, keyring: Keyring) -> Iterator[Model]:
    """Yield rows with their keys at hand."""
    for rows in shelf.chunks():
        keyring.admit({key for row in rows if (key := shelf.keys(row))})
        yield from rows


def record_of(shelf: Shelf, row: Any, keyring: Keyring) -> Record:
    """Return a row with what is sealed in it."""
    try:
        words = {name: keyring.open(row, name) for name in shelf.fields}
    except VaultError:
        return {"type": "unopened", "id": str(row.pk)}
    held = vars(row)  # what the row itself holds: no other row is fetched for it
    links = {name.removesuffix("_id"): held[name] for name in LINKS if held.get(name)}
    said = {name: held[name] for name in PLAIN if held.get(name) is not None}
    return {
        "type": shelf.type,
        "id": str(row.pk),
        **{name: str(value) for name, value in links.items()},
        **{name: one if isinstance(one, int) else str(one) for name, one in said.items()},
        **{name: stamp(held[name]) for name in TIMES if held.get(name)},
        **words,
    }  # fmt: skip


def listed(found: Iterator[Record]) -> Iterator[bytes]:
    """Yield records as one JSON list, a line each."""
    yield b"["
    for number, record in enumerate(found):
        said = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
        yield (b",\n" if number else b"\n") + said
    yield b"\n]\n"


def told(person: Person, opened: Opener) -> Iterator[bytes]:
    """Yield the Markdown of what was written into rooms, and of what was signed there."""
    yield b"# In rooms\n"
    wanted = {"post": "body", "signature": "copy"}
    for shelf in (one for one in shelves(person) if one.type in wanted):
        for row in opened_by(shelf, opened.keyring):
            record = record_of(shelf, row, opened.keyring)
            body = record.get(wanted[shelf.type]) or {}
            words = "\n\n".join(filter(None, (body.get("title"), body.get("text"))))
            if words:
                yield utf8(f"\n## {when(row, opened)}\n\n{as_typed(words)}\n")


def when(row: Any, opened: Opener) -> str:
    """Return the moment of a row in words."""
    moment = getattr(row, "created_at", None) or row.signed_at
    local = timezone.localtime(moment, opened.zone)
    return f"{local:%A} {local.day} {local:%B} {local.year}, {local:%H:%M}"
