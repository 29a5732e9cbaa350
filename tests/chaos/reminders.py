"""Reminders while everything around them is killed: none lost, none doubled.

Two workers and two beats send to a real SMTP server. Workers are killed in the middle of a batch,
beats now and then; the broker is emptied and killed. At the end everything is counted: what the
server took, and what the database says. The broker is a Redis of the run's own, and once the
folder of the embedded default, which is emptied and has no process that could be killed.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.servers import free_port
from tests.chaos.found import Found
from tests.chaos.killing import KilledSite
from tests.ops.starting import ROOT
from tests.reminders.sink import Sink, listening

NAME, EMBEDDED = "reminders", "embedded"
TIMES = 200
DUE = 30  # for each kill: 200 kills are 6,000 reminders
EMPTIED, BROKER_KILLED, BEATS_KILLED = 10, 5, 5  # times in a run
AT_MOST = 8.0  # seconds of waiting for mails before a kill
END = 90.0  # seconds for what is left at the end


@dataclass(frozen=True)
class Row:
    """One occurrence, as the database has it at the end."""

    id: str
    reminder: str
    state: str
    card: bool


class Parts:
    """The processes of a run: two workers, two beats, and a Redis where one is installed."""

    def __init__(self, site: KilledSite, sink: Sink, embedded: bool) -> None:
        self.folder = site.folder
        self.log = site.folder.parent / "parts.log"
        self.redis_port = 0 if embedded or not shutil.which("redis-server") else free_port()
        self.variables = {**site.variables, "EMAIL_URL": sink.url, "LOG_LEVEL": "ERROR"}
        if embedded:
            self.variables.pop("REDIS_URL", None)
        if self.redis_port:
            self.variables["REDIS_URL"] = f"redis://127.0.0.1:{self.redis_port}/0"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Parts":
        self.start("broker")
        for name in ("worker1", "worker2", "beat1", "beat2"):
            self.start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.running):
            self.kill(name)

    def command(self, name: str) -> list[str]:
        """Return the command line of one part."""
        part = [sys.executable, "-m", "tests.chaos.reminder_parts"]
        if name.startswith("worker"):
            return [*part, "worker", f"{name}@here"]
        if name.startswith("beat"):
            return [*part, "beat", str(self.folder / name)]
        nothing_kept = ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        return ["redis-server", "--port", str(self.redis_port), *nothing_kept]

    def start(self, name: str) -> None:
        """Start one part; the embedded broker is a folder and needs no start."""
        if name == "broker" and not self.redis_port:
            return
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), cwd=ROOT, env=self.variables, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """End one part with SIGKILL."""
        if process := self.running.pop(name, None):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def again(self, name: str) -> None:
        """Kill one part and start it anew."""
        self.kill(name)
        self.start(name)

    def empty_broker(self) -> None:
        """Throw away every message."""
        if self.redis_port:
            subprocess.run(
                ["redis-cli", "-p", str(self.redis_port), "FLUSHALL"], stdout=subprocess.DEVNULL
            )
            return
        for message in (self.folder / "broker").glob("*"):
            message.unlink(missing_ok=True)


def run_embedded(site: KilledSite, times: int) -> Found:
    """Do the same with the embedded default's broker."""
    return run(site, times, embedded=True)


def run(site: KilledSite, times: int, due: int = DUE, embedded: bool = False) -> Found:
    """Kill a worker this often; the other parts in proportion."""
    total = max(1, times * due)
    site.shell(f"from tests.chaos.reminder_parts import make\nmake({total}, {times * 0.7})")
    dice = random.Random()
    done: Counter[str] = Counter()
    with listening() as sink, Parts(site, sink, embedded) as parts:
        for number in range(1, times + 1):
            wait_for(sink, dice.randint(1, 2 * due))
            time.sleep(dice.uniform(0, 0.05))
            parts.again(dice.choice(["worker1", "worker2"]))
            done["workers killed"] += 1
            if number % max(1, times // EMPTIED) == 0:
                parts.empty_broker()
                done["broker emptied"] += 1
            if parts.redis_port and number % max(1, times // BROKER_KILLED) == 0:
                parts.again("broker")
                done["broker killed"] += 1
            if number % max(1, times // BEATS_KILLED) == 0:
                parts.again(dice.choice(["beat1", "beat2"]))
                done["beats killed"] += 1
        rows, asleep = settled(site, sink, total)
    return check(total, rows, asleep, sink.ids, dict(done), EMBEDDED if embedded else NAME)


def wait_for(sink: Sink, mails: int) -> None:
    """Wait until this many mails more arrived, or for a while where they do not."""
    goal, until = len(sink.mails) + mails, time.monotonic() + AT_MOST
    while len(sink.mails) < goal and time.monotonic() < until:
        time.sleep(0.005)


def settled(site: KilledSite, sink: Sink, total: int) -> tuple[list[Row], int]:
    """Wait until nothing is on its way any more, or for END seconds; return what is stored."""
    until = time.monotonic() + END
    while True:
        while len(set(sink.ids)) < total and time.monotonic() < until:
            time.sleep(0.2)
        told = json.loads(site.shell("from tests.chaos.reminder_parts import stored\nstored()"))
        rows = [Row(*row) for row in told["rows"]]
        undone = [row for row in rows if row.state in {"due", "claimed"}]
        if (not undone and not told["asleep"]) or time.monotonic() > until:
            return rows, int(told["asleep"])
        time.sleep(1)


def check(
    total: int, rows: Sequence[Row], asleep: int, mails: Sequence[str], done: dict[str, int],
    name: str = NAME,
) -> Found:  # fmt: skip
    """Hold what the mail server took against what the database says."""
    arrived = Counter(mail.strip("<>").partition("@")[0] for mail in mails)
    of_reminder = Counter(row.reminder for row in rows)
    ids = {row.id for row in rows}
    sent = {row.id for row in rows if row.state == "sent"}
    lost = total - sum(1 for row in rows if row.id in arrived)
    doubled = sum(number - 1 for number in of_reminder.values())
    cards = sum(row.card for row in rows)
    broken = []
    if asleep:
        broken.append(f"{asleep} schedules are due and have no occurrence")
    if lost:
        broken.append(f"{lost} mails never arrived")
    if doubled:
        broken.append(f"{doubled} occurrences are there twice for one date")
    if cards != total:
        broken.append(f"{cards} cards for {total} reminders")
    if strange := set(arrived) - ids:
        broken.append(f"{len(strange)} mails have a Message-ID of no occurrence")
    if unsent := sent - set(arrived):
        broken.append(f"{len(unsent)} are marked as sent and never arrived")
    if unmarked := ids - sent:
        broken.append(f"{len(unmarked)} are not marked as sent")
    counts = {
        "reminders due": total,
        **done,
        "mails lost": lost,
        "occurrences doubled": doubled,
        "cards on Today": cards,
        "repeats that a Message-ID does not tell": len(arrived) - len(set(arrived) & ids),
        "raw repeats (same Message-ID)": sum(number - 1 for number in arrived.values()),
        "copies of one mail, at most": max(arrived.values(), default=0),
    }
    return Found(name, counts, broken)


def leftovers(folder: Path) -> str:
    """Return what the parts of a run complained of."""
    return (folder / "parts.log").read_text(errors="replace")[-2000:]
