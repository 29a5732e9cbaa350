"""No word of anybody can be read in anything that a site leaves behind.

A word of its own goes into every private field through the whole journey, over HTTP, against the
real site in its three processes. Then everything is searched, in every form a word is likely to
wear. That the search can find is proved by words that are planted where words may stand.
"""

import base64
import json
import random
import re
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from threading import Thread
from typing import Any

import pytest

from steps import catalogue
from tests.house import coached, furnished
from tests.house.haystack import dresses, files, find, rows
from tests.ops.starting import MANY_SECONDS, Site
from tests.served import own_stores, shell
from tests.visitor import Answer, Visitor

# In the environment, as a host may set them, and therefore nowhere else.
KEYS = {
    "SECRET_KEY": "".join(random.choices("abcdefghijkmnpqrstuvwxyz23456789", k=50)),
    "JOURNAL_KEYS": "k1:" + base64.b64encode(random.randbytes(32)).decode(),
}
OPEN = {"COACH_SIGNUP": "self"}
CONSONANTS = "bcdfghjklmnpqrstvwxz"
EXERCISES = {
    "quality-time-plan": "/path/quality-time/quality-time-plan/",
    "promise-small": "/path/own-your-mistakes/promise-small/",
    "feelings-words": "/practice/self-care/feelings-words/",
    "what-i-did-plainly": "/path/own-your-mistakes/what-i-did-plainly/",
}
EVERY_TYPE = {
    "long", "line", "choice", "several", "scale", "date", "lines", "frame", "feelings"
}  # fmt: skip


@dataclass
class Words:
    """The words that were written, by the field they went into."""

    written: dict[str, str] = field(default_factory=dict)

    def new(self, where: str) -> str:
        """Return a word that is in no dictionary, with a letter that is not in ASCII."""
        self.written[where] = "".join(random.choices(CONSONANTS, k=16)) + "é"
        return self.written[where]


@dataclass
class Journey:
    """One person's way through the site, and what is left of it."""

    visitor: Visitor
    words: Words
    inside: Callable[[str], str]
    chosen: dict[str, str] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    planted: Words = field(default_factory=Words)
    to_coach: str = ""
    secrets: list[str] = field(default_factory=list)
    said: str = ""
    running: list[tuple[str, bytes]] = field(default_factory=list)
    stopped: list[tuple[str, bytes]] = field(default_factory=list)
    sessions: str = ""
    sealed: dict[str, int] = field(default_factory=dict)
    mails: int = 0


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """Live on the site for a while; look at all it keeps while it runs, and after it stopped."""
    folder = tmp_path_factory.mktemp("canary") / "var"
    printed: list[str] = []
    with own_stores() as stores:
        stores |= KEYS | OPEN
        site = Site(folder, **stores)
        try:
            site.wait_until_ready()
            reader = Thread(target=lambda: printed.extend(site.process.stdout or []))
            reader.start()
            lived = Journey(Visitor(site.address), Words(), partial(shell, folder, **stores))
            begin(lived)
            write(lived)
            make_a_room(lived)
            work_with_a_coach(lived)
            leave_quickly(lived)
            go_wrong(lived)
            keep_the_account(lived)
            search_and_take_along(lived)
            bring_more(lived)
            read_everything(lived)
            plant(lived)
            time.sleep(0.5)  # what is written on the way, to logs and broker, is there now
            lived.running = [*files(folder), *rows(folder, stores)]
            lived.sessions = shell(folder, ALL_SESSIONS, **stores)
            lived.sealed = json.loads(shell(folder, furnished.ALL_SEALED, **stores))
        finally:
            site.process.send_signal(signal.SIGINT)
            site.process.wait(MANY_SECONDS)
        reader.join()
        lived.said = "".join(printed)
        lived.stopped = [*files(folder), *rows(folder, stores)]
        lived.mails = len(list((folder / "mailbox").iterdir()))
        yield lived


ALL_SESSIONS = """
from django.contrib.sessions.models import Session
print([row.get_decoded() for row in Session.objects.all()])
"""


