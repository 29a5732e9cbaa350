"""Occurrences become mails: claimed in batches under a lease, sent one by one, each marked at once.

A worker that is killed leaves its rows behind; they are free again when the lease lapses. So a mail
may leave twice, between a server's 250 and the mark, and then with the same Message-ID.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, zip_longest
from operator import itemgetter
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from time import monotonic
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.filebased import EmailBackend as FileBackend
from django.db import connection, transaction
from django.db.models import F, QuerySet

from steps.prepared import Prepared
from steps.reminders import clock
from steps.reminders.disk import not_waiting
from steps.reminders.materialising import plain_values
from steps.reminders.models import Delivery, ReminderSettings
from steps.reminders.posting import hand_over
from steps.reminders.rules import Known, Verdict, judge

logger = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(seconds=60)
RENEWED_EVERY = 20.0  # seconds
TRIES_AGAIN_AFTER = [timedelta(minutes=2), timedelta(minutes=20)]

# What a mail server's answer means.
TAKEN, NO_SUCH_ADDRESS, REJECTED, NOT_NOW = "taken", "refused", "rejected", "later"

# On SQLite nobody else writes while a batch is claimed: let that be short.
WAITING: Prepared[Delivery] = Prepared(
    lambda now: (
        Delivery.objects.waiting(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person", "reminder")
        .order_by("free_at")[:BATCH]
    ),
    Delivery.free_at.field,
)
# What each mail needs of the database, as cheap as it can be: the first of a batch is looked at,
# and the mark of each looks at the next.
HELD = Prepared(
    lambda pk, token: Delivery.objects.filter(
        pk=pk, token=token, state=Delivery.CLAIMED
    ).values_list("id"),
    Delivery.id.field,
    Delivery.token.field,
)
MARK_SENT = """
UPDATE steps_delivery SET state = 'sent', sent_at = %s, token = NULL
WHERE id = %s AND token = %s AND state = 'claimed'
RETURNING EXISTS (
  SELECT 1 FROM steps_delivery AS next
  WHERE next.id = %s AND next.token = %s AND next.state = 'claimed'
)
"""


@dataclass(frozen=True)
class Claim:
    """Occurrences that are this worker's as long as the lease holds."""

    at: datetime
    token: uuid.UUID
    rows: Sequence[Delivery]
    taken: int  # those settled without a mail counted in


def nothing(point: str) -> None:
    """Do nothing at a named point; tests kill a worker there."""


def deliver(
    now: Callable[[], datetime] = clock.now,
    seconds: float = 50,
    at: Callable[[str], None] = nothing,
) -> Counter[str]:
    """Send what is due until nothing is left or the time is over.

    Returns:
        how many were taken up, and how many mails ended in which way.
    """
    count: Counter[str] = Counter()
    until = monotonic() + seconds
    while monotonic() < until:
        at("before claim")
        claimed = claim(now())
        if not claimed.taken:
            break
        at("after claim")
        count["due"] += claimed.taken
        count.update(Batch(claimed, at).send())
    return count


# --- claiming -------------------------------------------------------------------------------------
def claim(now: datetime) -> Claim:
    """Take up to BATCH occurrences, settle those that need no mail, and hold the others."""
    token = uuid.uuid4()
    with transaction.atomic():
        waiting = WAITING.all(now)
        if not waiting:
            return Claim(now, token, [], 0)
        settings = held_settings({row.person_id for row in waiting})
        held = {one.person_id for one in settings}
        rows = [row for row in waiting if row.person_id in held]
        if not rows:
            return Claim(now, token, [], 0)
        known = Known.about(rows, settings)
        verdicts = judge(rows, known, now)
        settle(verdicts, token, now)
    mails = [row for row in rows if verdicts[row.pk].state == Delivery.CLAIMED]
    for row in mails:
        row.person.reminder_settings = known.settings[row.person_id]
    return Claim(now, token, mails, len(rows))


def held_settings(people: set[Any]) -> list[ReminderSettings]:
    """Return these people's settings, locked, so that two workers never count past each other.

    Whoever has none gets the usual ones. Those that somebody else holds are left out: waiting for
    them while holding occurrences could lock both out for good.
    """
    free = ReminderSettings.objects.select_for_update(skip_locked=True)
    found = list(free.filter(person__in=people))
    if missing := people - {one.person_id for one in found}:
        ReminderSettings.objects.bulk_create(
            [ReminderSettings(person_id=person) for person in missing], ignore_conflicts=True
        )
        found += free.filter(person__in=missing)
    return found


def settle(verdicts: dict[uuid.UUID, Verdict], token: uuid.UUID, now: datetime) -> None:
    """Write the verdicts down, one statement for each kind of them."""
    for verdict, group in groupby(sorted(verdicts.items(), key=itemgetter(1)), key=itemgetter(1)):
        rows = Delivery.objects.filter(pk__in=[pk for pk, _ in group])
        if verdict.state == Delivery.CLAIMED:
            rows.update(
                state=verdict.state, card=verdict.card, token=token, free_at=now + LEASE,
                claims=F("claims") + 1,
            )  # fmt: skip
        else:
            rows.update(state=verdict.state, why=verdict.why, card=verdict.card, token=None)


