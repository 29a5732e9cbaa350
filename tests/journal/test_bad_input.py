"""Bad input: the right answer, the words still in the form, no error of ours, no word lost."""

import uuid
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from journal.entries.models import Entry
from journal.entries.writing import MOST, NEARLY
from journal.relationships.models import Relationship
from journal.vault.keyring import Keyring
from tests.house.test_ids import astray

from .posting import fields, read, save, words

pytestmark = pytest.mark.django_db

NEW = "/journal/new/"
ASK = "/path/communicate-openly/clear-ask/"
FEEL = "/practice/self-care/feelings-words/"
PROMISE = "/path/own-your-mistakes/promise-small/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def whole(ana: Any, mending: Relationship) -> Any:
    """Ana, who likes her exercises on one sheet."""
    ana.whole_sheet = True
    ana.save()
    return ana


def text() -> str:
    entry = Entry.unscoped.get()
    return str(entry.body(Keyring.of(entry.author))["text"])


# --- length ---------------------------------------------------------------------------------------
def test_a_page_holds_two_hundred_thousand_characters(browser: Client) -> None:
    longest = "é" * MOST
    assert browser.post(NEW, save(text=longest)).status_code == 302
    assert text() == longest


@pytest.mark.parametrize("sign", ["x", "é", "🌧"])
def test_one_more_is_refused_with_every_one_of_them_still_there(browser: Client, sign: str) -> None:
    response = browser.post(NEW, save(title="Long", text=sign * (MOST + 1)))
    assert response.status_code == 422
    assert "200,001" in words(response)
    assert read(response).areas["text"] == sign * (MOST + 1)
    assert fields(response)["title"] == "Long"
    assert not Entry.unscoped.exists()


def test_the_limit_is_said_before_it_is_reached(browser: Client) -> None:
    for length, said in ((NEARLY, ""), (NEARLY + 1, "180,001 of 200,000 characters")):
        response = browser.post(NEW, save(text="x" * length))
        shown = words(browser.get(f"{response['Location']}edit/"))
        assert ("of 200,000" in shown) == bool(said)
        assert said in shown


def test_the_limit_holds_for_all_answers_of_an_exercise_together(
    browser: Client, mending: Relationship
) -> None:
    browser.post(ASK, fields(browser.get(ASK)) | {"answer-wish": "x" * 150_000, "then": "next"})
    url = f"{ASK}?at=5"
    sent = fields(browser.get(url)) | {"answer-if_no": "y" * 50_001}
    response = browser.post(url, sent)
    assert response.status_code == 422
    assert "200,001" in words(response)
    assert read(response).areas["answer-if_no"] == "y" * 50_001
    assert browser.post(url, sent | {"answer-if_no": "y" * 50_000}).status_code == 302
    assert "200,000 of 200,000" in words(browser.get(ASK))


@pytest.mark.parametrize(
    ("name", "most"), [("title", 200), ("answer-need", 500), ("answer-request__what", 500)]
)
def test_a_line_that_is_too_long_stays_whole(
    browser: Client, whole: Any, name: str, most: int
) -> None:
    url = NEW if name == "title" else ASK
    sent = fields(browser.get(url))
    if name not in sent:
        name = next(one for one in sent if one.startswith("answer-request__"))
    response = browser.post(url, sent | {name: "x" * (most + 1), "text": "words"})
    assert response.status_code == 422
    assert fields(response)[name] == "x" * (most + 1)
    assert f"{most + 1:,}" in words(response)


def test_ten_megabytes_are_refused_with_the_words_still_in_the_form(browser: Client) -> None:
    huge = "w" * (10 * 1024 * 1024)
    response = browser.post(NEW, save(text=huge))
    assert response.status_code == 422
    assert read(response).areas["text"] == huge
    assert f"{len(huge):,}" in words(response)


@pytest.mark.parametrize("content_type", [FORM, "multipart"])
@pytest.mark.parametrize("url", [NEW, ASK, "/begin/happened/", "/journal/gratitude/"])
def test_more_than_we_can_read_is_answered_with_a_page_that_says_so(
    browser: Client, url: str, content_type: str, mending: Relationship
) -> None:
    huge = "w" * (16 * 1024 * 1024 + 1)
    if content_type == FORM:
        response = browser.post(url, f"text={huge}", content_type=FORM)
    else:
        response = browser.post(url, {"text": huge})
    assert response.status_code == 413
    assert "more than we can take at once" in words(response)
    assert browser.get("/journal/").status_code == 200


def test_more_fields_than_any_form_of_ours_is_a_400(browser: Client) -> None:
    response = browser.post(NEW, save(text="x") | {f"f{at}": "x" for at in range(2_100)})
    assert response.status_code == 400


