"""A worker that dies at a named point: only between the 250 and the mark may a mail repeat.

Each worker is a process of its own on a database of its own, and dies by SIGKILL.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.reminders import Row
from tests.ops.starting import ROOT
from tests.served import Served, own_stores

from .sink import Sink, listening

DUE = 3
POINTS = ["before claim", "after claim", "before sending", "after the answer", "after marking"]

# Dies the first time it comes to the point; "never" comes to its end.
WORKER = """
import os, pathlib, signal, sys, time, django
django.setup()
from datetime import timedelta
from steps.reminders import clock, delivering
from steps.reminders.materialising import materialise
def at(point):
    if point == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
later = timedelta(seconds=float(sys.argv[2]))
list(materialise(clock.now()))
if len(sys.argv) > 3:  # wait for the other one
    folder = pathlib.Path(sys.argv[3])
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < 2:
        time.sleep(0.01)
delivering.deliver(lambda: clock.now() + later, at=at)
"""
ANEW = """
from steps.models import Delivery, Reminder
from trustrepair.accounts.models import User
User.objects.all().delete()
from tests.chaos.reminder_parts import make
make(3, 0)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with own_stores() as stores:
        site = Served(tmp_path_factory.mktemp("crashes") / "var", **stores)
        site.prepare()
        yield site


def work(site: Served, sink: Sink, point: str, later: float = 0) -> int:
    """Run a worker until it dies or is done; `later` is how far ahead its clock goes."""
    return subprocess.run(
        [sys.executable, "-c", WORKER, point, str(later)], cwd=ROOT,
        env={
            **site.variables, "EMAIL_URL": sink.url,
            "DJANGO_SETTINGS_MODULE": "trustrepair.settings",
        },
    ).returncode  # fmt: skip


def stored(site: Served) -> list[Row]:
    told = json.loads(site.shell("from tests.chaos.reminder_parts import stored\nstored()"))
    return [Row(*row) for row in told["rows"]]


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_dies_at_a_point_loses_nothing_and_repeats_only_after_the_answer(
    site: Served, point: str
) -> None:
    site.shell(ANEW)
    with listening() as sink:
        assert work(site, sink, point) == -9
        first = len(sink.mails)
        assert work(site, sink, "never", later=0.5) == 0
        held = len(sink.mails)
        assert work(site, sink, "never", later=61) == 0
        mails = Counter(sink.ids)

    rows = stored(site)
    assert {row.state for row in rows} == {"sent"}
    assert {one.strip("<>").partition("@")[0] for one in mails} == {row.id for row in rows}
    assert len(rows) == len(mails) == DUE
    repeats = [number for number in mails.values() if number > 1]
    assert repeats == ([2] if point == "after the answer" else [])
    assert first == (1 if point in {"after the answer", "after marking"} else 0)
    if point != "before claim":
        assert held == first, "what a dead worker holds is nobody else's until its lease lapses"


def test_two_workers_at_once_send_each_mail_once(site: Served, tmp_path: Path) -> None:
    site.shell(ANEW.replace("make(3, 0)", "make(150, 0)"))
    with listening() as sink:
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, "never", "0", str(tmp_path)], cwd=ROOT,
                env={
                    **site.variables, "EMAIL_URL": sink.url,
                    "DJANGO_SETTINGS_MODULE": "trustrepair.settings",
                },
            )
            for _ in range(2)
        ]  # fmt: skip
        assert [worker.wait(120) for worker in workers] == [0, 0]
        assert len(sink.ids) == len(set(sink.ids)) == 150
        assert sink.connections > 1, "one of them alone proves nothing"
    assert {row.state for row in stored(site)} == {"sent"}
