"""The people who may sign in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "trustrepair.accounts"
    label = "accounts"

    def ready(self) -> None:
        # Models are there only now.
        from journal.vault import small
        from trustrepair.accounts.factors import STORE

        small.register(STORE)
