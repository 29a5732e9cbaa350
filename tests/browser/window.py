"""A browser window on the site: goes, looks, and complains of what nobody should have to see."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

SHOTS = Path(__file__).resolve().parents[2] / "var" / "shots"
WIDTHS = (320, 390, 1280)
SCHEMES = ("light", "dark")
WIDER_THAN_THE_WINDOW = """() => {
  const wide = document.documentElement.clientWidth + 1;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > wide)
    .map((one) => `${one.tagName}.${one.className.baseVal ?? one.className}`).slice(-4);
}"""


def soon(true: Callable[[], bool]) -> bool:
    """Whether something becomes true before long.

    What a page sends behind itself arrives when the site gets to it, and nobody is told.
    """
    until = time.monotonic() + 20
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


@dataclass
class Window:
    """One window in a browser of its own, with everything that went wrong in it.

    `complaints` holds console errors and warnings (breaches of the content policy among them),
    uncaught errors, requests to anywhere else, and dialogs that nobody asked for.
    """

    context: BrowserContext
    page: Page
    address: str
    elsewhere: str
    scripts: bool
    complaints: list[str] = field(default_factory=list)
    left: bool = False
    forgiven: list[str] = field(default_factory=list)

    @classmethod
    def open(
        cls, chromium: Browser, address: str, elsewhere: str, *, width: int = 390,
        scheme: Any = "light", scripts: bool = True, cookie: str = "",
    ) -> "Window":  # fmt: skip
        """Open a window, signed in if there is a cookie."""
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, locale="en-GB",
            java_script_enabled=scripts, timezone_id="Europe/London", reduced_motion="reduce",
        )  # fmt: skip
        if cookie:
            context.add_cookies([{"name": "session", "value": cookie, "url": address}])
        window = cls(context, context.new_page(), address, elsewhere, scripts)
        window.page.set_default_timeout(20_000)
        window.page.on("console", lambda said: window.hear(said.type, said.text, said.location))
        window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
        window.page.on("request", lambda asked: window.watch(asked.url))
        window.page.on("dialog", lambda dialog: window.refuse(dialog))
        return window

    def hear(self, kind: str, text: str, place: Any) -> None:
        # Chromium asks for it by itself where a page went before it could name its icon.
        unasked = place.get("url", "").endswith("/favicon.ico")
        if kind in {"error", "warning"} and not unasked:
            self.complaints.append(f"{kind}: {text} ({place.get('url', '')})")

    def watch(self, url: str) -> None:
        allowed = (self.address, "data:", "blob:", "about:")
        if not url.startswith(allowed) and not (self.left and url.startswith(self.elsewhere)):
            self.complaints.append(f"asked for {url}")

    def refuse(self, dialog: Any) -> None:
        self.complaints.append(f"a dialog: {dialog.type} {dialog.message}")
        dialog.accept()

    def forgive(self, words: str) -> None:
        """Expect a complaint with these words, such as a status that a test provokes."""
        self.forgiven.append(words)

    def troubles(self) -> list[str]:
        """Return what was complained of and not expected."""
        return [one for one in self.complaints if not any(said in one for said in self.forgiven)]

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.address + path)

    def stop_time(self) -> None:
        """Let the clock of the pages that come stand still; `page.clock.run_for` moves it."""
        self.page.clock.install(time="2026-11-22T20:00:00Z")
        self.page.clock.pause_at("2026-11-22T20:00:01Z")

    @property
    def path(self) -> str:
        """Where the window is, without the site's address."""
        return self.page.url.removeprefix(self.address)

    def look(self, name: str, shot: bool = False) -> None:
        """Assert that nothing on this page shuts anybody out, in light and dark, at any width.

        All rules of axe are asked in one scheme; in the other those about colour alone, since
        nothing else changes with it.
        """
        size = self.page.viewport_size or {"width": 390, "height": 844}
        if shot:
            SHOTS.mkdir(parents=True, exist_ok=True)
        for number, scheme in enumerate(SCHEMES):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if self.scripts:
                assert self.barriers(colour_only=bool(number)) == [], (name, scheme)
            if shot:
                place = SHOTS / f"{name}-{size['width']}-{scheme}.png"
                self.page.screenshot(path=place, full_page=True)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": size["height"]})
            assert self.too_wide() == [], (name, width)
        self.page.set_viewport_size(size)

    def barriers(self, colour_only: bool = False) -> list[str]:
        """Return what axe finds."""
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if colour_only:
            rules = ["color-contrast", "link-in-text-block"]
            options["runOnly"] = {"type": "rule", "values": rules}
        found = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{one['id']}: {node['html'][:160]} {re.sub(chr(10), ' ', node['failureSummary'])}"
            for one in found
            for node in one["nodes"]
        ]

    def too_wide(self) -> list[str]:
        """Return what reaches past the right edge, if one has to scroll sideways."""
        return list(self.page.evaluate(WIDER_THAN_THE_WINDOW))

    def text(self) -> str:
        """Return everything that a reader of this window could see or find."""
        return f"{self.page.title()}\n{self.page.content()}\n{self.page.url}"
