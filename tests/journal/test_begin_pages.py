"""First run, before the first page: who, your part, afraid, what happened, causes, your path."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from journal.relationships import guests
from journal.relationships.models import Guest
from journal.tasks import forget_guests
from journal.vault import guest as guest_vault
from journal.vault.sealing import VaultError
from steps import catalogue

from .posting import fields, read, words

pytestmark = pytest.mark.django_db

ANSWERS: dict[str, dict[str, Any]] = {
    "who": {"kind": "family", "name": "Ruta"},
    "part": {"part": "hurt"},
    "afraid": {"afraid": "no"},
    "happened": {"happened": "She sold the piano."},
    "causes": {"causes": ["broken-promises", "communication-gaps"]},
}
ADDRESS = {name: "/begin/" if name == "who" else f"/begin/{name}/" for name in ANSWERS}
# The same in every process: tests that run side by side must have the same names.
NOWHERE = "0308df25-182a-4191-9d1b-cc6c49bdbd79"
NEXT = {
    "who": "/begin/part/",
    "part": "/begin/afraid/",
    "afraid": "/begin/happened/",
    "happened": "/begin/causes/",
    "causes": "/begin/path/",
}


def answer(browser: Client, *screens: str, **other: dict[str, Any]) -> None:
    for screen in screens or ANSWERS:
        response = browser.post(ADDRESS[screen], other.get(screen, ANSWERS[screen]))
        assert response.status_code == 302, screen


def cookie(browser: Client) -> str:
    return browser.cookies[guests.COOKIE].value


def said(browser: Client) -> dict[str, Any]:
    """Open the guest's answers as only their cookie can."""
    row_id, _, key = cookie(browser).partition(".")
    row = Guest.objects.with_id(uuid.UUID(row_id)).get()
    return dict(guest_vault.open(key, row, "answers"))


@pytest.mark.parametrize("screen", ANSWERS)
def test_each_screen_asks_one_thing_and_leads_to_the_next(nobody: Client, screen: str) -> None:
    shown = nobody.get(ADDRESS[screen])
    assert shown.status_code == 200
    assert shown.content.count(b"<h1>") == 1
    sent = nobody.post(ADDRESS[screen], ANSWERS[screen])
    assert (sent.status_code, sent["Location"]) == (302, NEXT[screen])
    assert said(nobody) == said(nobody) | ANSWERS[screen]


@pytest.mark.parametrize("screen", ["who", "part", "afraid"])
@pytest.mark.parametrize("posted", [{}, {"kind": "aunt", "part": "x", "afraid": "maybe"}])
def test_nothing_chosen_and_nonsense_are_asked_again(
    nobody: Client, screen: str, posted: dict[str, str]
) -> None:
    response = nobody.post(ADDRESS[screen], posted)
    assert response.status_code == 422
    assert "Choose" in words(response)
    assert guests.COOKIE not in nobody.cookies


def test_what_was_typed_beside_a_missing_choice_stays(nobody: Client) -> None:
    response = nobody.post("/begin/", {"name": "Ruta <3"})
    assert response.status_code == 422
    assert fields(response, 1)["name"] == "Ruta <3"


@pytest.mark.parametrize("screen", ["happened", "causes"])
def test_what_happened_and_the_causes_may_be_skipped(nobody: Client, screen: str) -> None:
    answer(nobody, "who")
    assert nobody.post(ADDRESS[screen], {}).status_code == 302


def test_up_to_three_causes_may_be_chosen(nobody: Client) -> None:
    keys = list(catalogue.get().causes)
    refused = nobody.post("/begin/causes/", {"causes": keys[:4]})
    assert refused.status_code == 422
    assert "up to three" in words(refused)
    assert fields(refused, 1)["causes"] == keys[:4]
    assert nobody.post("/begin/causes/", {"causes": keys[:3]}).status_code == 302
    unknown = nobody.post("/begin/causes/", {"causes": ["bad-luck", keys[0]]})
    assert unknown.status_code == 422
    assert fields(unknown, 1)["causes"] == keys[0]


def test_going_back_finds_what_was_said_before(nobody: Client) -> None:
    answer(nobody)
    for screen, expected in ANSWERS.items():
        shown = fields(nobody.get(ADDRESS[screen]), 1)
        for name, value in expected.items():
            assert shown[name] == value
    assert read(nobody.get("/begin/part/")).actions
    assert 'href="/begin/"' in nobody.get("/begin/part/").content.decode()


