"""The two tables of the vault: data keys, and the ways each of them is locked up.

No word of anybody is here, and no key in the clear. See docs/vault.md.
"""

import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q


class DataKey(models.Model):
    """One 256-bit key of one author, for their own writing, for one space or for one post.

    The key itself is in the `KeyWrap` rows alone. A retired key opens what is still sealed under
    it and seals nothing more; `keys reencrypt` destroys it when nothing is left under it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The room, or the one post in it, that it is for. No foreign key: the vault stands above the
    # spaces and may not know them.
    space = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        # A keyring asks for a person's own keys and those of posts, whoever wrote them.
        indexes = [models.Index(fields=["space", "author"], name="keys_of_a_space")]
        constraints = [
            models.UniqueConstraint(
                fields=["author"],
                condition=Q(space__isnull=True, retired_at__isnull=True),
                name="one_live_key_per_author_without_space",
            ),
            models.UniqueConstraint(
                fields=["author", "space"],
                condition=Q(space__isnull=False, retired_at__isnull=True),
                name="one_live_key_per_author_per_space",
            ),
        ]


class KeyWrap(models.Model):
    """One data key, locked with one other key.

    `method` says what kind of key that is: `kek` (a key of the host's, from JOURNAL_KEYS). A
    passphrase, a recovery code or a passkey would be further rows, never another format.
    """

    class Method(models.TextChoices):
        KEK = "kek"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The constraint below begins with this column and serves as its index.
    data_key = models.ForeignKey(DataKey, models.CASCADE, related_name="wraps", db_index=False)
    # No choices on the column: a new method is a new row, not a migration.
    method = models.CharField(max_length=20, default=Method.KEK)
    kek_id = models.CharField(max_length=100)
    wrapped = models.BinaryField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["data_key", "method", "kek_id"],
                name="one_wrap_per_key_method_and_kek",
            ),
        ]


def destroy(data_key: DataKey) -> None:
    """Destroy a key for good: its wraps first, then its row. What it sealed stays shut for ever."""
    with transaction.atomic():
        KeyWrap.objects.filter(data_key_id=data_key.pk).delete()
        DataKey.objects.filter(pk=data_key.pk).delete()


def destroy_keys(spaces: Collection[uuid.UUID], author: Any = None) -> None:
    """Destroy every key for some rooms or single posts, retired ones too, as `destroy` does.

    Args:
        author: only this person's keys for them; everybody's without.
    """
    keys = DataKey.objects.filter(space__in=list(spaces))
    if author is not None:
        keys = keys.filter(author=author)
    with transaction.atomic():
        KeyWrap.objects.filter(data_key__in=keys).delete()
        keys.delete()
