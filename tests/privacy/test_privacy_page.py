"""/privacy/: who can read what."""

import re
from typing import Any

import pytest

from tests.conftest import Browser

PAGE = "/privacy/"


def test_anybody_may_read_it(db: None, nobody: Browser, browser: Browser) -> None:
    assert nobody.get(PAGE).status_code == browser.get(PAGE).status_code == 200


def test_every_link_of_the_page_s_own_list_has_its_place(db: None, nobody: Browser) -> None:
    page = nobody.get(PAGE).text
    places = re.findall(r'href="#([\w-]+)"', page)
    assert "your-data" in places
    assert [place for place in places if place != "main" and f'id="{place}"' not in page] == []


@pytest.mark.parametrize(
    "said",
    [
        "the database <em>and</em> the key could open everything",
        "does <strong>not</strong> erase the browser’s history",
        "After 24 hours they are deleted",
        "Your e-mail address, the name we call you",
        "A backup holds the same sealed bytes",
        "the names you gave them",
        "Whoever can read your mail can also",
    ],
)
def test_it_says_what_is_not_comfortable(db: None, nobody: Browser, said: str) -> None:
    assert said in nobody.get(PAGE).text


def test_it_says_whether_mail_leaves(db: None, nobody: Browser, settings: Any) -> None:
    assert "has no mail server yet" in nobody.get(PAGE).text
    settings.EMAIL_URL = "smtp://mail.example.org"
    assert "has no mail server yet" not in nobody.get(PAGE).text
