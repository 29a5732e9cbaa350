"""A guide that is whole passes; each fault is one clear error that names its file."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks

from steps.checks import faults
from tests.steps.small_guide import FIRST, SECOND, write_guide

CAUSE = "causes/broken-promises.md"
STEP = "steps/quality-time.md"
TOOL = "tools/empathy.md"
EXERCISE = f"steps/communicate-openly/{FIRST}.md"
GRATITUDE = "prompts/gratitude.toml"
HELP = "safety/help-lines.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_guide(tmp_path)


def said(root: Path) -> list[str]:
    return [str(fault) for fault in faults([root.parent])]


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_whole_guide_has_no_fault(root: Path) -> None:
    assert said(root) == []


def test_our_own_guide_has_no_fault_and_is_checked_well_under_two_seconds() -> None:
    began = time.process_time()
    assert [str(fault) for fault in faults(settings.CONTENT_DIRS)] == []
    assert time.process_time() - began < 2


FAULTS = [
    # file, what stands there, what is put in its place, what must be said
    (CAUSE, "order = 1", "order = ", "Invalid value"),
    (CAUSE, "+++\ntitle", "title", "does not begin with a line of +++"),
    (CAUSE, 'title = "Cause broken-promises"', "", "title is missing"),
    (CAUSE, "order = 1", 'order = "one"', "order is not a whole number"),
    (CAUSE, "order = 1", "order = 2", "has the same order as causes/betrayal.md"),
    (CAUSE, "safety_first = false", 'safety_first = "no"', "safety_first is not true or false"),
    (CAUSE, "order = 1", "order = 1\ncolour = 1", "colour is not a known key"),
    (CAUSE, 'friend = "With', 'freind = "With', "kinds.freind is not a known key"),
    (CAUSE, "year = 2020", "yaer = 2020", "sources[1].yaer is not a known key"),
    (
        CAUSE,
        'hurt = ["Question 1 for {person}?", ',
        "hurt = [",
        "questions.hurt: 3, and at least 4",
    ),
    (CAUSE, "did = [", "dud = [", "questions.did is missing"),
    (CAUSE, 'step = "own-your-mistakes"', 'step = "own-it"', "lean_on names own-it, which is not"),
    (CAUSE, SECOND, "nowhere", "exercises names nowhere, which is not in the guide"),
    (CAUSE, SECOND, FIRST, f"exercises names {FIRST} twice"),
    (CAUSE, "{#signs}", "{#sings}", "the section {#signs} is missing"),
    (CAUSE, "{#signs}", "", "“About signs” has no id like {#idea}"),
    (CAUSE, "{#signs}", "{#what}", "the id what is used twice"),
    (CAUSE, "{#signs}", "{#Signs}", "has a bad id, Signs"),
    (CAUSE, "## About signs", "# About signs", "“About signs” is a heading of level one"),
    (CAUSE, "Some words", "#### Deep\n\nSome words", "“Deep” skips a level of headings"),
    (CAUSE, "## About what", "Stray.\n\n## About what", "text before its first heading"),
    (CAUSE, "## About signs", "## Empty {#why}\n\n## About signs", "section “Empty” is empty"),
    (CAUSE, "exercise:" + FIRST, "exercise:nothing", "links to exercise:nothing, which is not"),
    (CAUSE, "safety:planning", "safety:nothing", "links to safety:nothing, which is not"),
    (CAUSE, "step:quality-time", "http://example.org", "which is neither https nor a piece"),
    (CAUSE, "Some words", "Some words!", "has an exclamation mark"),
    (CAUSE, "Some words", "A journey", "says “journey”"),
    (CAUSE, "Some words", "A toxic person", "says “toxic person”"),
    (CAUSE, "Some words", "The victim", "says “victim”"),
    (CAUSE, "Some words", "You should have", "says “should have”"),
    (CAUSE, "A line about", "A journey about", "summary says “journey”"),
    (CAUSE, "about {person}", "about {persson}", "not one of ours: {persson}"),
    (CAUSE, "about {person}", "about {person", "not one of ours: {"),
    (
        CAUSE,
        "for {person}?",
        "for {name}?",
        "questions.hurt[1] has a token that is not one of ours",
    ),
    (CAUSE, "Some words", "It isn't", "straight quotation mark or apostrophe"),
    (CAUSE, "Some words", "Some ...", "three dots"),
    (CAUSE, "A line about", "A [line](step:quality-time) about", "front matter is plain text"),
    (STEP, 'short_title = "quality-time"', f'short_title = "{"x" * 27}"', "longer than 26"),
    (STEP, 'hurt = ["Question 1 for {person}?", ', "hurt = [", "questions.hurt: 2, and at least 3"),
    (STEP, "{#together}", "{#idea-two}", "the section {#together} is missing"),
    (STEP, '"steps-quality-time-1", ', f'"{FIRST}", ', f"exercises names {FIRST}, which is not in"),
    (TOOL, "{#how}", "{#ways}", "the section {#how} is missing"),
    (TOOL, 'small_act = "Do one small thing."', 'small_act = ""', "small_act is empty"),
    (EXERCISE, "minutes = 10", "minutes = 4", "minutes is 4, and 5 to 25 are wanted"),
    (EXERCISE, "minutes = 10", "minutes = 26", "minutes is 26"),
    (EXERCISE, "minutes = 10", "minutes = 10\ntimer = 90", "timer is not between"),
    (EXERCISE, "minutes = 10", "minutes = 10\nsittings = 0", "sittings is not between"),
    (EXERCISE, 'type = "long"', 'type = "essay"', "field want has no such type as essay"),
    (EXERCISE, 'ask = "What do you want?"', "", "field want asks nothing of did"),
    (EXERCISE, 'key = "pick"', 'key = "want"', "field want is there twice"),
    (EXERCISE, '{value = "a", label = "This"}, ', "", "field pick needs at least two options"),
    (EXERCISE, 'value = "b"', 'value = "a"', "field pick has the option a twice"),
    (EXERCISE, 'label = "This"', 'name = "This"', "fields[2].options[1].label is missing"),
    (EXERCISE, "safety:planning", "safety:plans", "field pick links to safety:plans"),
    (EXERCISE, 'type = "choice"', 'type = "line"', "has options and is neither choice nor several"),
    (EXERCISE, 'low = "a little"', "", "field much needs low and high"),
    (EXERCISE, "{feeling} when {person} {event}", "it", "field said has a frame without a gap"),
    (EXERCISE, 'frame = "I felt', 'hint = "I felt', "field said needs a frame"),
    (EXERCISE, 'type = "long"', 'type = "long"\npage = 1', "has a page, and the exercise has none"),
    (
        EXERCISE,
        "minutes = 10",
        'minutes = 10\npages = ["One"]',
        "field want needs a page from 1 to 1",
    ),
    (EXERCISE, "{#example}", "{#sample}", "the section {#example} is missing"),
    (
        GRATITUDE,
        'text = "gratitude 2 a2 b2?"',
        'text = "Gratitude 1: a1, B1…"',
        "gratitude-002 repeats",
    ),
    (GRATITUDE, 'key = "gratitude-002"', 'key = "gratitude-001"', "gratitude-001 is used twice"),
    (GRATITUDE, 'key = "gratitude-002"', 'key = "thanks-2"', "is not gratitude-<number>"),
    (GRATITUDE, "depth = 1", "depth = 4", "gratitude-001: depth is not 1, 2 or 3"),
    (GRATITUDE, "depth = 1", 'depth = 1\nparts = ["them"]', "gratitude-001: them is not a part"),
    (GRATITUDE, "depth = 1", 'depth = 1\nparts = ["hurt"]', "prompts for did: 59, and at least 60"),
    ("stress.toml", 'part = "hurt"', 'part = "did"', "has 0 rows for broken-promises and hurt"),
    ("stress.toml", 'part = "hurt"', 'part = "them"', "no such cause or part"),
    ("stress.toml", 'pace = "steady"', 'pace = "fast"', "pace is neither slow nor steady"),
    ("stress.toml", 'step = "own-your-mistakes"', 'step = "own"', "steps names own, which is not"),
    ("feelings.toml", 'word = "word 1"', 'word = "Word 2"', "word 2 is there twice"),
    ("feelings.toml", 'energy = "high"', 'energy = "big"', "energy is neither high nor low"),
    (HELP, "checked = 2026-11-22", 'checked = "lately"', "checked is not a date"),
    (HELP, 'code = "AB"', 'code = "AA"', "AA is there twice"),
    (HELP, 'code = "AB"', 'code = "Abba"', "Abba is not a country's code"),
    (HELP, 'hours = "always"', 'hours = "always"\nweb = "http://x.org"', "is not an https address"),
    ("letters/step.toml", "{link}", "{url}", "not one of ours: {url}"),
    ("safety/planning.md", "## First {#first}", "## First", "“First” has no id like"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"), FAULTS, ids=[f"{row[0]}: {row[3]}" for row in FAULTS]
)
def test_a_fault_is_told_with_its_file(
    root: Path, name: str, old: str, new: str, fault: str
) -> None:
    change(root, name, old, new)
    found = said(root)
    assert any(one.startswith(str(root / name)) and fault in one for one in found), found


def test_near_equal_prompts_are_told(root: Path) -> None:
    change(root, GRATITUDE, "gratitude 1 a1 b1?", "Who was kind to you on the way to work today?")
    change(root, GRATITUDE, "gratitude 2 a2 b2?", "Today, who was kind to you on the way to work")
    assert said(root) == [
        f"{root / GRATITUDE}: gratitude-002 is nearly the same as gratitude-001"
    ] or (said(root) == [f"{root / GRATITUDE}: gratitude-002 repeats gratitude-001"])


@pytest.mark.parametrize(
    "name",
    [CAUSE, STEP, TOOL, GRATITUDE, HELP, "stress.toml", "feelings.toml", "letters/plan.toml",
     "safety/planning.md", "prompts/together.toml"],
)  # fmt: skip
def test_a_missing_file_is_told(root: Path, name: str) -> None:
    (root / name).unlink()
    assert f"en/{name}: is missing" in said(root)


@pytest.mark.parametrize(
    ("name", "start", "fault"),
    [
        (GRATITUDE, "[[prompts]]", "prompts: 59, and at least 60 are wanted"),
        ("prompts/checkin.toml", "[[prompts]]", "prompts: 59, and at least 60 are wanted"),
        ("prompts/together.toml", "[[prompts]]", "prompts: 23, and at least 24 are wanted"),
        ("prompts/quality-time.toml", "[[prompts]]", "prompts: 11, and at least 12 are wanted"),
        ("stress.toml", "[[rows]]", "has 0 rows for afraid and both, and one is wanted"),
        (HELP, "[[countries]]", "countries: 11, and at least 12 are wanted"),
    ],
)
def test_one_too_few_is_told(root: Path, name: str, start: str, fault: str) -> None:
    path = root / name
    text = path.read_text("utf-8")
    path.write_text(text[: text.rindex(start)], "utf-8")
    assert f"{path}: {fault}" in said(root)


def test_a_first_page_that_does_not_begin_in_own_words_is_told(root: Path) -> None:
    change(root, EXERCISE, 'type = "long"', 'type = "date"')
    fault = f"broken-promises and did: {FIRST} does not begin with own words"
    assert f"{root / 'stress.toml'}: {fault}" in said(root)


def test_fear_that_is_in_a_hurry_is_told(root: Path) -> None:
    path = root / "stress.toml"
    before, after = path.read_text("utf-8").rsplit("[[rows]]", 1)
    path.write_text(before + "[[rows]]" + after.replace('"slow"', '"steady"'), "utf-8")
    assert f"{path}: afraid and both: fear is slow and puts safety first" in said(root)


def test_too_few_feelings_are_told(root: Path) -> None:
    text = (root / "feelings.toml").read_text("utf-8")
    (root / "feelings.toml").write_text(text[text.index("[[feelings]]", 5) :], "utf-8")
    assert said(root) == [f"{root / 'feelings.toml'}: feelings: 119, and at least 120 are wanted"]


def test_too_few_exercises_are_told(root: Path) -> None:
    (root / "tools/empathy/tools-empathy-2.md").unlink()
    found = said(root)
    assert f"{root / TOOL}: exercises: 1, and at least 2 are wanted" in found
    assert (
        f"{root / TOOL}: exercises names tools-empathy-2, which is not in tools/empathy/" in found
    )


def test_an_exercise_with_two_homes_is_told(root: Path) -> None:
    (root / f"tools/empathy/{FIRST}.md").write_text((root / EXERCISE).read_text("utf-8"), "utf-8")
    assert any(f"the exercise {FIRST} is also steps/" in one for one in said(root))


def test_a_file_out_of_place_is_told(root: Path) -> None:
    (root / "causes/jealousy.md").write_text("+++\n+++\n", "utf-8")
    (root / "notes.txt").write_text("hello", "utf-8")
    assert said(root) == [
        f"{root / 'causes/jealousy.md'}: has no place in the guide",
        f"{root / 'notes.txt'}: is neither .md nor .toml",
    ]


def test_a_translation_of_nothing_is_told(root: Path) -> None:
    welsh = root.parent / "cy/tools/empathy"
    welsh.mkdir(parents=True)
    (welsh / "own.md").write_text((root / EXERCISE).read_text("utf-8"), "utf-8")
    assert said(root) == [f"{welsh / 'own.md'}: has no English file of the same name"]


def test_a_bad_translation_is_told_once(root: Path) -> None:
    welsh = root.parent / "cy/steps"
    welsh.mkdir(parents=True)
    (welsh / "quality-time.md").write_text(
        (root / STEP).read_text("utf-8").replace("Some words", "Some words!", 1), "utf-8"
    )
    found = said(root)
    assert len(found) == 1
    assert found[0].startswith(str(welsh / "quality-time.md"))


def test_manage_check_says_each_fault_as_an_error(root: Path, settings: Any) -> None:
    settings.CONTENT_DIRS = [root.parent]
    change(root, CAUSE, "Some words", "A journey")
    errors = [one for one in run_checks() if one.id == "steps.E001"]
    assert len(errors) == 1
    assert re.search(r"broken-promises\.md: “A journey.*says “journey”", errors[0].msg)
