"""A visitor over plain HTTP: keeps cookies, fills in forms as they stand, remembers every answer.

Like a browser without JavaScript, and much faster than one.
"""

import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin

Values = dict[str, list[str]]


@dataclass
class Form:
    """A form of a page, with the values it would send as it stands."""

    id: str
    action: str
    values: Values = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.open: Form | None = None
        self.writing: str | None = None
        self.select: tuple[str, list[str], list[str]] | None = None
        self.feed(html)

    def add(self, name: str, value: str) -> None:
        if self.open is not None and name:
            self.open.values.setdefault(name, []).append(value)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "form":
            self.open = Form(said.get("id", ""), said.get("action", ""))
            self.found.append(self.open)
        elif tag == "input" and said.get("type") in {"radio", "checkbox"}:
            if "checked" in said:
                self.add(name, said.get("value", "on"))
        elif tag == "input":
            self.add(name, said.get("value", ""))
        elif tag == "textarea":
            self.add(name, "")
            self.writing = name
        elif tag == "select":
            self.select = (name, [], [])
        elif tag == "option" and self.select:
            self.select[2 if "selected" in said else 1].append(said.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.writing and self.open is not None:
            self.open.values[self.writing][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.writing:
            if self.open is not None:  # the line break after the opening tag belongs to nobody
                values = self.open.values[self.writing]
                values[-1] = values[-1].removeprefix("\n")
            self.writing = None
        elif tag == "select" and self.select:
            name, options, chosen = self.select
            for value in chosen or options[:1]:
                self.add(name, value)
            self.select = None


@dataclass(frozen=True)
class Answer:
    """One answer of the site."""

    asked: str
    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Visitor:
    """Somebody with one browser window on the site at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        direct = urllib.request.ProxyHandler({})
        keeping = urllib.request.HTTPCookieProcessor(self.cookies)
        self.opener = urllib.request.build_opener(direct, keeping, NoRedirects())
        self.answers: list[Answer] = []

    def ask(self, url: str, data: Mapping[str, Any] | None = None) -> Answer:
        """Send one request and remember the answer; a redirect is not followed."""
        body = None if data is None else urlencode(data, doseq=True).encode()
        request = urllib.request.Request(url, body, {"Referer": self.address + "/"})
        try:
            response = self.opener.open(request, timeout=60)
        except HTTPError as error:
            response = error
        text = response.read().decode("utf-8", "replace")
        answer = Answer(url, response.status, tuple(response.headers.items()), text)
        self.answers.append(answer)
        return answer

    def go(self, path: str, data: Mapping[str, Any] | None = None) -> Answer:
        """Ask for an address of the site and follow where it leads, within the site."""
        answer = self.ask(urljoin(self.address, path), data)
        for _ in range(5):
            onward = urljoin(answer.asked, answer.header("Location"))
            if answer.status not in {301, 302, 303} or not onward.startswith(self.address):
                break
            answer = self.ask(onward)
        return answer

    def form(self, answer: Answer, form: str = "", fields: Iterable[str] = ()) -> Form:
        """Return a form of a page: by its id, or the last one that has most of these fields."""
        found = [one for one in Forms(answer.text).found if not form or one.id == form]
        assert found, f"no form {form} on {answer.asked}: {answer.status}"
        return max(reversed(found), key=lambda one: len(set(fields) & set(one.values)))

    def send(self, page: str | Answer, form: str = "", to: str = "", **values: Any) -> Answer:
        """Open a page, fill in a form as a person would, and send it.

        `to` is the address of a button that sends the form elsewhere.
        """
        answer = self.go(page) if isinstance(page, str) else page
        filled = self.form(answer, form, values)
        return self.go(urljoin(answer.asked, to or filled.action), {**filled.values, **values})
