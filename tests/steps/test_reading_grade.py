"""The guide can be read at about thirteen: Flesch-Kincaid grade 7 in the middle, 9 at most."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.core.checks import run_checks

from steps import catalogue, reading_age
from steps.reading_age import grade, pages, words_of
from tests.steps.small_guide import write_guide

HARD = (
    "Notwithstanding considerable methodological heterogeneity, longitudinal "
    "investigations consistently demonstrate interdependence."
)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("The cat sat on the mat. It was warm.", -3, 1),
        ("You can say what you want in one line, and then you can wait.", 1, 5),
        (HARD, 20, 60),
        ("", 0, 0),
    ],
)
def test_the_measure_tells_easy_from_hard(text: str, least: float, most: float) -> None:
    assert least <= grade(text) <= most


def test_a_word_has_its_syllables_by_dictionary_or_by_ear() -> None:
    counted = {"guide": 1, "apology": 4, "friend’s": 1, "Wiebke".lower(): 2, "hmm": 1}
    assert {word: reading_age.syllables(word) for word in counted} == counted


def test_no_page_of_the_guide_is_above_grade_nine_and_the_middle_is_seven_or_below() -> None:
    grades = {name: grade(words_of(piece)) for name, piece in pages(catalogue.get()).items()}
    assert len(grades) == 71
    assert max(grades.values()) <= 9
    assert median(grades.values()) <= 7


@pytest.fixture
def hard(settings: Any, tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that writes a guide with a hard page in it and runs the checks."""

    def check(*names: str) -> list[str]:
        root = write_guide(tmp_path)
        for name in names:
            page = root / name
            page.write_text(page.read_text("utf-8").replace("Some words", HARD), "utf-8")
        settings.CONTENT_DIRS = [tmp_path]
        catalogue.reset()
        return [str(one.msg) for one in run_checks() if one.id == "steps.E003"]

    return check


def test_a_page_that_is_too_hard_fails_the_check(hard: Callable[..., list[str]]) -> None:
    [said] = hard("causes/betrayal.md")
    assert said.startswith("causes/betrayal: reading grade ")


def test_our_own_guide_passes_the_check() -> None:
    assert [one for one in run_checks() if one.id == "steps.E003"] == []


def test_a_guide_that_cannot_be_read_is_left_to_the_other_checks(
    settings: Any, tmp_path: Path
) -> None:
    (write_guide(tmp_path) / "causes/betrayal.md").write_text("broken", "utf-8")
    settings.CONTENT_DIRS = [tmp_path]
    catalogue.reset()
    assert {one.id for one in run_checks()} & {"steps.E001", "steps.E003"} == {"steps.E001"}
