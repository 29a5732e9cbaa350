"""Which words a note has, on Today and by mail: neutral, from the guide's letters, never stale.

A note names nobody and nothing: whoever looks over a shoulder, or shares the inbox, learns that
somebody asked for a note and no more. Words and addresses are put together here and kept nowhere.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.utils import formatdate
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from steps import catalogue
from steps.pieces import Letter
from steps.reminders.models import Delivery, Person, Reminder, ReminderSettings
from steps.reminders.tokens import calendar_token, stop_token
from steps.reminders.wording import moment_in_words

# What is between the tags of a link in the small HTML twin.
ACTS = {Reminder.CHECKIN: "Check in", Reminder.GRATITUDE: "Write a line"}
OPEN, STOP = "Open it here", "Stop them here"
DAY_ONE = date(2026, 1, 5)  # a Monday


@dataclass(frozen=True)
class Texts:
    """One letter made ready: what a card says, and the two twins of a mail with gaps for links."""

    subject: str
    card: str
    plain: str
    html: str


class Gaps(NamedTuple):
    """What two mails of one letter do not have in common."""

    to: str
    id: uuid.UUID
    stop: str  # the token of the link
    date: str


def variant(kind: str, day: date, days: Iterable[int], lot: int, language: str) -> Letter:
    """Return the letter of a kind for one day, so that no two in a row are alike.

    Args:
        days: the weekdays on which the note comes (Monday is 0); empty for one that has none.
        lot: a number of the person's, so that not everybody begins with the same one.

    Raises:
        LookupError: the guide has no letter of this kind.
    """
    letters = catalogue.get(language).letters.get(kind, ())
    if not letters:
        raise LookupError(f"no letter for {kind!r}")
    return letters[(turn(day, sorted(days)) + lot) % len(letters)]


def turn(day: date, days: list[int]) -> int:
    """Return the how-manieth of its kind a note is: one more on each day that it comes."""
    if not days:
        return day.year * 12 + day.month
    weeks, weekday = divmod((day - DAY_ONE).days, 7)
    return weeks * len(days) + sum(one < weekday for one in days)


@lru_cache(maxsize=256)
def texts(letter: Letter) -> Texts:
    """Return a letter made ready; what belongs to one person is put in later."""
    paragraphs = letter.body.strip().split("\n\n")
    said = [one for one in paragraphs if "link}" not in one]
    html = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    for gap, words in (("{link}", OPEN), ("{stop_link}", STOP)):
        html = html.replace(gap, f'<a href="{gap}">{words}</a>')
    lang = escape(letter.lang)
    return Texts(
        subject=letter.subject,
        card="\n\n".join(said),
        plain=letter.body.strip() + "\n",
        html=f'<!DOCTYPE html><html lang="{lang}"><meta charset="utf-8"><body>{html}</body></html>',
    )


def letter_of(delivery: Delivery) -> Letter:
    """Return the letter of one note: the one noted on it, else the one whose turn it is."""
    language = delivery.person.language
    if delivery.variant:
        for letter in catalogue.get(language).letters.get(delivery.kind, ()):
            if letter.key == delivery.variant:
                return letter
    days = delivery.reminder.days if delivery.reminder else ""
    return variant(delivery.kind, delivery.local_date, map(int, days), delivery.person_id, language)


def letter_for(delivery: Delivery, connection: Any = None) -> EmailMultiAlternatives:
    """Return the mail of one note.

    For a batch, fetch deliveries with their person, `person__reminder_settings` and reminder.
    """
    return mail(letter_of(delivery), gaps_for(delivery), connection)


def gaps_for(delivery: Delivery) -> Gaps:
    """Return what one note has of its own."""
    person = delivery.person
    chosen = getattr(person, "reminder_settings", None) or ReminderSettings.objects.of(person)
    return Gaps(person.email, delivery.pk, stop_token(chosen.stop_id), now_in_a_head())


def now_in_a_head() -> str:
    """Return this moment as the head of a mail has it."""
    return formatdate(localtime=settings.EMAIL_USE_LOCALTIME)


@dataclass(frozen=True)
class Preview:
    """What would come of a schedule: the next note's words, and the next dates."""

    subject: str
    words: list[str]
    dates: list[str]
    mailed: bool


