"""What every public page of the guide must hold, asked of its HTML."""

import re
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client


class Outline(HTMLParser):
    """Headings, ids, links and whatever the content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.buttons = 0
        self.refused: list[str] = []
        self.in_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.in_main = self.in_main or tag == "main"
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in named:
            self.ids.append(named["id"] or "")
        if tag == "a":
            self.links.append(named.get("href") or "")
            self.buttons += self.in_main and "btn" in (named.get("class") or "").split()
        if tag == "style" or (tag == "script" and "src" not in named):
            self.refused.append(tag)
        self.refused += [f"{tag} {key}" for key in named if key == "style" or key.startswith("on")]


def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    return found


def main_of(response: HttpResponse) -> str:
    """Return what stands inside <main>."""
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def check_reading(response: HttpResponse) -> str:
    """Assert what holds for every page of the guide and return its <main>."""
    assert response.status_code == 200
    html = response.content.decode()
    found = outline(html)
    assert found.refused == []
    assert found.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(found.levels, found.levels[1:], strict=False)), (
        found.levels
    )
    assert len(found.ids) == len(set(found.ids))
    assert found.buttons == 1
    main = main_of(response)
    assert "{" not in main
    assert "&lt;" not in main
    anchors = [link[1:] for link in found.links if link.startswith("#")]
    assert set(anchors) <= set(found.ids)
    assert "X-Robots-Tag" not in response.headers
    assert '<meta name="robots" content="index, follow">' in html
    return main


def check_links(client: Client, response: HttpResponse) -> None:
    """Assert that every link of the page into the guide leads somewhere, to its very anchor."""
    for link in outline(main_of(response)).links:
        if link.startswith(("/guide/", "/safety/")):
            path, _, anchor = link.partition("#")
            there = client.get(path)
            assert there.status_code == 200, link
            assert not anchor or anchor in outline(there.content.decode()).ids, link
