"""Bringing in: one sealed piece after the other, each in one transaction, each once.

Nothing that stands here is changed. A row whose id is taken by somebody else gets another, and a
page that differs from its double keeps both texts. A piece that was brought in is deleted in the
same transaction, so a kill at any moment leaves a beginning that can be gone on from.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from journal.entries.import_models import ImportBatch, ImportPiece
from journal.entries.models import Entry, Revision
from journal.entries.questions import first_and_last
from journal.entries.writing import head_of, next_marble
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import Story
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from steps.models import Exercise, Prompt, Step
from trustrepair.privacy import matching
from trustrepair.privacy.records import Record, body_of


def go_on(batch: ImportBatch, person: Person, keyring: Keyring, seconds: float) -> bool:
    """Bring in pieces until the time is over; say whether all are in.

    The last one leaves the batch behind with no pieces; whoever asked deletes it.
    """
    ends = time.monotonic() + seconds
    while next_piece(batch, person, keyring):
        if time.monotonic() > ends:
            break
    return not ImportPiece.objects.of(batch).exists()


def next_piece(batch: ImportBatch, person: Person, keyring: Keyring) -> bool:
    """Bring in the next piece, in one transaction; say whether there was one."""
    with transaction.atomic():
        piece = ImportPiece.objects.of(batch).select_for_update().first()
        if piece is None:
            return False
        came = Taker(person, keyring).take(piece.items(keyring))
        row = ImportBatch.objects.of(person).select_for_update().get(pk=batch.pk)
        report = row.report(keyring)
        report["came"] += came
        row.sealed_report = keyring.seal(row, "report", report)
        row.save(update_fields=["sealed_report"])
        piece.delete()
    return True


class Taker:
    """Brings in one piece for one person."""

    def __init__(self, person: Person, keyring: Keyring) -> None:
        self.person, self.keyring = person, keyring
        self.steps = {row.key: row for row in Step.objects.all()}

    def take(self, items: list[Record]) -> int:
        """Store what is not here yet; return how many pages came."""
        for record in items:
            if record["type"] == "relationship":
                self.relationship(record)
        came = self.entries([one for one in items if one["type"] == "entry"])
        self.revisions([one for one in items if one["type"] == "revision"])
        return came

    # --- relationships --------------------------------------------------------------------------
    def relationship(self, record: Record) -> None:
        """Store a relationship, and what was said of steps of which nothing is said here."""
        source = record["source"]
        row = matching.relationships_by_source(self.person, [source]).get(source)
        row = row or self._begin(record, Story(**record["story"]))
        known = {step.step_id for step in PathStep.objects.of(row)}
        for said in record["steps"]:
            step = self.steps.get(said["step"])
            if step and step.pk not in known:
                known.add(step.pk)
                made = PathStep(relationship=row, step=step, changed_at=at(said["changed_at"]))
                state = {"state": said["state"], "round": said["round"]}
                made.sealed_state = self.keyring.seal(made, "state", state)
                made.save(force_insert=True)

    def _begin(self, record: Record, story: Story) -> Relationship:
        for key in [*matching.keys_for(self.person, record["source"]), None]:
            row = Relationship(
                owner=self.person, created_at=at(record["created_at"]),
                chosen_at=at(record["chosen_at"]), version=record["version"],
                **({"id": key} if key else {}),
            )  # fmt: skip
            row.sealed_story = self.keyring.seal(row, "story", story.to_seal())
            if stored(row):
                break
        return row

    # --- entries --------------------------------------------------------------------------------
    def entries(self, records: list[Record]) -> int:
        """Store entries that are not here; return how many."""
        if not records:
            return 0
        known = matching.entries_by_source(self.person, [one["source"] for one in records])
        fresh = [record for record in records if record["source"] not in known]
        for record in fresh:
            self._point(record, fresh)
        rows = [self._row(record, self._keys(record)[0]) for record in fresh]
        try:
            with transaction.atomic():
                Entry.objects.all_of(self.person).bulk_create(rows)
        except IntegrityError:
            for record in fresh:
                self._one(record)
        return len(fresh)

    def _keys(self, record: Record) -> list[UUID]:
        return matching.keys_for(self.person, record["source"])

    def _one(self, record: Record) -> None:
        for key in [*self._keys(record), None]:
            if stored(self._row(record, key)):
                return

    def _point(self, record: Record, fresh: list[Record]) -> None:
        """Find, once for all of them, the rows that entries point at, and free places in jars."""
        if "rows" in record:
            return
        about = matching.relationships_by_source(
            self.person, {one["relationship"] for one in fresh if one["relationship"]}
        )
        exercises = by_key(Exercise.objects.all(), (one["exercise"] for one in fresh))
        prompts = by_key(Prompt.objects.all(), (one["prompt"] for one in fresh))
        for one in fresh:
            one["rows"] = {
                "relationship": about.get(one["relationship"]),
                "exercise": exercises.get(one["exercise"]),
                "step": self.steps.get(one["step"]),
                "prompt": prompts.get(one["prompt"]),
            }
        for row in about.values():
            self._drop(row, [one for one in fresh if one["rows"]["relationship"] == row])

    def _drop(self, row: Relationship, records: list[Record]) -> None:
        """Give marbles the places they had, or the next free ones."""
        marbles = [one for one in records if one["marble"]]
        if not marbles:
            return
        free = next_marble(row)
        jar = Entry.objects.all_of(self.person).filter(relationship=row, marble__isnull=False)
        taken = set(jar.values_list("marble", flat=True))
        free = max([free, *(one["marble"] + 1 for one in marbles)])
        for one in marbles:
            if one["marble"] in taken:
                one["marble"], free = free, free + 1
            taken.add(one["marble"])

    def _row(self, record: Record, key: UUID | None) -> Entry:
        row = Entry(
            author=self.person, kind=record["kind"], version=record["version"],
            **{name: at(record[name]) for name in ("created_at", "updated_at")},
            **{name: record[name] and at(record[name]) for name in ("finished_at", "trashed_at")},
            **record["rows"], **({"id": key} if key else {}),
        )  # fmt: skip
        row.marble = record["marble"] if row.relationship else None
        if day := record.get("closed_until"):
            row.sealed_until = self.keyring.seal(row, "until", day)
        if record["answers"] is not None:
            first, last = first_and_last(record["questions"], record["answers"])
            row.sealed_questions = self.keyring.seal(row, "questions", record["questions"])
        else:
            first = last = record["text"] or ", ".join(record["feelings"])
        head = head_of(record["title"], record["feelings"], first, last)
        row.sealed_head = self.keyring.seal(row, "head", head)
        row.sealed_body = self.keyring.seal(row, "body", body_of(record))
        return row

    # --- versions -------------------------------------------------------------------------------
    def revisions(self, records: list[Record]) -> None:
        """Store versions of entries that are this person's, each once."""
        entries = matching.entries_by_source(self.person, {one["entry"] for one in records})
        kept = Revision.objects.of_each(entries.values()).values_list("entry", "save_id")
        known = set(kept)
        rows = []
        for record in records:
            entry, save = entries.get(record["entry"]), UUID(record["save"])
            if entry is None or (entry.pk, save) in known:
                continue
            known.add((entry.pk, save))
            rows.append(self._version(entry, save, record))
        Revision.objects.of_each(entries.values()).bulk_create(rows)

    def _version(self, entry: Entry, save: UUID, record: Record) -> Revision:
        row = Revision(
            entry=entry, save_id=save, version=record["version"], beside=record["beside"],
            auto=record["auto"],
            created_at=at(record["created_at"]) if record["created_at"] else timezone.now(),
        )  # fmt: skip
        said = {"title": record["title"], "feelings": record["feelings"], **body_of(record)}
        row.sealed_body = self.keyring.seal(row, "body", said)
        return row


def stored(row: Model) -> bool:
    """Store a new row; say no where its id is somebody's already."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def by_key(rows: Any, keys: Iterable[str | None]) -> dict[str | None, Any]:
    """Return rows of the guide by key."""
    return {row.key: row for row in rows.filter(key__in=[key for key in keys if key])}


def at(stamp: str) -> datetime:
    """Return a record's time."""
    return datetime.fromisoformat(stamp)
