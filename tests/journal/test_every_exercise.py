"""Every exercise of the guide, for every part: shown, answered, kept, read back, changed."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from journal.entries.models import DIALLED, Entry
from journal.entries.questions import asked, by_page, gaps, in_words
from journal.entries.sheets import address
from journal.relationships.models import Relationship
from journal.relationships.story import KINDS, PARTS
from journal.vault.keyring import Keyring
from steps import catalogue

from .posting import fields, read, words

pytestmark = pytest.mark.django_db

EXERCISES = list(catalogue.get().exercises)


def answers(question: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Return what a person might post for a question, and the answer that should be kept."""
    name, key = f"answer-{question['key']}", question["key"]
    match question["type"]:
        case "long":
            said = f"First of {key} <b>&\n\n  second ’ “…” 🌧 שלום"
            return {name: said.replace("\n", "\r\n")}, said
        case "line":
            return {name: f" a line of {key} "}, f" a line of {key} "
        case "lines":
            return {name: f"one {key}\r\n\r\ntwo {key}"}, [f"one {key}", f"two {key}"]
        case "scale":
            return {name: "6"}, 6
        case "date":
            return {name: "2026-12-24"}, "2026-12-24"
        case "choice":
            return {name: question["options"][-1]["value"]}, question["options"][-1]["value"]
        case "several":
            chosen = [option["value"] for option in question["options"][:2]]
            return {name: chosen}, chosen
        case "feelings":
            return {name: ["uneasy", "tired"]}, ["uneasy", "tired"]
        case "frame":
            said = {gap: f"the {gap} of {key}" for gap in gaps(question)}
            return {f"{name}__{gap}": text for gap, text in said.items()}, said
    raise AssertionError(f"no field of type {question['type']} is known")


CHECK_IN_PROMPTS = {
    kind: [catalogue.for_kind(one.text, kind) for one in catalogue.get().prompts["checkin"]]
    for kind in KINDS
}


@pytest.mark.parametrize("key", EXERCISES)
def test_it_is_written_one_question_at_a_time_and_read_back(
    browser: Client, ana: Any, story_of: Callable[..., Relationship], key: str
) -> None:
    exercise = catalogue.get().exercises[key]
    turn = EXERCISES.index(key)
    kind, part = list(KINDS)[turn % len(KINDS)], list(PARTS)[turn % len(PARTS)]
    story_of(name="Ruta", kind=kind, part=part)
    questions = asked(exercise, part, kind)
    url, expected = address(exercise), {}
    for number, page in enumerate(by_page(questions)):
        shown = browser.get(url)
        assert shown.status_code == 200
        text = words(shown)
        posted = fields(shown)
        for question in page:
            assert " ".join(question["ask"].split()) in text
            if (key, question["key"]) != (DIALLED, "line"):
                assert " ".join(question["hint"].split()) in text
            assert "{person" not in text
            typed, expected[question["key"]] = answers(question)
            assert set(typed) <= set(read(shown).forms[read(shown).named["writing"]])
            posted |= typed
        last = number == len(by_page(questions)) - 1
        response = browser.post(url, {**posted, "then": "finish" if last else "next"})
        assert response.status_code == 302
        url = response["Location"]
    entry = Entry.unscoped.get()
    assert (url, entry.author) == (f"/journal/{entry.pk}/", ana)
    assert entry.body(Keyring.of(ana)) == {"answers": expected, "part": part, "kind": kind}
    kept = entry.questions(Keyring.of(ana))
    if key == DIALLED:  # its line stands beside the prompt of the day
        assert kept[-1]["hint"] in CHECK_IN_PROMPTS[kind]
        questions[-1]["hint"] = kept[-1]["hint"]
    assert kept == questions
    shown = words(browser.get(url))
    for question in questions:
        assert " ".join(question["ask"].split()) in shown
        assert " ".join(in_words(question, expected[question["key"]]).split()) in shown
    assert catalogue.for_kind(exercise.closing, kind) in shown
    assert "{person" not in shown


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("key", EXERCISES)
def test_it_is_written_on_one_sheet_and_every_field_comes_back_filled(
    browser: Client, ana: Any, story_of: Callable[..., Relationship], key: str, part: str
) -> None:
    ana.whole_sheet = True
    ana.save()
    kind = list(KINDS)[(EXERCISES.index(key) + list(PARTS).index(part)) % len(KINDS)]
    story_of(name="Ruta", kind=kind, part=part)
    exercise = catalogue.get().exercises[key]
    questions = asked(exercise, part, kind)
    shown = browser.get(address(exercise))
    text = words(shown)
    assert catalogue.for_kind(exercise.purpose, kind) in text
    assert catalogue.for_kind(exercise.warning, kind) in text
    assert all(" ".join(question["ask"].split()) in text for question in questions)
    assert "{person" not in text
    posted, expected = fields(shown), {}
    for question in questions:
        typed, expected[question["key"]] = answers(question)
        posted |= typed
    response = browser.post(address(exercise), {**posted, "then": "later"})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert Entry.unscoped.get().body(Keyring.of(ana))["answers"] == expected
    again = fields(browser.get(address(exercise)))
    for question in questions:
        typed, _ = answers(question)
        for name, value in typed.items():
            if question["type"] == "lines":
                value = value.replace("\r\n\r\n", "\r\n")
            value = value.replace("\r\n", "\n") if isinstance(value, str) else value
            assert again[name] in (value, [value], *([value[0]] if len(value) == 1 else []))
    assert again["entry_id"] == str(Entry.unscoped.get().pk)
    assert again["base_version"] == "1"
    assert uuid.UUID(again["save_id"]) != uuid.UUID(posted["save_id"])


@pytest.mark.parametrize("key", EXERCISES)
def test_left_empty_it_is_neither_kept_nor_finished(
    browser: Client, mending: Relationship, key: str
) -> None:
    url = address(catalogue.get().exercises[key])
    for then, status in (("next", 302), ("later", 302), ("back", 302), ("finish", 422)):
        response = browser.post(url, {**fields(browser.get(url)), "then": then})
        assert response.status_code == status
    assert "Write one line anywhere" in words(response)
    assert not Entry.unscoped.exists()


def test_the_guide_uses_every_type_of_field() -> None:
    used = {field.type for one in catalogue.get().exercises.values() for field in one.fields}
    assert used == {
        "long", "line", "choice", "several", "scale", "date", "lines", "frame", "feelings",
    }  # fmt: skip
