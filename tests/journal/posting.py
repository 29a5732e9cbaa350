"""Filling in and sending our own forms, as a browser without scripts would."""

import re
import uuid
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class Forms(HTMLParser):
    """The fields of the forms on a page: name to the values they would send untouched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, list[str]]] = []
        self.actions: list[str] = []
        self.buttons: list[tuple[str, str]] = []
        self.areas: dict[str, str] = {}
        self.named: dict[str, int] = {}
        self._open: dict[str, list[str]] | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._first_option = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {}
            self.forms.append(self._open)
            self.actions.append(at.get("action", ""))
            self.named[at.get("id", "")] = len(self.forms) - 1
        elif tag == "button" and at.get("name"):
            self.buttons.append((at["name"], at.get("value", "")))
        elif self._open is None or (not at.get("name") and tag != "option"):
            return
        elif tag == "textarea":
            self._area = at["name"]
            self._open.setdefault(self._area, []).append("")
        elif tag == "select":
            self._select, self._first_option = at["name"], ""
        elif tag == "option" and self._select:
            if "selected" in at or not self._first_option:
                self._first_option = self._first_option or "first"
                self._open[self._select] = [at.get("value", "")]
        elif tag == "input" and at.get("type", "text") in {"radio", "checkbox"}:
            self._open.setdefault(at["name"], [])
            if "checked" in at:
                self._open[at["name"]].append(at.get("value", "on"))
        elif tag == "input":
            self._open.setdefault(at["name"], []).append(at.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            text = self._open[self._area].pop() if self._open else ""
            # A browser drops one line feed right after the tag.
            text = text.removeprefix("\n")
            self.areas[self._area] = text
            if self._open is not None:
                self._open[self._area].append(text)
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._open is not None:
            self._open[self._area][-1] += data


def read(response: HttpResponse) -> Forms:
    """Return the forms of a page."""
    found = Forms()
    found.feed(response.content.decode())
    return found


def fields(response: HttpResponse, form: str | int = "writing") -> dict[str, Any]:
    """Return what a form of the page would send as it stands (by its id, or its place)."""
    page = read(response)
    index = page.named[form] if isinstance(form, str) else form
    return {
        name: values if len(values) != 1 else values[0]
        for name, values in page.forms[index].items()
        if values
    }


def words(response: HttpResponse) -> str:
    """Return the page as text: tags gone, entities read, white space as one space."""
    text = re.sub(r"(?s)<(script|svg|title)\b.*?</\1>", " ", response.content.decode())
    text = re.sub(r"<[^>]*>", " ", text)
    return " ".join(unescape(text).split())


def fill(browser: Client, url: str, said: Mapping[str, Any], form: str = "writing") -> HttpResponse:
    """Open a page, write into its form, and send it to where the form says."""
    response = browser.get(url)
    assert response.status_code == 200, response.status_code
    page = read(response)
    unknown = set(said) - set(page.forms[page.named[form]]) - {"then"}
    assert not unknown, f"the page does not ask for {unknown}"
    action = page.actions[page.named[form]] or url
    return browser.post(action, {**fields(response, form), **said})


def save(**said: Any) -> dict[str, Any]:
    """Return what a new free page sends."""
    ids = {"entry_id": uuid.uuid4(), "save_id": uuid.uuid4(), "base_version": 0}
    return {**ids, "title": "", "text": "", "about": "", **said}


def body(response: HttpResponse) -> str:
    """Return the page without what is drawn anew each time: the token of its forms."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", response.content.decode())