def test_a_later_answer_takes_the_place_of_the_earlier_one_alone(nobody: Client) -> None:
    answer(nobody)
    nobody.post("/begin/part/", {"part": "did"})
    assert said(nobody) == {
        **ANSWERS["who"], **ANSWERS["part"], **ANSWERS["afraid"], **ANSWERS["happened"],
        **ANSWERS["causes"], "part": "did",
    }  # fmt: skip


@pytest.mark.parametrize("afraid", ["yes", "sometimes"])
def test_fear_leads_to_safety_and_from_there_back_to_the_first_page(
    nobody: Client, afraid: str
) -> None:
    sent = nobody.post("/begin/afraid/", {"afraid": afraid})
    assert sent["Location"] == "/safety/?on=begin"
    assert 'href="/begin/happened/"' in nobody.get(sent["Location"]).content.decode()
    assert "/begin/happened/" not in nobody.get("/safety/").content.decode()


def test_a_path_with_fear_leans_on_safety(nobody: Client) -> None:
    answer(nobody)
    assert "this comes before any of it" not in words(nobody.get("/begin/path/"))
    nobody.post("/begin/afraid/", {"afraid": "unsaid"})
    assert "this comes before any of it" in words(nobody.get("/begin/path/"))
    nobody.post("/begin/afraid/", {"afraid": "sometimes"})
    shown = words(nobody.get("/begin/path/"))
    assert "this comes before any of it" in shown
    step = catalogue.get().steps["quality-time"]
    assert catalogue.for_kind(step.afraid, "family") in shown
    assert step.summary not in shown


def test_the_path_gives_its_reasons_in_words_that_fit_the_person(nobody: Client) -> None:
    answer(nobody)
    shown = words(nobody.get("/begin/path/"))
    guide = catalogue.get()
    lean = catalogue.stress(ANSWERS["causes"]["causes"], "hurt")
    for reason in (*(step.why for step in lean.steps), lean.openings[0]):
        assert catalogue.for_kind(reason, "family") in shown
    assert all(step.title_for("family") in shown for step in guide.steps.values())
    assert "{" not in shown


def test_without_causes_the_path_is_the_eight_steps_in_their_order(nobody: Client) -> None:
    answer(nobody, "who", "part")
    shown = words(nobody.get("/begin/path/"))
    places = [shown.index(step.title_for("family")) for step in catalogue.get().steps.values()]
    assert places == sorted(places)


@pytest.mark.parametrize("url", ["/begin/path/", "/begin/page/"])
def test_nobody_is_shown_a_path_before_they_began(nobody: Client, url: str) -> None:
    assert nobody.get(url)["Location"] == "/begin/"
    assert nobody.post("/begin/page/", {"words": "hello"})["Location"] == "/begin/"


@pytest.mark.parametrize("url", ["/begin/nowhere/", "/begin/WHO/", "/begin/part/x/"])
def test_an_unknown_screen_is_not_there(nobody: Client, url: str) -> None:
    assert nobody.get(url).status_code == 404
    assert nobody.post(url).status_code == 404


@pytest.mark.parametrize("url", [*ADDRESS.values(), "/begin/path/", "/begin/page/"])
def test_other_methods_are_refused(nobody: Client, url: str) -> None:
    assert nobody.put(url).status_code == 405
    assert nobody.delete(url).status_code == 405


def test_a_guests_row_is_sealed_under_a_key_that_only_the_cookie_holds(nobody: Client) -> None:
    answer(nobody)
    row = Guest.unscoped.get()
    assert str(row.pk) == cookie(nobody).partition(".")[0]
    for word in ("Ruta", "piano", "family", "broken-promises"):
        assert word.encode() not in bytes(row.sealed_answers)
    with pytest.raises(VaultError):
        guest_vault.open(guest_vault.new_key(), row, "answers")
    attributes = nobody.cookies[guests.COOKIE]
    assert attributes["httponly"]
    assert attributes["samesite"] == "Lax"
    assert attributes["max-age"] == 24 * 3600


