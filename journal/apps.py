"""What people write, and whom they hand it to."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "journal"
    label = "journal"

    def ready(self) -> None:
        from journal.vault import checks  # noqa: F401  registers the checks of the keys
