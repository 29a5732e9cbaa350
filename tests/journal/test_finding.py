"""Finding: exactly what a naive scan over the plain texts finds, whatever is packed or changed."""

import itertools
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal import tasks
from journal.entries import finding, segments
from journal.entries.finding import Wanted, find
from journal.entries.folding import squeeze
from journal.entries.models import Entry
from journal.entries.segment_models import SearchSegment
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey, destroy
from journal.vault.upkeep.reencryption import reencrypt
from journal.vault.upkeep.verification import verify
from trustrepair.accounts.models import User

from .searching import assert_no_stray_copies, change, look, naive, packed_of, write

pytestmark = pytest.mark.django_db
NUMBERS = itertools.count()
WORDS = [
    "piano", "Piáno", "PIANO", "Zürich", "zurich", "straße", "STRASSE", "e\u0301te\u0301", "été",
    "don’t", "don't", "“so”", "😀", "👩‍👧", "한국", "İstanbul", "ﬁn", '"],["', "],[",
    "\\u00e9", "u00e9", "\\", "null", "free", "me", "home", "came",
]  # fmt: skip
SPACES = [" ", "\n", "  ", "\u00a0", "\t\n"]
STEPS = st.sampled_from(["write", "write", "write", "pack", "change", "delete", "trash", "back"])
HARD = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of four and pages of three hits, so that a few entries show everything."""
    monkeypatch.setattr(segments, "FULL", 4)
    monkeypatch.setattr(segments, "ENOUGH", 2)
    monkeypatch.setattr(segments, "RESTED", timedelta(0))
    monkeypatch.setattr(finding, "HITS", 3)


def pack(person: Any) -> int:
    return segments.pack(person, Keyring.of(person))


def herons(person: Any, many: int) -> list[Entry]:
    """Write so many pages, the newest first."""
    return [write(person, f"heron {number}", days_ago=number) for number in range(many)]


# --- the property -------------------------------------------------------------------------------
@st.composite
def texts(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=6))
    return "".join(word + draw(st.sampled_from(SPACES)) for word in words)


class Life:
    """One person's pages as a reader would know them, and as they are kept."""

    def __init__(self, data: st.DataObject) -> None:
        self.person = User.objects.create_user(f"{next(NUMBERS)}@example.org")
        self.draw = data.draw
        self.pages: dict[uuid.UUID, tuple[Any, str, str]] = {}
        self.away: dict[uuid.UUID, tuple[Any, str, str]] = {}

    def take(self, step: str) -> None:
        if step == "pack":
            pack(self.person)
        elif step == "write":
            self.write()
        elif step == "back" and self.away:
            pk = self.draw(st.sampled_from(list(self.away)))
            Entry.objects.in_trash_of(self.person).get(pk=pk).put_back()
            self.pages[pk] = self.away.pop(pk)
        elif step != "back" and self.pages:
            self.do(step, self.draw(st.sampled_from(list(self.pages))))

    def write(self) -> None:
        title, text = self.draw(texts()), self.draw(texts())
        entry = write(self.person, text, title)
        # Few moments, so that some entries have the same.
        when = datetime(2026, 1, self.draw(st.integers(1, 5)), tzinfo=UTC)
        Entry.objects.written_by(self.person).filter(pk=entry.pk).update(created_at=when)
        self.pages[entry.pk] = (when, title, text)

    def do(self, step: str, pk: uuid.UUID) -> None:
        entry = Entry.objects.written_by(self.person).get(pk=pk)
        if step == "change":
            text = self.draw(texts())
            change(self.person, entry, text, "changed")
            self.pages[pk] = (self.pages[pk][0], "changed", text)
        elif step == "delete":
            entry.delete()
            del self.pages[pk]
        else:
            entry.put_away()
            self.away[pk] = self.pages.pop(pk)

    def terms(self) -> list[str]:
        if self.pages and self.draw(st.booleans()):
            _, _, text = self.pages[self.draw(st.sampled_from(list(self.pages)))]
            start = self.draw(st.integers(0, len(text)))
            return [text[start : start + self.draw(st.integers(1, 9))]]
        return self.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2))


@HARD
@given(data=st.data())
def test_it_finds_what_a_naive_scan_finds_in_any_mix_of_states(
    db: None, data: st.DataObject
) -> None:
    life = Life(data)
    for step in data.draw(st.lists(STEPS, min_size=4, max_size=24)):
        life.take(step)
    for _ in range(4):
        terms = life.terms()
        if any(map(squeeze, terms)):
            assert look(life.person, *terms) == naive(life.pages, *terms), terms
    assert_no_stray_copies(life.person)


