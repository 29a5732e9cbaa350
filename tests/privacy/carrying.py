"""A person with something of everything, and ways to take it along and bring it back."""

import io
import json
import uuid
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from journal.entries.models import Entry, Revision
from journal.entries.questions import asked
from journal.entries.writing import Draft, Kept, keep
from journal.relationships.models import PathStep, Relationship
from journal.relationships.story import Story
from journal.vault.keyring import Keyring
from steps import catalogue
from steps.models import Exercise, Step
from tests.conftest import Browser
from trustrepair.privacy.exporting import files_of, zipped

WORDS = "I came home.\n\nIt was <gone> & *nobody* said a word. Žluťoučký 🐎"
AT = datetime(2026, 11, 3, 21, 15, 30, 123456, tzinfo=UTC)


def live(person: Any) -> Relationship:
    """Write something of every kind, with versions, a marble, and something in the trash."""
    keyring = Keyring.of(person)
    story = Story("Ruta", "family", "hurt", "no", "She sold the piano.", {"broken-promises": 3})
    row = Relationship.begin(person, keyring, story)
    for key, state in (("communicate-openly", "done"), ("quality-time", "open")):
        PathStep.say(row, Step.objects.get(key=key), keyring, state)
    first = write(person, title="The piano", text=WORDS, feelings=("sad",), relationship=row)
    write(person, entry_id=first.pk, base_version=1, title="The piano", text="Later.", auto=True)
    clash = write(person, entry_id=first.pk, base_version=1, text="The other tab.")
    assert clash.pk == first.pk
    write(person, kind=Entry.GRATITUDE, text="Tea.", relationship=row, marble=True)
    every_answer(person, row)
    write(person, text="For the bin.").put_away()
    letter = write(person, kind=Entry.LETTER, title="To Ruta", text="For later eyes.")
    letter.close(Keyring.of(person), date(2027, 5, 3))
    dated(person)
    return row


def write(person: Any, **said: Any) -> Entry:
    """Keep a page."""
    draft = {"entry_id": uuid.uuid4(), "save_id": uuid.uuid4(), "base_version": 0, **said}
    kept: Kept = keep(person, Keyring.of(person), Draft(**draft))
    return kept.entry


def every_answer(person: Any, row: Relationship) -> None:
    """Answer exercises until each type of question was met."""
    answers = {
        "long": "Long words.\nTwo lines.", "line": "A line.", "lines": ["one", "two"], "scale": 6,
        "date": "2026-12-24",
    }  # fmt: skip
    met: set[str] = set()
    for key, found in catalogue.get().exercises.items():
        questions = asked(found, "both", "family")
        types = {question["type"] for question in questions}
        if types <= met:
            continue
        met |= types
        said = {}
        for question in questions:
            options = [option["value"] for option in question["options"]]
            said[question["key"]] = {
                **answers, "choice": options[:1] and options[0], "several": options[:2],
                "feelings": ["sad", "tense"], "frame": {"what": "you sold it", "feel": "small"},
            }[question["type"]]  # fmt: skip
        anchor = Exercise.objects.get(key=key)
        write(
            person, kind=Entry.EXERCISE, title=found.title, answers=said, exercise=anchor,
            step=anchor.step, questions=tuple(questions), relationship=row, finished=True,
            about={"part": "both", "kind": "family"},
        )  # fmt: skip


def dated(person: Any) -> None:
    """Lay the pages into different months, so that order and months are put to the test."""
    for number, entry in enumerate(Entry.objects.all_of(person).order_by("created_at", "id")):
        when = AT - timedelta(days=9 * number, seconds=number)
        Entry.objects.all_of(person).filter(pk=entry.pk).update(created_at=when, updated_at=when)
        Revision.objects.of(entry).update(created_at=when)


def exported(person: Any) -> bytes:
    """Return a person's export."""
    return b"".join(zipped(files_of(person, Keyring.of(person), person.zone)))


def inside(data: bytes) -> dict[str, str]:
    """Return the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def lines(data: bytes) -> list[dict[str, Any]]:
    """Return the lines of journal.jsonl."""
    return [json.loads(line) for line in inside(data)["journal.jsonl"].splitlines()]


def packed(files: dict[str, str | bytes]) -> bytes:
    """Return a zip of files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def ours(*records: Any) -> bytes:
    """Return a zip with a journal of these lines."""
    header = {"schema": "trustrepair.export", "version": 1}
    said = (one if isinstance(one, str) else json.dumps(one) for one in (header, *records))
    return packed({"journal.jsonl": "\n".join(said)})


def entry_line(**said: Any) -> dict[str, Any]:
    """Return the line of a free page."""
    return {
        "type": "entry", "id": str(uuid.uuid4()), "kind": "free", "relationship": None,
        "exercise": None, "step": None, "prompt": None, "version": 1,
        "created_at": "2026-11-03T21:15:30.123456Z", "updated_at": "2026-11-03T21:15:30.123456Z",
        "finished_at": None, "trashed_at": None, "closed_until": None, "marble": None,
        "title": "The piano", "feelings": [], "text": "It was gone.",
        "answers": None, "about": {}, "questions": [],
        **said,
    }  # fmt: skip


def send(browser: Browser, data: bytes, name: str = "words.zip") -> Any:
    """Post a file and follow to what is said of it."""
    return browser.post("/you/import/", {"file": SimpleUploadedFile(name, data)}, follow=True)


def bring_in(browser: Browser, data: bytes, name: str = "words.zip") -> Any:
    """Post a file, say yes, go on to the end; return the last page."""
    answer = send(browser, data, name)
    assert answer.status_code == 200, answer.text
    while "It is all here now" not in answer.text and 'value="go"' in answer.text:
        answer = browser.post("/you/import/", {"do": "go"}, follow=True)
        assert answer.status_code == 200
    return answer


def texts(person: Any) -> list[str]:
    """Return title and text of a person's free pages, the oldest first."""
    keyring = Keyring.of(person)
    rows = Entry.objects.written_by(person).filter(kind=Entry.FREE).order_by("created_at", "id")
    return [f"{row.head(keyring)['title']}|{row.body(keyring)['text']}" for row in rows]
