"""The header set of the doors on every answer, and nothing written into any page that runs.

`answers` (conftest.py) holds one answer of every kind: each address to four askers, each status.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.house.conftest import Answer

ROOT = Path(__file__).resolve().parents[2]
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "font-src": "'self'",
    "img-src": "'self' data:", "connect-src": "'self'", "manifest-src": "'self'",
    "form-action": "'self'", "base-uri": "'none'", "object-src": "'none'",
    "frame-ancestors": "'none'", "require-trusted-types-for": "'script'", "trusted-types": "'none'",
}  # fmt: skip
EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
MUST_BE_OFF = {
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "microphone",
    "midi", "payment", "screen-wake-lock", "serial", "usb", "browsing-topics",
}  # fmt: skip
FOR_SEARCH_ENGINES = {
    "home", "guide", "guide_cause", "guide_step", "guide_step_exercise", "guide_tool",
    "guide_tool_exercise", "safety", "privacy",
}  # fmt: skip
# What anybody may keep for a while: the same for every stranger.
MAY_BE_KEPT = FOR_SEARCH_ENGINES - {"home", "safety", "privacy"} | {"robots", "sitemap", "static"}


class Page(HTMLParser):
    """What of a page a browser would run or fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.metas: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        data = tag == "script" and said.get("type") in {"application/json"}
        if tag == "style" or (tag == "script" and not said.get("src") and not data):
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in said if name == "style" or name[:2] == "on"]
        where = [said[name] for name in ("src", "href", "action", "formaction") if said.get(name)]
        self.inline += [url for url in where if re.match(r"\s*(javascript|vbscript):", url, re.I)]
        for name in ("src", "srcset", "poster", "data", "action", "formaction", "xlink:href"):
            self.fetched += [said[name] or ""] if said.get(name) else []
        if said.get("href"):
            (self.links if tag == "a" else self.fetched).append(said["href"] or "")
        if tag == "meta":
            self.metas.append(said)


def pages(answers: list[Answer]) -> Iterator[tuple[Answer, Page]]:
    for answer in answers:
        if answer.is_page:
            yield answer, Page(answer.body)


def is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    # A square code of a second factor is drawn in place; an address opens one's own mail program.
    harmless = address.startswith(("data:image/", "mailto:"))
    return bool(parts.netloc) or bool(parts.scheme and not harmless)


def policy_of(answer: Answer) -> dict[str, str]:
    directives = answer.headers["Content-Security-Policy"].split(";")
    return dict(directive.strip().partition(" ")[::2] for directive in directives)


def is_for_search_engines(answer: Answer) -> bool:
    return (
        answer.name in FOR_SEARCH_ENGINES
        and answer.status == 200
        and not (answer.name == "home" and answer.who in {"ana", "stan"})
    )


def test_the_walk_met_every_status_that_the_site_gives(answers: list[Answer]) -> None:
    met = {answer.status for answer in answers}
    assert met >= {200, 301, 302, 304, 400, 403, 404, 405, 409, 413, 422, 429, 500}
    assert len([answer for answer in answers if answer.is_page]) > 200


def test_every_answer_carries_the_whole_set(answers: list[Answer]) -> None:
    for answer in answers:
        headers = answer.headers
        for name, value in EVERYWHERE.items():
            assert headers.get(name) == value, (str(answer), name)
        assert policy_of(answer) == POLICY, str(answer)
        assert "Content-Security-Policy-Report-Only" not in headers
        assert "Server" not in headers
        assert "X-Powered-By" not in headers


def test_every_power_of_the_browser_is_off_but_passkeys(answers: list[Answer]) -> None:
    for answer in answers:
        said = answer.headers["Permissions-Policy"].split(", ")
        powers = dict(one.partition("=")[::2] for one in said)
        allowed = {name for name, where in powers.items() if where != "()"}
        assert allowed == {"publickey-credentials-create", "publickey-credentials-get"}
        assert {powers[name] for name in allowed} == {"(self)"}
        assert set(powers) >= MUST_BE_OFF, str(answer)


