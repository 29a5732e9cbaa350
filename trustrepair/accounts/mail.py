"""Mails go out after the answer, so that how long it took tells nobody whether there was one.

A page that sends a mail only to addresses it knows would say so by its slowness: a mail server
takes a tenth of a second and more.
"""

import logging
from collections.abc import Callable

from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse

from steps.posting import WAITING, post

__all__ = ["MailMiddleware", "post", "send"]
logger = logging.getLogger(__name__)


def send(mails: list[EmailMessage]) -> None:
    """Send mails one by one; a mail server that fails is a line in the log."""
    for mail in mails:
        try:
            mail.send()
        except Exception:  # whatever it was, the page has long been answered
            logger.exception("A mail could not be sent")


class MailMiddleware:
    """Send what a request has posted when its answer is on its way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mails: list[EmailMessage] = []
        setattr(request, WAITING, mails)
        response = self.get_response(request)
        if mails:
            # What Django closes with the answer, after its last byte was handed over.
            response._resource_closers.append(lambda: send(mails))  # type: ignore[attr-defined]
        return response
