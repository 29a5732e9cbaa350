"""Schedules, their occurrences, and how much somebody wants to hear.

These rows hold no words: what a note says comes from the guide's letters, and what it is about
stays in the storey above, which tells the engine what it must know (`steps.reminders.telling`).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from steps.prepared import Prepared
from steps.reminders.schedule import Occurrence, Rule, date_of, next_after, next_dates

# Whoever a note is for: a row of settings.AUTH_USER_MODEL, with a `time_zone`.
Person = Any

LIMIT = 12  # schedules that one person may set up; plans from the storey above are not counted
KEPT = timedelta(days=90)  # how long occurrences are kept that are over
MILESTONES = {"first-week", "stuck", "step-finished"}


class TooMany(Exception):
    """Raised when somebody has as many schedules as anybody may have."""


class Channel(models.TextChoices):
    """Where a note comes."""

    APP = "app", "On Today"
    MAIL = "mail", "By mail"
    BOTH = "both", "On Today and by mail"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Schedules."""

    def of(self, person: Person) -> Self:
        """Return one person's schedules, in the order they were made."""
        return self.filter(person=person).order_by("created_at", "id")

    def own(self, person: Person) -> Self:
        """Return those that a person set up themselves: all but plans."""
        return self.of(person).exclude(kind=Reminder.PLAN)

    def about(self, subject: uuid.UUID) -> Self:
        """Return everybody's schedules about one thing in the storey above."""
        return self.filter(subject=subject)

    def due(self, now: datetime) -> Self:
        """Return those that speak now or should have before, the oldest first."""
        return self.filter(next_at__lte=now).order_by("next_at")

    def begin(self, person: Person, **said: Any) -> Reminder:
        """Set up a schedule that a person asked for, and switch it on.

        Args:
            said: `kind`, `local_time`, `days` ("0246", Monday is 0) or `every_months` with
                `first_on`, and `channel`.

        Raises:
            TooMany: this person has twelve.
        """
        with transaction.atomic():
            ReminderSettings.objects.held(person)
            if self.own(person).count() >= LIMIT:
                raise TooMany
            reminder = Reminder(person=person, zone=person.time_zone, **said)
            reminder.switch_on()
            return reminder

    def resume(self, person: Person) -> None:
        """Start all of a person's schedules again, whether they were paused or stopped."""
        for reminder in self.of(person):
            reminder.resume()

    def pause(self, person: Person, until: datetime) -> None:
        """Keep all of a person's schedules silent until a moment."""
        for reminder in self.of(person).filter(next_at__isnull=False):
            reminder.pause(until)

    def switch_off(self, person: Person) -> None:
        """Switch off all of a person's schedules, and take back what was to be sent.

        Those about plans go for good: the other may move a plan, and must not switch one on so.
        """
        self.of(person).update(next_at=None, paused_until=None)
        Delivery.objects.of(person).silence("off")
        self.of(person).filter(kind=Reminder.PLAN).delete()


