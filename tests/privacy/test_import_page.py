"""/you/import/: whatever is sent, the answer is a sentence, and nothing is half-done."""

import io
import json
import struct
import uuid
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.client import encode_multipart
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from journal.entries.import_models import ImportBatch
from journal.entries.models import Entry
from tests.conftest import Browser
from tests.privacy.carrying import bring_in, entry_line, exported, live, ours, packed, send, texts
from trustrepair.doors import size
from trustrepair.privacy import archive

PAGE = "/you/import/"
HEADER = '{"schema":"trustrepair.export","version":1}\n'


def locked() -> bytes:
    """Return a zip whose file says that it is encrypted."""
    data = bytearray(packed({"a.md": "Words."}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + place
        data[at : at + 2] = struct.pack("<H", 1)
    return bytes(data)


def damaged() -> bytes:
    """Return a zip whose file has other bytes than it was packed with."""
    data = bytearray(packed({"a.md": "Words. " * 100}))
    at = data.index(b"a.md") + 10
    data[at : at + 6] = b"\xff" * 6
    return bytes(data)


def named(name: str) -> bytes:
    """Return a zip with a file of this name, as it is."""
    return packed({"x" * len(name): "Words."}).replace(b"x" * len(name), name.encode())


def overlapping() -> bytes:
    """Return a zip whose list names one packed file many times, each time as another."""
    data = packed({"00.md": "0" * 1_000_000})
    place = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    one = data[place:end]
    many = b"".join(one.replace(b"00.md", b"%02d.md" % number) for number in range(99))
    tail = bytearray(data[end:])
    tail[8:16] = struct.pack("<HHI", 99, 99, len(many))
    return data[:place] + many + bytes(tail)


BAD = {
    "nothing in it": (b"", "There is nothing in this file", 422),
    "random bytes": (bytes(range(256)) * 9, "nothing in this file that can be read here", 415),
    "a cut zip": (packed({"a.md": "Words. " * 99})[:-30], "This file is damaged", 422),
    "a damaged zip": (damaged(), "This file is damaged", 422),
    "an empty zip": (packed({}), "nothing in this file that can be read here", 415),
    "a picture": (packed({"a.jpg": b"\xff"}), "nothing in this file that can be read here", 415),
    "a locked zip": (locked(), "locked with a password", 422),
    "a path that climbs": (named("../../a.md"), "leads out of its own folder", 422),
    "a path from the root": (named("/etc/a.md"), "leads out of its own folder", 422),
    "a path of another kind": (named("..\\..\\a.md"), "leads out of its own folder", 422),
    "a drive": (named("C:/a.md"), "leads out of its own folder", 422),
    "a bomb": (packed({"a.md": "0" * 40_000_000}), "unpacks to far more", 413),
    "a bomb in ours": (
        packed({"journal.jsonl": HEADER + "\n" * 40_000_000}),
        "unpacks to far more", 413,
    ),
    "a bomb of many files": (
        packed({f"{number}.md": "0" * 1_000_000 for number in range(40)}),
        "unpacks to far more", 413,
    ),
    "a bomb in a zip in a zip": (
        packed({"a.zip": packed({"b.zip": packed({"c.md": "0" * 40_000_000})})}),
        "nothing in this file that can be read here", 415,
    ),
    "files that overlap": (overlapping(), "This file is damaged", 422),
    "no header": (packed({"journal.jsonl": "{}"}), "does not begin as an export does", 422),
    "no JSON": (packed({"journal.jsonl": "hello"}), "does not begin as an export does", 422),
    "another coding": (packed({"journal.jsonl": b"\xff\xfe\x00"}), "does not begin", 422),
    "a later version": (
        packed({"journal.jsonl": '{"schema":"trustrepair.export","version":2}'}),
        "made by a later version", 422,
    ),
    "a version of words": (
        packed({"journal.jsonl": '{"schema":"trustrepair.export","version":"x"}'}),
        "does not begin as an export does", 422,
    ),
    "two journals": (packed({"a/journal.jsonl": "", "b/journal.jsonl": ""}), "two journals", 422),
    "nobody's JSON": (packed({"a.json": "[1,2]"}), "nothing in this file that can be read", 415),
    "deep JSON": (packed({"a.json": "[" * 100_000}), "nothing in this file that can be", 415),
    "what no number is": (packed({"a.json": '{"entries":[NaN]}'}), "nothing in this file", 415),
    "a JSON of nothings": (
        packed({"a.json": '{"entries":[' + "[]," * 1_200_000 + "0]}"}), "unpacks to far more", 413,
    ),
    "a line of nothings": (
        packed({"journal.jsonl": HEADER + "[" + "[]," * 1_200_000 + "0]"}),
        "unpacks to far more", 413,
    ),
    "quotes without an end": (packed({"a.json": '"' + r'\"' * 700_000}), "nothing in this", 415),
    "no line at all": (ours(), "nothing in this file that can be read here", 422),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_sentence_and_nothing_is_kept(
    ana: Any, browser: Browser, name: str
) -> None:
    data, said, status = BAD[name]
    answer = send(browser, data)
    assert answer.status_code == status
    assert said in answer.text
    assert 'id="id_file_error"' in answer.text or "errorlist" in answer.text
    assert not ImportBatch.objects.of(ana).exists()
    assert not Entry.objects.all_of(ana).exists()


def test_what_waits_already_outlives_a_bad_file(ana: Any, browser: Browser) -> None:
    send(browser, ours(entry_line()))
    for bad in (b"nonsense", damaged(), BAD["a bomb in ours"][0]):
        assert send(browser, bad).status_code >= 400
    assert "This would come" in browser.get(PAGE).text


def test_no_file_is_said_beside_the_field(browser: Browser) -> None:
    for sent in ({}, {"file": "words"}, {"do": "fly"}):
        answer = browser.post(PAGE, sent)
        assert answer.status_code == 422
        assert "Choose a file first." in answer.text


def test_a_list_of_too_many_files_is_not_read(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    answer = send(browser, packed({f"{number}.md": "Words." for number in range(4)}))
    assert (answer.status_code, "Bring it in parts" in answer.text) == (422, True)


def test_a_name_that_is_there_twice_is_said(ana: Any, browser: Browser) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made, pytest.warns(UserWarning):
        made.writestr("a.md", "One.")
        made.writestr("a.md", "Two.")
    answer = send(browser, held.getvalue())
    assert "this name is in the zip twice" in answer.text


# --- lines --------------------------------------------------------------------------------------
ID = str(uuid.uuid4())
ODD = {
    "the year 0": {"created_at": "0000-01-01T00:00:00Z"},
    "the year 1": {"created_at": "0001-01-01T00:00:00+14:00"},
    "the year 9999": {"created_at": "9999-12-31T23:59:59-14:00"},
    "no time zone": {"created_at": "2020-01-01T00:00:00"},
    "a number for a date": {"created_at": 5},
    "no id": {"id": None},
    "an id of words": {"id": "../../etc/passwd"},
    "a list for an id": {"id": []},
    "an unknown kind": {"kind": "letterbox"},
    "a kind of lists": {"kind": []},
    "text that is none": {"text": 5},
    "no text": {"text": None},
    "text and answers": {"answers": {}},
    "too long": {"text": "a" * 200_001},
    "a version of nothing": {"version": 0},
    "a huge version": {"version": 10**30},
    "a marble of words": {"marble": "x"},
    "feelings of numbers": {"feelings": [1]},
    "feelings in words": {"feelings": "sad"},
    "questions of words": {"questions": "x"},
    "a question of nothing": {"questions": [{}]},
    "words in the wrong place": {"about": {"text": "x"}},
    "kept phrases that are none": {"about": {"kept_phrases": 5}},
    "kept phrases in words": {"about": {"kept_phrases": "sorry if"}},
    "kept phrases of lists": {"about": {"kept_phrases": [[]]}},
    "a part nobody has": {"about": {"part": "nobody"}},
    "a kind of nobody": {"about": {"kind": "planet"}},
    "a kind of mappings": {"about": {"kind": {"a": 1}}},
    "an exercise without answers": {"kind": "exercise"},
    "an exercise without questions": {"kind": "exercise", "text": None, "answers": {"a": "b"}},
    "a trash of words": {"trashed_at": "yesterday"},
    "a closed page": {"closed_until": "2027-05-03"},
    "a letter closed for ever": {"kind": "letter", "closed_until": "9999-12-31"},
    "a letter closed for words": {"kind": "letter", "closed_until": "a while"},
    "what no number is": {"marble": float("nan")},
    "a number without end": {"about": {"x": float("inf")}},
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_line_is_said_and_the_others_come(ana: Any, browser: Browser, name: str) -> None:
    data = ours(entry_line(**ODD[name]), entry_line(title="Sound"))
    answer = send(browser, data)
    assert answer.status_code == 200
    assert "Line 2:" in answer.text
    assert "1 new page" in answer.text
    bring_in(browser, data)
    assert texts(ana) == ["Sound|It was gone."]


NOT_JSON = {
    "a number past all numbers": '{"type":"entry","version":1e999}',
    "a number of many digits": '{"type":"entry","version":' + "9" * 100_000 + "}",
    "lists in lists": '{"type":"entry","about":' + "[" * 100_000 + "]" * 100_000 + "}",
    "half a line": '{"type":"entry","id":',
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_a_line_beyond_all_bounds_is_said_and_the_others_come(
    ana: Any, browser: Browser, name: str
) -> None:
    data = ours(NOT_JSON[name], entry_line(title="Sound"))
    assert "Line 2:" in send(browser, data).text
    bring_in(browser, data)
    assert texts(ana) == ["Sound|It was gone."]


@pytest.mark.parametrize("depth", [20, 100, 300, 900])
def test_what_lies_deep_is_said_or_comes_whole(ana: Any, browser: Browser, depth: int) -> None:
    about = json.loads('{"a":' * depth + "1" + "}" * depth)
    answer = send(browser, ours(entry_line(about=about)))
    assert answer.status_code in {200, 422}
    if "1 new page" in answer.text:
        bring_in(browser, ours(entry_line(about=about)))
        assert texts(ana) == ["The piano|It was gone."]
        assert exported(ana)


def question(**said: Any) -> dict[str, Any]:
    return {"key": "a", "type": "frame", "ask": "How?", "frame": "{x}", "options": [], **said}


@pytest.mark.parametrize(
    ("questions", "answers"),
    [
        ([question()], {"a": "words"}),
        ([question(type="several")], {"a": "words"}),
        ([question(type="several")], {"a": [["deep"]]}),
        ([question(type="scale")], {"a": 8}),
        ([question(type="scale")], {"a": True}),
        ([question(type="long")], {"a": {"x": "y"}}),
        ([question(type="choice")], {"a": ["x"]}),
        ([question(), question()], {"a": {}}),
        ([question(options=[{"link": "https://elsewhere.example"}])], {"a": {}}),
        ([question(options=[{"link": "//elsewhere.example"}])], {"a": {}}),
        ([question(options=[{"link": "javascript:alert(1)"}])], {"a": {}}),
        ([question(page="one")], {"a": {}}),
    ],
)
def test_answers_that_do_not_fit_their_questions_are_said(
    browser: Browser, questions: Any, answers: Any
) -> None:
    line = entry_line(kind="exercise", text=None, answers=answers, questions=questions)
    assert "Line 2:" in send(browser, ours(line)).text


def test_an_id_that_comes_twice_comes_once(ana: Any, browser: Browser) -> None:
    data = ours(entry_line(id=ID), entry_line(id=ID.upper(), text="Another."), "not json", "[]")
    answer = send(browser, data)
    assert "Line 3: this id came before" in answer.text
    assert "Line 4: not JSON" in answer.text
    assert "Line 5:" in answer.text
    bring_in(browser, data)
    assert texts(ana) == ["The piano|It was gone."]


def test_a_version_belongs_to_the_page_before_it(ana: Any, browser: Browser) -> None:
    lone = {
        "type": "revision", "entry": ID, "save": ID, "version": 1, "beside": False, "auto": False,
        "created_at": "2026-01-01T00:00:00Z", "title": "", "feelings": [], "text": "x",
        "answers": None, "about": {},
    }  # fmt: skip
    answer = send(browser, ours(lone, entry_line(), lone))
    assert answer.text.count("a version of a page that is not in front of it") == 2


def test_a_page_of_another_kind_under_a_known_id_changes_nothing(
    ana: Any, browser: Browser
) -> None:
    line = entry_line()
    bring_in(browser, ours(line))
    other = entry_line(
        id=line["id"], kind="exercise", text=None, answers={"a": "x"},
        questions=[question(type="long")],
    )  # fmt: skip
    assert "another kind of page has its id" in send(browser, ours(other)).text
    assert texts(ana) == ["The piano|It was gone."]


def test_invisible_signs_are_taken_out_and_words_are_shown_as_words(
    ana: Any, browser: Browser
) -> None:
    bring_in(browser, ours(entry_line(title="<b>\x07\ud800", text="a\x00b\r\nc")))
    assert texts(ana) == ["<b>|ab\nc"]
    assert "&lt;b&gt;" in browser.get("/journal/").text


# --- size ---------------------------------------------------------------------------------------
def test_a_file_larger_than_the_limit_gets_a_413_that_says_it(
    browser: Browser, settings: Any
) -> None:
    settings.IMPORT_MOST = 2 * archive.MIB
    answer = send(browser, b"x" * (3 * archive.MIB))
    assert answer.status_code == 413
    assert "A file may have up to 2 megabytes here." in answer.text


def test_a_file_larger_than_any_page_is_taken_here(ana: Any, browser: Browser) -> None:
    import random

    letters = "".join(random.choices("abcdefghijklmnopqrstuvwxyz ", k=150_000))
    pages = [entry_line(title=f"{n}", text=f"{n}{letters}") for n in range(40)]
    header = {"schema": "trustrepair.export", "version": 1}
    data = "\n".join(json.dumps(one) for one in (header, *pages)).encode()
    assert len(data) > 5 * archive.MIB
    bring_in(browser, data, "journal.jsonl")
    assert len(texts(ana)) == 40


class Unread:
    """The body of a post that nobody may begin to read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("it was read")

    readline = read


@pytest.mark.parametrize("told", [2 * 1024**3, 10**30])
def test_a_file_of_two_gigabytes_is_refused_before_a_byte_of_it_is_read(
    browser: Browser, told: int
) -> None:
    said = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(told)}
    answer = browser.post(PAGE, content_type="multipart/form-data; boundary=x", **said)
    assert answer.status_code == 413
    assert "A file may have up to 64 megabytes here." in answer.text


def test_of_a_file_that_is_longer_than_it_says_no_more_is_read(browser: Browser) -> None:
    data = packed({"a.md": "Words."})
    body = encode_multipart("x", {"file": SimpleUploadedFile("a.zip", data)})
    stream = io.BytesIO(body + b"more" * 1_000_000)
    answer = browser.post(
        PAGE, content_type="multipart/form-data; boundary=x", follow=False,
        **{"wsgi.input": stream, "CONTENT_LENGTH": str(len(body))},
    )  # fmt: skip
    assert answer.status_code == 302
    assert stream.tell() == len(body)


def test_who_is_not_signed_in_cannot_send_a_large_file(nobody: Browser, db: None) -> None:
    assert send(nobody, b"x" * (size.SIGNED_OUT + 1)).status_code == 413


def test_a_second_large_file_is_told_to_wait(ana: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "WAIT", 0)
    told = []

    def inside(request: HttpRequest) -> HttpResponse:
        if not told:
            told.append(door(posted(ana)))
        return HttpResponse()

    door = size.SizeMiddleware(inside)
    assert door(posted(ana)).status_code == 200
    assert told[0].status_code == 503
    assert told[0].headers["Retry-After"] == "60"
    assert door(posted(ana)).status_code == 200


def posted(person: Any) -> HttpRequest:
    """Return a post of a large file."""
    file = SimpleUploadedFile("words.zip", b"x" * (2 * size.LARGE))
    request = RequestFactory().post(PAGE, {"file": file})
    request.user, request.session = person, {}
    return request


# --- anything at all ----------------------------------------------------------------------------
@hypothesis(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_mangled_export_is_never_an_error_of_ours(
    ana: Any, browser: Browser, data: st.DataObject
) -> None:
    if not hasattr(test_a_mangled_export_is_never_an_error_of_ours, "whole"):
        live(ana)
        whole = archive.Bundle(exported(ana), "x.zip").text("journal.jsonl").encode()
        test_a_mangled_export_is_never_an_error_of_ours.whole = whole
    raw = bytearray(test_a_mangled_export_is_never_an_error_of_ours.whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(60, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    answer = send(browser, bytes(raw), "journal.jsonl")
    assert answer.status_code in {200, 422}
    browser.post(PAGE, {"do": "go"})
    assert browser.get("/journal/").status_code == 200
