"""Which of a person's own rows a record is: the same id, or the one an earlier import made of it.

An id in a file may belong to somebody else here, or be of another program's making. The row then
gets an id made from the person and the source, always the same, so that a second import finds it.
"""

import json
import uuid
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from journal.entries.models import Entry, Revision
from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.sealing import VaultError
from journal.vault.words import visible
from trustrepair.privacy.records import Record, words_of

OURS = uuid.UUID("5e2f9a34-7d0c-4f0c-9b1e-1f4a5d3c8e71")
TRIES = 3


def keys_for(person: Person, source: str) -> list[uuid.UUID]:
    """Return the ids a row of this source may have, the first to be taken first."""
    made = [uuid.uuid5(OURS, f"{person.pk}|{source}|{number}") for number in range(TRIES)]
    try:
        return [uuid.UUID(source), *made]
    except ValueError:
        return made


def entries_by_source(person: Person, sources: Iterable[str]) -> dict[str, Entry]:
    """Return this person's entries that these sources have become, the trash included."""
    return by_source(person, sources, Entry.objects.all_of(person))


def relationships_by_source(person: Person, sources: Iterable[str]) -> dict[str, Relationship]:
    """Return this person's relationships that these sources have become."""
    return by_source(person, sources, Relationship.objects.owned_by(person))


def by_source(person: Person, sources: Iterable[str], mine: Any) -> dict[str, Any]:
    """Return rows by source, out of those that are this person's."""
    keys = {source: keys_for(person, source) for source in sources}
    rows = {row.pk: row for row in mine.filter(pk__in=[k for some in keys.values() for k in some])}
    first = {source: next((k for k in some if k in rows), None) for source, some in keys.items()}
    return {source: rows[key] for source, key in first.items() if key is not None}


def said_in(record: Record) -> str:
    """Return the words of a record in a form that can be compared; empty answers are none."""
    answers = {
        name: value for name, value in (record["answers"] or {}).items()
        if value not in (None, "", [], {}) and not is_blank(value)
    }  # fmt: skip
    said = [record["title"], record["feelings"], record["text"], answers]
    return json.dumps(said, sort_keys=True)


def is_blank(value: Any) -> bool:
    """Whether a sentence with gaps has none filled."""
    return isinstance(value, dict) and not any(value.values())


def known_words(entry: Entry, keyring: Keyring) -> set[str]:
    """Return everything an entry says now or said in a kept version, for comparing."""
    known = set()
    try:
        head = entry.head(keyring)
        known.add(said_in({**head, **words_of(entry.body(keyring))}))
    except VaultError:
        pass
    for revision in Revision.objects.of_each([entry]).with_words():
        try:
            body = revision.body(keyring)
        except VaultError:
            continue
        title, feelings = body.pop("title", ""), body.pop("feelings", [])
        known.add(said_in({"title": title, "feelings": feelings, **words_of(body)}))
    return known


def says_the_same(entry: Entry, record: Record, keyring: Keyring) -> bool:
    """Whether an entry says now what a record says, without looking at its versions."""
    try:
        head = entry.head(keyring)
        return said_in({**head, **words_of(entry.body(keyring))}) == said_in(record)
    except VaultError:
        return False


def beside(entry: Entry, source: str, record: Record) -> Record:
    """Return the words of a record as a version that is kept beside an entry."""
    said = {name: record[name] for name in ("title", "feelings", "text", "answers", "about")}
    save = uuid.uuid5(OURS, f"{entry.pk}|{said_in(record)}")
    return {
        "type": "revision", "entry": source, "save": str(save), "version": entry.version,
        "beside": True, "auto": False, "created_at": None, **said,
    }  # fmt: skip


def said_otherwise(row: Relationship, record: Record, keyring: Keyring) -> Record | None:
    """Return a page with what happened as a record has it, where a relationship has other words."""
    try:
        kept = row.read(keyring)
    except VaultError:
        return None
    story = Story(**record["story"])
    if not story.happened.strip() or story.happened == kept.happened:
        return None
    mark = sha256(story.happened.encode("utf-8", "replace")).hexdigest()
    title = f"What I said of {story.mentioned} before"
    page = foreign(f"story:{record['source']}:{mark}", title, story.happened, record["created_at"])
    return {**page, "relationship": record["source"]}


def foreign(source: str, title: str, text: str, when: str) -> Record:
    """Return a free page made from an entry of another program's."""
    return {
        "type": "entry", "source": source, "kind": Entry.FREE, "relationship": None,
        "exercise": None, "step": None, "prompt": None, "version": 1, "created_at": when,
        "updated_at": when, "finished_at": None, "trashed_at": None, "closed_until": None,
        "marble": None, "title": visible(title).replace("\n", " "), "feelings": [],
        "text": visible(text), "answers": None, "about": {}, "questions": [],
    }  # fmt: skip


def first_version(record: Record) -> Record:
    """Return the version with which the history of a page from elsewhere begins."""
    said = {name: record[name] for name in ("title", "feelings", "text", "answers", "about")}
    return {
        "type": "revision", "entry": record["source"], "version": 1, "beside": False,
        "save": str(uuid.uuid5(OURS, record["source"])), "auto": False, "created_at": None, **said,
    }  # fmt: skip
