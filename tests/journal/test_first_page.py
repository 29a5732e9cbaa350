"""The last screen of the first run: a first page, and the account that keeps it."""

import re
import uuid
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from journal.entries.adoption import OWN_WORDS, first_exercise, first_question
from journal.entries.models import Entry
from journal.relationships import guests
from journal.relationships.models import Guest, PathStep, Relationship
from journal.relationships.story import AFRAID, KINDS, PARTS, Story
from journal.vault.keyring import Keyring
from steps import catalogue
from tests.conftest import PASSWORD

from .posting import fields, read, words
from .test_begin_pages import answer

pytestmark = pytest.mark.django_db

WORDS = "She said it was hers to sell.\nI never said it was mine."
ACCOUNT = {"email": "new@example.org", "password1": PASSWORD}


@pytest.fixture
def guest(nobody: Client) -> Client:
    """A browser that has answered every screen up to the first page."""
    answer(nobody)
    return nobody


@pytest.fixture
def with_mail(settings: Any) -> None:
    """The settings of a host who has set EMAIL_URL."""
    settings.EMAIL_URL = "smtp://mail.example.org"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True


@pytest.fixture
def ana_with_password(ana: Any) -> Any:
    ana.set_password(PASSWORD)
    ana.save()
    EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
    return ana


def only_story(person: Any) -> Story:
    return Relationship.objects.owned_by(person).get().read(Keyring.of(person))


def test_signing_up_keeps_the_words_the_path_and_the_story(guest: Client) -> None:
    response = guest.post("/begin/page/", {**ACCOUNT, "words": WORDS})
    assert (response.status_code, response["Location"]) == (302, "/")
    person = get_user_model().objects.get(email="new@example.org")
    assert only_story(person) == Story(
        name="Ruta", kind="family", part="hurt", afraid="no", happened="She sold the piano.",
        causes={"broken-promises": 2, "communication-gaps": 2},
    )  # fmt: skip
    entry = Entry.objects.written_by(person).get()
    assert WORDS in entry.body(Keyring.of(person))["answers"].values()
    assert (
        entry.questions(Keyring.of(person))[0]["ask"] == first_question(only_story(person))["ask"]
    )
    state = PathStep.objects.of(entry.relationship).get()
    assert (state.step, state.read(Keyring.of(person))["state"]) == (entry.step, PathStep.OPEN)
    assert not Guest.unscoped.exists()
    assert guest.cookies[guests.COOKIE].value == ""
    today = guest.get("/")
    assert "I never said it was mine." in words(today)
    assert "where you left them" in words(today)


def test_from_the_landing_page_to_a_kept_entry_it_is_at_most_twenty_actions(
    nobody: Client,
) -> None:
    assert 'href="/begin/"' in nobody.get("/").content.decode()
    actions = 1  # Begin
    for fields_filled in (1, 1, 1, 1, 1):  # who, part, afraid, what happened, one cause
        actions += fields_filled + 1  # and Go on
    actions += 1  # from the path to the first page
    answer(nobody)
    page = fields(nobody.get("/begin/page/"), "begin")
    asked = {"words", "email", "password1"}
    assert set(page) <= asked | {"csrfmiddlewaretoken", "browser_zone"}
    actions += len(asked) + 1
    assert nobody.post("/begin/page/", {**page, **ACCOUNT, "words": WORDS}).status_code == 302
    assert Entry.unscoped.count() == 1
    assert actions <= 20


def test_the_browsers_time_zone_comes_with_the_account(guest: Client) -> None:
    guest.post("/begin/page/", {**ACCOUNT, "words": WORDS, "browser_zone": "Asia/Kolkata"})
    assert get_user_model().objects.get().time_zone == "Asia/Kolkata"


def test_an_account_without_any_words_has_its_path_and_no_page(guest: Client) -> None:
    assert guest.post("/begin/page/", {**ACCOUNT, "words": "  "})["Location"] == "/"
    person = get_user_model().objects.get()
    assert only_story(person).name == "Ruta"
    assert not Entry.unscoped.exists()


