"""Export, bring in, export: nothing lost, nothing added, nothing of anybody else's touched."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.entries.import_models import ImportBatch, ImportPiece
from journal.entries.models import Entry, Revision
from journal.relationships.models import PathStep, Relationship
from journal.vault.keyring import Keyring
from tests.conftest import Browser
from tests.privacy.carrying import (
    bring_in,
    entry_line,
    exported,
    lines,
    live,
    ours,
    send,
    texts,
    write,
)


def rows_of(person: Any) -> list[Any]:
    """Return every row of a person's words, as it is stored."""
    found = [*Relationship.objects.owned_by(person).order_by("id").values_list()]
    found += Entry.objects.all_of(person).order_by("id").values_list()
    found += Revision.objects.of_each(Entry.objects.all_of(person)).order_by("id").values_list()
    return found


@pytest.fixture
def taken_along(ana: Any) -> bytes:
    """The export of somebody who wrote something of every kind, and then left."""
    live(ana)
    data = exported(ana)
    ana.delete()
    return data


def test_export_import_export_gives_the_same_bytes(
    taken_along: bytes, stan: Any, stranger: Browser
) -> None:
    answer = bring_in(stranger, taken_along)
    assert "It is all here now" in answer.text
    assert exported(stan) == taken_along


def test_a_second_time_brings_nothing(taken_along: bytes, stan: Any, stranger: Browser) -> None:
    bring_in(stranger, taken_along)
    before = rows_of(stan)
    answer = send(stranger, taken_along)
    assert "All of this is here already" in answer.text
    assert 'value="go"' not in answer.text
    assert rows_of(stan) == before


def test_what_comes_can_be_read_and_changed(
    taken_along: bytes, stan: Any, stranger: Browser
) -> None:
    bring_in(stranger, taken_along)
    for entry in Entry.objects.written_by(stan).not_closed():
        for address in ("", "edit/", "history/", "delete/"):
            assert stranger.get(f"/journal/{entry.pk}/{address}").status_code == 200
        for revision in Revision.objects.of(entry):
            page = f"/journal/{entry.pk}/history/{revision.pk}/?compare"
            assert stranger.get(page).status_code == 200
    for page in ("/", "/path/", "/journal/", "/journal/jar/", "/you/relationships/"):
        assert stranger.get(page).status_code == 200
    found = stranger.post("/journal/search/", {"query": "later"})
    assert "The piano" in found.text


def test_somebody_elses_export_gets_fresh_ids_and_touches_nothing_of_theirs(
    ana: Any, stan: Any, stranger: Browser
) -> None:
    live(ana)
    before, data = rows_of(ana), exported(ana)
    bring_in(stranger, data)
    assert rows_of(ana) == before
    hers, his = ({entry.pk for entry in Entry.objects.all_of(person)} for person in (ana, stan))
    assert len(hers) == len(his)
    assert not hers & his
    assert not {r.pk for r in Relationship.objects.owned_by(stan)} & {
        r.pk for r in Relationship.objects.owned_by(ana)
    }
    without_ids = [
        {name: said for name, said in one.items() if name not in {"id", "entry", "relationship"}}
        for one in lines(exported(stan))
    ]
    assert without_ids == [
        {name: said for name, said in one.items() if name not in {"id", "entry", "relationship"}}
        for one in lines(data)
    ]
    after = rows_of(stan)
    assert "All of this is here already" in send(stranger, data).text
    assert rows_of(stan) == after


def test_a_page_that_was_changed_since_keeps_both_texts(ana: Any, browser: Browser) -> None:
    line = entry_line(text="What the file says.")
    bring_in(browser, ours(line))
    entry = Entry.objects.written_by(ana).get()
    write(ana, entry_id=entry.pk, base_version=1, title="The piano", text="What stands now.")
    answer = send(browser, ours(line))
    assert "1 page that is here with other words" in answer.text
    bring_in(browser, ours(line))
    assert texts(ana) == ["The piano|What stands now."]
    beside = Revision.objects.of(entry).get(beside=True)
    assert beside.body(Keyring.of(ana))["text"] == "What the file says."
    assert "All of this is here already" in send(browser, ours(line)).text
    assert Revision.objects.of(entry).filter(beside=True).count() == 1


def test_an_old_export_brings_nothing_that_the_history_has(ana: Any, browser: Browser) -> None:
    entry = write(ana, title="The piano", text="First.")
    data = exported(ana)
    write(ana, entry_id=entry.pk, base_version=1, title="The piano", text="Second.")
    before = rows_of(ana)
    assert "All of this is here already" in send(browser, data).text
    assert rows_of(ana) == before


