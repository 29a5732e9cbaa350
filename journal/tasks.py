"""Housekeeping of this storey. No words, no ids of people."""

from celery import shared_task
from django.utils import timezone

from journal.coaching import cards
from journal.entries import milestones, segments
from journal.entries.import_models import ImportBatch
from journal.entries.models import TRASH_FOR, Entry, Revision
from journal.relationships.models import Guest
from journal.spaces.leaving import show_out_lapsed
from journal.spaces.models import Invitation, Space


@shared_task
def forget_guests() -> None:
    """Delete the answers of guests whose day is over."""
    Guest.objects.expired().delete()


@shared_task
def thin_history() -> None:
    """Delete versions older than ninety days, and day-old receipts of autosaves."""
    Revision.objects.outlived(timezone.now()).delete()


@shared_task
def empty_trash() -> None:
    """Delete for good what has lain in the trash for thirty days."""
    for entry in Entry.objects.past_trash(timezone.now() - TRASH_FOR).iterator():
        entry.delete()


@shared_task
def tell_milestones() -> None:
    """Let the notes come that come once, to those whose time it is."""
    milestones.tell_all(timezone.now())


@shared_task
def pack_for_search() -> None:
    """Pack what people wrote for searching, for at most a minute; the next run goes on."""
    segments.pack_everybodys(seconds=60)


@shared_task
def forget_imports() -> None:
    """Delete what somebody began to bring in and left lying for a day."""
    ImportBatch.objects.outlived(timezone.now()).delete()


@shared_task
def sweep_cards() -> None:
    """Destroy the cards that are shown to no coach any more."""
    cards.sweep()


@shared_task
def sweep_rooms() -> None:
    """Delete invitations that are over, coaches whose time is, and rooms that nobody is in."""
    show_out_lapsed()
    Invitation.objects.outlived().delete()
    Space.objects.deserted().delete()
