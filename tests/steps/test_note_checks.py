"""Our own margin notes pass; each fault of a file is one clear error, and a host's file wins."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.core.checks import run_checks

from steps.files import ContentError
from steps.note_checks import faults
from steps.note_rules import FILE
from steps.notes import keys, notes

OWN = Path(ours.BASE_DIR) / "steps" / "content" / "en" / FILE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A copy of our file in a folder of its own."""
    path = tmp_path / "en" / FILE
    path.parent.mkdir()
    shutil.copy(OWN, path)
    return path


def change(file: Path, old: str, new: str) -> list[str]:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return faults([file.parent.parent])


def test_our_own_file_has_no_fault() -> None:
    assert faults(ours.CONTENT_DIRS) == []


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    assert faults([tmp_path]) == [f"en/{FILE}: is missing"]


FAULTS = [
    ('kind = "blame"', 'kind = "insult"', "why-do-you: kind is not one of blame, apology"),
    ('kind = "blame"', 'kind = "blame"\ncolour = 1', "rules[1].colour is not a known key"),
    ('kind = "blame"', "kind = ", "Invalid value"),
    ('key = "you-always"', 'key = "you-never"', "you-never is there twice"),
    ('key = "you-always"', 'key = "You Always"', "You Always is not a key"),
    ('unsure = "quiet"', 'unsure = "perhaps"', "unsure is not one of speak, mine, quiet"),
    (
        'reason = "True or not',
        'reason = "True or not!',
        "you-never: reason has an exclamation mark",
    ),
    ('instead = "I felt alone when …', 'instead = "I felt alone when ...', "has three dots"),
    ('"why do you"', '"why (do you"', "“why (do you” cannot be read: a bracket is not closed"),
    ('"why do you"', '"why do) you"', "a bracket or a bar too many"),
    ('"why do you"', '"why () you"', "a bracket offers nothing to choose"),
    ('"why do you"', '"why? you"', None),
    ('"why do you"', '"why? you?"', "begins with what may be missing"),
    ('"why do you"', '"* do you"', "begins with what may be missing or be any word"),
    ('"why do you"', '"why … do … you"', "more than one gap"),
    ('"why do you"', '"why @ you"', "“@” is neither a word nor a sign of the small language"),
    ('"why do you"', '"w* do you"', "“w*” begins too many words"),
    ('"<bad>"', '"<worse>"', "“<worse>” names no list"),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_each_fault_is_said_in_words(file: Path, old: str, new: str, said: str | None) -> None:
    found = change(file, old, new)
    if said is None:
        assert found == []
    else:
        assert len(found) == 1
        assert said in found[0]
        assert str(file) in found[0]


def test_manage_check_says_a_fault_as_an_error(file: Path, settings: Any) -> None:
    settings.CONTENT_DIRS = [file.parent.parent]
    change(file, 'kind = "blame"', 'kind = "insult"')
    errors = [one for one in run_checks() if one.id == "steps.E002"]
    assert len(errors) == 1
    assert "insult" in OWN.read_text("utf-8") or "kind is not one of" in errors[0].msg


def test_a_folder_of_the_host_wins_and_our_own_stays_as_it_is(file: Path, settings: Any) -> None:
    change(file, "I felt alone when …, and I needed …", "I miss …")
    before = notes("You never listen.")[0].instead
    settings.CONTENT_DIRS = [*ours.CONTENT_DIRS, file.parent.parent]
    assert notes("You never listen.")[0].instead == "I miss …"
    settings.CONTENT_DIRS = settings.CONTENT_DIRS[:1]
    assert notes("You never listen.")[0].instead == before


def test_a_language_without_rules_reads_by_the_english_ones() -> None:
    assert keys("lt") == keys("en-gb") == keys()


def test_a_language_has_rules_of_its_own(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "lt"
    folder.mkdir()
    text = OWN.read_text("utf-8").replace('"your always"', '"tu visada"')
    (folder / FILE).write_text(text, "utf-8")
    settings.CONTENT_DIRS = [*ours.CONTENT_DIRS, tmp_path]
    assert [note.key for note in notes("Tu visada taip.", "lt")] == ["you-always"]
    assert notes("Tu visada taip.") == []


def test_an_unreadable_file_is_named_when_notes_are_asked_for(file: Path, settings: Any) -> None:
    settings.CONTENT_DIRS = [file.parent.parent]
    change(file, "[quiet]", "[quit]")
    with pytest.raises(ContentError, match=FILE):
        notes("You never listen.")