def test_with_no_time_at_all_it_comes_to_the_end_in_small_steps(ana: Any, monkeypatch: Any) -> None:
    dice = random.Random(3)
    for number in range(30):
        write(ana, dice.choice(["a piano", "nothing"]), days_ago=dice.randrange(40))
        if number % 7 == 6:
            pack(ana)
    in_time = look(ana, "piano")
    assert len(in_time) > 5
    monkeypatch.setattr(finding, "SECONDS", -1.0)
    assert look(ana, "piano") == in_time
    assert look(ana, "walrus") == []


# --- packing ------------------------------------------------------------------------------------
def test_packing_fills_segments_and_tops_the_newest_one_up(ana: Any) -> None:
    for number in range(9):
        write(ana, f"page {number}", days_ago=30 - number)
    assert pack(ana) == 2
    assert sorted(map(len, packed_of(ana).values())) == [4, 4]
    assert pack(ana) == 0
    for number in (9, 10, 11):
        write(ana, f"page {number}", days_ago=20 - number)
        pack(ana)
    assert sorted(map(len, packed_of(ana).values())) == [4, 4, 4 - 1 + 1]
    assert Entry.objects.written_by(ana).unpacked().count() == 0


def test_a_changed_entry_is_packed_anew_and_its_old_words_are_nowhere(ana: Any) -> None:
    written = herons(ana, 4)
    pack(ana)
    change(ana, written[1], "a kingfisher")
    assert look(ana, "kingfisher") == [written[1].pk]
    assert written[1].pk not in look(ana, "heron")
    assert pack(ana) == 1
    [held] = packed_of(ana).values()
    assert held[written[1].pk.hex].endswith("a kingfisher")
    assert "heron 1" not in str(held)


def test_an_entry_saved_again_since_it_was_packed_is_found_once(ana: Any) -> None:
    rows = herons(ana, 8)
    pack(ana)
    for row in rows:
        change(ana, row, "a heron, still there")
        assert look(ana, "heron") == [entry.pk for entry in rows]


