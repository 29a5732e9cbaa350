"""What sending costs, how fast it is, and how late a note comes when many are due at once.

Held against one plain loop, by CPU, and against one task for each recipient, by rate. Workers are
processes of the site's own, started as `make run` starts them, with a Redis as the doorbell.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

from celery import Celery
from django.conf import settings
from django.core.mail import get_connection
from django.db import connection

from steps.reminders import clock
from steps.reminders.delivering import deliver
from steps.reminders.letters import letter_for
from steps.reminders.models import Delivery, Reminder
from tests.bench.lines import Line
from tests.bench.mail_sink import Sink, taking_mails
from tests.bench.reminder_rows import make_due, make_occurrences, nothing_due
from tests.bench.servers import children, own_redis, used

MAILS = 1_000  # in a round
PROCESSES = "2"
STARTING = 60.0  # seconds
TICK = 30.0  # seconds between two ticks of the beat
PART = [sys.executable, "-m", "trustrepair.run", "--only"]
SERVING = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
"""
ORDINARY = [
    sys.executable, "-m", "celery", "-q", "-A", "tests.bench.ordinary", "worker", "--pool",
    "prefork", "-c", PROCESSES, "-l", "ERROR", "-n", "ordinary@here",
]  # fmt: skip


# --- CPU beside a plain loop ----------------------------------------------------------------------
def plain_loop() -> None:
    """Send what is due as simply as can be."""
    rows = Delivery.objects.select_related("person__reminder_settings", "reminder")
    post = get_connection()
    post.open()
    for row in rows.filter(state=Delivery.DUE):
        post.send_messages([letter_for(row, post)])
        Delivery.objects.filter(pk=row.pk).update(state=Delivery.SENT, sent_at=clock.now())
    post.close()


def engine() -> None:
    """Send what is due as a worker does."""
    deliver(seconds=600)


def worker(what: str) -> None:
    """Do the work of one process and print the seconds of CPU it took."""
    letter_for(Delivery.objects.select_related("person", "reminder")[0])  # the guide is loaded
    began = time.process_time()
    {"loop": plain_loop, "engine": engine}[what]()
    print(time.process_time() - began)


def cpu(what: str, processes: int, reminders: Sequence[Reminder], sink: Sink) -> float:
    """Return the milliseconds of CPU that sending one mail takes."""
    make_occurrences(reminders)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.reminders", "worker", what],
            env={**os.environ, "EMAIL_URL": sink.url}, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(processes)
    ]  # fmt: skip
    spent = sum(float(process.communicate()[0]) for process in running)
    check_sent(len(reminders))
    return spent * 1000 / len(reminders)


def beside_a_loop(rounds: int, reminders: Sequence[Reminder], sink: Sink) -> Line:
    """Measure the engine beside the loop, going round."""
    ours, loops = [], []
    for _ in range(rounds):
        loops.append(cpu("loop", 1, reminders, sink))
        ours.append(cpu("engine", 2, reminders, sink))
    ratio = median(one / other for one, other in zip(ours, loops, strict=True))
    return Line(
        "sending by two processes, CPU of a mail", median(ours), "ms", "a plain loop",
        median(loops), ratio, 1.25,
    )  # fmt: skip


def check_sent(many: int) -> None:
    """Stop where a mail that was due did not leave."""
    until = time.monotonic() + 10  # a mark comes after the server's answer
    while (sent := Delivery.objects.filter(state=Delivery.SENT).count()) < many:
        assert time.monotonic() < until, f"{many - sent} mails are not marked as sent"
        time.sleep(0.05)


# --- rate beside one task for each recipient ------------------------------------------------------
@contextmanager
def running(command: list[str], sink: Sink, redis_url: str) -> Iterator[None]:
    """Run a part of the site until the block ends."""
    told = {"EMAIL_URL": sink.url, "REDIS_URL": redis_url, "WORKER_PROCESSES": PROCESSES}
    quiet = {"PYTHONWARNINGS": "ignore::UserWarning:celery.platforms"}
    process = subprocess.Popen(command, env={**os.environ, **told, **quiet})
    try:
        yield
    finally:
        process.terminate()
        process.wait()


class Cost(NamedTuple):
    """The milliseconds of one mail, by the wall and of CPU."""

    wall: float
    cpu: float


def cpu_of_all() -> dict[int, float]:
    """Return the seconds of CPU of this process, of all that it started, and of the database.

    Whoever puts tasks on the queue, the broker and the mail server are counted in on both sides.
    """
    found = family(os.getpid())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(SERVING)
            found += [pid for (pid,) in cursor.fetchall()]
    spent = {}
    for pid in found:
        with suppress(FileNotFoundError):  # it has ended
            spent[pid] = used(pid)
    return spent


def family(pid: int) -> list[int]:
    """Return a process and all that it started."""
    try:
        return [pid, *(one for child in children(pid) for one in family(child))]
    except FileNotFoundError:
        return []


