"""The canary's room, the words it brings along, and what of it is sealed."""

import io
import re
import urllib.request
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.visitor import Answer, Visitor

New = Callable[[str], str]

COME_IN = """
from journal.spaces.inviting import come_in
from trustrepair.accounts.models import User
come_in(User.objects.create_user("kim@example.org"), "{token}", "Kim")
"""
SIGN = """
from journal.spaces.room import Room
from journal.together import agreements
from trustrepair.accounts.models import User
kim = User.objects.get(email="kim@example.org")
agreements.sign(Room.of_person(kim, "{space}"), "{agreement}", {version})
"""
PACK = """
from journal.entries import segments
from journal.entries.models import Entry
from journal.vault.keyring import Keyring
from trustrepair.accounts.models import User
ana = User.objects.get(email="ana@example.org")
ids = [entry.pk for entry in Entry.objects.written_by(ana)]
segments.make(ana, Keyring.of(ana), segments.Group(ids))
"""
# Of every sealed column of every table, how many rows hold something in it.
ALL_SEALED = """
import json
from django.apps import apps
print(json.dumps({
    f"{model._meta.label}.{field.name}":
        model._base_manager.exclude(**{field.name: None}).exclude(**{field.name: b""}).count()
    for model in apps.get_models()
    for field in model._meta.local_concrete_fields
    if field.name.startswith("sealed_")
}))
"""


def make_a_room(
    visitor: Visitor, new: New, see: Callable[[Answer], str], inside: Callable[[str], str]
) -> str:
    """A room with its invitation, a name to go by there, a copy put otherwise; return its place.

    `see` opens an invitation as whoever is invited would, and returns its token.
    """
    asked = visitor.send("/together/new/", afraid="no", watched="no", pushed="no")
    assert asked.asked.endswith("/together/create/")
    sent = visitor.send(asked, called=new("a name in a room"), note=new("an invitation"))
    inside(COME_IN.format(token=see(sent)))
    room = re.search(r"/together/[0-9a-f-]{36}/", sent.asked)
    page = re.search(r'href="(/journal/[0-9a-f-]{36}/)"', visitor.go("/journal/").text)
    assert room and page
    visitor.send(f"{room[0]}you/", called=new("another name in a room"))
    words = {"title": new("a copy's title"), "words_0": new("a copy"), "then": "hand"}
    space = room[0].removeprefix("/together/")
    assert visitor.send(f"{page[1]}hand-over/{space}", **words).status == 200
    return room[0]


def live_there(visitor: Visitor, new: New, room: str) -> None:
    """Put one of everything into a room that has words."""
    for where in ("note", "full"):
        sent = visitor.send(f"{room}{where}/", "writing", text=new(f"a room's {where}"))
        assert sent.status == 200, where
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    plan = {"what": new("a plan"), "day": day, "time": "19:00", "phones": "away"}
    assert "/plans/" in visitor.send(f"{room}plans/new/", "writing", **plan).asked
    question = re.search(rf"{room}question/[0-9a-f-]+/", visitor.go(room).text)
    assert question
    assert visitor.send(question[0], "writing", text=new("an answer")).status == 200
    visitor.go(question[0])  # its writer alone sees it until the other has answered
    talk = visitor.send(f"{room}talks/new/", "", device="two")
    assert visitor.send(talk, "writing", text=new("a turn"), act="say").status == 200
    said = {"text": new("a marble"), "post_id": str(uuid.uuid4()), "base": "0"}
    assert visitor.send(visitor.go(room), "", to=f"{room}marble/", **said).status == 200


def agree(visitor: Visitor, new: New, room: str, inside: Callable[[str], str]) -> None:
    """Word a promise, sign it as both, and note how a day went."""
    promise = visitor.send(f"{room}agreements/new/", "writing", text=new("a promise"))
    place = re.search(rf"({room})agreements/([0-9a-f-]{{36}})/", promise.asked)
    assert place, promise.asked
    signed = visitor.send(promise, "", to=f"{place[0]}sign/", version="1")
    assert signed.status == 200
    space = room.split("/")[-2]
    inside(SIGN.format(space=space, agreement=place[2], version=1))
    today = datetime.now(UTC).date().isoformat()
    noted = visitor.send(place[0], "", to=f"{place[0]}day/", day=today, said="kept")
    assert noted.status == 200


def want_a_coach(visitor: Visitor, new: New, room: str) -> None:
    """Say as one of the couple whom one would like to have there as a coach."""
    asked = visitor.send(f"{room}coach/", "", whom=new("whom a couple would like as a coach"))
    assert asked.status == 200
    visitor.go(f"{room}coach/")


def close_a_letter(visitor: Visitor, new: New, until: str) -> None:
    """Write a letter that stays here, and close it until a day."""
    letter = visitor.send("/journal/letter/", "writing", text=new("a letter"))
    place = re.search(r"/journal/[0-9a-f-]{36}/", letter.asked)
    assert place, letter.asked
    assert visitor.send(f"{place[0]}close/", "", until=until).status == 200


def refuse(visitor: Visitor, token: str) -> None:
    """Want no more invitations from whoever sent this one."""
    place = f"/invitations/{token}/"
    assert visitor.send(place, "", to=f"{place}refuse/").status == 200


def bring_in(visitor: Visitor, title: str, text: str, go: bool = True) -> None:
    """Look through a file of one page, and bring it in, or leave it lying there."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("2026-11-01.md", f"# {title}\n\n{text}\n")
    page = visitor.go("/you/import/")
    token = visitor.form(page, "", ["csrfmiddlewaretoken", "file"]).values["csrfmiddlewaretoken"][0]
    shown = upload(visitor, page.asked, token, packed.getvalue())
    assert "This would come" in shown.text, shown.status
    if go:
        came = visitor.send(shown, "", do="go")
        assert came.status == 200


def upload(visitor: Visitor, url: str, token: str, content: bytes) -> Answer:
    """Post one file, as a browser would, and follow where it leads."""
    edge = uuid.uuid4().hex
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="words.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    headers: dict[str, Any] = {
        "Referer": visitor.address + "/",
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    try:
        status = visitor.opener.open(urllib.request.Request(url, body, headers), timeout=60).status
    except urllib.request.HTTPError as answered:
        status = answered.code
    assert status == 302, status
    return visitor.go(url)
