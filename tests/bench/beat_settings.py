"""The site's own settings with django-celery-beat, for `tests.bench.beat` alone."""

from trustrepair.settings import *  # noqa: F403
from trustrepair.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "django_celery_beat"]
