"""Making a room, passing the invitation on, and coming in; what looks alike looks alike."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.spaces import inviting
from journal.spaces.models import Block, Invitation, Membership, Space
from journal.spaces.room import rooms_of
from journal.vault.keyring import Keyring
from tests.conftest import Browser
from tests.journal.posting import fields
from tests.rooms import a_room, a_waiting_room, token_for

CALM = {"afraid": "no", "watched": "no", "pushed": "unsaid"}
FORM = {"called": "Ana", "note": "Only if you like."}
LINK = re.compile(r"/invitations/([\w-]+)/")


def seen(response: Any) -> tuple[int, str]:
    """Return what an asker sees of an answer; tokens against forgery differ each time."""
    text = re.sub(r'value="[^"]{64}"', "", response.content.decode())
    return response.status_code, text


def test_three_questions_come_first_and_are_kept_nowhere(browser: Browser) -> None:
    assert "for you alone" in browser.get("/together/new/").text
    before = dict(browser.session)
    response = browser.post("/together/new/", CALM)
    assert (response.status_code, response["Location"]) == (302, "/together/create/")
    assert dict(browser.session) == before
    assert not Space.unscoped.exists()


@pytest.mark.parametrize("answer", ["yes", "sometimes"])
@pytest.mark.parametrize("question", ["afraid", "watched", "pushed"])
def test_a_worrying_answer_speaks_for_going_alone_and_forbids_nothing(
    browser: Browser, question: str, answer: str
) -> None:
    response = browser.post("/together/new/", {**CALM, question: answer})
    assert response.status_code == 200
    assert "go on by yourself" in response.text
    assert 'href="/safety/"' in response.text
    assert 'href="/together/create/"' in response.text


def test_fear_named_before_speaks_for_going_alone_whatever_is_answered(
    browser: Browser, ana: Any
) -> None:
    Relationship.begin(ana, Keyring.of(ana), Story(name="Ruta", afraid="sometimes"))
    assert "go on by yourself" in browser.post("/together/new/", CALM).text


def test_an_unanswered_question_is_asked_again(browser: Browser) -> None:
    assert browser.post("/together/new/", {"afraid": "no"}).status_code == 422


def test_making_a_room_gives_a_link_and_nothing_else_yet(browser: Browser, ana: Any) -> None:
    response = browser.post("/together/create/", FORM, follow=True)
    assert LINK.search(response.text)
    [room] = rooms_of(ana)
    assert room.waiting
    assert "Nobody has come in yet" in browser.get("/together/").text


def test_a_button_pressed_twice_makes_one_room(browser: Browser, ana: Any) -> None:
    form = fields(browser.get("/together/create/"), 1) | {"called": "Ana"}
    one, other = (browser.post("/together/create/", form) for _ in range(2))
    assert one["Location"] == other["Location"] == f"/together/{form['room_id']}/invitation/"
    assert Space.unscoped.count() == 1
    assert Invitation.objects.sent_by(ana).count() == 1


def test_an_id_that_was_lost_on_the_way_makes_a_room_all_the_same(browser: Browser) -> None:
    assert browser.post("/together/create/", {**FORM, "room_id": "no id"}).status_code == 302
    assert Space.unscoped.count() == 1


def test_a_room_needs_a_name_to_go_by(browser: Browser) -> None:
    response = browser.post("/together/create/", {"called": "  ", "note": "Words to keep."})
    assert response.status_code == 422
    assert "Words to keep." in response.text
    assert not Space.unscoped.exists()


def test_the_invitation_shows_who_asks_to_whoever_holds_the_link(
    ana: Any, nobody: Client, pias: Browser
) -> None:
    _, token = a_waiting_room(ana)
    for asking in (nobody, pias):
        page = asking.get(f"/invitations/{token}/").text
        assert "Ana asks you" in page
        assert "Would you?" in page


def test_looking_changes_nothing_and_only_a_post_brings_in(ana: Any, pia: Any, pias: Browser):
    space, token = a_waiting_room(ana)
    for _ in range(2):
        pias.get(f"/invitations/{token}/")
        pias.get(f"/invitations/{token}/questions/")
        pias.get(f"/invitations/{token}/join/")
    assert not Membership.objects.of(pia).exists()
    pias.post(f"/invitations/{token}/questions/", CALM)
    assert not Membership.objects.of(pia).exists()
    response = pias.post(f"/invitations/{token}/join/", {"called": "Pia"})
    assert response["Location"] == f"/together/{space.pk}/"
    assert "Ana" in pias.get(f"/together/{space.pk}/").text


def bad_tokens(ana: Any, ben: Any, stan: Any, pia: Any) -> dict[str, str]:
    """Return links that open nothing, each for its own reason."""
    used = a_waiting_room(ana)[1]
    inviting.come_in(ben, used, "Ben")
    old_space, old = a_waiting_room(ana)
    past = timezone.now() - timedelta(minutes=1)
    Invitation.objects.into_held(old_space).update(expires_at=past)
    space, withdrawn = a_waiting_room(ana)
    inviting.renew(ana, space.pk, Membership.PARTNER, inviting.Asked("Ana"))
    good = token_for(ana, space)
    other = "A" if good[5] != "A" else "B"
    _, refused = a_waiting_room(stan)
    from journal.spaces.blocking import keep_out

    keep_out(pia, Keyring.of(pia), stan, "Stan")
    return {
        "unknown": "x" * 43, "used": used, "expired": old, "withdrawn": withdrawn,
        "altered": good[:5] + other + good[6:], "from somebody kept out": refused,
        "far too long": "x" * 5000, "not a token": "%00é",
    }  # fmt: skip


def test_whatever_is_wrong_with_a_link_looks_the_same(
    people: dict[str, Any], pias: Browser
) -> None:
    tokens = bad_tokens(people["ana"], people["ben"], people["stan"], people["pia"])
    for page in ("", "questions/", "join/"):
        answers = {
            why: seen(pias.get(f"/invitations/{token}/{page}")) for why, token in tokens.items()
        }
        assert {status for status, _ in answers.values()} == {404}
        assert len(set(answers.values())) == 1, answers.keys()
    for page in ("questions/", "join/", "refuse/"):
        posted = {seen(pias.post(f"/invitations/{token}/{page}", {"called": "Pia", **CALM}))
                  for token in tokens.values()}  # fmt: skip
        assert len(posted) == 1
    assert not Membership.objects.of(people["pia"]).exists()


def test_one_cannot_take_up_ones_own_invitation(browser: Browser, ana: Any) -> None:
    space, token = a_waiting_room(ana)
    assert "your own invitation" in browser.get(f"/invitations/{token}/").text
    assert browser.post(f"/invitations/{token}/join/", {"called": "Me"}).status_code == 404
    assert Membership.objects.in_held(space).count() == 1


def test_an_invitation_brings_in_one_person_only(
    ana: Any, ben: Any, pia: Any, pias: Browser
) -> None:
    space, token = a_waiting_room(ana)
    inviting.come_in(ben, token, "Ben")
    assert pias.post(f"/invitations/{token}/join/", {"called": "Pia"}).status_code == 404
    assert Membership.objects.in_held(space).count() == 2


def test_whoever_came_in_and_presses_twice_or_opens_the_link_again_finds_the_room(
    ana: Any, pia: Any, pias: Browser, stan: Any, browser_of: Any, browser: Browser
) -> None:
    space, token = a_waiting_room(ana)
    path, room = f"/invitations/{token}/", f"/together/{space.pk}/"
    for _ in range(2):
        assert pias.post(f"{path}join/", {"called": "Pia"})["Location"] == room
    assert Membership.objects.of(pia).count() == 1
    for page in ("", "questions/", "join/"):
        assert pias.get(path + page)["Location"] == room
    nowhere = "/invitations/nonsense/"
    for other in (browser, browser_of(stan), Client()):
        for page in ("", "join/"):
            assert seen(other.get(path + page)) == seen(other.get(nowhere + page))
    pias.post(f"{room}leave/")
    pias.get("/together/")  # where it says that they left, which is said once
    assert seen(pias.get(path)) == seen(pias.get(nowhere))


def test_a_third_partner_finds_no_place(ana: Any, ben: Any, pia: Any) -> None:
    space = a_room(ana, ben)
    inviting.renew(ana, space.pk, Membership.PARTNER, inviting.Asked("Ana"))
    with pytest.raises(inviting.NotOpen):
        inviting.come_in(pia, token_for(ana, space), "Pia")


def test_the_inviter_sees_the_same_of_no_and_of_not_now(
    browser: Browser, ana: Any, pia: Any, pias: Browser
) -> None:
    space, token = a_waiting_room(ana)
    pages = ("/together/", f"/together/{space.pk}/invitation/")
    before = [seen(browser.get(page)) for page in pages]
    pias.get(f"/invitations/{token}/")
    assert [seen(browser.get(page)) for page in pages] == before
    pias.post(f"/invitations/{token}/refuse/")
    assert Block.objects.by(pia).count() == 1
    assert [seen(browser.get(page)) for page in pages] == before
    assert pias.get(f"/invitations/{token}/").status_code == 404


def test_withdrawing_ends_the_link_and_the_room(browser: Browser, ana: Any, pias: Browser) -> None:
    space, token = a_waiting_room(ana)
    browser.post(f"/together/{space.pk}/invitation/", {"then": "withdraw"})
    assert pias.get(f"/invitations/{token}/").status_code == 404
    assert not Space.unscoped.exists()


def test_a_fresh_link_ends_the_one_before(browser: Browser, ana: Any, pias: Browser) -> None:
    space, token = a_waiting_room(ana)
    page = browser.post(f"/together/{space.pk}/invitation/", {"then": "renew"}, follow=True).text
    fresh = LINK.search(page)
    assert fresh and fresh[1] != token
    assert pias.get(f"/invitations/{token}/").status_code == 404
    assert pias.get(f"/invitations/{fresh[1]}/").status_code == 200


def test_a_fresh_link_brings_the_note_along(browser: Browser, ana: Any, pias: Browser) -> None:
    browser.post("/together/create/", FORM)
    space = Membership.objects.of(ana).get().space
    page = f"/together/{space.pk}/invitation/"
    assert "Only if you like." in browser.get(page).text
    Invitation.unscoped.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Only if you like." in browser.get(page).text, "also when its week is over"
    browser.post(page, {"then": "renew"})
    assert "Only if you like." in pias.get(f"/invitations/{token_for(ana, space)}/").text


@pytest.fixture
def mailing(settings: Any) -> Callable[[Browser, str], str]:
    """Return a function that invites by mail and gives back the page that follows."""
    settings.EMAIL_URL = "smtp://localhost"

    def invite(browser: Browser, address: str) -> str:
        page = browser.post("/together/create/", {**FORM, "email": address}, follow=True).text
        return LINK.sub("", re.sub(r'value="[^"]{64}"', "", page))

    return invite


def test_the_mail_is_neutral_and_names_nobody(browser: Browser, mailing: Any, ana: Any) -> None:
    mailing(browser, "somebody@example.org")
    [sent] = mail.outbox
    said = f"{sent.subject} {sent.body}"
    assert LINK.search(sent.body)
    for word in ("Ana", "Only if you like", "room", "trust", "partner", "couple", "Mending"):
        assert word.lower() not in said.lower().replace(LINK.search(sent.body)[0].lower(), "")


def test_the_page_does_not_say_whether_an_address_has_an_account_or_keeps_one_out(
    browser: Browser, mailing: Any, ana: Any, ben: Any, pia: Any
) -> None:
    from journal.spaces.blocking import keep_out

    keep_out(pia, Keyring.of(pia), ana, "Ana")
    pages = {mailing(browser, f"{who}@example.org") for who in ("nobody-at-all", "ben", "pia")}
    assert len(pages) == 1
    assert [sent.to for sent in mail.outbox] == [["nobody-at-all@example.org"], ["ben@example.org"]]


@pytest.mark.parametrize("address", ["ana@example.org", "ANA@Example.org"])
def test_nobody_invites_themselves_by_mail(
    address: str, browser: Browser, mailing: Any, ana: Any
) -> None:
    answer = browser.post("/together/create/", {"called": "Ana", "note": "Hm.", "email": address})
    assert answer.status_code == 422
    assert "This is your own address" in answer.text
    assert "Hm." in answer.text and address in answer.text
    assert not Membership.objects.of(ana).exists()
    assert not mail.outbox


def test_after_some_mails_in_a_day_no_more_go_out(browser: Browser, mailing: Any) -> None:
    for at in range(inviting.MAILS_A_DAY + 2):
        page = mailing(browser, f"one{at}@example.org")
    assert len(mail.outbox) == inviting.MAILS_A_DAY
    assert "enough mails for one day" in page


def test_a_copy_of_the_database_opens_no_invitation(ana: Any) -> None:
    _, token = a_waiting_room(ana)
    [row] = Invitation.unscoped.all()
    stored = b"".join(
        bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
        for value in Invitation.unscoped.filter(pk=row.pk).values_list()[0]
    )
    assert token.encode() not in stored
    assert b"Would you" not in stored


def test_who_is_kept_out_is_on_a_list_of_ones_own(pias: Browser, ana: Any, browser: Browser):
    _, token = a_waiting_room(ana)
    pias.post(f"/invitations/{token}/refuse/")
    page = pias.get("/together/kept-out/").text
    assert "Ana" in page
    row = re.search(r'name="row" value="([0-9a-f-]+)"', page)
    assert row
    assert browser.post("/together/kept-out/", {"row": row[1]}).status_code == 404
    pias.post("/together/kept-out/", {"row": row[1]})
    assert pias.get(f"/invitations/{token}/").status_code == 200


def test_the_menu_says_together_once_there_is_a_room(browser: Browser, ana: Any, ben: Any) -> None:
    assert 'href="/together/">' not in browser.get("/journal/").text.partition("</header>")[0]
    a_room(ana, ben)
    assert "/together/" in browser.get("/journal/").text.partition("</header>")[0]
