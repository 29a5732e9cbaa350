"""`python -m tests.chaos`: break things on SQLite, and on PostgreSQL where there is one.

Uses folders, ports and databases of its own and touches no real data. With `DATABASE_URL` the
second round is on a database made for it on that server; without it a PostgreSQL that is installed
is started for the run. Ends with 1 when a promise did not hold.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.servers import postgres, postgres_programs
from tests.chaos import reminders, writing
from tests.chaos.found import Found
from tests.chaos.killing import KilledSite
from tests.served import own_stores

PARTS: dict[str, Callable[[KilledSite, int], Found]] = {
    writing.NAME: writing.run,
    reminders.NAME: reminders.run,
    reminders.EMBEDDED: reminders.run_embedded,
}
TIMES = {**dict.fromkeys(PARTS, reminders.TIMES), writing.NAME: writing.TIMES}
ONLY_ON = {reminders.EMBEDDED: "SQLite"}


@contextmanager
def databases() -> Iterator[dict[str, dict[str, str]]]:
    """Yield the variables of every database to break things on, by name."""
    found: dict[str, dict[str, str]] = {"SQLite": {}}
    if os.environ.get("DATABASE_URL"):
        with own_stores() as stores:
            yield {**found, "PostgreSQL": stores}
    elif programs := postgres_programs():
        with (
            tempfile.TemporaryDirectory() as folder,
            postgres(programs, Path(folder)) as address,
        ):
            yield {**found, "PostgreSQL": {"DATABASE_URL": address}}
    else:
        print("There is no PostgreSQL here; DATABASE_URL may name one.")
        yield found


def main() -> int:
    """Run the parts that were asked for; return 1 when a promise did not hold."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--times", type=int, help="kills, instead of each part's own number")
    asked = parser.parse_args()
    broken = 0
    with databases() as stores:
        for database, variables in stores.items():
            for name in asked.part or PARTS:
                if ONLY_ON.get(name, database) != database:
                    continue
                times = asked.times or TIMES[name]
                print(f"{name} on {database}: {times} times …", flush=True)
                with (
                    tempfile.TemporaryDirectory() as folder,
                    KilledSite(Path(folder) / "var", **variables) as site,
                ):
                    found = PARTS[name](site, times)
                print(found.table(database), flush=True)
                broken += len(found.broken)
    print(f"\n{broken} promises broken." if broken else "\nEvery promise held.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
