"""`manage.py keys`: what a host does with keys. Prints counts, never words."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from journal.vault import keks
from journal.vault.checks import vault_ready
from journal.vault.upkeep.reencryption import GRACE, reencrypt
from journal.vault.upkeep.rotation import rotate
from journal.vault.upkeep.sheet import sheet
from journal.vault.upkeep.verification import verify


class Command(BaseCommand):
    """One sub-command each; all are safe to run twice and to kill at any moment."""

    help = "Make, print, rotate and verify the keys of the journal."
    # The keys must be reachable most of all when something else is broken.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True, metavar="what")
        commands.add_parser("new", help="print a fresh line for JOURNAL_KEYS")
        commands.add_parser("sheet", help="print the keys for paper")
        commands.add_parser("rotate", help="lock every data key with the first of JOURNAL_KEYS")
        commands.add_parser("verify", help="open everything and count")
        again = commands.add_parser("reencrypt", help="seal everything again under new data keys")
        again.add_argument("--person", metavar="EMAIL", help="one person's writing only")
        again.add_argument(
            "--grace",
            type=int,
            default=int(GRACE.total_seconds()),
            metavar="SECONDS",
            help="keep a retired key this long; 0 only while the site is stopped (%(default)s)",
        )

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        try:
            held = keks.keks()
        except ImproperlyConfigured as error:
            if what != "new":
                raise CommandError(str(error)) from None
            held = ()
        if what == "new":
            self.stdout.write(keks.new_kek([kek.id for kek in held]))
        elif what == "sheet":
            self.stderr.write("This page opens everything. Print it, then close this window.")
            self.stdout.write(sheet(held))
        elif what == "verify":
            self._verify()
        else:
            if sentence := vault_ready():
                raise CommandError(sentence)
            self._rotate() if what == "rotate" else self._reencrypt(**options)

    def _rotate(self) -> None:
        done = rotate(self.stdout.write)
        self.stdout.write(
            f"Locked {done.keys} data keys and {done.secrets} small secrets with {keks.first().id}."
        )
        for kek_id in sorted(set(keks.held()) - done.still_needed - {keks.first().id}):
            if not done.failed:
                self.stdout.write(
                    f"Nothing is locked with {kek_id} any more. Run `keys verify`, then take it "
                    "out of JOURNAL_KEYS; older backups still need it."
                )
        if done.failed or done.still_needed:
            raise CommandError(
                f"{done.failed} did not open; still in use: "
                f"{', '.join(sorted(done.still_needed)) or 'none'}. Run `keys verify`."
            )

    def _reencrypt(self, person: str | None, grace: int, **options: Any) -> None:
        who = _person(person) if person else None
        done = reencrypt(self.stdout.write, who, timedelta(seconds=max(0, grace)))
        self.stdout.write(
            f"Made {done.made} keys, sealed {done.resealed} rows again, destroyed "
            f"{done.destroyed} old keys."
        )
        if done.failed:
            raise CommandError(f"{done.failed} did not open. Run `keys verify`.")
        if done.waiting:
            self.stdout.write(
                f"{done.waiting} old keys are kept until nobody can still be writing under them. "
                f"Run this again after {grace // 60 + 1} minutes to destroy them."
            )

    def _verify(self) -> None:
        found = verify(self.stdout.write)
        if found.guests:
            self.stdout.write(f"{found.guests} of guests, which their own browser alone opens")
        if found.retired:
            self.stdout.write(f"{found.retired} retired keys: run `keys reencrypt` to end it")
        for fault, count in sorted(found.faults.items()):
            self.stderr.write(f"{count} {fault}")
        if found.faults:
            raise CommandError(f"{sum(found.faults.values())} did not open.")
        self.stdout.write(f"All {sum(found.opened.values())} opened.")


def _person(email: str) -> Any:
    model = get_user_model()
    who = model._default_manager.filter(**{f"{model.get_email_field_name()}__iexact": email})
    if not who:
        raise CommandError("Nobody has an account with that address.")
    return who.get()
