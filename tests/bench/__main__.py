"""`python -m tests.bench`: measure on SQLite, and on PostgreSQL where one is installed.

Starts everything it needs on folders and ports of its own and reads no real data. Prints a table
with goal and pass or miss, writes var/bench.json, and ends with 1 when a goal was missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from tests.bench import lines, weight
from tests.bench.lines import Line, verdict
from tests.bench.servers import Site, free_port, postgres, postgres_programs
from tests.served import with_path
from trustrepair import run

KEPT = ("PATH", "HOME", "LANG")
PAGES, WRITING, SEARCH, EXPORT = "pages", "writing", "search", "export"
REMINDERS, COACHING = "reminders", "coaching"
SUBJECTS = (PAGES, WRITING, SEARCH, EXPORT, REMINDERS, COACHING)


def surroundings(folder: Path, port: int, address: str) -> dict[str, str]:
    """Return the environment of a site on a folder of its own."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    site = {"VAR_DIR": str(folder), "PORT": str(port), "SITE_URL": f"http://localhost:{port}"}
    database = {"DATABASE_URL": address} if address else {}
    return {**kept, **site, **database, "LOG_LEVEL": "WARNING"}


def own_database(server: str, name: str) -> str:
    """Make a database on a server of ours, or none where there is no server."""
    if not server:
        return ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return with_path(server, name)


def numbers(subject: str, asked: argparse.Namespace) -> tuple[str, list[int]]:
    """Return the module that measures a subject, and what it is told besides its port."""
    many = [asked.many] if asked.short else [asked.many, 10 * asked.many]
    return {
        PAGES: ("measure", [asked.rounds, asked.pages]),
        WRITING: ("writing", [asked.rounds, *many]),
        SEARCH: ("search", [asked.rounds, asked.many // 5, asked.many]),
        EXPORT: ("export", [asked.rounds, *many]),
        REMINDERS: ("reminders", [asked.rounds, 100 * asked.many, 2 * asked.many]),
        COACHING: ("coaching", [asked.rounds, asked.many // 50, 250]),
    }[subject]


def measure(subject: str, name: str, server: str, asked: argparse.Namespace) -> Any:
    """Prepare a site, measure one subject in a process of its own, return its findings."""
    print(f"Measuring {subject} on {name}: {asked.rounds} rounds …", flush=True)
    module, told = numbers(subject, asked)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        around = surroundings(Path(folder) / "var", port, own_database(server, subject))
        prepare = [sys.executable, "-m", "trustrepair.run", "--prepare"]
        subprocess.run(prepare, env=around, cwd=run.BASE_DIR, check=True, stdout=subprocess.DEVNULL)
        command = [sys.executable, "-m", f"tests.bench.{module}"]
        said = [str(one) for one in [port, *told]]
        done = subprocess.run(
            [*command, *said], env=around, cwd=run.BASE_DIR, check=True, stdout=subprocess.PIPE
        )
        found = json.loads(done.stdout.splitlines()[-1])
        if subject == PAGES and not server and (program := weight.chromium()):
            os.environ.update(around)
            with Site(port):
                weighed = weight.first_visit(around["SITE_URL"], program)
            found["weights"] = [asdict(one) for one in weighed]
    return found


def table(name: str, found: dict[str, Any]) -> list[str]:
    """Return the lines that tell what pages cost on one database."""
    told = [
        f"\n{name}: medians of {found['rounds']} rounds, {found['pages']} pages in the journal",
        f"{'page':14}{'CPU ms':>8}{'x bare':>8}{'goal':>6}       {'wall ms':>9}{'x bare':>8}"
        f"{'queries':>9}{'goal':>6}       {'bytes':>8}{'gzip':>8}",
    ]
    for case in found["cases"]:
        cpu = verdict(case["cpu_ratio"], case["cpu_goal"])
        queries = verdict(case["queries"], case["queries_goal"])
        told.append(
            f"{case['name']:14}{case['cpu_ms']:8.2f}{case['cpu_ratio']:8.1f}"
            f"{case['cpu_goal'] or '':>6} {cpu:5} {case['wall_ms']:9.2f}{case['wall_ratio']:8.1f}"
            f"{case['queries']:9}{case['queries_goal'] or '':>6} {queries:5} "
            f"{case['bytes']:8}{case['bytes_gzip']:8}"
        )
    for one in found.get("weights", []):
        said = verdict(one["kib"], one["goal"])
        told.append(f"{one['name']:42}{one['kib']:7.1f} KiB of {one['goal']} {said}")
    return told


def goals(found: dict[str, Any]) -> list[tuple[float, float | None]]:
    """Return what one database's findings come to, each with its goal."""
    pages = found.get(PAGES, {})
    cases = pages.get("cases", [])
    judged = [(case["cpu_ratio"], case["cpu_goal"]) for case in cases]
    judged += [(case["queries"], case["queries_goal"]) for case in cases]
    judged += [(one["kib"], one["goal"]) for one in pages.get("weights", [])]
    for subject in SUBJECTS[1:]:
        judged += [(line.judged, line.goal) for line in figures(found, subject)]
    return judged


def figures(found: dict[str, Any], subject: str) -> list[Line]:
    """Return the lines of a subject."""
    return [Line(**one) for one in found.get(subject, [])]


def show(name: str, found: dict[str, Any]) -> None:
    """Print findings of one database."""
    if PAGES in found:
        print(*table(name, found[PAGES]), sep="\n")
    for subject in SUBJECTS[1:]:
        if subject in found:
            print(f"\n{name}: {subject}", *lines.table(figures(found, subject)), sep="\n")


def questions() -> argparse.Namespace:
    """Read what is to be measured."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("subject", nargs="*", help=f"some of {', '.join(SUBJECTS)}")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--pages", type=int, default=300, help="in the journal whose pages cost")
    parser.add_argument("--many", type=int, default=10_000, help="in a long journal")
    parser.add_argument("--short", action="store_true", help="no journal ten times as long")
    asked = parser.parse_args()
    if unknown := set(asked.subject) - set(SUBJECTS):
        parser.error(f"There is nothing to measure called {', '.join(unknown)}.")
    return asked


def main() -> int:
    """Measure, print, write down; return 1 when a goal was missed."""
    asked = questions()
    found: dict[str, dict[str, Any]] = {}
    with ExitStack() as stack:
        servers = {"SQLite": ""}
        if programs := postgres_programs():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            servers["PostgreSQL"] = stack.enter_context(postgres(programs, folder))
        for name, server in servers.items():
            for subject in asked.subject or SUBJECTS:
                measured = {subject: measure(subject, name, server, asked)}
                show(name, measured)
                found.setdefault(name, {}).update(measured)
    judged = [pair for one in found.values() for pair in goals(one)]
    misses = sum(verdict(*pair) == "MISS" for pair in judged)
    kept = run.BASE_DIR / "var" / "bench.json"
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    kept.write_text(json.dumps({"at": datetime.now(UTC).isoformat(), **found}, indent=1) + "\n")
    print(f"\n{misses or 'No'} goal{'' if misses == 1 else 's'} missed. Written to {kept}.")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
