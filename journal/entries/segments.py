"""Packing entries for search: about 256 of them in one segment, made again as words change.

A segment is only ever a copy. It is made from entries as they were read, and stored in one
transaction that finds every one of them still so; whatever was saved, trashed or deleted meanwhile
leaves the entries as they were, for search to open one by one and for the next run to pack.
"""

import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.utils import timezone

from journal.entries.folding import squeeze
from journal.entries.models import Entry, EntryQuerySet, lock_authors
from journal.entries.questions import in_words
from journal.entries.segment_models import SearchSegment
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError

FULL = 256  # entries in a segment
ENOUGH = 8  # entries waiting to be packed, before it is worth doing
MOST_LETTERS = 1_000_000
RESTED = timedelta(minutes=10)
BETWEEN = "\x1f"  # stands between title and texts, so that no phrase reaches across
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
TEXTS = ("sealed_head", "sealed_body", "sealed_questions")

Row = tuple[Any, ...]
# id, microseconds since 1970, kind, key of the step, relationship, all words folded
Packed = tuple[str, int, str, str | None, str | None, str]


@dataclass(frozen=True)
class Group:
    """Entries that go into one segment, and the one that held them before."""

    ids: Sequence[UUID]
    instead_of: UUID | None = None


def micros(moment: datetime) -> int:
    """Return a time as whole microseconds since 1970, exactly."""
    return (moment - BEGINNING) // timedelta(microseconds=1)


def opened(keyring: Keyring, row_id: UUID, sealed: Sequence[Any]) -> list[str]:
    """Open the TEXTS of an entry; return its title, its words and its feelings, one text each.

    Raises:
        VaultError: something of it does not open.
    """
    head, body, questions = (
        keyring.open_value("journal.Entry", name.removeprefix("sealed_"), row_id, blob)
        for name, blob in zip(TEXTS, sealed, strict=True)
    )
    return words_of(head, body, questions or [])


def words_of(
    head: dict[str, Any], body: dict[str, Any], questions: list[dict[str, Any]]
) -> list[str]:
    """Return an entry's title (it may be empty), then every other text of it that is not."""
    answers = body.get("answers", {})
    said = [in_words(question, answers.get(question["key"])) for question in questions]
    # The feelings of an exercise are among its answers.
    feelings = "" if answers else ", ".join(head.get("feelings", ()))
    return [head.get("title", ""), *(text for text in (body.get("text"), *said, feelings) if text)]


def together(words: Sequence[str]) -> str:
    """Return all texts of an entry as one, as search compares them."""
    return BETWEEN.join(map(squeeze, words))


def pack_everybodys(seconds: float) -> None:
    """Pack for each person who has enough unpacked, until the time is over."""
    ends = time.monotonic() + seconds
    for person in behind():
        if time.monotonic() > ends:
            return
        pack(person, Keyring.of(person), ends)


def behind() -> models.QuerySet[Any]:
    """Return the people with enough unpacked entries, or with changed ones."""
    waiting = Entry.objects.packable(timezone.now() - RESTED).values("author")
    counted = waiting.annotate(
        fresh=models.Count("pk", filter=models.Q(segment__isnull=True)),
        changed=models.Count("pk", filter=models.Q(segment__isnull=False)),
    )
    enough = counted.filter(models.Q(fresh__gte=ENOUGH) | models.Q(changed__gt=0))
    return get_user_model().objects.filter(pk__in=enough.values("author"))


def pack(person: Person, keyring: Keyring, ends: float = float("inf")) -> int:
    """Bring this person's segments up to date; return how many were made."""
    made = 0
    for group in chain(changed_groups(person), new_groups(person)):
        if time.monotonic() > ends:
            break
        made += make(person, keyring, group)
    return made


def changed_groups(person: Person) -> Iterator[Group]:
    """Yield the members of every segment of which an entry has changed and rested since."""
    mine = Entry.objects.written_by(person)
    stale = mine.unpacked().filter(updated_at__lt=timezone.now() - RESTED, segment__isnull=False)
    for segment in list(stale.order_by().values_list("segment", flat=True).distinct()):
        yield Group(list(mine.filter(segment=segment).values_list("pk", flat=True)), segment)


