"""Second factors at rest: the vault is told where the tokens are, so that new keys reach them."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from journal.vault.small import MARK, TokenStore

LABEL = "mfa"


def tokens() -> Iterator[tuple[tuple[int, str], str]]:
    """Yield ((row, name in its data), token) for every sealed secret of every second factor."""
    for pk, data in Authenticator.objects.order_by("pk").values_list("pk", "data").iterator():
        for name, value in data.items():
            if isinstance(value, str) and value.startswith(f"{MARK}."):
                yield (pk, name), value


def replace(handle: tuple[int, str], old: str, new: str) -> bool:
    """Put a token in the place of another, unless it changed or went meanwhile."""
    pk, name = handle
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if row is None or row.data.get(name) != old:
            return False
        row.data[name] = new
        row.save(update_fields=["data"])
    return True


STORE = TokenStore("second factors", LABEL, tokens, replace)
