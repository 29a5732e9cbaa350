"""One answer of every kind that the site gives: every address, every status, four askers."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.conftest import PASSWORD, Browser
from tests.house.addresses import Things, everywhere
from trustrepair import urls

# The site with two more addresses, whose views fail.
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of our own, on purpose")


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("on purpose")


urlpatterns = [
    *urls.urlpatterns,
    path("broken/", broken),
    path("suspicious/", suspicious),
]


DISCREET = "Shopping lists"


@dataclass(frozen=True)
class Answer:
    """One answer, and how it came about."""

    who: str
    name: str
    method: str
    address: str
    status: int
    headers: Mapping[str, str]
    body: str

    @classmethod
    def of(cls, who: str, name: str, method: str, address: str, response: Any) -> "Answer":
        """Keep what the asker sees; a file that is sent in pieces counts by its headers."""
        body = "" if response.streaming else response.content.decode()
        return cls(who, name, method, address, response.status_code, response.headers, body)

    def __str__(self) -> str:
        return f"{self.who}: {self.method} {self.address} {self.status}"

    @property
    def is_page(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html") and bool(self.body)


@pytest.fixture
def things(ana: Any, page: Any) -> Things:
    """One of each thing that Ana has."""
    return Things.of_ana(ana, page)


# A walk takes some seconds and every test looks at the same answers.
walked: list[Answer] = []


@pytest.fixture
def answers(request: pytest.FixtureRequest, settings: Any, db: None) -> list[Answer]:
    """Every address to four askers, by GET and by POST, and one answer of every other kind."""
    if not walked:
        settings.ROOT_URLCONF = __name__
        settings.DISCREET_NAME = DISCREET
        ana, things = request.getfixturevalue("ana"), request.getfixturevalue("things")
        askers = {"ana": request.getfixturevalue("browser"), "a guest": a_guest()}
        askers |= {"stan": request.getfixturevalue("stranger"), "nobody": Browser()}
        found = [answer for who, asking in askers.items() for answer in walk(who, asking, things)]
        walked.extend([*found, *of_second_factors(ana), *of_errors(ana, things), *of_files()])
    return walked


def walk(who: str, asking: Client, things: Things) -> Iterator[Answer]:
    """Yield the answers to a GET and to an empty POST of every address; leaving comes last."""
    last = {"exit", "account_logout", "lock"}
    for name, address in sorted(everywhere(things), key=lambda one: one[0] in last):
        yield Answer.of(who, name, "GET", address, asking.get(address))
        if not any(word in name for word in ("delete", "remove", "leave", "take_back")):
            yield Answer.of(who, name, "POST", address, asking.post(address))


def a_guest() -> Client:
    """Return a browser in the middle of the first run."""
    guest = Browser()
    guest.post("/begin/", {"kind": "friend", "name": "Ruta"})
    guest.post("/begin/part/", {"part": "hurt"})
    return guest


def of_second_factors(ana: Any) -> Iterator[Answer]:
    """Yield the pages that only somebody with a second factor gets to see."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    Authenticator.objects.filter(user=ana).delete()
    ana.set_password(PASSWORD)
    ana.save()
    asking = Browser()
    asking.force_login(ana)
    asking.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for address in ("totp/activate/", "webauthn/add/", "webauthn/", ""):
        yield get(asking, "mfa", f"/accounts/2fa/{address}")
    TOTP.activate(ana, generate_totp_secret())
    RecoveryCodes.activate(ana)
    pages = ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/",
             "recovery-codes/download/", "reauthenticate/")  # fmt: skip
    for address in pages:
        yield get(asking, "mfa", f"/accounts/2fa/{address}")
    entering = Browser()
    entering.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    yield get(entering, "mfa_authenticate", "/accounts/2fa/authenticate/")
    forgetful = Browser()
    forgetful.post("/accounts/password/reset/", {"email": ana.email})
    yield get(forgetful, "account_reset_password", "/accounts/password/reset/confirm/")


def get(asking: Client, name: str, address: str) -> Answer:
    """Ask for one address that is not allowed to lead elsewhere."""
    answer = Answer.of("ana", name, "GET", address, asking.get(address))
    assert answer.status == 200, answer
    return answer


def of_errors(ana: Any, things: Things) -> Iterator[Answer]:
    """Yield one answer of every status that says that something is wrong, and a 304."""
    hers = Browser(raise_request_exception=False)
    hers.force_login(ana)
    ids = {"entry_id": things.entry, "save_id": uuid.uuid4(), "base_version": 0}
    stale = {**ids, "title": "Again", "text": "Other words."}
    huge = {"text": "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    edit = f"/journal/{things.entry}/edit/"
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(ana)
    guide = Browser().get("/guide/")
    tag = {"If-None-Match": guide.headers["ETag"]}
    made = {
        304: Browser().get("/guide/", headers=tag),
        301: hers.get("/journal"),
        400: hers.get("/", headers={"Host": "elsewhere.example"}),
        403: strict.post("/journal/new/", {"text": "Words that must come back to the writer."}),
        404: hers.get("/no-such-page/"),
        405: hers.put("/journal/"),
        409: hers.post(edit, stale),
        413: strict.post("/journal/new/", huge),
        422: hers.post(edit, {"text": ""}),
        429: too_often(),
        500: hers.get("/broken/"),
    }
    for status, response in made.items():
        assert response.status_code == status, (status, response.status_code)
        yield Answer.of("ana", f"error {status}", "", str(response.request["PATH_INFO"]), response)
    yield from of_the_lock(ana, edit)
    for who, asking in {"ana": hers, "nobody": Browser(raise_request_exception=False)}.items():
        for address in ("/broken/", "/suspicious/", "/no-such-page/"):
            yield Answer.of(who, "error", "GET", address, asking.get(address))


def of_the_lock(ana: Any, edit: str) -> Iterator[Answer]:
    """Yield what is answered while Ana's pages are locked: to a visit, to words, to a script."""
    ana.set_password(PASSWORD)
    ana.save()
    hers = Browser()
    hers.force_login(ana)
    hers.post("/lock/")
    made = {
        302: hers.get(edit),
        200: hers.get("/unlock/", follow=True),
        403: hers.post(edit, {"text": "Words that must come back to the writer."}),
        401: hers.post("/journal/autosave/", {"text": "Words that stay on their page."}),
    }
    for status, response in made.items():
        assert response.status_code == status, (status, response.status_code)
        yield Answer.of("ana", "locked", "", str(response.request["PATH_INFO"]), response)


def too_often() -> Any:
    """Return the answer to somebody who tries to sign up again and again."""
    asking = Browser()
    for _ in range(30):
        response = asking.post("/accounts/signup/", {"email": "not an address"})
        if response.status_code == 429:
            break
    return response


def of_files() -> Iterator[Answer]:
    """Yield a file that the browser fetches, and one that is not there."""
    asking = Browser()
    for address in ("/static/js/door.js", "/static/css/site.css", "/static/no-such-file.css"):
        yield Answer.of("nobody", "static", "GET", address, asking.get(address))
