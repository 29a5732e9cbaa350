"""`manage.py coach <address>`: let somebody be a coach here, or no longer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journal.spaces.leaving import show_out_everywhere
from trustrepair.accounts.models import User


class Command(BaseCommand):
    help = "Let the person with this e-mail address be a coach, or with --no, no longer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--no", action="store_true", help="they are no coach any more")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set it; twice is once. It opens nobody's words: clients alone let a coach in.

        Who is no coach any more finds no client, and is a guest in no couple's room: a room opens
        for a coach's second step and writes down what they open, and neither is asked of others.
        """
        email = options["email"].lower()
        person = User.objects.filter(email=email).first()
        if person is None:
            raise CommandError("There is no account with this address.")
        person.is_coach = not options["no"]
        person.save(update_fields=["is_coach"])
        if options["no"]:
            show_out_everywhere(person)
        done = "is no coach now" if options["no"] else "is a coach now"
        self.stdout.write(f"{email} {done}.")
