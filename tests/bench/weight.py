"""What a first visit weighs on the wire, as Chromium counts it."""

import shutil
from collections import Counter
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

KIB = 1024
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]


@dataclass(frozen=True)
class Weight:
    """One figure with its goal, in KiB."""

    name: str
    kib: float
    goal: float | None = None


def chromium() -> str | None:
    """Return where Chromium is installed, if it is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def first_visit(address: str, program: str) -> list[Weight]:
    """Open the landing page and then a guide page with an empty cache, and weigh what came."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        landing, fonts, script = came(browser, address + "/")
        guide, _, _ = came(browser, address + "/guide/steps/communicate-openly/")
        browser.close()
    return [
        Weight("first visit, landing page, beside fonts", landing, 40),
        Weight("first visit, a guide page, beside fonts", guide, 40),
        Weight("fonts, once", fonts, 160),
        Weight("script", script, 12),
    ]


def came(browser: Browser, address: str) -> tuple[float, float, float]:
    """Return KiB on the wire of one visit: all but fonts, fonts, script."""
    page = browser.new_context(locale="en-GB").new_page()
    wire = page.context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    weights: Counter[str] = Counter()
    wire.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    wire.on(
        "Network.loadingFinished",
        lambda e: weights.update({kinds.get(e["requestId"], "Other"): int(e["encodedDataLength"])}),
    )
    wire.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    page.context.close()
    fonts = weights.pop("Font", 0)
    return sum(weights.values()) / KIB, fonts / KIB, weights["Script"] / KIB