def test_an_entry_being_written_is_left_alone_until_it_rests(ana: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(segments, "RESTED", timedelta(minutes=10))
    written = herons(ana, 4)
    pack(ana)
    before = set(packed_of(ana))
    change(ana, written[1], "a kingfisher")
    assert pack(ana) == 0
    assert set(packed_of(ana)) == before
    assert look(ana, "kingfisher") == [written[1].pk]


@pytest.mark.parametrize("parting", ["delete", "put_away"])
def test_parting_with_an_entry_destroys_the_segment_that_holds_it(ana: Any, parting: str) -> None:
    written = herons(ana, 8)
    pack(ana)
    place = {e.pk: e.segment_id for e in Entry.objects.written_by(ana)}
    getattr(Entry.objects.written_by(ana).get(pk=written[1].pk), parting)()
    assert set(packed_of(ana)) == set(place.values()) - {place[written[1].pk]}
    assert look(ana, "heron") == [e.pk for e in written if e is not written[1]]
    pack(ana)
    assert_no_stray_copies(ana)


def test_an_entry_changed_after_packing_takes_its_old_copy_with_it(ana: Any) -> None:
    written = herons(ana, 4)
    pack(ana)
    change(ana, written[1], "a kingfisher")
    Entry.objects.written_by(ana).get(pk=written[1].pk).delete()
    assert packed_of(ana) == {}


def test_deleting_many_at_once_destroys_all_their_segments(ana: Any, mending: Any) -> None:
    for number in range(8):
        write(ana, f"heron {number}", days_ago=number, relationship=mending)
    pack(ana)
    mending.let_go(with_pages=True)
    assert not SearchSegment.objects.of(ana).exists()
    assert look(ana, "heron") == []


def test_entries_between_segments_are_packed_among_themselves(ana: Any) -> None:
    written = herons(ana, 12)
    pack(ana)
    mine = Entry.objects.written_by(ana)
    old = mine.get(pk=written[5].pk).segment_id
    others = set(mine.filter(segment=old).values_list("pk", flat=True)) - {written[5].pk}
    mine.get(pk=written[5].pk).delete()
    assert pack(ana) == 1
    [anew] = set(mine.filter(pk__in=others).values_list("segment", flat=True))
    assert set(mine.filter(segment=anew).values_list("pk", flat=True)) == others


def test_long_texts_make_smaller_segments(ana: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(segments, "MOST_LETTERS", 300)
    for number in range(4):
        write(ana, "heron " * 20, days_ago=number)
    for _ in range(4):
        pack(ana)
    assert max(map(len, packed_of(ana).values())) <= 2
    assert len(look(ana, "heron")) == 4


def test_nothing_packed_is_plain_in_the_database(ana: Any) -> None:
    herons(ana, 4)
    pack(ana)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_words, sealed_texts FROM journal_searchsegment")
        [blobs] = [[bytes(blob) for blob in row] for row in cursor.fetchall()]
    assert all(blob.startswith(b"TR") and b"heron" not in blob for blob in blobs)


# --- keys ---------------------------------------------------------------------------------------
def test_the_key_commands_reach_segments(ana: Any) -> None:
    herons(ana, 4)
    pack(ana)
    [before] = SearchSegment.objects.of(ana).values_list("sealed_words", flat=True)
    assert reencrypt(lambda line: None, ana, timedelta(0)).destroyed == 1
    [after] = SearchSegment.objects.of(ana).values_list("sealed_words", flat=True)
    assert bytes(before) != bytes(after)
    found = verify(lambda line: None)
    assert not found.faults
    assert found.opened["journal.SearchSegment.sealed_texts"] == 1
    assert len(look(ana, "heron")) == 4


def test_with_the_key_destroyed_nothing_is_found_and_all_is_said_shut(ana: Any) -> None:
    herons(ana, 6)
    pack(ana)
    for key in DataKey.objects.filter(author=ana):
        destroy(key)
    found = find(ana, Keyring.of(ana), Wanted(("heron",)))
    assert (found.hits, found.shut) == ([], 6)


@pytest.mark.parametrize("column", ["sealed_words", "sealed_texts"])
def test_a_segment_that_does_not_open_is_done_without(ana: Any, column: str) -> None:
    herons(ana, 8)
    pack(ana)
    first = SearchSegment.objects.of(ana).order_by("newest_at").first()
    setattr(first, column, bytes(getattr(first, column))[:-4] + b"worm")
    first.save()
    assert len(look(ana, "heron")) == 8
    assert first.pk not in packed_of(ana)


def test_an_entry_that_does_not_open_is_counted_and_hinders_nothing(ana: Any) -> None:
    written = herons(ana, 6)
    broken = Entry.objects.written_by(ana).get(pk=written[2].pk)
    broken.sealed_body = bytes(broken.sealed_body)[:-4] + b"worm"
    broken.save(update_fields=["sealed_body"])
    assert pack(ana) > 0
    assert find(ana, Keyring.of(ana), Wanted(("heron 5",))).shut == 1
    assert len(look(ana, "heron")) == 5


# --- the task -----------------------------------------------------------------------------------
def test_the_task_packs_for_whoever_is_behind_and_is_told_nothing(ana: Any, stan: Any) -> None:
    herons(ana, 4)
    herons(stan, 1)
    tasks.pack_for_search()
    assert SearchSegment.objects.of(ana).count() == 1
    assert not SearchSegment.objects.of(stan).exists()
    assert not segments.behind().exists()
    change(ana, Entry.objects.written_by(ana).newest()[2], "a kingfisher")
    assert list(segments.behind()) == [ana]
    tasks.pack_for_search()
    assert "kingfisher" in str(packed_of(ana))


def test_the_task_goes_on_with_the_next_when_one_persons_keys_are_gone(ana: Any, stan: Any) -> None:
    herons(ana, 4)
    herons(stan, 4)
    for key in DataKey.objects.filter(author=ana):
        destroy(key)
    tasks.pack_for_search()
    assert SearchSegment.objects.of(stan).count() == 1
    assert not SearchSegment.objects.of(ana).exists()


# --- what it costs ------------------------------------------------------------------------------
def many_pages(person: Any, many: int) -> None:
    """Write many short pages in one go; one of them knows of a heron."""
    keyring, now, made = Keyring.of(person), datetime.now(UTC), []
    for number in range(many):
        when = now - timedelta(hours=number)
        entry = Entry(author=person, kind=Entry.FREE, created_at=when, updated_at=when)
        head = {"title": "", "preview": "", "tail": "", "feelings": []}
        text = "the heron" if number == many - 3 else "the water"
        entry.sealed_head = keyring.seal(entry, "head", head)
        entry.sealed_body = keyring.seal(entry, "body", {"text": text})
        made.append(entry)
    Entry.unscoped.bulk_create(made)


def test_it_asks_the_database_as_often_at_ten_entries_as_at_ten_thousand(
    ana: Any, stan: Any, monkeypatch: Any
) -> None:
    for person, many, full in ((ana, 10, 2), (stan, 10_000, 256)):
        monkeypatch.setattr(segments, "FULL", full)
        many_pages(person, many)
        pack(person)
    for word in ("heron", "the", "walrus"):
        asked = []
        for person in (ana, stan):
            with CaptureQueriesContext(connection) as queries:
                find(person, Keyring.of(person), Wanted((word,)))
            asked.append(len(queries))
        assert asked[0] == asked[1] <= 6, word


def test_the_index_of_what_is_not_packed_is_used(ana: Any) -> None:
    rows = Entry.objects.written_by(ana).unpacked().newest()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "entries_not_yet_packed" in rows.explain()
