"""A guest's first answers: sealed under a key that only their cookie holds, gone after a day."""

import time
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from journal.relationships.models import GUEST_HOURS, Guest
from journal.relationships.story import Story, weigh
from journal.vault import guest as guest_vault
from journal.vault.sealing import VaultError

COOKIE = "__Host-guest" if settings.SITE_URL.startswith("https") else "guest"


CHOSEN = "taking_along"
CHOSEN_SECONDS = 30 * 60


def choose_to_take_along(request: HttpRequest) -> None:
    """Remember that whoever is here now goes to sign in or up in order to keep their answers."""
    request.session[CHOSEN] = time.time()


def chose_to_take_along(request: HttpRequest) -> bool:
    """Whether somebody chose so a moment ago and still has answers here.

    Whoever merely signs in, later, in a browser that another used as a guest, is shown nothing.
    """
    chosen = request.session.get(CHOSEN, 0)
    return COOKIE in request.COOKIES and time.time() - chosen < CHOSEN_SECONDS


class GuestAnswers:
    """The answers of one visit, opened with the cookie; empty when there are none."""

    def __init__(self, row: Guest, key: str, answers: dict[str, Any]) -> None:
        self.row, self.key, self.answers = row, key, answers

    @classmethod
    def of(cls, request: HttpRequest) -> "GuestAnswers":
        """Open what this browser's cookie opens, or begin anew."""
        row_id, _, key = request.COOKIES.get(COOKIE, "").partition(".")
        try:
            row = Guest.objects.with_id(uuid.UUID(row_id)).first()
            if row is not None:
                return cls(row, key, guest_vault.open(key, row, "answers"))
        except (ValueError, VaultError):
            pass
        return cls(Guest(), guest_vault.new_key(), {})

    def keep(self, response: HttpResponse, **answers: Any) -> HttpResponse:
        """Lay new answers over the old ones, seal them, and hand the browser its key."""
        self.answers = {**self.answers, **answers}
        self.row.sealed_answers = guest_vault.seal(self.key, self.row, "answers", self.answers)
        self.row.save()
        response.set_cookie(
            COOKIE, f"{self.row.pk}.{self.key}", max_age=GUEST_HOURS * 3600, httponly=True,
            secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
        )  # fmt: skip
        return response

    def claim(self) -> bool:
        """Delete the row; whether it was still there, so that one of two claims at once wins."""
        return bool(Guest.objects.claimed(self.row.pk).delete()[0])

    def forget(self, response: HttpResponse) -> HttpResponse:
        """Delete row and key: they are kept elsewhere now, or nobody wants them."""
        self.claim()
        response.delete_cookie(COOKIE, samesite="Lax")
        return response

    def story(self) -> Story:
        """Return the answers as the story of a relationship."""
        said = self.answers
        return Story(
            name=said.get("name", ""),
            kind=said.get("kind", "other"),
            part=said.get("part", "both"),
            afraid=said.get("afraid", "unsaid"),
            happened=said.get("happened", ""),
            causes=weigh(said.get("causes", [])),
        )

    def __bool__(self) -> bool:
        return bool(self.answers)
