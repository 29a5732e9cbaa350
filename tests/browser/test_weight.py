"""What a first visit weighs: small enough for a slow phone on a bad line."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from playwright.sync_api import Response

from tests.browser.window import Window
from tests.served import Served

pytestmark = pytest.mark.browser

KIB = 1024


def came(window: Window, path: str) -> dict[str, tuple[str, int]]:
    """Return what one page made a new browser fetch: address to (kind, bytes once compressed)."""
    fetched: dict[str, tuple[str, int]] = {}
    answers: list[Response] = []
    window.page.on("response", lambda answer: answers.append(answer))
    window.go(path)
    window.page.wait_for_load_state("networkidle")
    for answer in answers:
        kind, body = answer.request.resource_type, answer.body()
        size = len(body) if kind == "font" else len(gzip.compress(body, 6))
        fetched[answer.url] = (kind, size)
    return fetched


@pytest.mark.parametrize("path", ["/", "/guide/steps/communicate-openly/"])
def test_a_first_visit_weighs_at_most_40_kib_beside_fonts(
    open_window: Callable[..., Window], path: str
) -> None:
    fetched = came(open_window(), path)
    kinds = {kind for kind, _ in fetched.values()}
    assert kinds >= {"document", "stylesheet", "script", "font"}
    assert sum(size for kind, size in fetched.values() if kind != "font") <= 40 * KIB, fetched
    assert sum(size for kind, size in fetched.values() if kind == "font") <= 160 * KIB, fetched


def test_styles_and_scripts_come_compressed(open_window: Callable[..., Window]) -> None:
    window = open_window()
    answers: list[Response] = []
    window.page.on("response", lambda answer: answers.append(answer))
    window.go("/")
    window.page.wait_for_load_state("networkidle")
    files = [one for one in answers if one.request.resource_type in {"stylesheet", "script"}]
    assert files
    for one in files:
        assert one.headers.get("content-encoding") in {"br", "gzip"}, one.url
        assert "immutable" in one.headers["cache-control"], one.url


def test_all_scripts_together_weigh_at_most_12_kib(site: Served) -> None:
    """Each once, as it is served; allauth's own for passkeys comes only with their pages."""
    folder = site.folder / "static" / "js"
    hashed = [path for path in folder.glob("*.js") if path.name.count(".") == 2]
    assert len(hashed) >= 3
    assert sum(len(brotli.compress(path.read_bytes())) for path in hashed) <= 12 * KIB
