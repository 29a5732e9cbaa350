"""The storey of the guide."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register
from django.utils.autoreload import BaseReloader, autoreload_started


class StepsConfig(AppConfig):
    name = "steps"
    label = "steps"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from steps.checks import check_guide
        from steps.note_checks import check_notes
        from steps.reading_age import check_reading_age

        register(check_guide)
        register(check_notes)
        register(check_reading_age)
        # The one signal there is: Django's reloader has no other ear for what else to watch.
        autoreload_started.connect(watch_guide)


def watch_guide(sender: BaseReloader, **kwargs: Any) -> None:
    """Let `make dev` begin anew when a file of the guide changes, as for one of the code."""
    for folder in settings.CONTENT_DIRS:
        sender.watch_dir(folder.resolve(), "**/*.*")
