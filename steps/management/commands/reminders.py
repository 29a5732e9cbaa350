"""`manage.py reminders status`: how the engine does, in counts; never who, never what.

`manage.py reminders bounced` reads a report of a mail that came back from its standard input, where
the host's mail server puts it.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from steps.reminders import bounces, clock, status


class Command(BaseCommand):
    help = (
        "status: say how many reminders are set, due, sent and given up, and how late the oldest "
        "is. bounced: take note of a mail that came back, read from standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["status", "bounced"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "bounced":
            self.stdout.write(bounces.take_back(sys.stdin.buffer.read(bounces.MOST)))
        else:
            self.status()

    def status(self) -> None:
        """Print counts and ages."""
        now = clock.now()
        late = status.lateness(now)
        self.line("Waiting for a worker", f"{late.waiting:.0f} s")
        self.line("Oldest due and unsent", f"{late.unsent:.0f} s")
        self.lines("Schedules", status.schedules(now))
        self.lines("Notes of the last day", status.states(now - status.DAY))
        self.lines("Why there was no mail", status.reasons(now - status.DAY))
        self.lines("All notes kept", status.states())

    def lines(self, title: str, counts: dict[str, int]) -> None:
        """Print a title and its counts."""
        self.stdout.write(title)
        for name, number in counts.items():
            self.line(f"  {name}", str(number))

    def line(self, name: str, value: str) -> None:
        """Print one name and its value."""
        self.stdout.write(f"{name:24}{value:>10}")
