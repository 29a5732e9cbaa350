"""Finding entries by their words: newest first, a page of hits at a time, within two seconds.

Two kinds of sources are gone through together by their times: search segments, and the entries that
no segment holds as they are now. What a segment says is never shown: each hit is opened and has to
hold the words itself. All of it is read as the database was at one moment, so that nothing slips
through while entries are saved and segments made.
"""

import heapq
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, count, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from journal.entries.models import Entry, EntryQuerySet
from journal.entries.segment_models import SearchSegment
from journal.entries.segments import (
    BEGINNING,
    forget,
    micros,
    opened,
    rows_of,
    together,
)
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError, pack, unpack

HITS = 20
SECONDS = 2.0
AT_ONCE = 8  # rows fetched at a time
NEAR = 2  # segments in which a common word is looked for first
# Around and between the entries of a segment, packed: a list of lists that begin and end with text.
OPENING, DIVIDER, CLOSING = b'[["', b'"],["', b'"]]'
BINARY = 1  # as PostgreSQL calls it
NUMBERS = count(1)  # for cursors, which need a name each, and for what comes at one moment
NEWEST = 2**128  # higher than any id

Key = tuple[int, int]  # when, in microseconds, and the id; the higher the newer
Place = tuple[int, UUID]
Source = tuple[Key, Callable[[], Iterator[Place]] | None]  # None: this was not reached in time


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: folded terms that must all occur, and what narrows it down."""

    terms: tuple[str, ...]
    kind: str = ""
    relationship: UUID | None = None
    step: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def words(self) -> list[str]:
        """Return the words of all terms, each without white space, the longest first."""
        return sorted({w for term in self.terms for w in term.split(" ")}, key=len, reverse=True)

    def in_text(self, text: str) -> bool:
        """Whether a text as `together` makes it holds every term."""
        return all(term in text for term in self.terms)

    def narrowed(self, entries: EntryQuerySet) -> EntryQuerySet:
        """Return the entries among which to look."""
        chosen = {
            "kind": self.kind, "relationship": self.relationship, "step__key": self.step,
            "created_at__gte": self.since, "created_at__lt": self.until,
        }  # fmt: skip
        chosen = {name: value for name, value in chosen.items() if value}
        return entries.not_closed().filter(**chosen)

    def fits(self, moment: int, kind: str, step: str | None, about: str | None) -> bool:
        """Whether an entry is among those to look at, by what its segment says of it."""
        return (
            (not self.kind or kind == self.kind)
            and (not self.step or step == self.step)
            and (self.relationship is None or about == self.relationship.hex)
            and (self.since is None or moment >= micros(self.since))
            and (self.until is None or moment < micros(self.until))
        )


@dataclass(frozen=True)
class Hit:
    """An entry that holds what was looked for, and its texts as they are now, the title first."""

    entry: Entry
    words: list[str]


@dataclass
class Found:
    """One page of hits, and where to go on from; `older` is None when nothing is left.

    `stopped` says that the time was over before the page was full, `shut` how many entries do not
    open and so were not looked at.
    """

    hits: list[Hit] = field(default_factory=list)
    older: Key | None = None
    stopped: bool = False
    shut: int = 0


class Broken(Exception):
    """A segment does not open."""


def find(person: Person, keyring: Keyring, wanted: Wanted, older_than: Key | None = None) -> Found:
    """Return the newest entries of a person that hold what they look for.

    Args:
        older_than: where an earlier search stopped; only what is older is looked at.
    """
    while True:
        try:
            with one_moment():
                return Search(person, keyring, wanted, older_than).page()
        except Broken as broken:
            # Only a copy: without it, its entries are opened themselves.
            forget(person, broken.args[0])


@contextmanager
def one_moment() -> Iterator[None]:
    """Read the database as it is at one moment, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # `atomic` would begin IMMEDIATE here and hold up every writer.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def stream(rows: models.QuerySet[Any, Any], at_once: int) -> Iterator[Any]:
    """Yield rows of a `values_list` as they come, a few at a time."""
    if connection.vendor != "postgresql":
        yield from rows.iterator(chunk_size=at_once)
        return
    # Django's own cursor asks for text, in which bytes come as twice as many hexadecimal digits.
    from psycopg import ServerCursor

    connection.ensure_connection()
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    raw: Any = ServerCursor(connection.connection, f"search_{next(NUMBERS)}")
    raw.format = BINARY
    with wrap(raw) as cursor:
        cursor.execute(*rows.query.sql_with_params())
        while some := cursor.fetchmany(at_once):
            yield from some