# --- the way ------------------------------------------------------------------------------------
def begin(lived: Journey) -> None:
    """The first run, to an account and a first page."""
    visitor, new = lived.visitor, lived.words.new
    visitor.send("/begin/", kind="family", name=new("a guest's name for them"))
    visitor.send("/begin/part/", part="hurt")
    visitor.send("/begin/afraid/", afraid="no")
    visitor.send("/begin/happened/", happened=new("what happened, said by a guest"))
    visitor.send("/begin/causes/", causes=["broken-promises", "unmet-needs"])
    first = visitor.send(
        "/begin/page/", "begin", words=new("the first page"), email="ana@example.org",
        password1=new("a password"),
    )  # fmt: skip
    assert first.status == 200 and first.asked.endswith("/"), first.text


def write(lived: Journey) -> None:
    """Pages, answers of every type, a clash, a line of thanks, a changed relationship."""
    visitor, new = lived.visitor, lived.words.new
    page = visitor.go("/journal/new/")
    kept = visitor.send(page, "writing", title=new("a title"), text=new("a page"))
    edit = visitor.go(kept.asked + "edit/")
    visitor.send(edit, "writing", title=new("a second title"), text=new("a second version"))
    clash = visitor.send(
        edit, "writing", save_id=str(uuid.uuid4()), title=new("a title that lost"),
        text=new("a text that lost"),
    )  # fmt: skip
    assert clash.status == 409
    for key, address in EXERCISES.items():
        answer(lived, catalogue.get().exercises[key], address)
    visitor.send("/", text=new("a line of thanks"))
    page = visitor.go("/journal/new/")
    body = visitor.form(page, "writing").values | {"text": new("an autosaved page")}
    assert visitor.go("/journal/autosave/", body).status == 200
    visitor.send("/path/communicate-openly/", state="open")
    invite_a_coach(lived)
    listed = visitor.go("/you/relationships/")
    row = re.search(r'href="(/you/relationships/[0-9a-f-]{36}/)"', listed.text)
    assert row
    visitor.send(
        row[1], "story", name=new("a changed name"), happened=new("what happened, told again"),
        causes=["betrayal"], part="both", afraid="no",
    )  # fmt: skip


def invite_a_coach(lived: Journey) -> None:
    """A name for a coach to call them by, and a note."""
    said = {
        "called": lived.words.new("a name for a coach"),
        "days": "90",
        "items": ["path", "kept"],
    }
    sent = lived.visitor.send("/coaching/new/", note=lived.words.new("a note to a coach"), **said)
    assert "/invitation/" in sent.asked, sent.status
    lived.to_coach = look_as_invited(lived, sent)


def work_with_a_coach(lived: Journey) -> None:
    """The other side of that invitation, and one that a coach sends."""
    coach, new = Visitor(lived.visitor.address), lived.words.new
    lived.secrets.append(coached.become_a_coach(coach, new))
    coached.work(lived.visitor, coach, new, lived.to_coach)
    furnished.refuse(lived.visitor, look_as_invited(lived, coached.invite(coach, new)))
    lived.visitor.answers += coach.answers


def look_as_invited(lived: Journey, sent: Answer) -> str:
    """Open the link of an invitation as somebody without an account would; return its token."""
    link = re.search(r"/invitations/[\w-]+/", sent.text)
    assert link
    invited = Visitor(lived.visitor.address)
    assert invited.go(link[0]).status == 200
    lived.visitor.answers += invited.answers
    return link[0].split("/")[2]


def make_a_room(lived: Journey) -> None:
    """Everything that two people write, with kim on the other side."""
    see = partial(look_as_invited, lived)
    room = furnished.make_a_room(lived.visitor, lived.words.new, see, lived.inside)
    furnished.live_there(lived.visitor, lived.words.new, room)
    furnished.agree(lived.visitor, lived.words.new, room, lived.inside)
    furnished.want_a_coach(lived.visitor, lived.words.new, room)