class Ways:
    """The two ways of sending, each with its workers and its own place on one Redis."""

    def __init__(self, sink: Sink, server: str) -> None:
        self.sink = sink
        self.ours_at, self.ordinary_at = f"{server}/0", f"{server}/1"
        self.ours_app = Celery("bell", broker=self.ours_at)
        self.ordinary_app = Celery("bells", broker=self.ordinary_at)

    def ours(self, reminders: Sequence[Reminder]) -> Cost:
        """Measure from the tick on, that of making them included."""
        make_due([one.pk for one in reminders])
        with self.measuring(len(reminders)) as found:
            self.ours_app.send_task("steps.reminders.tasks.tick")
        return found[0]

    def ordinary(self, reminders: Sequence[Reminder]) -> Cost:
        """Measure from the first task's being put on the queue."""
        make_occurrences(reminders)
        ids = [str(pk) for pk in Delivery.objects.values_list("pk", flat=True)]
        with self.measuring(len(reminders)) as found:
            for pk in ids:
                self.ordinary_app.send_task("tests.bench.ordinary.send_one", [pk])
        return found[0]

    @contextmanager
    def measuring(self, many: int) -> Iterator[list[Cost]]:
        """Wait for the last mail of what is begun within, and tell what one cost."""
        found: list[Cost] = []
        before, spent_before, began = self.sink.count(), cpu_of_all(), time.monotonic()
        yield found
        self.sink.wait_for(before + many)
        took = time.monotonic() - began
        check_sent(many)
        cpu = sum(spent - spent_before.get(pid, 0) for pid, spent in cpu_of_all().items())
        found.append(Cost(took * 1000 / many, cpu * 1000 / many))

    def close(self) -> None:
        """Leave the broker."""
        self.ours_app.close()
        self.ordinary_app.close()


def beside_single_tasks(rounds: int, reminders: Sequence[Reminder], ways: Ways) -> list[Line]:
    """Measure the rate of the real engine beside one task for each recipient, going round."""
    for way in (ways.ours, ways.ordinary):
        way(reminders[:400])  # all processes are started, connected, and have loaded the guide
    ours, singles = [], []
    before, used_before = ways.sink.count(), ways.sink.cpu()
    for _ in range(rounds):
        singles.append(ways.ordinary(reminders))
        ours.append(ways.ours(reminders))
    sinks = (ways.sink.cpu() - used_before) * 1000 / (ways.sink.count() - before)
    lines = []
    goals = {
        "sending by two processes, wall of a mail": 1 / 15,
        "… CPU of all that takes part": None,
    }
    for place, (name, goal) in enumerate(goals.items()):
        mine, theirs = [one[place] for one in ours], [one[place] for one in singles]
        ratio = median(one / other for one, other in zip(mine, theirs, strict=True))
        lines.append(Line(name, median(mine), "ms", "a task for each", median(theirs), ratio, goal))
    return [*lines, Line("… of it the CPU of the bench's mail server", sinks)]


# --- lateness -------------------------------------------------------------------------------------
def lateness(reminders: Sequence[Reminder], sink: Sink) -> list[Line]:
    """Let many be due at once, a second after the beat has ticked: the worst moment there is."""
    before = sink.count()
    nothing_due()
    due = next_pulse() + timedelta(seconds=TICK + 1)
    make_due([one.pk for one in reminders], due)
    assert clock.now() < due, "they were due before all of them were set"
    sink.wait_for(before + len(reminders))
    check_sent(len(reminders))
    late = [at - due.timestamp() for _, at in sink.arrived(before)]
    cuts = quantiles(late, n=100)
    name = f"{len(late):,} due at once, seconds late"
    return [
        Line(f"{name}: half", cuts[49], "s"),
        Line(f"{name}: p95", cuts[94], "s", goal=60),
        Line(f"{name}: worst", max(late), "s"),
    ]


def next_pulse() -> datetime:
    """Wait until the beat ticks and return when it did."""
    pulse: Path = settings.PULSE_FILE
    seen = pulse.stat().st_mtime if pulse.exists() else 0.0
    until = time.monotonic() + STARTING
    while not pulse.exists() or pulse.stat().st_mtime == seen:
        assert time.monotonic() < until, "no beat ticks"
        time.sleep(0.05)
    return datetime.fromtimestamp(pulse.stat().st_mtime, UTC)


def everything(rounds: int, reminders: Sequence[Reminder]) -> list[Line]:
    """Measure sending; without a Redis only the CPU."""
    some = reminders[:MAILS]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        sink = stack.enter_context(taking_mails(folder))
        lines = [beside_a_loop(rounds, some, sink)]
        if not (server := stack.enter_context(own_redis())):
            return lines
        ways = stack.enter_context(closing(Ways(sink, server)))
        stack.enter_context(running([*PART, "worker"], sink, ways.ours_at))
        with running(ORDINARY, sink, ways.ordinary_at):
            lines += beside_single_tasks(rounds, some, ways)
        with running([*PART, "beat"], sink, ways.ours_at):
            return lines + lateness(reminders, sink)
