"""Whatever is kept of somebody's words goes along in their export, or stays here for a reason.

A new model with sealed words, or a new column beside them, fails here until the export has it and
docs/export.md says so, or until it is written down why it stays.
"""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from journal.coaching.models import CoachProfile
from journal.entries.models import Entry, Revision
from journal.relationships.models import PathStep, Relationship
from journal.vault.keyring import Keyring
from tests.privacy.carrying import exported, inside, lines, live
from trustrepair.privacy.records import of_entry, of_relationship, of_revision
from trustrepair.privacy.rooms import shelves

# Models whose rows become lines of the export.
GOES: dict[type[models.Model], set[str]] = {
    Relationship: {"owner"},  # the person whose export it is
    PathStep: {"id", "relationship"},  # stands inside the relationship, one for each step
    Entry: {"author", "segment", "packed"},  # the rest: what search has made, and makes again
    Revision: {"id"},  # named by its entry and its save
}
# Sealed words that stay, and why.
STAYS = {
    "journal.Guest": "answers of somebody without an account, a day at most",
    "journal.SearchSegment": "copies of entries, made for search and made again after an import",
    "journal.ImportBatch": "a file of theirs on its way in, a day at most",
    "journal.ImportPiece": "a file of theirs on its way in, a day at most",
    "journal.Invitation": "a link into a room of this house, a week at most",
    "journal.Bookmark": "how far somebody has read in a room, for their Today alone",
}
# Columns whose value stands under another name.
CALLED = {
    "sealed_story": "story", "sealed_state": "state", "sealed_head": "title",
    "sealed_body": "text", "sealed_questions": "questions", "save_id": "save",
    "sealed_until": "closed_until",
}  # fmt: skip


def sealing() -> set[str]:
    """Return the labels of all models with a sealed column."""
    return {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.startswith("sealed_")
    }


def test_every_model_with_sealed_words_goes_along_or_stays_for_a_reason(ana: Any) -> None:
    rooms = {one.rows.model for one in shelves(ana) if isinstance(one.rows, QuerySet)}
    goes = {model._meta.label for model in {*GOES, *rooms, CoachProfile}}
    assert sealing() - goes - set(STAYS) == set()
    assert {model._meta.label for model in GOES} <= sealing()


def columns(model: type[models.Model]) -> set[str]:
    """Return the names under which a model's columns must stand in its line."""
    names = {field.name for field in model._meta.concrete_fields} - GOES[model]
    return {CALLED.get(name, name) for name in names}


def test_every_column_of_what_goes_along_is_in_its_line(ana: Any) -> None:
    row, keyring = live(ana), Keyring.of(ana)
    told = of_relationship(row, keyring)
    assert columns(Relationship) <= set(told)
    assert columns(PathStep) <= set(told["steps"][0])
    entry = Entry.objects.written_by(ana).filter(kind=Entry.EXERCISE)[0]
    assert columns(Entry) <= set(of_entry(entry, keyring))
    revision = Revision.objects.of(entry)[0]
    assert columns(Revision) <= set(of_revision(revision, keyring))


def test_every_row_and_every_answer_is_in_what_people_read(ana: Any) -> None:
    live(ana)
    files = inside(exported(ana))
    of = {one["id"]: one for one in lines(exported(ana))[1:] if one["type"] == "entry"}
    assert set(of) == {str(pk) for pk in Entry.objects.all_of(ana).values_list("pk", flat=True)}
    text = "".join(said for name, said in files.items() if name.startswith("pages/"))
    for entry in of.values():
        for shown in (text, files["journal.html"]):
            assert entry["title"] in shown or entry["closed_until"]
            for answer in (entry["answers"] or {}).values():
                if isinstance(answer, str) and " " in answer:
                    assert all(line in shown for line in answer.split("\n"))