@pytest.mark.parametrize(
    "broken",
    ["", "x", "x.y", NOWHERE, f"{NOWHERE}.{'A' * 43}", ".", "é.ü", "a" * 4000],
)
def test_a_broken_cookie_begins_anew(nobody: Client, broken: str) -> None:
    nobody.cookies[guests.COOKIE] = broken
    assert nobody.get("/begin/").status_code == 200
    assert nobody.get("/begin/path/")["Location"] == "/begin/"
    answer(nobody, "who")
    assert said(nobody)["name"] == "Ruta"


def test_the_key_of_one_guest_opens_nothing_of_another(nobody: Client) -> None:
    answer(nobody)
    other = type(nobody)()
    answer(other, "who")
    key = cookie(other).partition(".")[2]
    row_id = cookie(nobody).partition(".")[0]
    other.cookies[guests.COOKIE] = f"{row_id}.{key}"
    assert "Ruta" not in words(other.get("/begin/"))
    answer(other, "part")
    assert said(nobody)["name"] == "Ruta"


def test_a_days_answers_are_gone_after_a_day(nobody: Client) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        answer(nobody)
        clock.shift(timedelta(hours=23, minutes=59))
        assert nobody.get("/begin/path/").status_code == 200
        clock.shift(timedelta(minutes=2))
        assert nobody.get("/begin/path/").status_code == 302
        assert Guest.unscoped.count() == 1


def test_the_task_deletes_the_rows_whose_day_is_over_and_no_others(nobody: Client) -> None:
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        answer(nobody)
        clock.shift(timedelta(hours=12))
        other = type(nobody)()
        answer(other, "who")
        clock.shift(timedelta(hours=12, minutes=1))
        forget_guests()
        assert Guest.unscoped.count() == 1
        assert said(other)["name"] == "Ruta"


def test_words_with_control_characters_are_shown_cleaned_and_kept_on_the_second_try(
    nobody: Client,
) -> None:
    refused = nobody.post("/begin/happened/", {"happened": "one\x00 two\x1b three"})
    assert refused.status_code == 422
    assert fields(refused, "begin")["happened"] == "one two three"
    assert "invisible" in words(refused)
    assert nobody.post("/begin/happened/", fields(refused, "begin")).status_code == 302


def test_too_long_a_name_or_story_is_refused_whole(nobody: Client) -> None:
    refused = nobody.post("/begin/", {"kind": "friend", "name": "n" * 61})
    assert refused.status_code == 422
    assert fields(refused, 1)["name"] == "n" * 61
    refused = nobody.post("/begin/happened/", {"happened": "h" * 5001})
    assert refused.status_code == 422
    assert fields(refused, "begin")["happened"] == "h" * 5001
    assert "5,001" in words(refused)
    assert nobody.post("/begin/happened/", {"happened": "h" * 5000}).status_code == 302


def test_seven_screens_and_no_more_lead_to_the_first_page(nobody: Client) -> None:
    url, screens = "/begin/", 0
    while not url.startswith("/begin/page"):
        screens += 1
        name = url.removeprefix("/begin/").strip("/") or "who"
        shown = nobody.get(url)
        assert f"{['One', 'Two', 'Three', 'Four', 'Five', 'Six'][screens - 1]} of seven" in words(
            shown
        )
        url = "/begin/page/" if name == "path" else nobody.post(url, ANSWERS[name])["Location"]
        assert name != "path" or 'href="/begin/page/"' in shown.content.decode()
    assert screens + 1 == 7
    assert "Seven of seven" in words(nobody.get(url))


def test_the_path_says_with_which_step_to_begin(nobody: Client) -> None:
    answer(nobody, causes={"causes": ["betrayal"]})
    shown = words(nobody.get("/begin/path/"))
    first, *others = catalogue.stress(["betrayal"], "hurt").steps
    assert f"{catalogue.for_kind(first.why, 'family')} Begin here" in shown
    for lean in others:
        assert f"{catalogue.for_kind(lean.why, 'family')} Lean here" in shown


@pytest.mark.parametrize("screen", [*ADDRESS, "path", "page"])
def test_help_is_at_the_foot_of_every_screen(nobody: Client, screen: str) -> None:
    answer(nobody)
    shown = nobody.get(ADDRESS.get(screen, f"/begin/{screen}/")).content.decode()
    assert '<a href="/safety/">' in shown.partition("</main>")[2]