def preview_of(person: Person, said: dict[str, Any]) -> Preview:
    """Return what would come of a schedule that is not kept yet."""
    reminder = Reminder(person=person, zone=person.time_zone, **said)
    coming = reminder.next_dates(5)
    today = timezone.localdate()
    first = coming[0].local_date if coming else today
    letter = variant(reminder.kind, first, map(int, reminder.days), person.pk, person.language)
    ready = texts(letter)
    dates = [moment_in_words(timezone.localtime(one.at), today) for one in coming]
    return Preview(ready.subject, ready.card.split("\n\n"), dates, reminder.mails)


@dataclass(frozen=True)
class Card:
    """A note as Today shows it."""

    subject: str
    words: list[str]
    url: str
    act: str
    later: str


def card_of(person: Person) -> Card | None:
    """Return the newest note that waits for a person, if there is one: one card, never a count."""
    delivery = Delivery.objects.card_of(person)
    if delivery is None:
        return None
    delivery.person = person  # fetched already
    ready = texts(letter_of(delivery))
    return Card(
        ready.subject, ready.card.split("\n\n"), answer_path(delivery.pk),
        ACTS.get(delivery.kind, "Open"), reverse("note_not_today", args=[delivery.pk]),
    )  # fmt: skip


def filled(text: str, link: str, stop_link: str) -> str:
    """Return a text with its two links."""
    return text.replace("{stop_link}", stop_link).replace("{link}", link)


def answer_link(delivery_id: uuid.UUID) -> str:
    """Return the whole address that answers one note; it asks to sign in first."""
    return f"{settings.SITE_URL}{answer_path(delivery_id)}"


def answer_path(delivery_id: uuid.UUID) -> str:
    """Return the address that answers one note."""
    return f"/reminders/answer/{delivery_id}/"


def stop_link(token: str) -> str:
    """Return the whole address that stops the notes of one person, without signing in."""
    return settings.SITE_URL + reverse("reminders_stop", args=[token])


def calendar_link(calendar_id: uuid.UUID) -> str:
    """Return the whole address of a calendar feed."""
    return settings.SITE_URL + reverse("calendar", args=[calendar_token(calendar_id)])


class Note(EmailMultiAlternatives):
    """A mail whose two twins are set apart by its own id.

    Left alone, Python compiles a pattern for each mail to find a line that is not in it.
    """

    id: uuid.UUID

    def message(self, **kept: Any) -> Any:
        """Return the mail as it is sent."""
        made = super().message(**kept)
        made.set_boundary(f"=_{self.id.hex}")
        return made


def mail(letter: Letter, gaps: Gaps, connection: Any = None) -> Note:
    """Return one note as a mail: plain text, a small HTML twin, and a way to stop in the head.

    Its Message-ID is the delivery's own id, so that a mail sent twice is known as one.
    """
    ready, link, stop = texts(letter), answer_link(gaps.id), stop_link(gaps.stop)
    message = Note(
        ready.subject,
        filled(ready.plain, link, stop),
        settings.DEFAULT_FROM_EMAIL,
        [gaps.to],
        connection=connection,
        headers={
            "Date": gaps.date,
            "Message-ID": f"<{gaps.id}@{host()}>",
            # RFC 8058: a mail program may stop the notes with one POST, without opening a page.
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.id = gaps.id
    message.attach_alternative(filled(ready.html, link, stop), "text/html")
    return message


@lru_cache(maxsize=1)
def host() -> str:
    """Return the name after the @ of every Message-ID: that of the sender's address."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