class Search:
    """One search as it goes on: how far it has come, and when it must stop."""

    def __init__(
        self, person: Person, keyring: Keyring, wanted: Wanted, older_than: Key | None
    ) -> None:
        self.person = person
        self.keyring = keyring
        self.wanted = wanted
        self.before = older_than
        self.ends = time.monotonic() + SECONDS
        self.found = Found()
        self.stopped_at: Key | None = None
        self.words_ended_at: Key | None = None
        self.read: dict[UUID, list[str]] = {}

    def page(self) -> Found:
        """Go on until a page is full, nothing is left, or the time is over."""
        hits = self.found.hits
        with closing(self.candidates()) as candidates:
            while len(hits) <= HITS:
                some = list(islice(candidates, HITS + 1 - len(hits)))
                if not some:
                    break
                hits += self.held(some)
        self.found.older, self.found.stopped = self.stopped_at, self.stopped_at is not None
        if len(hits) > HITS:
            self.found.stopped = False
            del hits[HITS:]
            last = hits[-1].entry
            self.found.older = (micros(last.created_at), last.pk.int)
        return self.found

    def held(self, ids: list[UUID]) -> Iterator[Hit]:
        """Open entries by their ids and yield those that do hold what is looked for."""
        mine = self.wanted.narrowed(Entry.objects.written_by(self.person))
        for entry in mine.filter(pk__in=ids).newest():
            if words := self.read.get(entry.pk):
                yield Hit(entry, words)
                continue
            sealed = (entry.sealed_head, entry.sealed_body, entry.sealed_questions)
            words = self.opened(entry.pk, sealed)
            if words and self.wanted.in_text(together(words)):
                yield Hit(entry, words)

    def opened(self, pk: UUID, sealed: Sequence[Any]) -> list[str]:
        """Return the texts of an entry, the title first; none when it does not open."""
        try:
            return opened(self.keyring, pk, sealed)
        except VaultError:
            self.found.shut += 1
            return []

    def candidates(self) -> Generator[UUID, None, None]:
        """Yield ids of entries that seem to hold it, newest first, each once.

        Both sources come newest first, too, a segment at the time of its newest entry. What is
        newer than all that is still to come can be told; the rest waits.
        """
        # Kept negative, so that the newest is the least; each with what comes after it.
        waiting: list[tuple[int, int, int, UUID, Iterator[Place]]] = []
        told: set[UUID] = set()
        sources = heapq.merge(self.loose(), self.segments(), key=itemgetter(0), reverse=True)
        looked = 0
        for key, look in sources:
            while waiting and (-waiting[0][0], -waiting[0][1]) > key:
                yield from self.tell(waiting, told)
            if look is None or (looked and time.monotonic() > self.ends):
                self.stopped_at = (key[0], key[1] + 1)
                return
            looked += look is not nothing and self.is_new(key)
            self.wait(waiting, look())
        while waiting:
            yield from self.tell(waiting, told)

    def wait(self, waiting: list[Any], places: Iterator[Place]) -> None:
        """Put the next place that is old enough in line, newest first."""
        for moment, pk in places:
            if self.before is None or (moment, pk.int) < self.before:
                # Both sources may hold one entry; iterators cannot be put in order.
                heapq.heappush(waiting, (-moment, -pk.int, next(NUMBERS), pk, places))
                return

    def tell(self, waiting: list[Any], told: set[UUID]) -> Iterator[UUID]:
        """Yield the newest id in line, if it has not been told yet; the next takes its place."""
        *_, pk, places = heapq.heappop(waiting)
        self.wait(waiting, places)
        if pk not in told:
            told.add(pk)
            yield pk

    def loose(self) -> Iterator[Source]:
        """Yield the entries that no segment holds as they are now."""
        rows = self.wanted.narrowed(Entry.objects.written_by(self.person).unpacked())
        if self.before:
            rows = rows.older_than(*exactly(self.before))
        for pk, created_at, _, _, _, _, *sealed in stream(rows_of(rows), AT_ONCE):
            moment = micros(created_at)
            yield (moment, pk.int), partial(self.in_entry, moment, pk, sealed)

    def in_entry(self, moment: int, pk: UUID, sealed: Sequence[Any]) -> Iterator[Place]:
        """Yield the place of an entry, if it holds what is looked for."""
        words = self.opened(pk, sealed)
        if words and self.wanted.in_text(together(words)):
            self.read[pk] = words
            yield moment, pk

    def segments(self) -> Iterator[Source]:
        """Yield the segments in which every word occurs, then the place where the time ended.

        A common word is found in the newest few, so these are read before any other is looked at.
        """
        checked = self.checked()
        newest = [pk for _, pk in islice(checked, NEAR) if pk]
        further = next(checked, None)
        yield from self.texts_of(newest)
        if further:
            yield further[0], nothing
            yield from self.texts_of([pk for _, pk in chain([further], checked) if pk])
        if self.words_ended_at is not None:
            yield self.words_ended_at, None

    def texts_of(self, segments: list[UUID]) -> Iterator[Source]:
        """Yield segments by their ids, newest first."""
        if segments:
            rows = SearchSegment.objects.of(self.person).filter(pk__in=segments)
            fields = rows.order_by("-newest_at").values_list("pk", "newest_at", "sealed_texts")
            for pk, newest_at, texts in stream(fields, 1):
                yield (micros(newest_at), NEWEST), partial(self.in_segment, pk, texts)

    def checked(self) -> Iterator[tuple[Key, UUID | None]]:
        """Yield the place of each segment, with its id if every word occurs in it.

        Stops when half the time is over.
        """
        needles = [pack(word)[1:-1] for word in self.wanted.words()]
        half, looked = self.ends - SECONDS / 2, 0
        for pk, newest_at, sealed in stream(self.word_lists(), AT_ONCE):
            key = micros(newest_at), NEWEST
            if looked and time.monotonic() > half:
                self.words_ended_at = key
                return
            looked += self.is_new(key)
            there = self.unsealed(pk, "words", sealed)
            yield key, pk if all(needle in there for needle in needles) else None

    def is_new(self, key: Key) -> bool:
        """Whether a source lies beyond where the last search stopped.

        One that does is looked at whatever the time, so that each search gets further.
        """
        return self.before is None or key < self.before

    def word_lists(self) -> models.QuerySet[Any, Any]:
        """Return the word list of each segment that reaches into the time looked at."""
        rows = SearchSegment.objects.of(self.person).order_by("-newest_at")
        if self.before:
            rows = rows.filter(oldest_at__lte=exactly(self.before)[0])
        if self.wanted.since:
            rows = rows.filter(newest_at__gte=self.wanted.since)
        if self.wanted.until:
            rows = rows.filter(oldest_at__lt=self.wanted.until)
        return rows.values_list("pk", "newest_at", "sealed_words")

    def in_segment(self, segment: UUID, sealed: Any) -> Iterator[Place]:
        """Yield the places of the entries of a segment that hold what is looked for."""
        first, *others = sorted((pack(term)[1:-1] for term in self.wanted.terms), key=len)[::-1]
        texts, at = self.unsealed(segment, "texts", sealed), 0
        while (at := texts.find(first, at)) >= 0:
            # No text can hold what stands between two entries: its own quotes are escaped.
            before = texts.rfind(DIVIDER, 0, at)
            start = before + len(DIVIDER) if before >= 0 else len(OPENING)
            end = texts.find(DIVIDER, start)
            entry = texts[start:end] if end >= 0 else texts[start : -len(CLOSING)]
            at = end + len(DIVIDER) if end >= 0 else len(texts)
            if all(needle in entry for needle in others):
                pk, moment, kind, step, about, text = unpack(b'["%b"]' % entry)
                if self.wanted.in_text(text) and self.wanted.fits(moment, kind, step, about):
                    yield moment, UUID(pk)

    def unsealed(self, segment: UUID, part: str, sealed: Any) -> bytes:
        """Open a part of a segment, or raise Broken; it stays packed."""
        try:
            return self.keyring.open_packed("journal.SearchSegment", part, segment, sealed)
        except VaultError as error:
            raise Broken(segment) from error


def nothing() -> Iterator[Place]:
    """Look nowhere: the source says only how far it has come."""
    return iter(())


def exactly(key: Key) -> tuple[datetime, UUID]:
    """Return the time and the id that come right after everything newer than a key."""
    moment, number = key
    if number >= NEWEST:
        moment, number = moment + 1, 0
    return BEGINNING + timedelta(microseconds=moment), UUID(int=number)
