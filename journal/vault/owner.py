"""Whose page a form was: words typed as one person are never kept by another.

Two people may use one browser. A page still open from the one would be saved into the journal of
the other who signed in meanwhile; so every writing form carries a mark of whose it is. It names
nobody: it is made from the account's id and the secret key.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

FIELD = "owner"


def mark_of(person: Any, secret: str | None = None) -> str:
    """Return the mark of a person's forms, made with `secret` or the secret key of today."""
    made = salted_hmac("whose page this was", str(person.pk), secret=secret, algorithm="sha256")
    return made.hexdigest()[:32]


def is_somebody_elses(request: HttpRequest) -> bool:
    """Whether a posted form says that it belongs to another person than the one signed in."""
    mark = request.POST.get(FIELD)
    if not mark or not request.user.is_authenticated:
        return False
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return not any(constant_time_compare(mark, mark_of(request.user, key)) for key in secrets)
