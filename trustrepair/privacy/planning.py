"""The dry run: what of a file would come, what is here already, what was not understood.

What would come is sealed in pieces as it is read, so that the file itself is kept nowhere, and the
person can look at the report before they say yes.
"""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from django.utils import timezone

from journal.entries.import_models import ImportBatch, ImportPiece
from journal.entries.models import Entry
from journal.relationships.models import PathStep, Relationship
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError
from trustrepair.privacy import checking, matching
from trustrepair.privacy.archive import Bundle, Unreadable
from trustrepair.privacy.records import Record
from trustrepair.privacy.sources import NOTHING, OURS, Report, read

TOGETHER = 100
LETTERS = 400_000


def plan(person: Person, keyring: Keyring, bundle: Bundle, zone: tzinfo) -> ImportBatch:
    """Read a file and keep, sealed, what would come of it; it takes the place of what waited.

    Raises:
        Unreadable: it cannot be brought in; nothing of it is kept, and what waited still waits.
    """
    report = Report()
    records = read(bundle, report, zone)
    batch = ImportBatch(author=person)
    batch.sealed_report = keyring.seal(batch, "report", {})
    batch.save(force_insert=True)
    sorter = Sorter(person, keyring, report)
    try:
        for chunk in chunks(records):
            if items := sorter.sort(chunk):
                ImportPiece.objects.seal_in(batch, report.pieces, keyring, items)
                report.pieces += 1
        if not (report.pieces or report.doubles or report.odd):
            raise Unreadable(NOTHING)
    except BaseException:
        batch.delete()
        raise
    batch.sealed_report = keyring.seal(batch, "report", report.to_seal())
    batch.ready_at = timezone.now()
    batch.save(update_fields=["sealed_report", "ready_at"])
    waited = ImportBatch.objects.of(person).filter(ready_at__isnull=False)
    waited.exclude(pk=batch.pk).delete()
    return batch


def chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Yield records some at a time, fewer where they are long."""
    held: list[Record] = []
    length = 0
    for record in records:
        held.append(record)
        length += len(record.get("text") or "") + len(str(record.get("answers") or ""))
        if len(held) >= TOGETHER or length >= LETTERS:
            yield held
            held, length = [], 0
    if held:
        yield held


class Sorter:
    """Tells new from known, and counts; remembers the last entry for the versions after it."""

    def __init__(self, person: Person, keyring: Keyring, report: Report) -> None:
        self.person, self.keyring, self.report = person, keyring, report
        self.entry: Entry | None = None
        self.known: set[str] = set()
        self.left_out = False

    def sort(self, chunk: list[Record]) -> list[Record]:
        """Return what of a chunk would come."""
        of = {
            kind: [one for one in chunk if one["type"] == kind]
            for kind in ("relationship", "entry")
        }
        entries = matching.entries_by_source(self.person, [one["source"] for one in of["entry"]])
        about = [one["source"] for one in of["relationship"]]
        rows = matching.relationships_by_source(self.person, about)
        items: list[Record] = []
        for record in chunk:
            if record["type"] == "relationship":
                items += self._relationship(record, rows.get(record["source"]))
            elif record["type"] == "entry":
                items += self._entry(record, entries.get(record["source"]))
            else:
                items += self._revision(record)
        return items

    def _relationship(self, record: Record, row: Relationship | None) -> list[Record]:
        if row is None:
            self.report.relationships += 1
            return [record]
        known = set(PathStep.objects.of(row).values_list("step__key", flat=True))
        more = any(step["step"] not in known for step in record["steps"])
        items = [record] if more else []
        if page := matching.said_otherwise(row, record, self.keyring):
            found = matching.entries_by_source(self.person, [page["source"]])
            items += self._entry(page, found.get(page["source"]))
        return items

    def _entry(self, record: Record, entry: Entry | None) -> list[Record]:
        self.entry, self.known, self.left_out = entry, set(), False
        if record["trashed_at"] and not self.person.keeps_trash:
            self.report.untrashed += 1
            self.left_out = True
            return []
        if entry is None:
            self.report.pages += 1
            self._span(record["created_at"])
            return [record]
        if matching.says_the_same(entry, record, self.keyring):
            self.report.doubles += 1
            self.left_out = True
            return []
        if not self._fits(entry, record):
            self.report.say(record["title"] or record["source"], "another kind of page has its id")
            self.left_out = True
            return []
        self.known = matching.known_words(entry, self.keyring)
        found = self._beside(record, record["source"])
        self.report.beside += len(found)
        self.report.doubles += not found
        return found

    def _revision(self, record: Record) -> list[Record]:
        if self.left_out:
            return []
        if self.entry is None:
            self.report.versions += self.report.format == OURS
            return [record]
        return self._beside(record, record["entry"]) if self._fits(self.entry, record) else []

    def _beside(self, record: Record, source: str) -> list[Record]:
        said = matching.said_in(record)
        if self.entry is None or said in self.known:
            return []
        self.known.add(said)
        return [matching.beside(self.entry, source, record)]

    def _fits(self, entry: Entry, record: Record) -> bool:
        """Whether words may stand beside an entry: answers where it has questions for them."""
        if (entry.kind == Entry.EXERCISE) != (record["answers"] is not None):
            return False
        try:
            questions: list[Any] = entry.questions(self.keyring)
            checking.answers(record["answers"] or {}, questions)
        except (VaultError, checking.Odd):
            return False
        return True

    def _span(self, stamp: str) -> None:
        self.report.first = min(self.report.first or stamp, stamp)
        self.report.last = max(self.report.last, stamp)
