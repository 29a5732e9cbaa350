"""/you/export/: everything one wrote, in one file."""

import json
import re
import zipfile
from typing import Any

import pytest

from tests.conftest import PASSWORD, Browser
from tests.privacy.carrying import WORDS, exported, inside, lines, live, write
from trustrepair.privacy import exporting

PAGE = "/you/export/"


def test_the_trash_comes_in_chunks_in_the_order_it_was_written(
    ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    for number in range(5):
        write(ana, text=f"Away {number}.").put_away()
    found = re.findall(r"Away \d", inside(exported(ana))["pages/trash.md"])
    assert found == [f"Away {number}" for number in range(5)]


@pytest.fixture
def proved(ana: Any, browser: Browser) -> Browser:
    """Ana's browser, a moment after she gave her password again."""
    ana.set_password(PASSWORD)
    ana.save()
    browser.force_login(ana)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


def test_the_page_and_the_file_ask_for_the_password_again(ana: Any, browser: Browser) -> None:
    ana.set_password(PASSWORD)
    ana.save()
    browser.force_login(ana)
    for answer in (browser.get(PAGE), browser.post(PAGE), browser.get(PAGE + "booklet/")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(
            "/accounts/reauthenticate/?next=%2Fyou%2Fexport%2F"
        )


def test_the_file_comes_in_answer_to_the_password(ana: Any, browser: Browser) -> None:
    ana.set_password(PASSWORD)
    ana.save()
    browser.force_login(ana)
    write(ana, text="It was gone.")
    asked = browser.post(PAGE)
    answer = browser.post(asked.headers["Location"], {"password": PASSWORD})
    assert "It was gone." in inside(answer.getvalue())["journal.jsonl"]


def test_it_is_sent_by_post_alone_and_stored_by_nobody(proved: Browser, ana: Any) -> None:
    assert proved.get(PAGE).headers["Content-Type"].startswith("text/html")
    answer = proved.post(PAGE)
    assert answer.streaming
    assert answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Content-Length" not in answer.headers


def test_the_file_is_named_neutrally(proved: Browser, settings: Any) -> None:
    settings.DISCREET_NAME = 'Notes "é"\r\n/..'
    said = proved.post(PAGE).headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="notes-e-\d{4}-\d\d-\d\d\.zip"', said)


def test_everything_one_wrote_is_in_it(ana: Any) -> None:
    row = live(ana)
    found = lines(exported(ana))
    assert found.pop(0) == {"schema": "trustrepair.export", "version": 1}
    assert [one["type"] for one in found][:2] == ["relationship", "entry"]
    assert found[0]["id"] == str(row.pk)
    assert found[0]["story"]["happened"] == "She sold the piano."
    steps = {step["step"]: step["state"] for step in found[0]["steps"]}
    assert steps == {"communicate-openly": "done", "quality-time": "open"}
    entries = [one for one in found if one["type"] == "entry"]
    assert {one["kind"] for one in entries} == {"free", "exercise", "gratitude", "letter"}
    assert [one for one in entries if one["trashed_at"]]
    assert [one["marble"] for one in entries if one["marble"]] == [1]
    types = {q["type"] for one in entries for q in one["questions"]}
    assert len(types) == 9
    versions = [one for one in found if one["type"] == "revision"]
    assert WORDS in [one["text"] for one in versions]
    assert [one["text"] for one in versions if one["beside"]] == ["The other tab."]
    assert all(one["entry"] in {entry["id"] for entry in entries} for one in versions)


def test_nobody_elses_words_are_in_it(ana: Any, stan: Any) -> None:
    live(ana)
    write(stan, text="A gooseberry.")
    assert "gooseberry" not in str(inside(exported(ana)))
    assert [one for one in lines(exported(stan))[1:] if one["type"] == "entry"]
    assert "piano" not in str(inside(exported(stan)))


def test_the_markdown_shows_words_as_they_were_typed(ana: Any) -> None:
    live(ana)
    write(ana, title="# Mine", text="# not a heading\n- not a list\n<b>not bold</b>\na\nb")
    files = inside(exported(ana))
    months = [name for name in files if re.fullmatch(r"pages/\d{4}-\d\d\.md", name)]
    assert len(months) > 2
    assert months == sorted(months)
    text = "".join(files[name] for name in months)
    assert "\\# not a heading  \n\\- not a list  \n\\<b>not bold\\</b>  \na  \nb\n" in text
    assert "## \\# Mine" in text
    assert "For the bin." in files["pages/trash.md"]
    assert "She sold the piano." in files["pages/relationships.md"]


def test_the_page_runs_nothing_and_fetches_nothing(ana: Any) -> None:
    live(ana)
    write(ana, title="</title><script>alert(1)</script>", text='<img src="x" onerror="y()">')
    page = inside(exported(ana))["journal.html"]
    tags = set(re.findall(r"<([a-z1-6]+)", page))
    assert not tags & {"script", "img", "link", "iframe", "object", "form", "svg", "base"}
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<[^>]*\s(?:on\w+|style|src)=", page)
    assert set(re.findall(r'href="([^"]*)"', page)) <= {
        f"#{found}" for found in re.findall(r'id="([^"]*)"', page)
    }
    assert "default-src 'none'" in page


def test_a_closed_letter_is_closed_for_people_and_whole_for_programs(ana: Any) -> None:
    live(ana)
    files = inside(exported(ana))
    assert "For later eyes." in files["journal.jsonl"]
    assert '"closed_until":"2027-05-03"' in files["journal.jsonl"]
    pages = [said for name, said in files.items() if name.startswith("pages/")]
    for shown in ("".join(pages), files["journal.html"]):
        assert "A letter, closed until 3 May 2027." in shown
        assert "later eyes" not in shown


def test_the_same_words_give_the_same_bytes(ana: Any) -> None:
    live(ana)
    assert exported(ana) == exported(ana)


def test_nothing_is_written_to_the_disk(ana: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    live(ana)

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("io.open", refuse)
    assert exported(ana)


def test_it_leaves_piece_by_piece_while_it_is_read(
    ana: Any, django_assert_num_queries: Any
) -> None:
    from journal.vault.keyring import Keyring

    pieces = exporting.zipped(exporting.files_of(ana, Keyring.of(ana), ana.zone))
    with django_assert_num_queries(0):
        assert next(pieces).startswith(b"PK")
    pieces.close()


def test_a_page_that_does_not_open_does_not_stop_the_others(ana: Any) -> None:
    from journal.entries.models import Entry

    broken = write(ana, text="Shut.")
    write(ana, text="Open.")
    Entry.objects.all_of(ana).filter(pk=broken.pk).update(sealed_body=b"broken")
    files = inside(exported(ana))
    assert json.loads(files["journal.jsonl"].splitlines()[1]) == {
        "type": "unopened", "id": str(broken.pk)
    }  # fmt: skip
    assert "Open." in files["journal.html"]
    assert "did not open" in files["journal.html"]


def test_somebody_without_a_word_gets_a_sound_file(ana: Any, tmp_path: Any) -> None:
    data = exported(ana)
    assert set(inside(data)) == {"README.txt", "journal.jsonl", "journal.html"}
    (tmp_path / "x.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
