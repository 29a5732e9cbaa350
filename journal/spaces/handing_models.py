"""Where copies of a writer's pages stand: their own record, which nobody else asks for."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from journal.entries.models import Entry
from journal.spaces.models import Post
from journal.vault.guard import GuardedManager, Person


class HandingQuerySet(models.QuerySet["Handing"]):
    def standing(self) -> HandingQuerySet:
        """Return copies alone, with their posts."""
        return self.filter(post__kind=Post.COPY).select_related("post")

    def before(self, row: Handing) -> HandingQuerySet:
        """Return what stands after a given row when the latest come first."""
        at = row.created_at
        return self.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=row.pk))


class HandingManager(GuardedManager["Handing"]):
    def _rows(self) -> HandingQuerySet:
        return HandingQuerySet(self.model, using=self._db)

    def of(self, entry: Entry) -> HandingQuerySet:
        """Return where copies of an entry stand that was fetched on its writer's behalf."""
        mine = self._rows().filter(entry=entry, author_id=entry.author_id)
        return mine.standing().order_by("created_at", "id")

    def all_of(self, person: Person) -> HandingQuerySet:
        """Return where copies of all of a person's pages stand, the latest first, with heads."""
        mine = self._rows().filter(author=person).standing().select_related("post", "entry")
        bodies = ("entry__sealed_body", "entry__sealed_questions")
        return mine.defer("post__sealed_body", *bodies).order_by("-created_at", "-id")

    def by(self, person: Person) -> models.QuerySet[Handing]:
        """Return where copies of everything this person wrote stand."""
        return self._rows().filter(author=person).select_related("post")

    def take_back_copies(self, entries: models.QuerySet[Entry]) -> None:
        """Take back every copy of entries that are about to go."""
        posts = self._rows().filter(entry__in=entries.order_by().values("pk")).values("post")
        Post.unscoped.filter(pk__in=posts).take_back()


class Handing(models.Model):
    """A writer's private record of one copy: of which entry, and which post it is.

    Only pages of the writer ask for it. `sealed_with` says, under the writer's own key, whom the
    room was shared with at the time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="copies")
    post = models.OneToOneField(Post, on_delete=models.CASCADE)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    entry_version = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    sealed_with = models.BinaryField(editable=False)

    objects = HandingManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"handing {self.pk}"

    def has_seen(self, entry: Entry) -> None:
        """Note that its writer has looked at the copy beside this version of the page."""
        self.entry_version = entry.version
        self.save(update_fields=["entry_version"])