def answer(lived: Journey, exercise: Any, address: str) -> None:
    """Fill in a whole exercise on one sheet, and finish it."""
    visitor, new = lived.visitor, lived.words.new
    sheet = visitor.go(address)
    if "All on one sheet" in sheet.text:
        sheet = visitor.send(sheet, "writing", then="whole")
    values: dict[str, Any] = {"then": "finish"}
    for question in exercise.fields:
        name, where = f"answer-{question.key}", f"{exercise.key}: {question.key}"
        lived.types.add(question.type)
        match question.type:
            case "long" | "line" | "lines":
                values[name] = new(where)
            case "frame":
                for gap in re.findall(r"\{(\w+)\}", question.frame):
                    values[f"{name}__{gap}"] = new(f"{where}, {gap}")
            case "date":
                values[name] = lived.chosen[where] = "2093-07-19"
            case "choice" | "several":
                option = max(question.options, key=lambda option: len(option.value))
                values[name] = lived.chosen[where] = option.value
            case "feelings":
                word = max(catalogue.get().feelings, key=lambda feeling: len(feeling.word))
                values[name] = lived.chosen[where] = word.word
            case "scale":
                values[name] = "6"
    done = visitor.send(sheet, "writing", **values)
    assert re.search(r"/journal/[0-9a-f-]{36}/$", done.asked), (done.status, done.asked)


def leave_quickly(lived: Journey) -> None:
    """Leave in the middle of a word, from a new page and from one written before; come back."""
    visitor, new = lived.visitor, lived.words.new
    for page in ("/journal/new/", "/path/communicate-openly/clear-ask/", newest(visitor)):
        sheet = visitor.go(page)
        fields = visitor.form(sheet, "writing").values
        name = next(name for name in fields if name == "text" or name.startswith("answer-"))
        left = visitor.send(
            sheet, "writing", to="/exit/", **{name: new(f"left in the middle of {page}")}
        )
        assert left.header("Clear-Site-Data")
        assert visitor.go("/journal/").asked.startswith(f"{visitor.address}/accounts/login/")
        sign_in(lived)


def newest(visitor: Visitor) -> str:
    """Return where the newest page of the journal is changed."""
    listed = visitor.go("/journal/")
    found = re.search(r'<h3><a href="(/journal/[0-9a-f-]{36}/)"', listed.text)
    assert found
    return found[1] + "edit/"


def sign_in(lived: Journey) -> None:
    password = lived.words.written["a password"]
    lived.visitor.send("/accounts/login/", login="ana@example.org", password=password)
    assert "Today" in lived.visitor.go("/").text


def go_wrong(lived: Journey) -> None:
    """Posts that are refused: their words come back to the writer and go nowhere else."""
    visitor, new = lived.visitor, lived.words.new
    page = visitor.go("/journal/new/")
    old = {"csrfmiddlewaretoken": "grown-old"}
    refused = visitor.send(page, "writing", **old, text=new("a page whose form had grown old"))
    assert refused.status == 403
    odd = new("a page with a sign nobody can see") + "\x07"
    assert visitor.send(page, "writing", text=odd).status == 422
    assert visitor.send(page, "writing", entry_id="none", text=new("a broken page")).status == 422
    wait_at_a_door(lived)
    stranger = Visitor(visitor.address)
    stranger.go("/journal/new/", {"text": new("a page sent by somebody signed out")})
    stranger.send("/accounts/login/", login="ana@example.org", password=new("a wrong password"))
    visitor.answers += stranger.answers


def wait_at_a_door(lived: Journey) -> None:
    """Send a post that must wait until one has said again who one is, and never say it."""
    second = Visitor(lived.visitor.address)
    password = lived.words.new("another person's password")
    second.send("/accounts/signup/", email="ben@example.org", password1=password)
    token = second.form(second.go("/journal/new/"), "writing").values["csrfmiddlewaretoken"]
    asked = second.go("/you/export/", {"csrfmiddlewaretoken": token})
    assert "/accounts/reauthenticate/" in asked.asked
    lived.visitor.answers += second.answers


