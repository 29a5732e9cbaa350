"""The broker is a doorbell: messages say nothing, and a lost one changes nothing."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from kombu import pools

from steps.reminders import tasks
from steps.reminders.models import Delivery, Reminder
from trustrepair.celery import app

Daily = Callable[..., Reminder]
pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Path]:
    """The embedded broker, on a folder of its own."""
    before = app.conf.broker_url, app.conf.broker_transport_options
    folder, control = tmp_path / "broker", tmp_path / "control"
    folder.mkdir()
    control.mkdir()
    app.conf.broker_url = "filesystem://localhost//"
    app.conf.broker_transport_options = {
        "data_folder_in": str(folder), "data_folder_out": str(folder),
        "control_folder": str(control),
    }  # fmt: skip
    forget_connections()
    yield folder
    app.conf.broker_url, app.conf.broker_transport_options = before
    forget_connections()


def forget_connections() -> None:
    """Let Celery read anew where its broker is."""
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


def messages(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted(folder.iterdir())]


def due(reminder: Reminder, seconds: int = 5) -> None:
    at = timezone.now() - timedelta(seconds=seconds)
    Reminder.objects.filter(pk=reminder.pk).update(next_at=at)


def test_a_tick_with_nothing_due_rings_nobody(broker: Path, daily: Daily) -> None:
    due(daily(), -3600)
    tasks.tick()
    assert messages(broker) == []
    assert not Delivery.objects.exists()


def test_a_ring_carries_neither_words_nor_ids(broker: Path, daily: Daily, ana: Any) -> None:
    reminder = daily()
    due(reminder)
    tasks.tick()
    (message,) = messages(broker)
    args, kwargs, _ = json.loads(base64.b64decode(message["body"]))
    assert (args, kwargs) == ([], {})
    assert message["headers"]["task"] == "steps.reminders.tasks.deliver"
    said = json.dumps(message)
    delivery = Delivery.objects.get()
    for secret in (reminder.pk, reminder.pk.hex, delivery.pk, delivery.pk.hex, ana.email):
        assert str(secret) not in said


def test_a_lost_ring_is_rung_again_by_the_next_tick(broker: Path, daily: Daily) -> None:
    due(daily())
    tasks.tick()
    for file in broker.iterdir():
        file.unlink()
    tasks.tick()
    assert len(messages(broker)) == 1
    assert Delivery.objects.count() == 1


def test_a_worker_that_did_all_rings_nobody(broker: Path, daily: Daily) -> None:
    due(daily(channel="app"))
    tasks.tick()
    for _ in range(3):
        tasks.deliver()
    assert Delivery.objects.get().state == Delivery.IN_APP
    assert len(messages(broker)) == 1
