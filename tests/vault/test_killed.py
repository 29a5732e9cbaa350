"""Killed at any moment, a rotation or re-encryption loses no word and resumes.

Children are forked and really killed with SIGKILL. On SQLite they work on a file of their own, on
PostgreSQL on the database of the test.
"""

import json
import os
import random
import signal
import sqlite3
import time
import traceback
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, connections

from journal.entries.models import Entry
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey, KeyWrap
from journal.vault.upkeep import blobs, rotation
from journal.vault.upkeep.verification import verify

from .conftest import KEYS, new_entry, new_person

pytestmark = pytest.mark.django_db


class Site:
    """The database that children work on. The test itself never touches it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "site.sqlite3" if connection.vendor == "sqlite" else None
        if self.file:
            with connection.cursor() as cursor:
                cursor.execute("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
                tables = ";".join(sql for (sql,) in cursor.fetchall() if sql)
            target = sqlite3.connect(self.file)
            target.executescript(tables)
            target.close()

    def start(self, work: Callable[[], Any]) -> "Child":
        """Run `work` in a child."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return Child(pid, reading)
        code = 1
        try:
            # Kept, so that nothing says good-bye to the server over the parent's connection.
            parents = connections["default"]
            del connections["default"]
            if self.file:
                connections.databases["default"]["NAME"] = str(self.file)
            os.write(writing, json.dumps(work()).encode())
            code = 0 if parents else 1
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def ask(self, work: Callable[[], Any]) -> Any:
        """Run `work` in a child to its end and return its answer."""
        child = self.start(work)
        answer = child.answer()
        assert child.ended() == 0
        return answer


