"""Sessions whose rows open no session.

The cookie holds a random value; the table, the cache and the list of devices know only its SHA-256,
so that a copied database signs nobody in (OWASP ASVS 5.0, 7.2). With Redis the rows are cached
there, else they are read from the database; they are written only when something changed.
"""

import json
import time
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.conf import settings
from django.contrib.sessions import middleware
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string

from steps.prepared import Prepared

BEGAN, ACTIVE, LOCKED = "_began", "_active", "_locked"
KEY_LENGTH = 40  # the column's width; 160 bits of the hash


def hashed(cookie: str) -> str:
    """Return the key under which the session of this cookie is kept."""
    return sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]


FRESH = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    Session.session_key.field, Session.expire_date.field,
)  # fmt: skip


class SessionStore(CachedStore if settings.REDIS_URL else DatabaseStore):  # type: ignore[misc]
    """A session kept under the hash of its cookie.

    `session_key` is the hash everywhere; `cookie` is what the browser holds, known only in the
    request that made or sent it.
    """

    cache_key_prefix = "session:"
    cookie: str | None = None

    def _get_session_from_db(self) -> Session | None:
        session = FRESH.first(self.session_key, timezone.now()) if self.session_key else None
        if session is None:
            self._session_key = None
        return session

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing once its hours are over, whatever a cache says."""
        data: dict[str, Any] = super().load()
        if time.time() - data.get(BEGAN, time.time()) > settings.SESSION_COOKIE_AGE:
            self._session_key = None
            return {}
        return data

    def save(self, must_create: bool = False) -> None:
        """Write the session; a lock that was put on it meanwhile stays."""
        self.setdefault(BEGAN, time.time())
        self.setdefault(ACTIVE, time.time())
        if self.session_key and not must_create:
            locked = type(self)(self.session_key).get(LOCKED, 0)
            if locked > self.get(LOCKED, 0):
                self[LOCKED] = locked
        super().save(must_create)

    def cycle_key(self) -> None:
        """Go on under a new key, as when somebody signs in: their hours begin now."""
        self[BEGAN] = self[ACTIVE] = time.time()
        self.pop(LOCKED, None)
        super().cycle_key()

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return the seconds left, counted from the beginning and not from the last change."""
        whole: int = super().get_expiry_age(**kwargs)
        # Asked for while the row is being loaded, it must not load again: the row's own date holds.
        loaded = self.__dict__.get("_session_cache", {})
        spent = time.time() - loaded.get(BEGAN, time.time())
        return max(0, min(whole, int(settings.SESSION_COOKIE_AGE - spent)))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return timezone.now() + timedelta(seconds=self.get_expiry_age(**kwargs))

    def _get_new_session_key(self) -> str:
        while True:
            cookie = get_random_string(43)
            key = hashed(cookie)
            if not self.exists(key):
                self.cookie = cookie
                return key


def leave_cookies_out(session: SessionBase) -> None:
    """Take the cookies from the request that allauth keeps until somebody has said again who it is.

    It keeps all headers of a post that must wait; with the cookie among them, this row would open
    the session that it belongs to.
    """
    waiting = session.get(STATE_SESSION_KEY, {})
    if "request" in waiting:
        kept = json.loads(waiting["request"])
        kept["META"].pop("HTTP_COOKIE", None)
        session[STATE_SESSION_KEY] = {"request": json.dumps(kept)}


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's, with the hash between cookie and store."""

    def process_request(self, request: HttpRequest) -> None:
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = SessionStore(hashed(cookie) if cookie else None)
        request.session.cookie = cookie

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.session.modified:
            leave_cookies_out(request.session)
        response = super().process_response(request, response)
        morsel = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if morsel is not None and morsel.value:
            response.cookies[settings.SESSION_COOKIE_NAME] = request.session.cookie  # type: ignore[attr-defined]
        return response