# --- sending --------------------------------------------------------------------------------------
class Batch:
    """One claim on its way through one connection to the mail server."""

    def __init__(self, claimed: Claim, at: Callable[[str], None]) -> None:
        self.token, self.rows, self.claimed_at = claimed.token, claimed.rows, claimed.at
        self.at = at
        self.connection: Any = None
        self.unreachable = False
        self.looked_at: uuid.UUID | None = None  # the row that was ours when the last was marked
        self.began = self.renewed = monotonic()

    def now(self) -> datetime:
        """Return what the database's clock shows by now, without asking it for each mail."""
        return self.claimed_at + timedelta(seconds=monotonic() - self.began)

    def send(self) -> Counter[str]:
        """Send every row that is still this worker's, and mark each at once.

        Marks need not wait for the disk: a power cut that takes one back is like a worker that
        died before it, and the mail leaves again with the same Message-ID.
        """
        count: Counter[str] = Counter()
        try:
            with not_waiting():
                for row, after in zip_longest(self.rows, self.rows[1:]):
                    count[self.send_one(row, after)] += 1
        finally:
            self.hang_up()
        return count

    def send_one(self, row: Delivery, after: Delivery | None) -> str:
        """Send and mark one row, if it is still this worker's; return what came of it."""
        if not self.still_ours(row):
            return "taken back"
        self.at("before sending")
        answer = self.post(row)
        self.at("after the answer")
        self.mark(row, answer, after)
        self.at("after marking")
        return answer

    def ours(self) -> QuerySet[Delivery]:
        """Return the rows that nobody took back and no other worker took over."""
        return Delivery.objects.filter(token=self.token, state=Delivery.CLAIMED)

    def still_ours(self, row: Delivery) -> bool:
        """Tell whether a row may be sent now; renew the lease of the whole batch in time."""
        if monotonic() - self.renewed > RENEWED_EVERY:
            self.ours().update(free_at=self.now() + LEASE)
            self.renewed, self.looked_at = monotonic(), None  # that took time: look again
        return self.looked_at == row.pk or HELD.first(row.pk, self.token) is not None

    def post(self, row: Delivery) -> str:
        """Send one row and return what came of it."""
        if self.unreachable or not self.connected():
            return NOT_NOW
        try:
            hand_over(row, self.connection)
        except SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            return NO_SUCH_ADDRESS if codes and all(500 <= c < 600 for c in codes) else NOT_NOW
        except SMTPDataError as refused:
            return REJECTED if 500 <= refused.smtp_code < 600 else NOT_NOW
        except (SMTPException, OSError):
            self.hang_up()
            return NOT_NOW
        except Exception as fault:  # one letter that cannot be written must not stop the others
            logger.error("Delivery %s could not be made: %s", row.pk, type(fault).__name__)
            return NOT_NOW
        if isinstance(self.connection, FileBackend):
            self.hang_up()  # each mail is a file of its own
        return TAKEN

    def connected(self) -> bool:
        """Tell whether there is a connection; a server out of reach is asked once a batch."""
        if self.connection is None:
            self.connection = get_connection()
            try:
                self.connection.open()
            except (SMTPException, OSError) as fault:
                logger.warning("The mail server cannot be reached: %s", type(fault).__name__)
                self.unreachable = True
                self.hang_up()
        return not self.unreachable

    def hang_up(self) -> None:
        """Close the connection; the next row opens another."""
        if self.connection is not None:
            with suppress(SMTPException, OSError):
                self.connection.close()
            self.connection = None

    def mark(self, row: Delivery, answer: str, after: Delivery | None) -> None:
        """Write down what became of a row, where it is still ours."""
        if answer == TAKEN:
            self.mark_sent(row, after or row)
            return
        mine = self.ours().filter(pk=row.pk)
        if answer == NO_SUCH_ADDRESS:
            mine.update(state=Delivery.REFUSED, why=answer, card=True, token=None)
            ReminderSettings.objects.filter(person=row.person_id).update(refused_at=self.now())
        elif answer == REJECTED or row.attempts >= len(TRIES_AGAIN_AFTER):
            mine.update(
                state=Delivery.DEAD, why=answer, card=True, token=None, attempts=row.attempts + 1
            )
        else:
            again = self.now() + TRIES_AGAIN_AFTER[row.attempts]
            mine.update(state=Delivery.DUE, token=None, attempts=row.attempts + 1, free_at=again)

    def mark_sent(self, row: Delivery, after: Delivery) -> None:
        """Mark a row as sent and look, in the same breath, whether the one after it is ours."""
        token = self.token
        told = plain_values([self.now(), row.pk, token, after.pk, token])
        with connection.cursor() as cursor:
            cursor.execute(MARK_SENT, told)
            found = cursor.fetchall()
        self.looked_at = after.pk if found and found[0][0] else None