class Child:
    def __init__(self, pid: int, reading: int) -> None:
        self.pid = pid
        self.reading = reading

    def answer(self) -> Any:
        with os.fdopen(self.reading) as pipe:
            text = pipe.read()
        return json.loads(text) if text else None

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> int:
        """Wait for the end and return the exit code; -9 when it was killed."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture
def site(tmp_path, monkeypatch) -> Iterator[Site]:
    # Small batches, so that there are many moments between two of them.
    monkeypatch.setattr(blobs, "BATCH", 3)
    monkeypatch.setattr(rotation, "BATCH", 3)
    site = Site(tmp_path)
    yield site
    site.ask(lambda: len(get_user_model().objects.all().delete()))


def killing_before(statement: int, work: Callable[[], Any]) -> Callable[[], Any]:
    """Return `work`, killing its own process before its nth statement, or after that one."""
    count = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count * 2 - 1 == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if count * 2 == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def wrapped() -> Any:
        with connections["default"].execute_wrapper(wrapper):
            return work()

    return wrapped


def keys(*args: str) -> Callable[[], str]:
    def work() -> str:
        out = StringIO()
        call_command("keys", *args, stdout=out)
        return out.getvalue()

    return work


def state() -> dict[str, Any]:
    found = verify(lambda line: None)
    return {
        "opened": found.opened["journal.Entry.sealed_body"],
        "faults": dict(found.faults),
        "keys": DataKey.objects.count(),
        "retired": found.retired,
        "locks": sorted(set(KeyWrap.objects.values_list("kek_id", flat=True))),
    }


def ids_of_keys() -> list[str]:
    return [str(pk) for pk in DataKey.objects.values_list("pk", flat=True)]


def write(people: int, pages: int) -> int:
    for number in range(people):
        who = new_person(f"p{number}")
        for page in range(pages):
            new_entry(who, f"page {page}")
    return people * pages


def kill_at_every_statement(site: Site, work: Callable[[], Any], pages: int) -> int:
    """Kill run after run, each a little later, until one reaches its end; return how many died."""
    for statement in range(1, 2000):
        child = site.start(killing_before(statement, work))
        child.answer()
        if child.ended() == 0:
            return statement - 1
        # Looking is as dear as working: after the first ones, every fifth death is looked at.
        if statement < 10 or statement % 5 == 0:
            now = site.ask(state)
            assert (now["opened"], now["faults"]) == (pages, {})
    raise AssertionError("It never came to its end.")


def test_a_rotation_killed_at_every_statement_loses_nothing(site, settings):
    pages = site.ask(lambda: write(people=8, pages=1))
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    died = kill_at_every_statement(site, keys("rotate"), pages)
    assert died > 20
    settings.JOURNAL_KEYS = KEYS["k2"]
    now = site.ask(state)
    assert now == {"opened": pages, "faults": {}, "keys": 8, "retired": 0, "locks": ["k2"]}


def test_a_reencryption_killed_at_every_statement_loses_nothing(site):
    pages = site.ask(lambda: write(people=2, pages=4))
    before = set(site.ask(ids_of_keys))
    died = kill_at_every_statement(site, keys("reencrypt", "--grace=0"), pages)
    assert died > 20
    now = site.ask(state)
    assert now == {"opened": pages, "faults": {}, "keys": 2, "retired": 0, "locks": ["k1"]}
    assert not before & set(site.ask(ids_of_keys))


@pytest.mark.parametrize("command", [["rotate"], ["reencrypt", "--grace=0"]], ids=lambda c: c[0])
def test_killed_from_outside_at_random_moments_it_resumes(site, settings, command):
    dice = random.Random()
    pages = site.ask(lambda: write(people=12, pages=5))
    killed = 0
    for number in range(8):
        # Turned round each time, so that there is always something to rotate.
        order = ("k1", "k2") if number % 2 else ("k2", "k1")
        settings.JOURNAL_KEYS = ",".join(KEYS[name] for name in order)
        child = site.start(keys(*command))
        time.sleep(dice.uniform(0, 0.06))
        child.kill()
        child.answer()
        killed += child.ended() == -signal.SIGKILL
        now = site.ask(state)
        assert (now["opened"], now["faults"]) == (pages, {})
        assert now["keys"] <= 24
    assert killed
    # The first run after the last kill ends what was begun; the next one has nothing left over.
    site.ask(keys(*command))
    now = site.ask(state)
    assert (now["opened"], now["keys"], now["retired"]) == (pages, 12, 0)
    assert command[0] == "reencrypt" or now["locks"] == ["k1"]


def test_writers_lose_nothing_while_everything_is_sealed_again(site):
    site.ask(lambda: write(people=1, pages=6))

    def save_again_and_again() -> list[Any]:
        who = get_user_model().objects.get()
        rows = list(Entry.unscoped.values_list("pk", flat=True))
        dice, last = random.Random(), {}
        until = time.monotonic() + 0.6
        while time.monotonic() < until:
            # As a request does it: a keyring of its own, a row read, changed and saved.
            keyring = Keyring.of(who)
            row = Entry.unscoped.get(pk=dice.choice(rows))
            text = f"{dice.random()}"
            row.sealed_body = keyring.seal(row, "body", {"text": text})
            row.save(update_fields=["sealed_body"])
            last[str(row.pk)] = text
        return [last]

    writer = site.start(save_again_and_again)
    for _ in range(4):
        site.ask(keys("reencrypt", "--grace=600"))
    (last,) = writer.answer()
    assert writer.ended() == 0
    site.ask(keys("reencrypt", "--grace=0"))

    def read() -> dict[str, str]:
        keyring = Keyring.of(get_user_model().objects.get())
        return {str(r.pk): keyring.open(r, "body")["text"] for r in Entry.unscoped.all()}

    now = site.ask(read)
    assert last
    assert {pk: now[pk] for pk in last} == last
    assert site.ask(state)["keys"] == 1


def test_requests_at_once_end_with_one_first_key(site):
    site.ask(lambda: write(people=1, pages=0))
    moment = time.time() + 0.15

    def first_words() -> None:
        who = get_user_model().objects.get()
        keyring = Keyring.of(who)
        time.sleep(max(0.0, moment - time.time()))
        for _ in range(3):
            row = Entry(author=who, kind=Entry.FREE)
            row.sealed_head = keyring.seal(row, "head", {})
            row.sealed_body = keyring.seal(row, "body", {"text": "first"})
            row.save(force_insert=True)

    children = [site.start(first_words) for _ in range(6)]
    for child in children:
        child.answer()
    assert [child.ended() for child in children] == [0] * 6
    assert site.ask(state) == {
        "opened": 18, "faults": {}, "keys": 1, "retired": 0, "locks": ["k1"],
    }  # fmt: skip
