"""Browsers that check tokens as in life, for everybody who tries what they should not."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from logging.config import DictConfigurator
from typing import Any

import pytest
from django.conf import settings

from tests.conftest import Browser

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
OWNER = re.compile(r'name="owner" value="([^"]+)"')


@pytest.fixture
def strict(browser_of: Callable[..., Browser]) -> Callable[..., Browser]:
    """Return a function that gives a person a browser whose tokens are checked."""

    def make(person: Any = None, **kwargs: Any) -> Browser:
        return browser_of(person, enforce_csrf_checks=True, **kwargs)

    return make


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log says, in the form that the settings give it."""
    formatter = DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"]["line"])
    )
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(formatter)
    handler.setLevel(logging.DEBUG)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(before)


def token_of(text: str) -> str:
    """Return the token of a page's form."""
    found = TOKEN.search(text)
    assert found
    return found[1]


def owner_of(text: str) -> str:
    """Return the mark of the person whose page it is."""
    found = OWNER.search(text)
    assert found
    return found[1]
