"""The doorbell: these tasks carry nothing and find their work in the database.

A bell that is lost rings again with the next tick; any number of ticks and workers is safe.
"""

import logging
from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from kombu.exceptions import OperationalError

from steps.reminders import clock
from steps.reminders.delivering import deliver as deliver_what_is_due
from steps.reminders.materialising import materialise
from steps.reminders.models import KEPT, MILESTONES, Delivery, Done

logger = logging.getLogger(__name__)

BELLS = 4  # a tick calls no more workers than this
EXPIRES = 60  # seconds; the next ticks ring again
DONE_KEPT = timedelta(days=8)


@shared_task
def tick() -> None:
    """Make occurrences of the schedules that are due, and ring for those that send them."""
    now = clock.now()
    bells = 0
    for _ in materialise(now):
        if bells < BELLS:
            ring()
            bells += 1
    if not bells and Delivery.objects.waiting(now).exists():
        ring()


@shared_task
def deliver() -> None:
    """Send what is due for the better part of a minute."""
    count = deliver_what_is_due()
    if count:
        told = ", ".join(f"{number} {what}" for what, number in sorted(count.items()))
        logger.info("Reminders: %s", told)
    if Delivery.objects.waiting(clock.now()).exists():
        ring()


@shared_task
def tidy() -> None:
    """Delete occurrences and done days that nothing asks for any more."""
    now = clock.now()
    over = Delivery.objects.filter(due_at__lt=now - KEPT)
    over.exclude(state__in=Delivery.UNDONE).exclude(kind__in=MILESTONES).delete()
    Done.objects.filter(local_date__lt=(now - DONE_KEPT).date()).delete()


def ring() -> None:
    """Call a worker; where the broker is away, the next tick calls."""
    with suppress(OperationalError):
        deliver.apply_async(expires=EXPIRES, retry=False)
