"""/guide/: six causes, eight steps, five tools at a glance; and what all public pages share."""

import gzip
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from steps import catalogue
from tests.steps.reading import check_links, check_reading

PAGES = [
    "/guide/",
    "/guide/causes/betrayal/",
    "/guide/steps/quality-time/",
    "/guide/tools/empathy/",
    "/guide/steps/communicate-openly/clear-ask/",
    "/guide/tools/communication-skills/daily-check-in/",
]

# No test here has a database unless it says so: a query would fail it.


def test_it_names_every_cause_step_and_tool(client: Client) -> None:
    response = client.get(reverse("guide"))
    main = check_reading(response)
    guide = catalogue.get()
    for pieces in (guide.causes, guide.steps, guide.tools):
        for piece in pieces.values():
            assert f'href="{piece.url}"' in main
    for piece in (*guide.causes.values(), *guide.tools.values()):
        assert catalogue.for_kind(piece.summary, None) in unescape(main), piece.key
    assert 'class="path__line"' in main
    assert 'class="wheel' in main
    check_links(client, response)


def test_a_stranger_begins_and_a_signed_in_person_goes_on(client: Client, browser: Client) -> None:
    assert 'href="/begin/"' in client.get("/guide/").content.decode()
    signed_in = browser.get("/guide/").content.decode()
    assert 'href="/path/"' in signed_in
    assert 'href="/begin/"' not in signed_in


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_may_keep_a_page_for_ten_minutes(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["Cache-Control"] == "public, max-age=600"
    assert "Cookie" in response.headers["Vary"]
    assert not response.cookies
    again = client.get(path, headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/", *PAGES, "/safety/"])
def test_a_stranger_s_page_comes_compressed_to_whoever_takes_it(client: Client, path: str) -> None:
    plain = client.get(path)
    zipped = client.get(path, headers={"accept-encoding": "br, gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert plain.headers.get("ETag") == zipped.headers.get("ETag")
    for refused in ("identity", "br", "gzip;q=0", "gzip; q=0.0, br"):
        asked = client.get(path, headers={"accept-encoding": refused})
        assert "Content-Encoding" not in asked.headers, refused
        assert asked.content == plain.content


@pytest.mark.parametrize("path", ["/", "/guide/"])
def test_a_page_of_somebody_s_own_is_never_compressed(browser: Client, path: str) -> None:
    """How long such a page is once compressed could tell what stands in it."""
    response = browser.get(path, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_somebody_s_header_is_never_kept(browser: Client, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store, private"
    assert "ETag" not in response.headers
    assert "<title>Notes</title>" in response.content.decode()


@pytest.mark.parametrize("path", [*PAGES, "/safety/"])
def test_a_page_is_only_read(client: Client, path: str) -> None:
    assert client.head(path).status_code == 200
    assert client.post(path).status_code in {403, 405}
    assert client.put(path).status_code in {403, 405}


@pytest.mark.parametrize(
    "path",
    [
        "/guide/causes/jealousy/",
        "/guide/steps/jump/",
        "/guide/tools/hammer/",
        "/guide/steps/communicate-openly/nothing/",
        "/guide/tools/communication-skills/nothing/",
        "/guide/steps/quality-time/clear-ask/",  # it lives elsewhere
        "/guide/tools/communication-skills/clear-ask/",
        "/guide/steps/empathy/",
        "/guide/causes/",
        "/guide/causes/..%2F..%2Fsettings/",
    ],
)
def test_an_unknown_key_is_not_found(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_changed_guide_is_a_changed_page(client: Client, tmp_path: Path, settings: Any) -> None:
    before = client.get("/guide/tools/empathy/")
    source = settings.CONTENT_DIRS[0] / "en/tools/empathy.md"
    (tmp_path / "en/tools").mkdir(parents=True)
    text = source.read_text("utf-8").replace('title = "Empathy"', 'title = "Seeing"')
    (tmp_path / "en/tools/empathy.md").write_text(text, "utf-8")
    settings.CONTENT_DIRS = [*settings.CONTENT_DIRS, tmp_path]
    after = client.get("/guide/tools/empathy/")
    assert "<h1>Seeing</h1>" in after.content.decode()
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_piece_that_fell_back_to_english_says_its_language(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    from django.utils import translation

    (tmp_path / "de/tools").mkdir(parents=True)
    source = settings.CONTENT_DIRS[0] / "en/tools/empathy.md"
    text = source.read_text("utf-8").replace('title = "Empathy"', 'title = "Einfühlung"')
    (tmp_path / "de/tools/empathy.md").write_text(text, "utf-8")
    settings.CONTENT_DIRS = [*settings.CONTENT_DIRS, tmp_path]
    with translation.override("de"):
        german = client.get("/guide/tools/empathy/").content.decode()
        fallen = client.get("/guide/tools/gratitude/").content.decode()
    assert "<h1>Einfühlung</h1>" in german
    assert '<article class="chapter">' in german
    assert '<article class="chapter" lang="en">' in fallen
