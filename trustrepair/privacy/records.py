"""The lines of journal.jsonl, from rows to plain values; docs/export.md says what they mean."""

import json
from datetime import UTC, datetime
from typing import Any

from journal.entries.models import Entry, Revision
from journal.relationships.models import PathStep, Relationship
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError

SCHEMA, VERSION = "trustrepair.export", 1
HEADER = {"schema": SCHEMA, "version": VERSION}

Record = dict[str, Any]


def line(record: Record) -> bytes:
    """Return a record as one line of JSON."""
    said = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        return said.encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair can only be said escaped
        return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def stamp(moment: datetime | None) -> str | None:
    """Return a time as files say it: UTC, to the microsecond, always of one length."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None


def of_relationship(row: Relationship, keyring: Keyring) -> Record:
    """Return a relationship with what was said of its steps."""
    try:
        story = row.read(keyring).to_seal()
        steps = [(step, step.read(keyring)) for step in PathStep.objects.of(row)]
    except VaultError:
        return {"type": "unopened", "id": str(row.pk)}
    return {
        "type": "relationship",
        "id": str(row.pk),
        "created_at": stamp(row.created_at),
        "chosen_at": stamp(row.chosen_at),
        "version": row.version,
        "story": {**story, "causes": dict(sorted(story["causes"].items()))},
        "steps": [
            {"step": step.step.key, "changed_at": stamp(step.changed_at), **said}
            for step, said in sorted(steps, key=lambda one: one[0].step.key)
        ],
    }


def of_entry(entry: Entry, keyring: Keyring) -> Record:
    """Return an entry as it stands now; one that does not open is named and nothing more."""
    try:
        head, body = entry.head(keyring), entry.body(keyring)
        questions, until = entry.questions(keyring), entry.until(keyring)
    except VaultError:
        return {"type": "unopened", "id": str(entry.pk)}
    return {
        "type": "entry",
        "id": str(entry.pk),
        "kind": entry.kind,
        "relationship": str(entry.relationship_id) if entry.relationship_id else None,
        "exercise": entry.exercise.key if entry.exercise else None,
        "step": entry.step.key if entry.step else None,
        "prompt": entry.prompt.key if entry.prompt else None,
        "version": entry.version,
        "created_at": stamp(entry.created_at),
        "updated_at": stamp(entry.updated_at),
        "finished_at": stamp(entry.finished_at),
        "trashed_at": stamp(entry.trashed_at),
        "closed_until": until.isoformat() if until else None,
        "marble": entry.marble,
        "title": head["title"],
        "feelings": head["feelings"],
        **words_of(body),
        "questions": questions,
    }


def of_revision(revision: Revision, keyring: Keyring) -> Record:
    """Return one kept version of an entry."""
    try:
        body = revision.body(keyring)
    except VaultError:
        return {"type": "unopened", "id": str(revision.pk)}
    return {
        "type": "revision",
        "entry": str(revision.entry_id),
        "save": str(revision.save_id),
        "version": revision.version,
        "beside": revision.beside,
        "auto": revision.auto,
        "created_at": stamp(revision.created_at),
        "title": body.pop("title", ""),
        "feelings": body.pop("feelings", []),
        **words_of(body),
    }


def words_of(body: dict[str, Any]) -> Record:
    """Return the words of a sealed body, and apart from them what else is kept with them."""
    rest = {name: said for name, said in body.items() if name not in {"text", "answers"}}
    return {"text": body.get("text"), "answers": body.get("answers"), "about": rest}


def body_of(record: Record) -> dict[str, Any]:
    """Return the body that `words_of` took apart."""
    said = {name: record[name] for name in ("text", "answers") if record[name] is not None}
    return {**record["about"], **said}
