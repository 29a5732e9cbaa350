"""What every page's frame needs to know of the house."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from journal.vault.owner import mark_of
from trustrepair.accounts.waiting import in_words
from trustrepair.doors.lock import minutes_for

ALONE = (("Today", "home", "today"), ("Path", "path", "path"), ("Journal", "journal", "journal"),
         ("Practice", "practice", "practice"))  # fmt: skip
# In a couple, Practice is found on the path.
COUPLE = (*ALONE[:3], ("Together", "together", "together"))
# On a coach's own side the last word leads home to their journal; in the journal, to their clients.
COACH = (("Clients", "clients", "together"), ("Inbox", "coaching_inbox", "letter"),
         ("Library", "library", "practice"), ("Your journal", "home", "journal"))  # fmt: skip
COACHING = (*ALONE[:3], ("Clients", "clients", "together"))
COACHES_SIDE = ("/coaching/clients/", "/coaching/inbox/", "/coaching/library/", "/coaching/files/")
OUTSIDE = (("The guide", "guide", "path"), ("Safety", "safety", "water"),
           ("Sign in", "account_login", "today"))  # fmt: skip
# While pages are locked nothing tells whose they are, or what their person does here.
LOCKED = (*OUTSIDE[:2], ("Unlock", "unlock", "lock"))


@dataclass(frozen=True)
class NavItem:
    """One word of the menu."""

    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class House:
    """The frame around a page: names, menu, whose it is, whether this house sends mail.

    `lock` is after how many quiet minutes the page locks; 0 while it is locked, None for nobody.
    `owner` is the mark that writing forms carry, so that nobody else keeps what is typed in them.
    `new_password`: from when a password that was asked for by mail holds, while one waits.
    """

    site_name: str
    discreet_name: str
    exit_url: str
    nav: SafeString
    initial: str
    owner: str
    lock: int | None
    private: bool
    mail: bool
    new_password: str


MENUS = {
    "outside": OUTSIDE, "locked": LOCKED, "alone": ALONE, "couple": COUPLE, "coach": COACH,
    "coaching": COACHING,
}  # fmt: skip


def menu_of(person: Any, path: str) -> str:
    """Return which menu somebody has; it only chooses words, and opens nothing."""
    if person is None:
        return "outside"
    if person.is_coach:
        return "coach" if path.startswith(COACHES_SIDE) else "coaching"
    return "couple" if person.shares_room else "alone"


@lru_cache(maxsize=len(MENUS))
def words(kind: str) -> tuple[tuple[str, str, str], ...]:
    """Return the words of a menu with their addresses and icons."""
    return tuple((label, reverse(name), icon) for label, name, icon in MENUS[kind])


def here(kind: str, path: str) -> str:
    """Return the address in the menu under which a page stands; "" under none."""
    for _, url, _ in words(kind):
        if path == url if url == "/" else path.startswith(url):
            return url
    return ""


@lru_cache(maxsize=0 if settings.DEBUG else 32)
def menu(kind: str, current: str) -> SafeString:
    """Return the menu, drawn once for each word that one can be at."""
    items = [NavItem(label, url, icon, url == current) for label, url, icon in words(kind)]
    return render_to_string("parts/menu.html", {"items": items})


def house(request: HttpRequest) -> dict[str, House]:
    """Return `house` for the templates, without touching session or database on public pages."""
    user = getattr(request, "user", None)
    signed_in = bool(user and "_auth_user_id" in request.session and user.is_authenticated)
    locked = getattr(request, "locked", False)
    open_to = user if signed_in and not locked else None
    kind = "locked" if locked else menu_of(open_to, request.path)
    return {
        "house": House(
            site_name=settings.SITE_NAME,
            discreet_name=settings.DISCREET_NAME,
            exit_url=settings.EXIT_URL,
            nav=menu(kind, here(kind, request.path)),
            initial=open_to.initial if open_to else "",
            owner=mark_of(user) if signed_in else "",
            lock=minutes_for(request) if signed_in else None,
            private=signed_in,
            mail=bool(settings.EMAIL_URL),
            new_password=in_words(open_to) if open_to else "",
        )
    }
