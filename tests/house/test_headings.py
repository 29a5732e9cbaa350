"""Headings tell the shape of a page: one at the top, and no level left out on the way down."""

import re

from tests.house.conftest import Answer

HEADING = re.compile(r"<h([1-6])[\s>]")


def levels(html: str) -> list[int]:
    return [int(level) for level in HEADING.findall(html)]


def left_out(html: str) -> list[str]:
    """Return where a heading stands more than one level below the one before it.

    An exercise's own name stands in the margin, before the question that is the page's heading.
    """
    found = levels(html)
    steps = zip([1, *found], found, strict=False)
    return [f"h{above} to h{below}" for above, below in steps if below > above + 1]


def test_every_page_has_one_first_heading(answers: list[Answer]) -> None:
    # The page of leaving says nothing at all.
    pages = [answer for answer in answers if answer.is_page and answer.name != "exit"]
    wrong = [str(answer) for answer in pages if levels(answer.body).count(1) != 1]
    assert wrong == []


def test_no_page_leaves_out_a_level(answers: list[Answer]) -> None:
    wrong = {str(answer): left_out(answer.body) for answer in answers if answer.is_page}
    assert {where: steps for where, steps in wrong.items() if steps} == {}


def test_a_level_that_is_left_out_is_seen() -> None:
    assert left_out("<h1>A</h1><h3 class=x>B</h3><h2>C</h2><h3>D</h3>") == ["h1 to h3"]
    assert left_out("<h3>A</h3><header>") == ["h1 to h3"]
