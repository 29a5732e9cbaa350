"""`manage.py send_test_mail ADDRESS`: whether mail leaves this server, with the settings it has."""

from argparse import ArgumentParser
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

SUBJECT = "A test"
BODY = "This mail was sent to see whether mail leaves this server. There is nothing to do.\n"


class Command(BaseCommand):
    help = "Send one neutral mail with the settings of this site, and say what came of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"]
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"{address} is no mail address.") from error
        try:
            EmailMessage(SUBJECT, BODY, settings.DEFAULT_FROM_EMAIL, [address]).send()
        except (SMTPException, OSError) as error:
            raise CommandError(f"The mail did not leave: {error}") from error
        if settings.EMAIL_URL:
            self.stdout.write("The mail server took it.")
        else:
            self.stdout.write(f"EMAIL_URL is not set, so it lies in {settings.EMAIL_FILE_PATH}.")
