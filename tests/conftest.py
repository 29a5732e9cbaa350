"""The cast, their signed-in browsers, and the guide's rows: the same people in every test.

ana writes, ben shares a space with her, pia is invited, eve left, cleo coaches with consent, carl's
consent was withdrawn, stan is a stranger, root is superuser. Their rooms are made
by `tests/rooms.py` where a test needs one.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import login
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import blocking_manager_key

from tests import environment  # first: it prepares what settings read

CAST = ("ana", "ben", "pia", "eve", "cleo", "carl", "stan", "root")
PASSWORD = "a long enough sentence"


def pytest_unconfigure() -> None:
    shutil.rmtree(environment.VAR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        call_command("sync_content", verbosity=0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[Any]:
    """After a test that emptied the tables, put the guide's rows back for the next one."""
    result = yield
    if nextitem is None:  # the test's database is gone by now
        return result
    marker = item.get_closest_marker("django_db")
    emptied = "transactional_db" in getattr(item, "fixturenames", ())
    if emptied or (marker is not None and marker.kwargs.get("transaction")):
        with item.config.stash[blocking_manager_key].unblock():
            call_command("sync_content", verbosity=0)
            connection.close()
    return result


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Pages name their style sheet by its hash, as they do in life."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def live_server(static_files: None) -> Iterator[LiveServer]:
    """The site on a port of its own; its static files come from our own middleware, as in life."""
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = lambda handler: handler
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the whole run, which keeps pages for its Back button as in life."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip(
            "No Chromium on this machine: install it or name one in CHROMIUM. "
            "`.ci/run` installs it, and lets no run pass in which this was skipped."
        )
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update"]  # fmt: skip
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=program, args=quiet,
            ignore_default_args=["--disable-back-forward-cache"],
        )  # fmt: skip
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def fresh_cache(request: pytest.FixtureRequest) -> None:
    """Limits on tries are counted in the cache; no test inherits another's."""
    for database in {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue(database)
        cache.clear()


class Browser(Client):
    """Django's client, signing in as our sessions have it: the cookie is not the stored key."""

    def _login(self, user: Any, backend: str | None = None) -> None:
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        request = HttpRequest()
        request.session = store
        login(request, user, backend)
        request.session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = store.cookie


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    """Return the whole cast by name."""
    from trustrepair.accounts.models import User

    cast = {
        name: User.objects.create_user(
            f"{name}@example.org", display_name=name.title(), is_coach=name in {"cleo", "carl"}
        )
        for name in CAST[:-1]
    }
    cast["root"] = User.objects.create_superuser("root@example.org", display_name="Root")
    return cast


@pytest.fixture
def ana(people: dict[str, Any]) -> Any:
    return people["ana"]


@pytest.fixture
def stan(people: dict[str, Any]) -> Any:
    return people["stan"]


@pytest.fixture
def browser_of() -> Callable[[Any], Browser]:
    """Return a function that gives a person a signed-in browser (None: nobody)."""

    def make(person: Any, **kwargs: Any) -> Browser:
        browser = Browser(**kwargs)
        if person is not None:
            browser.force_login(person)
        return browser

    return make


@pytest.fixture
def browser(ana: Any, browser_of: Callable[[Any], Browser]) -> Browser:
    """Ana's browser."""
    return browser_of(ana)


@pytest.fixture
def stranger(stan: Any, browser_of: Callable[[Any], Browser]) -> Browser:
    """Stan's browser."""
    return browser_of(stan)


@pytest.fixture
def nobody() -> Browser:
    """A browser that is not signed in."""
    return Browser()


@pytest.fixture
def keyring_of() -> Callable[[Any], Any]:
    from journal.vault.keyring import Keyring

    return Keyring.of


@pytest.fixture
def mending(ana: Any, keyring_of: Callable[[Any], Any]) -> Any:
    """Ana's relationship: her sister, who broke a promise."""
    from journal.relationships.models import Relationship
    from journal.relationships.story import Story

    story = Story(
        name="Ruta", kind="family", part="hurt", afraid="no", happened="She sold the piano.",
        causes={"broken-promises": 3, "communication-gaps": 2},
    )  # fmt: skip
    return Relationship.begin(ana, keyring_of(ana), story)


@pytest.fixture
def page(ana: Any, mending: Any, keyring_of: Callable[[Any], Any]) -> Any:
    """A free page of Ana's."""
    from journal.entries.writing import Draft, keep

    draft = Draft(
        uuid.uuid4(), uuid.uuid4(), 0, title="The piano", text="I came home and it was gone.",
        feelings=("sad",), relationship=mending,
    )  # fmt: skip
    return keep(ana, keyring_of(ana), draft).entry


@pytest.fixture
def settled() -> Iterator[None]:
    """Run with the guide as it stands in the files."""
    from steps import catalogue

    catalogue.reset()
    yield
    catalogue.reset()