# --- signs ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "sign", ["\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\x80", "\x85", "\x9f"]
)
def test_what_nobody_can_see_is_taken_out_and_the_rest_is_saved_at_the_next_try(
    browser: Client, sign: str
) -> None:
    response = browser.post(NEW, save(title=f"a{sign}b", text=f"one{sign}\ntwo"))
    assert response.status_code == 422
    assert "invisible" in words(response)
    assert read(response).areas["text"] == "one\ntwo"
    again = fields(response)
    assert again["title"] == "ab"
    assert browser.post(NEW, again).status_code == 302
    assert text() == "one\ntwo"


@pytest.mark.parametrize("name", ["answer-wish", "answer-hints", "answer-need"])
def test_so_it_is_in_an_exercise(browser: Client, whole: Any, name: str) -> None:
    sent = fields(browser.get(ASK)) | {name: "a\x00b", "answer-moment": "kept"}
    response = browser.post(ASK, sent)
    assert response.status_code == 422
    again = fields(response)
    assert (again[name], again["answer-moment"]) == ("ab", "kept")
    assert browser.post(ASK, again).status_code == 302


@pytest.mark.parametrize(
    "said",
    [
        "🌧️👩‍👩‍👧‍👦🏳️‍🌈 e\u0301 é",
        "שלום עולם\u200f (right to left) \u202etxet\u202c",
        "مرحبا بالعالم",
        "漢字かな交じり文\u3000全角",
        "\u2028 line \u2029 separators \ufeff \u200b \u00ad",
        "tab\there",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0010ffff \ufffe",
        "{{ braces }} {% tags %} %s %(x)s \\n &amp; &#x27; <!-- -->",
    ],
)
def test_every_script_comes_back_as_it_was_written(browser: Client, said: str) -> None:
    response = browser.post(NEW, save(title=said[:190], text=said))
    assert response.status_code == 302
    assert text() == said
    entry = Entry.unscoped.get()
    shown = browser.get(f"/journal/{entry.pk}/edit/")
    assert read(shown).areas["text"] == said
    assert fields(shown)["title"] == said[:190]
    assert browser.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "sent", [b"%ED%A0%80", b"%ED%BF%BF", b"%FF%FE", b"%C3%28", b"%F4%90%80%80"]
)
def test_broken_bytes_are_no_error(browser: Client, mending: Relationship, sent: bytes) -> None:
    ids = "&".join(f"{name}={value}" for name, value in save().items() if value != "")
    for url, name in ((NEW, "text"), ("/journal/gratitude/", "text"), (ASK, "answer-wish")):
        more = "&asked=wish&then=later" if url == ASK else ""
        body = f"{ids}&{name}=before+{sent.decode()}+after{more}".replace(
            "entry_id=", f"entry_id={uuid.uuid4()}&x="
        )
        response = browser.post(url, body, content_type=FORM)
        assert response.status_code == 302, url
    kept = Entry.unscoped.get(kind=Entry.FREE)
    said = kept.body(Keyring.of(kept.author))["text"]
    assert said.startswith("before ")
    assert said.endswith(" after")
    raw = quote("/journal/").encode() + sent
    assert browser.get(raw.decode()).status_code == 404


def test_every_line_break_is_a_line_feed(browser: Client) -> None:
    assert browser.post(NEW, save(text="a\r\nb\rc\n\r\nd")).status_code == 302
    assert text() == "a\nb\nc\n\nd"


# --- what is not there, not known, not of its type ------------------------------------------------
@pytest.mark.parametrize("broken", ["", "x", "1", "0f8fad5b-d9cb", "\x00", "é", "[]"])
@pytest.mark.parametrize("name", ["entry_id", "save_id"])
@pytest.mark.parametrize("url", [NEW, ASK])
def test_hidden_ids_that_are_lost_or_broken_cost_no_words(
    browser: Client, mending: Relationship, url: str, name: str, broken: str
) -> None:
    own = "text" if url == NEW else "answer-wish"
    response = browser.post(url, fields(browser.get(url)) | {own: "still here", name: broken})
    assert response.status_code == 422
    assert "save again" in words(response)
    again = fields(response)
    assert again[own] == "still here"
    assert browser.post(url, again).status_code == 302
    assert Entry.unscoped.count() == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "99999999999999999999", "1e9", "\x00"])
def test_a_version_that_is_none_costs_no_words(browser: Client, page: Entry, version: str) -> None:
    url = f"/journal/{page.pk}/edit/"
    response = browser.post(
        url, fields(browser.get(url)) | {"text": "still here", "base_version": version}
    )
    assert response.status_code == 422
    assert read(response).areas["text"] == "still here"
    # Where a page started from nobody knows any more, so saving again shows both texts.
    clash = browser.post(url, fields(response))
    assert clash.status_code == 409
    assert browser.post(url, fields(clash)).status_code == 302
    assert text() == "still here"


