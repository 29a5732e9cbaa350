"""Housekeeping that the beat rings for. No words, no ids of people."""

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone


@shared_task
def clear_sessions() -> None:
    """Delete the rows of sessions that have run out."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


@shared_task
def pulse() -> None:
    """Say that a worker of this machine takes work; the starter watches this file's age."""
    settings.PULSE_FILE.touch()