def keep_the_account(lived: Journey) -> None:
    """A new password, and a second factor."""
    visitor, new = lived.visitor, lived.words.new
    before, after = lived.words.written["a password"], new("a new password")
    visitor.send("/accounts/reauthenticate/", password=before)
    visitor.send("/accounts/password/change/", oldpassword=before, password1=after, password2=after)
    visitor.send("/accounts/login/", login="ana@example.org", password=after)
    visitor.send("/accounts/reauthenticate/", password=after)
    lived.secrets.append(coached.lock_twice(visitor))


def search_and_take_along(lived: Journey) -> None:
    """Search for words that are there and for one that is not; put a page away; take all along."""
    visitor = lived.visitor
    word = lived.words.written["a second version"]
    found = visitor.send("/journal/search/", "searching", query=word)
    assert word in found.text and found.status == 200
    visitor.send("/journal/search/", "searching", query=lived.words.new("what was searched for"))
    visitor.send(newest(visitor).replace("/edit/", "/delete/"))
    taken = visitor.send("/you/export/")
    assert taken.header("Content-Type") == "application/zip"


def bring_more(lived: Journey) -> None:
    """Words from elsewhere, some kept and some waiting; a guest who stays one; packed pages."""
    visitor, new = lived.visitor, lived.words.new
    furnished.bring_in(visitor, new("the title of a page brought in"), new("a page brought in"))
    furnished.bring_in(visitor, new("a title still waiting"), new("a page still waiting"), go=False)
    guest = Visitor(visitor.address)
    guest.send("/begin/", kind="friend", name=new("a name from a guest who stays one"))
    guest.go("/begin/")
    visitor.answers += guest.answers
    lived.chosen["a letter: the day"] = "2091-04-23"
    furnished.close_a_letter(visitor, new, lived.chosen["a letter: the day"])
    lived.inside(furnished.PACK)


def read_everything(lived: Journey) -> None:
    """Open every page of the journal, with its versions, so that whatever is cached is cached."""
    visitor = lived.visitor
    seen: set[str] = set()
    waiting = ["/journal/", "/", "/path/", "/journal/jar/", "/you/relationships/", "/practice/"]
    inside = re.compile(r'href="(/(?:journal|path|you/relationships)/[^"#?]*)"')
    while waiting:
        path = waiting.pop()
        if path in seen or "delete" in path:
            continue
        seen.add(path)
        page = visitor.go(path)
        base = page.asked.removeprefix(visitor.address)
        found = inside.findall(page.text) + [
            base + one for one in re.findall(r'href="([0-9a-f-]{36}/)"', page.text)
        ]
        waiting += [one for one in found if one.startswith(("/journal/", "/you/relationships/"))]


def plant(lived: Journey) -> None:
    """Put words where words may stand: a plain column, an address, a header, a log, files."""
    visitor, new = lived.visitor, lived.planted.new
    visitor.send("/you/", display_name=new("a name that others see"))
    visitor.go(f"/{new('an address')[:16]}/")
    visitor.ask(f"{visitor.address}/journal/?{new('a page to come back to')[:16]}")
    Visitor.ask(other := Visitor(visitor.address), f"{visitor.address}/you/?{new('a header')[:16]}")
    visitor.answers += other.answers


# --- what is left -------------------------------------------------------------------------------
def all_hay(lived: Journey) -> Iterator[tuple[str, bytes]]:
    yield from lived.running
    yield from lived.stopped
    yield "what the site printed", lived.said.encode()
    yield "the sessions", lived.sessions.encode()


def told(lived: Journey) -> Iterator[tuple[str, bytes]]:
    """Yield what stays behind in browsers, proxies and histories: addresses, headers, titles."""
    for one in lived.visitor.answers:
        title = re.search(r"<title>.*?</title>", one.text, re.DOTALL)
        headers = "\n".join(f"{name}: {value}" for name, value in one.headers)
        yield f"what went with {one.asked}", f"{one.asked}\n{headers}\n{title}".encode()


