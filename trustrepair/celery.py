"""The Celery app: rings for due work, carries no words and no ids of people."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trustrepair.settings")

app = Celery("trustrepair")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["journal", "steps.reminders", "trustrepair.doors"])