@pytest.mark.parametrize(
    "account",
    [
        {},
        {"email": "not an address", "password1": PASSWORD},
        {"email": "new@example.org", "password1": "short"},
        {"email": "new@example.org", "password1": ""},
        {"email": f"{'n' * 243}@example.org", "password1": PASSWORD},
    ],
)
def test_an_account_that_cannot_be_made_loses_no_words(
    guest: Client, account: dict[str, str]
) -> None:
    response = guest.post("/begin/page/", {**account, "words": WORDS})
    assert response.status_code == 422
    assert read(response).areas["words"] == WORDS
    assert fields(response, "begin").get("email", "") == account.get("email", "")
    assert not get_user_model().objects.exists()
    # The words are in the guest's row by now: a closed tab loses nothing either.
    assert read(guest.get("/begin/page/")).areas["words"] == WORDS


def test_words_that_are_refused_stay_with_the_address_beside_them(guest: Client) -> None:
    response = guest.post("/begin/page/", {**ACCOUNT, "words": "a\x00b"})
    assert response.status_code == 422
    assert read(response).areas["words"] == "ab"
    assert fields(response, "begin")["email"] == "new@example.org"
    long = "w" * 200_001
    response = guest.post("/begin/page/", {**ACCOUNT, "words": long})
    assert response.status_code == 422
    assert read(response).areas["words"] == long
    assert "200,001" in words(response)


def test_an_address_that_has_an_account_is_refused_and_the_words_wait(
    guest: Client, ana_with_password: Any
) -> None:
    response = guest.post(
        "/begin/page/", {"email": ana_with_password.email, "password1": PASSWORD, "words": WORDS}
    )
    assert response.status_code == 422
    assert read(response).areas["words"] == WORDS
    assert not Entry.unscoped.exists()


def test_trying_too_often_loses_no_words(guest: Client) -> None:
    for _ in range(40):
        response = guest.post("/begin/page/", {"email": "x", "words": WORDS})
        if response.status_code == 429:
            break
    assert response.status_code == 429
    assert read(guest.get("/begin/page/")).areas["words"] == WORDS


def test_whoever_has_an_account_signs_in_and_is_asked_what_to_do_with_the_page(
    guest: Client, ana_with_password: Any
) -> None:
    response = guest.post("/begin/page/", {"words": WORDS, "then": "sign-in"})
    assert response["Location"] == "/accounts/login/"
    response = guest.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert response["Location"] == "/begin/keep/"
    assert "She said it was hers to sell." in words(guest.get("/begin/keep/"))
    assert not Entry.unscoped.exists()
    assert guest.post("/begin/keep/")["Location"] == "/"
    assert only_story(ana_with_password).name == "Ruta"
    assert Entry.objects.written_by(ana_with_password).count() == 1
    assert not Guest.unscoped.exists()


def test_it_can_be_let_go_too(guest: Client, ana_with_password: Any) -> None:
    guest.post("/begin/page/", {"words": WORDS, "then": "sign-in"})
    guest.post("/accounts/login/", {"login": "ana@example.org", "password": PASSWORD})
    assert guest.post("/begin/keep/", {"then": "let-go"})["Location"] == "/"
    assert not Guest.unscoped.exists()
    assert not Relationship.unscoped.exists()
    assert guest.get("/begin/keep/")["Location"] == "/"


def test_keeping_twice_keeps_once(guest: Client, ana: Any) -> None:
    guest.force_login(ana)
    held = guest.cookies[guests.COOKIE].value
    assert guest.post("/begin/keep/").status_code == 302
    guest.cookies[guests.COOKIE] = held
    assert guest.post("/begin/keep/").status_code == 302
    assert Relationship.unscoped.count() == 1


def test_nobody_keeps_anything_without_signing_in(guest: Client) -> None:
    assert guest.get("/begin/keep/")["Location"].startswith("/accounts/login/")


def test_a_second_relationship_begins_while_signed_in(
    browser: Client, mending: Any, ana: Any
) -> None:
    answer(browser, who={"kind": "friend", "name": "Mo"})
    shown = browser.get("/begin/page/")
    assert "password1" not in fields(shown, "begin")
    assert browser.post("/begin/page/", {"words": "We stopped talking."})["Location"] == "/"
    rows = list(Relationship.objects.owned_by(ana))
    assert [row.read(Keyring.of(ana)).name for row in rows] == ["Mo", "Ruta"]
    assert Entry.objects.written_by(ana).get().relationship == rows[0]
    assert not Guest.unscoped.exists()