class Reminder(models.Model):
    """When somebody wants to hear a note of one kind. Off where `next_at` is empty."""

    CHECKIN, GRATITUDE, STEP = "checkin", "gratitude", "step"
    PLAN, REAPPRAISAL = "plan", "reappraisal"
    KINDS = [
        (CHECKIN, "Check-in"),
        (GRATITUDE, "Gratitude"),
        (STEP, "Step"),
        (PLAN, "Plan"),
        (REAPPRAISAL, "Reappraisal"),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders"
    )
    kind = models.CharField(max_length=12, choices=KINDS)
    # A digit for each weekday, Monday is 0; empty for what comes every some months, or once.
    days = models.CharField(max_length=7, blank=True)
    every_months = models.PositiveSmallIntegerField(default=0)
    first_on = models.DateField(null=True, blank=True)
    local_time = models.TimeField()
    # Copied from the person, and again whenever they move: `telling.moved`.
    zone = models.CharField(max_length=64)
    channel = models.CharField(max_length=4, choices=Channel.choices, default=Channel.APP)
    # What a plan belongs to: a row of the storey above, which this one cannot look up. Found by the
    # constraint below, which holds plans alone: each index of all rows is written with each note.
    subject = models.UUIDField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], name="reminder_next", condition=models.Q(next_at__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "person"],
                name="reminder_one_for_a_plan",
                condition=models.Q(subject__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"

    @property
    def rule(self) -> Rule:
        """What this schedule says, as the clock understands it."""
        return Rule(self.local_time, self.zone, self.days, self.every_months, self.first_on)

    @property
    def mails(self) -> bool:
        """Whether it comes by mail, too."""
        return self.channel != Channel.APP

    @property
    def is_on(self) -> bool:
        """Whether it will ever speak again."""
        return self.next_at is not None

    @property
    def is_over(self) -> bool:
        """Whether somebody switched it off; what speaks once is not over by having spoken."""
        return self.next_at is None and bool(self.days or self.every_months)

    def silent_at(self, now: datetime) -> bool:
        """Whether it is paused at this moment."""
        return self.paused_until is not None and now < self.paused_until

    def next_dates(self, n: int = 5, now: datetime | None = None) -> list[Occurrence]:
        """Return when it speaks next, for a preview; works before it is saved."""
        return next_dates(self.rule, self._from(now or timezone.now()), n)

    def switch_on(self, now: datetime | None = None) -> None:
        """Work out when it speaks next, and save; for a new schedule and a changed one."""
        self.next_at = next_after(self.rule, self._from(now or timezone.now()))
        self.save()

    def switch_off(self) -> None:
        """Silence it for good, and take back what was to be sent."""
        self.next_at, self.paused_until = None, None
        self.save(update_fields=["next_at", "paused_until"])
        Delivery.objects.filter(reminder=self).silence("off")

    def pause(self, until: datetime) -> None:
        """Silence it until a moment, and take back what was to be sent."""
        self.paused_until = until
        self.switch_on()
        Delivery.objects.filter(reminder=self).silence("paused")

    def resume(self, now: datetime | None = None) -> None:
        """Start it again after a pause or a stop; one that speaks already is left to speak."""
        moment = now or timezone.now()
        if self.is_on and not self.silent_at(moment):
            return
        self.paused_until = None
        self.switch_on(moment)

    def take_away(self) -> None:
        """Delete it, and take back what was to be sent and what waits on Today."""
        with transaction.atomic():
            Delivery.objects.filter(reminder=self).silence("off")
            self.delete()

    def move(self, zone: str, now: datetime | None = None) -> None:
        """Follow a person into another zone; a plan keeps its instant."""
        if self.kind == self.PLAN and self.next_at:
            return
        self.zone = zone
        if self.is_on:
            self.switch_on(now)
        else:
            self.save(update_fields=["zone"])

    def _from(self, now: datetime) -> datetime:
        """Return the moment after which it may speak: `date_of` keeps one for each date."""
        return max(now, self.paused_until) if self.paused_until else now

    def date_for(self, at: datetime) -> date:
        """Return the date that an occurrence is for."""
        return date_of(self.rule, at)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Occurrences."""

    def of(self, person: Person) -> Self:
        """Return one person's."""
        return self.filter(person=person)

    def cards(self, person: Person, now: datetime | None = None) -> Self:
        """Return what waits on Today, the newest first: not answered, not put away."""
        until = now or timezone.now()
        return self.cards_between(person, until, until - CARD_FOR)

    def card_of(self, person: Person, now: datetime | None = None) -> Delivery | None:
        """Return the newest of `cards`, by the way that costs least."""
        until = now or timezone.now()
        return CARD.first(person.pk, until, until - CARD_FOR)

    def cards_between(self, person: Person, until: datetime, since: datetime) -> Self:
        """Return what waits of what was due after one moment and up to another."""
        waiting = self.of(person).filter(card=True, answered_at=None, seen_at=None)
        return waiting.filter(due_at__lte=until, due_at__gt=since).order_by("-due_at", "id")

    def waiting(self, now: datetime) -> Self:
        """Return those that a worker may take: due, or left behind by a worker that died."""
        return self.filter(state__in=Delivery.UNDONE, free_at__lte=now)

    def take_back(self, why: str) -> int:
        """Send none of these any more; return how many had still been on their way."""
        return self.filter(state__in=Delivery.UNDONE).update(
            state=Delivery.SKIPPED, why=why, token=None
        )

    def silence(self, why: str) -> None:
        """Send none of these any more, and take those on Today away."""
        self.take_back(why)
        self.filter(card=True, seen_at=None).update(seen_at=timezone.now())


CARD_FOR = timedelta(hours=36)


class Delivery(models.Model):
    """One occurrence of a schedule, or a note that comes once. Its id is the mail's Message-ID.

    `free_at` says from when on a worker may take it: when it is due, when the lease of the worker
    that holds it lapses, or when another try is due. `card` says whether Today shows it.
    """

    DUE, CLAIMED, SENT = "due", "claimed", "sent"
    IN_APP, SKIPPED, REFUSED, DEAD = "in_app", "skipped", "refused", "dead"
    STATES = [
        (DUE, "Due"),
        (CLAIMED, "In a worker's hands"),
        (SENT, "Taken by the mail server"),
        (IN_APP, "On Today only"),
        (SKIPPED, "Not wanted any more"),
        (REFUSED, "Refused for good"),
        (DEAD, "Given up after three tries"),
    ]
    UNDONE = (DUE, CLAIMED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Neither has an index of its own: the one below that begins with it serves.
    reminder = models.ForeignKey(
        Reminder, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries",
        db_index=False,
    )  # fmt: skip
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deliveries",
        db_index=False,
    )  # fmt: skip
    # A kind of reminder, or the name of a note that comes once (MILESTONES).
    kind = models.CharField(max_length=20)
    local_date = models.DateField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=STATES, default=DUE)
    free_at = models.DateTimeField()
    token = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claims = models.PositiveSmallIntegerField(default=0)
    # Why there was no mail: one of the engine's own words, such as "late" or "quiet".
    why = models.CharField(max_length=12, blank=True)
    variant = models.CharField(max_length=40, blank=True)
    card = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reminder", "local_date"], name="delivery_once_a_date"),
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="delivery_milestone_once",
                condition=models.Q(kind__in=sorted(MILESTONES)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["free_at"],
                name="delivery_waiting",
                condition=models.Q(state__in=["due", "claimed"]),
            ),
            models.Index(fields=["person", "local_date"], name="delivery_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"

    def answer(self) -> None:
        """Remember that its person did what it asked, and send it no more."""
        mine = Delivery.objects.filter(pk=self.pk)
        mine.filter(answered_at=None).update(answered_at=timezone.now())
        mine.take_back("done")

    def put_away(self) -> None:
        """Remember that its card is not wanted today."""
        self.seen_at = timezone.now()
        self.save(update_fields=["seen_at"])


CARD = Prepared(
    lambda *values: Delivery.objects.cards_between(*values).select_related("reminder")[:1],
    Delivery.person.field, Delivery.due_at.field, Delivery.due_at.field,
)  # fmt: skip


class Done(models.Model):
    """Somebody did on this date what a note of this kind would have asked for."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="done_days"
    )
    kind = models.CharField(max_length=12)
    local_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "local_date"], name="done_once_a_date"
            )
        ]

    def __str__(self) -> str:
        return f"done {self.pk}"


class SettingsManager(models.Manager["ReminderSettings"]):
    def of(self, person: Person) -> ReminderSettings:
        """Return how much a person wants to hear; made on first asking."""
        return self.get_or_create(person=person)[0]

    def may_offer(self, person: Person) -> bool:
        """Whether reminders may be offered to a person: once, until they take or decline them."""
        return ANSWERED.first(person.pk) is None

    def answered_by(self, person: Person) -> models.QuerySet[ReminderSettings, tuple[Any]]:
        """Return whose it is, if that one has taken or declined the offer of reminders."""
        return self.filter(person=person, offer_answered_at__isnull=False).values_list("person")

    def held(self, person: Person) -> ReminderSettings:
        """Return it locked until the transaction ends."""
        self.of(person)
        return self.select_for_update().get(person=person)


class ReminderSettings(models.Model):
    """How much somebody wants to hear, over all kinds."""

    OFF, IN_APP, WITH_MAIL = "off", "app", "both"
    MILESTONES_COME = [(OFF, "Never"), (IN_APP, "On Today"), (WITH_MAIL, "On Today and by mail")]

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="reminder_settings",
    )
    # Nothing is mailed in these local hours; the same twice means that there are none.
    quiet_from = models.TimeField(default=time(21, 0))
    quiet_until = models.TimeField(default=time(8, 0))
    # Mails at most, over all kinds; 0 means no limit. What is over it waits on Today.
    notes_a_day = models.PositiveSmallIntegerField(default=1)
    notes_a_week = models.PositiveSmallIntegerField(default=7)
    # Nobody is mailed what they did not ask for, so notes that come once begin on Today alone.
    milestones = models.CharField(max_length=4, choices=MILESTONES_COME, default=IN_APP)
    # What the tokens of addresses are made of that open without signing in (`tokens`).
    stop_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    calendar_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    # Whether dates in the calendar say what kind they are; off unless somebody wants it.
    calendar_kinds = models.BooleanField(default=False)
    # Reminders are offered once; this is when the offer was taken or declined.
    offer_answered_at = models.DateTimeField(null=True, blank=True)
    # When a mail server said that this address takes nothing; no mail until it is cleared.
    refused_at = models.DateTimeField(null=True, blank=True)

    objects = SettingsManager()

    def __str__(self) -> str:
        return f"reminder settings {self.pk}"

    def answer_offer(self) -> None:
        """Remember that the offer of reminders was taken or declined; it is made once."""
        if self.offer_answered_at is None:
            self.offer_answered_at = timezone.now()
            self.save(update_fields=["offer_answered_at"])

    def set_calendar(self, calendar_id: uuid.UUID | None) -> None:
        """Give the calendar feed this id, on which its address rests; None switches it off.

        Whoever begins a calendar again begins with dates that say nothing.
        """
        self.calendar_id = calendar_id
        self.calendar_kinds = self.calendar_kinds and calendar_id is not None
        self.save(update_fields=["calendar_id", "calendar_kinds"])

    def say_kinds(self, kinds: bool) -> None:
        """Let dates in the calendar say what kind they are, or be called as the house is."""
        self.calendar_kinds = kinds
        self.save(update_fields=["calendar_kinds"])

    def stop_everything(self) -> None:
        """Switch off all notes of this person, those that come once included."""
        with transaction.atomic():
            self.milestones = self.OFF
            self.save(update_fields=["milestones"])
            Reminder.objects.switch_off(self.person)


ANSWERED = Prepared(
    lambda person: ReminderSettings.objects.answered_by(person), ReminderSettings.person.field
)
