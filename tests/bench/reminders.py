"""What reminders cost: making what is due, looking when nothing is, changing one, and sending.

Started by `python -m tests.bench` in surroundings of its own; prints one JSON list. Making is held
against single pushes to a Redis, a change against fetching the row locked and saving it.
django-celery-beat with one PeriodicTask for each person stands beside as a witness.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import time as wall
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trustrepair.settings")

import django

django.setup()

import redis  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from steps.reminders import changing, clock  # noqa: E402
from steps.reminders.materialising import materialise  # noqa: E402
from steps.reminders.models import Delivery, Reminder  # noqa: E402
from tests.bench import beat, reminder_sending  # noqa: E402
from tests.bench.lines import Line  # noqa: E402
from tests.bench.reminder_rows import make_due, nothing_due, people, schedules  # noqa: E402
from tests.bench.servers import own_redis, used  # noqa: E402

FEW = 1_000  # schedules of a small house
PUSHES = 2_000
CHANGES = 100  # in a round
OF_BEAT = 10_000  # people whom the witness has
# At least 0.9 of the rate of single pushes, and on SQLite twice that rate; as time for each.
MAKING = {"postgresql": 1 / 0.9, "sqlite": 0.5}


# --- making ---------------------------------------------------------------------------------------
def making(reminders: Sequence[Reminder]) -> tuple[float, float]:
    """Return the milliseconds that making one occurrence takes, by the wall and of CPU."""
    make_due([one.pk for one in reminders])
    began, used_before = time.perf_counter(), cpu_of_database()
    made = sum(materialise(clock.now()))
    took, cpu = time.perf_counter() - began, cpu_of_database() - used_before
    assert made == len(reminders) == Delivery.objects.count(), "an occurrence is missing"
    return took * 1000 / made, cpu * 1000 / made


def cpu_of_database() -> float:
    """Return the seconds of CPU of this process and of what serves it in the database."""
    here = time.process_time()
    if connection.vendor != "postgresql":
        return here
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return here + used(cursor.fetchone()[0])


def pushing(server: redis.Redis) -> tuple[float, float]:
    """Return the milliseconds that one push takes, one by one, by the wall and of CPU."""
    words = b"x" * 1024
    began, used_before = time.perf_counter(), cpu_of_redis(server)
    for _ in range(PUSHES):
        server.lpush("bench", words)
    took, cpu = time.perf_counter() - began, cpu_of_redis(server) - used_before
    server.delete("bench")
    return took * 1000 / PUSHES, cpu * 1000 / PUSHES


def cpu_of_redis(server: redis.Redis) -> float:
    """Return the seconds of CPU of this process and of the Redis."""
    told = server.info("cpu")
    return time.process_time() + told["used_cpu_user"] + told["used_cpu_sys"]


def made(rounds: int, reminders: Sequence[Reminder]) -> list[Line]:
    """Measure making beside pushing, going round. A busy machine lets who computes wait longest."""
    ours, pushes = [], []
    with own_redis() as server:
        for _ in range(rounds):
            ours.append(making(reminders))
            if server:
                pushes.append(pushing(redis.Redis.from_url(server)))
    name = f"making {len(reminders):,} of {Reminder.objects.count():,}, each"
    lines = []
    goals = {name: MAKING[connection.vendor], "… of it CPU, the servers' included": None}
    for place, (said, goal) in enumerate(goals.items()):
        mine = [one[place] for one in ours]
        theirs = [one[place] for one in pushes]
        if not theirs:
            lines.append(Line(said, median(mine)))
            continue
        ratio = median(one / other for one, other in zip(mine, theirs, strict=True))
        lines.append(Line(said, median(mine), "ms", "one push", median(theirs), ratio, goal))
    return lines


# --- looking and changing -------------------------------------------------------------------------
def tick() -> float:
    """Return the milliseconds of a tick that finds nothing."""
    began = time.perf_counter()
    assert not sum(materialise(clock.now()))
    assert not Delivery.objects.waiting(clock.now()).exists()
    return (time.perf_counter() - began) * 1000


def idle(rounds: int) -> float:
    """Return the milliseconds of a tick with nothing due."""
    nothing_due()
    return median(tick() for _ in range(10 * rounds))


def changed(rounds: int, reminders: Sequence[Reminder]) -> tuple[Line, float]:
    """Measure a change beside a plain one of the row, going round; and the next tick."""
    ours, plain, ticks = [], [], []
    rows = list(Reminder.objects.filter(pk__in=[one.pk for one in reminders[:CHANGES]]))
    for number in range(rounds):
        said = {"kind": "checkin", "days": "0123456", "local_time": wall(3, number)}
        began = time.perf_counter()
        for row in rows:
            with transaction.atomic():
                Reminder.objects.select_for_update().get(pk=row.pk).save()
        middle = time.perf_counter()
        for row in rows:
            changing.change(row, said)
        plain.append((middle - began) * 1000 / CHANGES)
        ours.append((time.perf_counter() - middle) * 1000 / CHANGES)
        ticks.append(tick())
    ratio = median(one / other for one, other in zip(ours, plain, strict=True))
    line = Line(
        "changing a reminder", median(ours), "ms", "fetch, lock, save", median(plain), ratio, 1.5
    )
    return line, median(ticks)


def witness(rounds: int, idle: float, after: float) -> list[Line]:
    """Measure django-celery-beat beside our two ticks."""
    if not beat.is_here():
        return [Line("django-celery-beat is not installed: not measured", 0, "")]
    command = [sys.executable, "-m", "tests.bench.beat", str(rounds), str(OF_BEAT)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    beside = f"django-celery-beat at {OF_BEAT:,}"
    return [
        Line("the same tick", idle, "ms", beside, found["idle"], idle / found["idle"]),
        Line("a tick after one change", after, "ms", beside, found["changed"],
             after / found["changed"]),
    ]  # fmt: skip


def measure(rounds: int, many: int, due: int) -> list[Line]:
    """Measure everything on a prepared site without people."""
    persons = people(due)
    few = min(FEW, due // 2)
    first = schedules(persons, few)
    small = idle(rounds)
    first += schedules(persons[few:], many - few)[: due - few]
    large = idle(rounds)
    change, after = changed(rounds, first)
    lines = [
        Line(f"a tick with nothing due, {few:,} schedules", small, goal=5),
        Line(f"a tick with nothing due, {many:,} schedules", large, goal=5),
        *witness(rounds, large, after),
        change,
        *made(rounds, first),
    ]
    return lines + reminder_sending.everything(max(3, rounds // 3), first)


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        reminder_sending.worker(sys.argv[2])
    else:
        _, *asked = (int(word) for word in sys.argv[1:])  # the port of a site is not needed
        print(json.dumps([asdict(line) for line in measure(*asked)]))