def test_a_version_of_the_future_is_a_clash(browser: Client, page: Entry) -> None:
    url = f"/journal/{page.pk}/edit/"
    sent = fields(browser.get(url)) | {"text": "still here", "base_version": "77"}
    response = browser.post(url, sent)
    assert response.status_code == 409
    assert read(response).areas["text"] == "still here"


@pytest.mark.parametrize("url", [NEW, ASK, FEEL, "/journal/gratitude/"])
def test_an_empty_post_is_refused_without_an_error(
    browser: Client, mending: Relationship, url: str
) -> None:
    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, b"{}", content_type="application/json").status_code == 422
    assert browser.post(url, b"\xff\xfe\x00", content_type="text/plain").status_code == 422
    assert browser.post(url, b"x", content_type="multipart/form-data").status_code in {400, 422}
    assert not Entry.unscoped.exists()


@pytest.mark.parametrize("feelings", [["no such feeling"], ["sad", "x" * 5000], ["sad\x00"]])
def test_unknown_feelings_are_refused_with_the_rest_still_there(
    browser: Client, feelings: list[str]
) -> None:
    response = browser.post(NEW, save(text="still here", feelings=[*feelings, "calm"]))
    assert response.status_code == 422
    assert read(response).areas["text"] == "still here"
    chosen = fields(response)["feelings"]
    assert "calm" in chosen
    assert astray(response.content.decode()) == []
    assert not Entry.unscoped.exists()


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        (FEEL, {"answer-words": ["uneasy", "no such feeling"]}),
        (FEEL, {"answer-strength": "0"}),
        (FEEL, {"answer-strength": "8"}),
        (FEEL, {"answer-strength": "very"}),
        (FEEL, {"answer-strength": ["1", "9"]}),
        (FEEL, {"answer-places": ["chest", "elsewhere"]}),
        (PROMISE, {"answer-look_again": "soon"}),
        (PROMISE, {"answer-look_again": "2026-02-30"}),
        (PROMISE, {"answer-look_again": "1899-12-31"}),
        (PROMISE, {"answer-look_again": "2201-01-01"}),
        (PROMISE, {"answer-look_again": "99999-01-01"}),
        (PROMISE, {"answer-look_again": "2026-11-22T10:00"}),
        (PROMISE, {"answer-look_again": "2026-11-22\x00"}),
        ("/path/own-your-mistakes/the-cost-list/", {"answer-how_know": "x"}),
    ],
)
def test_a_wrong_answer_is_refused_with_every_other_still_there(
    browser: Client, whole: Any, url: str, wrong: dict[str, Any]
) -> None:
    blank = fields(browser.get(url))
    typed = {
        name: f"words of {name}"
        for name in blank
        if name.startswith("answer-") and name not in wrong and blank[name] == ""
        and name != "answer-look_again"
    }  # fmt: skip
    assert typed
    response = browser.post(url, blank | typed | wrong)
    assert response.status_code == 422
    shown = fields(response)
    for name, said in typed.items():
        assert shown[name] == said
    assert 'role="alert"' in response.content.decode()
    assert astray(response.content.decode()) == []
    assert not Entry.unscoped.exists()


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31", "22/11/2026", " 2026-11-22 ", ""])
def test_a_day_in_range_is_kept(browser: Client, whole: Any, day: str) -> None:
    blank = fields(browser.get(PROMISE))
    own = next(name for name in blank if blank[name] == "" and name != "answer-look_again")
    sent = blank | {own: "x", "answer-look_again": day, "then": "finish"}
    response = browser.post(PROMISE, sent)
    assert response.status_code == 302
    assert browser.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"asked": ["no-such-question"], "answer-no-such-question": "x"},
        {"asked": ["wish"] * 400},
        {"about": "x"},
        {"about": str(uuid.uuid4())},
        {"exercise": "no-such-exercise"},
        {"at": "9999"},
        {"answer-wish": ["one", "two"]},
    ],
)
def test_hidden_fields_that_were_meddled_with_are_no_error(
    browser: Client, mending: Relationship, wrong: dict[str, Any]
) -> None:
    sent = fields(browser.get(ASK)) | {"answer-wish": "x", "then": "later"} | wrong
    assert browser.post(ASK, sent).status_code == 302
    entry = Entry.unscoped.get()
    assert browser.get(f"/journal/{entry.pk}/").status_code == 200
    assert browser.get(f"/journal/{entry.pk}/edit/").status_code == 200


def test_an_uploaded_file_is_passed_over(browser: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = save(text="x") | {"title": SimpleUploadedFile("a.txt", b"not words")}
    assert browser.post(NEW, sent).status_code == 302
    assert text() == "x"
