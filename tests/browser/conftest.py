"""The site in a process of its own that tests may restart, people on it, windows to look at it."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.window import Window
from tests.served import Served, own_stores

PEOPLE = 40
# What is waited for comes or does not; a slow machine is no reason to call it missing.
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, signed in twice (`cookies`), with some pages written."""

    email: str
    cookies: list[str]
    pages: list[str]


class Weather(BaseHTTPRequestHandler):
    """The neutral page that people leave to."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><link rel=icon href=data:,><title>Weather</title>Sun.")

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[str]:
    """The address of a page on another site of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/weather"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory, elsewhere: str, chromium: Browser
) -> Iterator[Served]:
    """The site, prepared once for the run."""
    folder = tmp_path_factory.mktemp("browser") / "var"
    with own_stores() as stores:
        served = Served(folder, EXIT_URL=elsewhere, **stores)
        served.prepare()
        served.start()
        yield served
        served.stop()


class Crowd:
    """People who have been here for a while; more move in when all of them have been met."""

    def __init__(self, site: Served) -> None:
        self.site = site
        self.unmet: list[Person] = []

    def pop(self) -> Person:
        """Return somebody whom no other test has met."""
        if not self.unmet:
            told = self.site.shell(f"from tests.browser.seeding import seed; seed({PEOPLE})")
            self.unmet = [Person(**one) for one in json.loads(told)]
        return self.unmet.pop()


@pytest.fixture(scope="session")
def crowd(site: Served) -> Crowd:
    """The people of the site."""
    return Crowd(site)


@pytest.fixture
def person(crowd: Crowd) -> Person:
    """Somebody whom no other test has met."""
    return crowd.pop()


@pytest.fixture
def open_window(chromium: Browser, site: Served, elsewhere: str) -> Iterator[Callable[..., Window]]:
    """Return a function that opens a window; at the end nothing may have gone wrong in any."""
    windows: list[Window] = []

    def make(**wishes: Any) -> Window:
        windows.append(Window.open(chromium, site.address, elsewhere, **wishes))
        return windows[-1]

    yield make
    troubles = [trouble for window in windows for trouble in window.troubles()]
    for window in windows:
        window.context.close()
    assert troubles == []


@pytest.fixture
def window(open_window: Callable[..., Window], person: Person) -> Window:
    """A phone's window, signed in."""
    return open_window(cookie=person.cookies[0])