def test_nothing_private_is_stored_on_the_way(answers: list[Answer]) -> None:
    for answer in answers:
        kept = answer.headers["Cache-Control"]
        by_stranger = answer.who in {"nobody", "a guest"}
        if answer.name in MAY_BE_KEPT and (by_stranger or not answer.is_page):
            assert "private" not in kept or "no-store" in kept
        elif answer.status != 304:
            assert "no-store" in kept, str(answer)
        if answer.who in {"ana", "stan"} and answer.is_page:
            assert "public" not in kept, str(answer)


def test_search_engines_are_let_into_the_public_reading_alone(answers: list[Answer]) -> None:
    for answer in answers:
        if answer.name == "static" or answer.status == 304:
            continue
        said = answer.headers.get("X-Robots-Tag")
        assert said == (None if is_for_search_engines(answer) else "noindex, nofollow"), str(answer)
    for answer, page in pages(answers):
        said = [meta["content"] for meta in page.metas if meta.get("name") == "robots"]
        assert len(said) == 1, str(answer)
        if answer.who == "nobody":
            assert said[0].startswith("noindex") != is_for_search_engines(answer), str(answer)


def test_nothing_in_any_page_runs_or_paints_by_itself(answers: list[Answer]) -> None:
    for answer, page in pages(answers):
        assert page.inline == [], str(answer)
        assert not [meta for meta in page.metas if meta.get("http-equiv")], str(answer)


def test_no_page_fetches_anything_from_elsewhere(answers: list[Answer]) -> None:
    for answer, page in pages(answers):
        assert [url for url in page.fetched if is_elsewhere(url)] == [], str(answer)
        if answer.name not in {"safety", "exit"}:
            assert [url for url in page.links if is_elsewhere(url)] == [], str(answer)
    safety = [page for answer, page in pages(answers) if answer.name == "safety"]
    assert any(map(is_elsewhere, safety[0].links)), "help lines have sites of their own"


def test_no_answer_leads_elsewhere_but_the_exit(answers: list[Answer]) -> None:
    for answer in answers:
        if "Location" in answer.headers:
            assert not is_elsewhere(answer.headers["Location"]), str(answer)
        assert ("Refresh" in answer.headers) == (answer.name == "exit" and answer.status == 200)


def test_leaving_clears_what_the_browser_kept(browser: Any) -> None:
    response = browser.post("/exit/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_no_template_writes_a_script_a_style_or_a_handler() -> None:
    """What the walk cannot reach is read as it stands, allauth's own templates excepted."""
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"\{[#%].*?[#%]\}", " ", path.read_text("utf-8"), flags=re.DOTALL)
        assert Page(text).inline == [], path.name


OVER_HTTPS = """
import json
from django.test import Client
def told(response):
    return {"status": response.status_code, "cookies": response.cookies.output(),
            **dict(response.headers)}
asking = Client(headers={"Host": "example.org"})
print(json.dumps([told(asking.get("/guide/", secure=True)), told(asking.get("/guide/")),
                  told(asking.post("/begin/", {"kind": "friend"}, secure=True))]))
"""


@pytest.fixture(scope="module")
def over_https(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What a site at an https address answers: a page, the same by plain http, a cookie."""
    folder = tmp_path_factory.mktemp("https")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    surroundings = {
        **kept, "VAR_DIR": str(folder), "SITE_URL": "https://example.org",
        "SECRET_KEY": "s" * 50, "JOURNAL_KEYS": os.environ["JOURNAL_KEYS"],
    }  # fmt: skip
    for command in (["migrate", "-v0"], ["collectstatic", "-v0", "--noinput"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=surroundings, check=True
        )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", OVER_HTTPS],
        cwd=ROOT, env=surroundings, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_an_https_site_stays_one(over_https: list[dict[str, Any]]) -> None:
    page, plain, _ = over_https
    assert page["status"] == 200
    wanted = "max-age=63072000; includeSubDomains; preload"
    assert page["Strict-Transport-Security"] == wanted
    assert (plain["status"], plain["Location"]) == (301, "https://example.org/guide/")
    for answer in over_https:
        assert {name: answer.get(name) for name in EVERYWHERE} == EVERYWHERE


def test_cookies_of_an_https_site_are_bound_to_it(over_https: list[dict[str, Any]]) -> None:
    cookies = over_https[2]["cookies"]
    assert cookies
    for line in cookies.splitlines():
        assert line.startswith("Set-Cookie: __Host-")
        for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
            assert word in line
