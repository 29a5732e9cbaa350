"""A new password that was asked for by mail holds after a day, unless a second factor guards too.

Whoever reads somebody's mail gets the code. So the password chosen with it waits: the old one goes
on opening the account, every device stays signed in, says so, and can stop it at a press.
"""

from datetime import timedelta

from allauth.account.utils import filter_users_by_email
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F
from django.utils import timezone

from journal.spaces.factors import has_second_factor
from steps.reminders.wording import moment_in_words
from trustrepair.accounts.models import User

WAIT = timedelta(hours=24)


def choose(person: User, password: str) -> bool:
    """Let a new password wait, and say whether it does: a second factor lets it hold at once."""
    if has_second_factor(person):
        return False
    chosen = {"next_password": make_password(password), "next_password_at": timezone.now() + WAIT}
    User.objects.filter(pk=person.pk).update(**chosen)
    return True


def stop(person: User) -> None:
    """Forget a password that waits."""
    User.objects.filter(pk=person.pk).update(next_password="", next_password_at=None)


def come_due(email: str) -> None:
    """Let a password that has waited long enough hold, in place of the old one."""
    waited = User.objects.filter(pk__in=ids_of(email), next_password_at__lte=timezone.now())
    if waited.exists():
        # One statement, which looks once more: it cannot happen after it was stopped.
        held = {"password": F("next_password"), "next_password": "", "next_password_at": None}
        waited.exclude(next_password="").update(**held)


def holds_from(email: str, password: str) -> str:
    """Return from when this very password holds, in words; "" where it is none that waits."""
    for person in User.objects.filter(pk__in=ids_of(email)).exclude(next_password=""):
        if check_password(password, person.next_password):
            return in_words(person)
    return ""


def ids_of(email: str) -> list[int]:
    """Return whoever signs in with this address."""
    return [user.pk for user in filter_users_by_email(email, prefer_verified=True)]


def in_words(person: User) -> str:
    """Return from when a person's new password holds, on their own clock; "" for none."""
    if not person.next_password or person.next_password_at is None:
        return ""
    local = timezone.localtime(person.next_password_at, person.zone)
    return moment_in_words(local, timezone.localdate(timezone=person.zone))
