"""Helpers at the desk: signed-in browsers, a changed edition of the guide, two threads at once."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from journal.relationships.models import Relationship
from journal.relationships.story import Story
from journal.vault.keyring import Keyring
from steps import catalogue


@pytest.fixture
def story_of(browser: Client, ana: Any) -> Callable[..., Relationship]:
    """Return a function that begins a relationship of Ana's with a story of one's choice."""

    def begin(**said: Any) -> Relationship:
        return Relationship.begin(ana, Keyring.of(ana), Story(**said))

    return begin


@pytest.fixture
def edition(settings: Any, tmp_path: Path, db: None) -> Iterator[Callable[[str, str], None]]:
    """Return a function that lays one changed file over the guide, as a host's folder does."""
    settings.CONTENT_DIRS = [*settings.CONTENT_DIRS, tmp_path]

    def change(path: str, text: str) -> None:
        file = tmp_path / "en" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        catalogue.reset()
        call_command("sync_content", verbosity=0)

    yield change
    settings.CONTENT_DIRS = settings.CONTENT_DIRS[:-1]
    catalogue.reset()


def original(path: str) -> str:
    """Return the text of a file of the guide as it is shipped."""
    return (Path(django_settings.BASE_DIR) / "steps/content/en" / path).read_text("utf-8")


class AtOnce:
    """A database that several connections see, and threads that start together."""

    def run(self, *works: Callable[[], Any]) -> list[Any]:
        """Run each in a thread of its own, all let go at one moment; return what they returned."""
        line = threading.Barrier(len(works))
        answers: list[Any] = [None] * len(works)
        failed: list[BaseException] = []

        def one(at: int, work: Callable[[], Any]) -> None:
            try:
                line.wait()
                answers[at] = work()
            except BaseException as error:
                failed.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=(at, work)) for at, work in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        if failed:
            raise failed[0]
        return answers

    def do(self, work: Callable[[], Any]) -> Any:
        """Run one thing on that database and return what it returned."""
        return self.run(work)[0]


@pytest.fixture
def at_once(transactional_db: None, tmp_path: Path) -> Iterator[AtOnce]:
    """A real database that several threads write to: a file, or the server's own.

    Tests that use it say `django_db(transaction=True)`: what the threads commit is swept away.
    """
    if connection.vendor != "sqlite":
        yield AtOnce()
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        tables = ";".join(sql for (sql,) in cursor.fetchall() if sql)
    file = tmp_path / "real.sqlite3"
    target = sqlite3.connect(file)
    target.executescript(tables)
    target.close()
    before = connections.databases["default"]["NAME"]
    connections.databases["default"]["NAME"] = str(file)
    try:
        found = AtOnce()
        found.do(lambda: call_command("sync_content", verbosity=0))
        yield found
    finally:
        connections.databases["default"]["NAME"] = before