def test_a_relationship_that_is_here_stays_as_it_is_and_loses_no_words(
    ana: Any, browser: Browser
) -> None:
    row = live(ana)
    data = exported(ana)
    keyring = Keyring.of(ana)
    row.rewrite(keyring, happened="I see it otherwise now.", state="paused")
    PathStep.objects.of(row).filter(step__key="quality-time").delete()
    bring_in(browser, data)
    row = Relationship.objects.owned_by(ana).get()
    assert row.read(keyring).happened == "I see it otherwise now."
    assert row.read(keyring).state == "paused"
    assert PathStep.objects.of(row).count() == 2
    assert "What I said of Ruta before|She sold the piano." in texts(ana)
    assert "All of this is here already" in send(browser, data).text


def test_marbles_that_meet_lie_side_by_side(ana: Any, browser: Browser) -> None:
    row = live(ana)
    data = exported(ana)
    Entry.objects.all_of(ana).filter(marble=1).get().delete()
    write(ana, kind=Entry.GRATITUDE, text="Bread.", relationship=row, marble=True)
    bring_in(browser, data)
    assert sorted(Entry.objects.in_jar_of(row).values_list("marble", flat=True)) == [1, 2]


def test_what_was_in_the_trash_stays_behind_where_the_trash_is_off(
    taken_along: bytes, stan: Any, stranger: Browser
) -> None:
    stan.keeps_trash = False
    stan.save()
    assert "from the trash stays behind" in send(stranger, taken_along).text
    bring_in(stranger, taken_along)
    assert not Entry.objects.in_trash_of(stan).exists()


# --- the dry run, and the way in ----------------------------------------------------------------
def test_the_dry_run_changes_nothing_and_says_what_would_come(
    taken_along: bytes, stan: Any, stranger: Browser
) -> None:
    answer = send(stranger, taken_along)
    assert "This would come" in answer.text
    assert "1 relationship" in answer.text
    assert rows_of(stan) == []
    stranger.post("/you/import/", {"do": "drop"})
    assert not ImportBatch.objects.of(stan).exists()
    assert "Look through it" in stranger.get("/you/import/").text


def test_pieces_come_one_after_the_other_and_a_stop_keeps_what_came(
    stan: Any, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trustrepair.privacy.planning.TOGETHER", 2)
    monkeypatch.setattr("trustrepair.privacy.importing.SECONDS", 0)
    data = ours(*(entry_line(title=f"Page {number}") for number in range(7)))
    send(stranger, data)
    answer = stranger.post("/you/import/", {"do": "go"}, follow=True)
    assert '<progress id="how-far" class="how-far" value="1" max="4">' in answer.text
    assert "2 pages so far" in answer.text
    stranger.post("/you/import/", {"do": "drop"})
    assert len(texts(stan)) == 2
    assert not ImportBatch.objects.of(stan).exists()
    assert "5 new pages" in send(stranger, data).text
    bring_in(stranger, data)
    assert len(texts(stan)) == 7


def test_what_waits_is_sealed_and_gone_when_it_is_in(stan: Any, stranger: Browser) -> None:
    send(stranger, ours(entry_line(text="A gooseberry.", title="Gooseberry")))
    batch = ImportBatch.objects.of(stan).get()
    rows = [*ImportBatch.objects.of(stan).values_list()]
    rows += ImportPiece.objects.of(batch).values_list()
    assert rows
    assert b"ooseberry" not in repr([bytes(v) if isinstance(v, memoryview) else v
                                     for row in rows for v in row]).encode()  # fmt: skip
    assert "ooseberry" not in str(dict(stranger.session))
    stranger.post("/you/import/", {"do": "go"})
    assert not ImportBatch.objects.of(stan).exists()


def test_nobody_else_sees_or_takes_what_waits(
    ana: Any, stan: Any, browser: Browser, stranger: Browser
) -> None:
    send(browser, ours(entry_line()))
    assert "Look through it" in stranger.get("/you/import/").text
    stranger.post("/you/import/", {"do": "go"})
    stranger.post("/you/import/", {"do": "drop"})
    assert texts(stan) == []
    assert "This would come" in browser.get("/you/import/").text


def test_what_waits_is_deleted_after_a_day(stan: Any, stranger: Browser) -> None:
    from journal.tasks import forget_imports

    send(stranger, ours(entry_line()))
    forget_imports()
    batch = ImportBatch.objects.of(stan).get()
    long_ago = timezone.now() - timedelta(days=1, minutes=1)
    ImportBatch.objects.of(stan).filter(pk=batch.pk).update(created_at=long_ago)
    assert "Look through it" in stranger.get("/you/import/").text
    forget_imports()
    assert not ImportBatch.objects.of(stan).exists()


def test_an_id_that_somebody_took_on_purpose_gets_out_of_the_way(
    ana: Any, stan: Any, browser: Browser, stranger: Browser
) -> None:
    from trustrepair.privacy.matching import keys_for

    source = str(uuid.uuid4())
    taken = [entry_line(id=str(key), text="Hers.") for key in keys_for(stan, source)]
    bring_in(browser, ours(*taken))
    before = rows_of(ana)
    bring_in(stranger, ours(entry_line(id=source, text="His.")))
    assert texts(stan) == ["The piano|His."]
    assert rows_of(ana) == before