def new_groups(person: Person) -> Iterator[Group]:
    """Yield what is to be packed of the entries in no segment, the newest first.

    Those that lie between the times of segments, as after a deletion, stay together where they are
    many. All others fill segments; what is left goes into the newest one, where it has room.
    """
    loose = Entry.objects.written_by(person).filter(segment__isnull=True).order_by("created_at")
    times = sorted(SearchSegment.objects.of(person).values_list("newest_at", flat=True))
    parts: list[list[UUID]] = []
    pool: list[UUID] = []
    rows = loose.values_list("created_at", "pk")
    for place, run in groupby(rows, key=lambda row: bisect(times, row[0])):
        ids = [pk for _, pk in run]
        if place < len(times) and len(ids) >= ENOUGH:
            parts += evenly(ids)
        else:
            pool += ids
    full = len(pool) - len(pool) % FULL
    parts += [pool[at : at + FULL] for at in range(0, full, FULL)]
    if len(rest := pool[full:]) >= ENOUGH:
        yield with_room_for(person, rest)
    for ids in reversed(parts):
        yield Group(ids)


def evenly(ids: list[UUID]) -> list[list[UUID]]:
    """Return ids in as few parts as hold them, none much smaller than the others."""
    parts = -(-len(ids) // FULL)
    return [ids[len(ids) * n // parts : len(ids) * (n + 1) // parts] for n in range(parts)]


def with_room_for(person: Person, ids: list[UUID]) -> Group:
    """Return a group of these entries, together with the newest segment's, if they fit in it."""
    newest = SearchSegment.objects.of(person).order_by("-newest_at").values_list("pk", flat=True)
    if (segment := newest.first()) is not None:
        there = Entry.objects.written_by(person).filter(segment=segment)
        inside = list(there.values_list("pk", flat=True))
        if len(inside) + len(ids) <= FULL:
            return Group([*inside, *ids], instead_of=segment)
    return Group(ids)


def make(person: Person, keyring: Keyring, group: Group) -> bool:
    """Pack a group into a segment; say whether one was stored.

    Not when any of the entries is no longer as it was read.
    """
    versions, packed = read(person, keyring, group)
    if group.instead_of and len(packed) < ENOUGH:
        return forget(person, group.instead_of)
    if not packed:
        return False
    moments = [BEGINNING + timedelta(microseconds=one[1]) for one in packed]
    segment = SearchSegment(author=person, newest_at=max(moments), oldest_at=min(moments))
    words = {word for one in packed for text in one[5].split(BETWEEN) for word in text.split(" ")}
    segment.sealed_words = keyring.seal(segment, "words", " ".join(sorted(words)))
    segment.sealed_texts = keyring.seal(segment, "texts", packed)
    return store(person, segment, versions, group.instead_of)


def read(person: Person, keyring: Keyring, group: Group) -> tuple[dict[UUID, int], list[Packed]]:
    """Open a group's entries; return the versions read by id, and what to pack of each.

    Left out is what does not open, and whatever no longer fits.
    """
    versions: dict[UUID, int] = {}
    packed: list[Packed] = []
    letters = 0
    for row in rows_of(Entry.objects.written_by(person).filter(pk__in=group.ids)):
        pk, created_at, version, kind, step, relationship, *sealed = row
        try:
            text = together(opened(keyring, pk, sealed))
        except VaultError:
            continue
        letters += len(text)
        if packed and letters > MOST_LETTERS:
            break
        about = relationship.hex if relationship else None
        packed.append((pk.hex, micros(created_at), kind, step, about, text))
        versions[pk] = version
    return versions, packed


def rows_of(entries: EntryQuerySet) -> models.QuerySet[Any, Row]:
    """Return what packing and search read of entries, the newest first."""
    return entries.newest().values_list(
        "pk", "created_at", "version", "kind", "step__key", "relationship", *TEXTS
    )


def store(
    person: Person, segment: SearchSegment, versions: dict[UUID, int], instead_of: UUID | None
) -> bool:
    """Store a segment, if every entry in it still stands as it was read."""
    mine = Entry.objects.written_by(person)
    there = models.Q(segment__isnull=True) | models.Q(segment=instead_of)
    with transaction.atomic():
        lock_authors([person.pk])
        now = mine.select_for_update().filter(there, pk__in=list(versions))
        if dict(now.values_list("pk", "version")) != versions:
            return False
        if instead_of:
            SearchSegment.objects.with_ids([instead_of]).delete()
        segment.save(force_insert=True)
        mine.filter(pk__in=list(versions)).update(segment=segment, packed=models.F("version"))
    return True


def forget(person: Person, segment: UUID) -> bool:
    """Destroy one segment of a person's; its entries are opened one by one until packed again."""
    with transaction.atomic():
        lock_authors([person.pk])
        SearchSegment.objects.of(person).filter(pk=segment).only("pk").delete()
    return False
