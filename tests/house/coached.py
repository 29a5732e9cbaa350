"""The canary's coach: somebody who becomes one, works with a client, and writes in every field."""

import re
from typing import Any

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from tests.visitor import Visitor

PROFILE = ("name", "qualifications", "languages", "way")


def lock_twice(visitor: Visitor) -> str:
    """Give the account of a visitor a second factor; return its secret."""
    page = visitor.go("/accounts/2fa/totp/activate/")
    found = re.search(r"\b[A-Z2-7]{32}\b", page.text)
    assert found
    _, counter, _ = yield_hotp_counters_from_time()  # before, now, next
    done = visitor.send(page, code=format_hotp_value(hotp_value(found[0], counter)))
    assert done.status == 200 and "totp/activate" not in done.asked
    return found[0]


def become_a_coach(coach: Visitor, new: Any) -> str:
    """Sign up, introduce oneself, and take a second factor; return its secret."""
    password = new("a coach's password")
    coach.send("/accounts/signup/", email="cleo@example.org", password1=password)
    coach.send("/you/coach/", **{name: new(f"a coach's {name}") for name in PROFILE})
    coach.send("/accounts/reauthenticate/", password=password)
    return lock_twice(coach)


def work(client: Visitor, coach: Visitor, new: Any, token: str) -> None:
    """Come in by a client's invitation, and write everything that a coach can write."""
    came = coach.send(f"/invitations/{token}/join/", called=new("a name a coach goes by"))
    assert came.asked.endswith("/arrived/"), came.asked
    coach.send(came)
    space = came.asked.split("/")[-3]
    page, room = f"/coaching/clients/{space}/", f"/coaching/{space}/"
    said = {"text": new("a coach's note"), "called": new("a coach's name for a client")}
    coach.send(page, "writing", **said)
    change_a_note(coach, new)
    talk(client, coach, new, page, room)
    suggest(client, coach, new, page, room)
    for address in ("", "inbox/", "clients/", "files/", "library/"):
        assert coach.go(f"/coaching/{address}").status == 200
    assert coach.go(f"{page}sheet/").status == coach.go("/you/coach/").status == 200


def change_a_note(coach: Visitor, new: Any) -> None:
    """Write a note otherwise, from the file it is in."""
    file = re.search(r'href="(/coaching/files/[0-9a-f-]{36}/)"', coach.go("/coaching/files/").text)
    assert file
    note = re.search(rf'href="({file[1]}notes/[0-9a-f-]{{36}}/)"', coach.go(file[1]).text)
    assert note
    kept = coach.send(note[1], "writing", text=new("a coach's note, changed"))
    assert kept.asked.endswith(file[1]), kept.status


def talk(client: Visitor, coach: Visitor, new: Any, page: str, room: str) -> None:
    """Draft and send words out of the blue, and words on something that was asked."""
    asked = client.send(room, text=new("a question to a coach"))
    assert asked.asked.endswith(room), asked.status
    sent = re.search(rf"{page}pages/[0-9a-f-]{{36}}/", coach.go("/coaching/inbox/").text)
    assert sent
    for where, name in ((f"{page}reply/", "words"), (sent[0], "an answer")):
        coach.send(
            where, "writing", text=new(f"{name} that stayed a draft for a while"), then="keep"
        )
        coach.go(where)
        answered = coach.send(where, "writing", text=new(f"{name} sent to a client"), then="send")
        assert answered.asked.endswith(page), answered.status
        coach.send(where, "writing", text=new(f"{name} that stayed a draft"), then="keep")
        coach.go(where)
    client.go(room)


def suggest(client: Visitor, coach: Visitor, new: Any, page: str, room: str) -> None:
    """Make an exercise of one's own in two versions and suggest it; the client begins it."""
    asks = {
        "q-0-ask": new("a question of a coach's own"), "q-0-hint": new("a hint of a coach's own"),
        "q-1-ask": new("a second question"), "q-1-type": "choice",
        "q-1-options": f"{new('something to choose')}\n{new('something else to choose')}",
        "q-2-ask": new("a third question"), "q-2-type": "scale",
        "q-2-low": new("the low end"), "q-2-high": new("the high end"),
    }  # fmt: skip
    purpose = new("what an exercise is for")
    first = new("the title of an exercise")
    kept = coach.send("/coaching/library/new/", "writing", title=first, purpose=purpose, **asks)
    own = re.search(r"/coaching/library/([0-9a-f-]{36})/$", kept.asked)
    assert own, kept.status
    coach.send(kept, "writing", title=new("the second title of an exercise"))
    assert coach.go(f"{own[0]}file/").status == 200
    note = new("a note with a suggestion")
    done = coach.send(f"{page}assign/", exercise=f"own:{own[1]}", note=note)
    assert done.asked.endswith(page), done.status
    task = re.search(rf"{room}assignments/[0-9a-f-]{{36}}/", client.go(room).text)
    assert task
    sheet = client.send(task[0], then="begin")
    answer = {"answer-q1": new("an answer to a question of a coach's own")}
    assert client.send(sheet, "writing", **answer, then="finish").status == 200


def invite(coach: Visitor, new: Any) -> Any:
    """Invite a client, with a note; return the page that has the link."""
    said = {"called": new("a coach's name in an invitation"), "note": new("a note to a client")}
    sent = coach.send("/coaching/clients/invite/", **said)
    assert "/invitation/" in sent.asked, sent.status
    return sent