def test_with_a_mail_server_the_words_wait_until_the_address_is_proved(
    guest: Client, with_mail: None
) -> None:
    response = guest.post("/begin/page/", {**ACCOUNT, "words": WORDS})
    assert response.status_code == 302
    assert not Entry.unscoped.exists()
    assert Guest.unscoped.count() == 1
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.outbox[-1].body)
    assert code
    proved = guest.post(response["Location"], {"code": code[0]})
    assert proved["Location"] == "/begin/keep/"
    assert "She said it was hers to sell." in words(guest.get(proved["Location"]))
    assert guest.post("/begin/keep/")["Location"] == "/"
    assert Entry.objects.written_by(get_user_model().objects.get()).count() == 1


def test_with_a_mail_server_a_known_address_gets_the_same_answer_and_keeps_nothing_of_ours(
    guest: Client, with_mail: None, ana_with_password: Any
) -> None:
    other = type(guest)()
    answer(other)
    known = guest.post("/begin/page/", {**ACCOUNT, "email": "ana@example.org", "words": WORDS})
    new = other.post("/begin/page/", {**ACCOUNT, "words": WORDS})
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert read(guest.get("/begin/page/")).areas["words"] == WORDS
    assert not Entry.objects.written_by(ana_with_password).exists()


def test_signing_up_by_passkey_waits_for_a_mail_server(guest: Client) -> None:
    response = guest.post("/begin/page/", {"words": WORDS, "then": "passkey"})
    assert response.status_code == 422
    assert read(guest.get("/begin/page/")).areas["words"] == WORDS


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_question_is_answered_in_ones_own_words(part: str, kind: str) -> None:
    for cause in catalogue.get().causes:
        story = Story(kind=kind, part=part, causes={cause: 2})
        found = first_exercise(story)
        question = first_question(story)
        assert "{" not in question["ask"] + question["hint"] + question["warning"]
        if found:
            assert found.fields[0].type in OWN_WORDS
            lean = [one.key for one in catalogue.stress([cause], part).exercises]
            earlier = lean[: lean.index(found.key)]
            firsts = [catalogue.get().exercises[key].fields[0].type for key in earlier]
            assert not OWN_WORDS & set(firsts)


def test_where_nothing_is_stressed_the_first_page_is_a_free_one(nobody: Client) -> None:
    answer(nobody, "who", "part")
    assert first_exercise(Story()) is None
    assert "What would you like to set down first?" in words(nobody.get("/begin/page/"))
    nobody.post("/begin/page/", {**ACCOUNT, "words": WORDS})
    person = get_user_model().objects.get()
    entry = Entry.objects.written_by(person).get()
    assert (entry.kind, entry.body(Keyring.of(person))["text"]) == (Entry.FREE, WORDS)
    assert entry.relationship == Relationship.objects.owned_by(person).get()
    assert not PathStep.unscoped.exists()


@pytest.mark.parametrize("afraid", sorted(set(AFRAID) - {"no", "unsaid"}))
def test_where_fear_was_named_the_first_page_asks_nothing_of_the_other_person(afraid: str) -> None:
    for part in PARTS:
        for cause in catalogue.get().causes:
            found = first_exercise(Story(part=part, afraid=afraid, causes={cause: 3}))
            assert found is None or not found.for_sharing


def test_a_long_first_page_can_be_changed_whole_whatever_its_question_was(
    guest: Client, browser_of: Any
) -> None:
    long = "line one\nline two\n" + "x" * 3000
    guest.post("/begin/page/", {**ACCOUNT, "words": long})
    entry = Entry.unscoped.get()
    sheet = fields(guest.get(f"/journal/{entry.pk}/edit/"))
    assert long in sheet.values()
    assert guest.post(f"/journal/{entry.pk}/edit/", sheet).status_code == 302
    body = Entry.unscoped.get().body(Keyring.of(entry.author))
    assert long in body["answers"].values()


def test_answers_gone_meanwhile_lead_back_to_the_beginning(guest: Client) -> None:
    Guest.unscoped.all().delete()
    assert guest.get("/begin/page/")["Location"] == "/begin/"
    guest.cookies[guests.COOKIE] = f"{uuid.uuid4()}.nonsense"
    assert guest.get("/begin/page/")["Location"] == "/begin/"
