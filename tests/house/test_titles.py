"""Tabs, histories and bookmarks show the discreet name and nothing else of a private page."""

import re
from html import unescape

from tests.house.conftest import DISCREET, Answer

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
# Read by strangers, found by search engines: these say what they are, to people signed out.
SPEAK = {
    "home", "guide", "guide_cause", "guide_step", "guide_step_exercise", "guide_tool",
    "guide_tool_exercise", "safety", "privacy",
}  # fmt: skip


def titles(answer: Answer) -> list[str]:
    return [unescape(title).strip() for title in TITLE.findall(answer.body)]


def speaks(answer: Answer) -> bool:
    signed_out = answer.who in {"nobody", "a guest"}
    return answer.name in SPEAK and signed_out and answer.status == 200


def test_every_private_page_has_the_discreet_name_for_its_title(answers: list[Answer]) -> None:
    looked_at = 0
    for answer in answers:
        if answer.is_page and not speaks(answer):
            assert titles(answer)[0] == DISCREET, str(answer)
            looked_at += 1
    assert looked_at > 150
    assert not [answer for answer in answers if answer.status == 405 and not answer.is_page]


def test_no_page_has_a_second_title_but_those_of_drawings(answers: list[Answer]) -> None:
    for answer in answers:
        if answer.is_page:
            head = answer.body.partition("</head>")[0]
            assert len(TITLE.findall(head)) == 1, str(answer)


def test_public_pages_say_what_they_are(answers: list[Answer]) -> None:
    said = {answer.name: titles(answer)[0] for answer in answers if speaks(answer)}
    assert set(said) == SPEAK
    assert len(set(said.values())) == len(said)
    assert DISCREET not in said.values()
