"""The ordinary way to send: one Celery task for each recipient, as most Django sites do it.

Each task looks its row up, writes the letter, opens a connection, sends and marks. The worker has
Celery's own settings; only results are not kept, as they are not by ours.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trustrepair.settings")

import django

django.setup()

from celery import Celery  # noqa: E402
from django.utils import timezone  # noqa: E402

from steps.reminders.letters import letter_for  # noqa: E402
from steps.reminders.models import Delivery  # noqa: E402

app = Celery("ordinary", broker=os.environ.get("REDIS_URL"))
app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)
app.conf.broker_connection_retry_on_startup = True


@app.task
def send_one(delivery: str) -> None:
    """Send one note."""
    rows = Delivery.objects.select_related("person__reminder_settings", "reminder")
    letter_for(rows.get(pk=delivery)).send()
    Delivery.objects.filter(pk=delivery).update(state=Delivery.SENT, sent_at=timezone.now())
