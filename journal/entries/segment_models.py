"""What search has packed of one person's entries: sealed copies, made again at any time."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.conf import settings
from django.db import models

from journal.vault.guard import GuardedManager, Person


class SearchSegmentManager(GuardedManager["SearchSegment"]):
    def of(self, person: Person) -> models.QuerySet[SearchSegment]:
        """Return what is packed of this person's entries."""
        return self._rows().filter(author=person)

    def with_ids(self, ids: Collection[uuid.UUID]) -> models.QuerySet[SearchSegment]:
        """Return segments that somebody's entries point at, without what is in them."""
        return self._rows().filter(pk__in=ids).only("pk")


class SearchSegment(models.Model):
    """The words of about 256 entries in two sealed blobs, made for being searched.

    `sealed_words` holds each different word once, `sealed_texts` every entry's text: looking for a
    rare word opens the small one of each segment and hardly any of the large ones. An entry points
    at the one segment that holds words of it, old ones too; deleting the row forgets them all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    newest_at = models.DateTimeField()
    oldest_at = models.DateTimeField()
    sealed_words = models.BinaryField(editable=False)
    sealed_texts = models.BinaryField(editable=False)

    objects = SearchSegmentManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        indexes = [models.Index(fields=["author", "-newest_at"], name="segments_of_a_person")]

    def __str__(self) -> str:
        return f"search segment {self.pk}"