def test_the_search_finds_a_word_in_every_dress(tmp_path: Any) -> None:
    word = Words().new("planted")
    for form, dress in dresses(word).items():
        for around in (b"", b"a", b"ab", b"abc"):
            (tmp_path / "file").write_bytes(around + dress + around[::-1])
            found = find({"planted": word}, files(tmp_path))
            assert any(form in one for one in found), form
    for before in range(6):
        (tmp_path / "file").write_bytes(base64.b64encode(b"x" * before + word.encode() + b"yz"))
        assert find({"planted": word}, files(tmp_path)), before
    (tmp_path / "file").write_bytes(b"nothing")
    assert find({"planted": word}, files(tmp_path)) == []


def test_the_search_finds_what_was_planted(journey: Journey) -> None:
    planted = journey.planted.written
    found = find({"name": planted["a name that others see"]}, journey.running)
    assert any("accounts_user" in one for one in found)
    assert any("accounts_user" not in one for one in found) or "sqlite" not in str(found)
    address = {"address": planted["an address"][:16]}
    assert find(address, [("printed", journey.said.encode())]), "logs are read"
    header = {"header": planted["a header"][:16]}
    assert any("what went with" in one for one in find(header, told(journey)))
    assert "ana@example.org" in journey.sessions, "sessions are read"
    assert journey.mails, "mails are read"
    assert find({"mail": "ana@example.org"}, journey.stopped)


def test_the_journey_wrote_in_every_field(journey: Journey) -> None:
    assert journey.types == EVERY_TYPE
    assert len(journey.words.written) > 60
    pages = "\n".join(one.text for one in journey.visitor.answers)
    hidden = ("password", "still waiting")  # a file waits for a yes before it is shown
    never_shown = {name for name in journey.words.written if any(one in name for one in hidden)}
    for where, word in journey.words.written.items():
        assert (word in pages) != (where in never_shown), where


def test_the_journey_filled_every_sealed_column(journey: Journey) -> None:
    """Whatever sealed column is added, a word has gone through it before everything is searched."""
    assert len(journey.sealed) > 20
    empty = {name for name, rows in journey.sealed.items() if not rows}
    assert not empty, f"Write something on the way that is sealed in these: {empty}"


def test_none_of_their_words_is_left_anywhere(journey: Journey) -> None:
    assert find(journey.words.written, all_hay(journey)) == []


def test_nothing_they_chose_is_left_anywhere(journey: Journey) -> None:
    """Choices are the guide's own words: found nowhere but in files made from the guide."""
    long_enough = {where: word for where, word in journey.chosen.items() if len(word) > 5}
    assert len(long_enough) >= 4
    assert find(long_enough, all_hay(journey)) == []


def test_the_secret_of_no_second_factor_is_left_anywhere(journey: Journey) -> None:
    assert len(journey.secrets) == 2
    assert find(secrets_of(journey), all_hay(journey)) == []


def secrets_of(journey: Journey) -> dict[str, str]:
    return {f"secret {number}": one for number, one in enumerate(journey.secrets)}


def test_no_key_of_the_host_is_left_anywhere(journey: Journey) -> None:
    keys = {name: value.removeprefix("k1:") for name, value in KEYS.items()}
    raw = base64.b64decode(keys["JOURNAL_KEYS"])
    assert find(keys, all_hay(journey)) == []
    assert [where for where, stuff in all_hay(journey) if raw in stuff] == []


def test_no_row_opens_a_session_or_a_guests_answers(journey: Journey) -> None:
    assert "/you/export/" in journey.sessions, "a post is waiting in one of them"
    cookies = {
        f"{name} {number}": value.partition(".")[2] or value
        for number, answer in enumerate(journey.visitor.answers)
        for name, value in re.findall(r"(session|guest)=([^;\s\"]{30,})", cookies_of(answer))
    }
    assert len(cookies) > 5
    assert find(cookies, all_hay(journey)) == []


def cookies_of(answer: Answer) -> str:
    """Return all that an answer set."""
    return "\n".join(value for name, value in answer.headers if name.lower() == "set-cookie")


def test_no_address_no_header_and_no_title_says_a_word(journey: Journey) -> None:
    assert len(journey.visitor.answers) > 100
    said = {**journey.words.written, **secrets_of(journey)}
    assert find(said, told(journey)) == []
