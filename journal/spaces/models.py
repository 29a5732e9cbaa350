"""Rooms: who is in one, what was handed into it, who is invited, and who is kept out.

A `Membership` is the permission: whoever has none finds no room, and leaving deletes it. An
`Invitation` is a table of its own and becomes a membership. Every post has a key of its own, so
that taking it back destroys exactly that one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from journal.vault.guard import GuardedManager, Person
from journal.vault.keyring import Keyring
from journal.vault.models import destroy_keys

INVITED_FOR = timedelta(days=7)
GUEST_FOR = timedelta(days=90)  # a coach in a couple's room, unless both let them stay longer


class SpaceManager(GuardedManager["Space"]):
    def hold(self, person: Person, space_id: uuid.UUID) -> Space | None:
        """Return a room this person is in, locked until the transaction ends.

        Whatever changes who is in a room holds it first.
        """
        inside = Membership.objects.of(person).values("space")
        return self._held().filter(pk=space_id, pk__in=inside).first()

    def hold_for(self, invitation: Invitation) -> Space | None:
        """Return the room of an invitation that was fetched by its token, locked."""
        return self._held().filter(pk=invitation.space_id).first()

    def _held(self) -> models.QuerySet[Space]:
        # A post that is written at this moment refers to the room, and must not wait for us while
        # we wait for its writer's membership: hence no lock on the room's key.
        return self._rows().select_for_update(no_key=True)

    def deserted(self) -> models.QuerySet[Space]:
        """Return the rooms that nobody is in and nobody's words are in, for the daily clearing."""
        return self._rows().filter(memberships__isnull=True, posts__isnull=True)


class Space(models.Model):
    """A room with members. It says nothing of them: names and words are theirs, and sealed."""

    COUPLE, COACHING = "couple", "coaching"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12)
    created_at = models.DateTimeField(default=timezone.now)
    # When the second person came in. A room that was open and has lost one of two is closed.
    opened_at = models.DateTimeField(null=True)

    objects = SpaceManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"room {self.pk}"


class MembershipManager(GuardedManager["Membership"]):
    def of(self, person: Person) -> models.QuerySet[Membership]:
        """Return this person's memberships with their rooms, the latest first."""
        mine = self._rows().filter(person=person).select_related("space")
        return mine.order_by("-joined_at", "-id")

    def in_room_of(self, person: Person, space_id: uuid.UUID) -> models.QuerySet[Membership]:
        """Return everybody in a room, if this person is one of them; nobody otherwise."""
        inside = self._rows().filter(space=space_id, space__memberships__person=person)
        return inside.select_related("space").order_by("joined_at", "id")

    def beside(self, person: Person) -> models.QuerySet[Membership]:
        """Return everybody who is in a room with this person now, themselves included."""
        return self._rows().filter(space__memberships__person=person).order_by("joined_at", "id")

    def around_copies(self, person: Person, now: Any = None) -> models.QuerySet[Membership]:
        """Return who is in rooms with this person now, each able to say what they read there.

        What a client shows a coach is kept further down; here it is asked for by name alone.
        """
        shows = Space.unscoped.filter(
            pk=OuterRef("space"), showings__item="room",
            showings__expires_at__gt=now or timezone.now(),
        )  # fmt: skip
        return self.beside(person).annotate(shown=Exists(shows))

    def in_held(self, space: Space) -> models.QuerySet[Membership]:
        """Return everybody in a room that is held."""
        return self._rows().filter(space=space).order_by("joined_at", "id")

    def lapsed(self) -> models.QuerySet[Membership]:
        """Return the coaches whose time in a couple's room is over, to be shown out."""
        return self._rows().filter(stays_until__lte=timezone.now())

    def hold(self, person: Person, space_id: uuid.UUID) -> Membership | None:
        """Return this person's membership, which then lasts until the transaction ends."""
        mine = self._rows().select_for_update().filter(person=person, space=space_id)
        return mine.first()


class Membership(models.Model):
    """Somebody in a room. The row is the permission, for a coach in a couple's room until a moment.

    `sealed_called` is how they call themselves there, under their own key for the room.
    """

    PARTNER, CLIENT, COACH = "partner", "client", "coach"
    ROLES = {Space.COUPLE: (PARTNER, PARTNER), Space.COACHING: (CLIENT, COACH)}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=12)
    joined_at = models.DateTimeField(default=timezone.now)
    # Until then nothing of the others reaches this person.
    paused_until = models.DateTimeField(null=True)
    # From then on a coach in a couple's room finds nothing there; the daily clearing deletes them.
    stays_until = models.DateTimeField(null=True)
    sealed_called = models.BinaryField(editable=False)

    objects = MembershipManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["space", "person"], name="once_in_a_room"),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"

    @classmethod
    def begin(
        cls, person: Person, keyring: Keyring, space: Space, role: str, called: str,
        row_id: uuid.UUID | None = None,
    ) -> Membership:  # fmt: skip
        """Bring a person into a room; the caller holds it or has just made it.

        Args:
            keyring: the person's own, made for this room.
            called: how they want to be called there.
            row_id: the id that the invitation's token gives it.
        """
        row = cls(id=row_id or uuid.uuid4(), person=person, space=space, role=role)
        if role == cls.COACH and space.kind == Space.COUPLE:
            row.stays_until = timezone.now() + GUEST_FOR
        row.sealed_called = keyring.seal(row, "called", called, space=space.pk)
        row.save(force_insert=True)
        return row

    @property
    def paused(self) -> bool:
        """Whether this person is keeping away for now."""
        return self.paused_until is not None and self.paused_until > timezone.now()

    @property
    def lapsed(self) -> bool:
        """Whether a coach's time in a couple's room is over."""
        return self.stays_until is not None and self.stays_until <= timezone.now()

    def reads(self, post: Post) -> bool:
        """Whether they read what another opened there, as `Post.objects.visible_to` has it.

        Only for rows of `around_copies`. Keeping away counts for nothing: it ends at any moment.
        """
        if self.role != self.COACH:
            return True
        if self.space.kind == Space.COACHING:
            return bool(getattr(self, "shown", False))
        return not self.lapsed and self.joined_at <= post.created_at

    def stay(self) -> None:
        """Let a coach in a couple's room stay for ninety days from now."""
        self.stays_until = timezone.now() + GUEST_FOR
        self.save(update_fields=["stays_until"])

    def pause(self, until: datetime | None) -> None:
        """Keep away until a moment, or come back with None."""
        self.paused_until = until
        self.save(update_fields=["paused_until"])

    def called(self, keyring: Keyring) -> str:
        """Open how they call themselves; `keyring` is that of somebody in the room."""
        return str(keyring.open(self, "called") or "")

    def rename(self, keyring: Keyring, called: str) -> None:
        """Change how they are called; only they have the key for it."""
        self.sealed_called = keyring.seal(self, "called", called, space=self.space_id)
        self.save(update_fields=["sealed_called"])


class InvitationManager(GuardedManager["Invitation"]):
    def by_hash(self, token_hash: str) -> models.QuerySet[Invitation]:
        """Return the invitation of a token whose hash this is, unless its week is over.

        The token itself is the permission: it opens the words, or nothing does.
        """
        live = self._rows().filter(token_hash=token_hash, expires_at__gt=timezone.now())
        return live.select_related("space")

    def sent_by(self, person: Person) -> models.QuerySet[Invitation]:
        """Return what this person has invited to and nobody has taken up, the latest first."""
        return self._rows().filter(inviter=person).order_by("-created_at", "-id")

    def into_room_of(self, person: Person, space_id: uuid.UUID) -> models.QuerySet[Invitation]:
        """Return the invitations into a room this person is in."""
        return self._rows().filter(space=space_id, space__memberships__person=person)

    def into_held(self, space: Space) -> models.QuerySet[Invitation]:
        """Return the invitations into a room that is held."""
        return self._rows().filter(space=space)

    def outlived(self) -> models.QuerySet[Invitation]:
        """Return invitations whose week has been over for a while, for the daily clearing."""
        return self._rows().filter(expires_at__lt=timezone.now() - INVITED_FOR)


def a_week_from_now() -> datetime:
    """Return the moment an invitation ends."""
    return timezone.now() + INVITED_FOR


class Invitation(models.Model):
    """Somebody is asked into a room, by whoever holds the token; taking it up deletes the row.

    `sealed_words` (how the inviter is called, a note) is under a key that is the token itself, of
    which only a hash is kept. `sealed_link` is the token for its inviter, under their own key.
    `sealed_whom` says who is meant, under the inviter's key for the room: a coach is invited into a
    couple's room only when both have said yes to that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="invitations")
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=a_week_from_now, db_index=True)
    sealed_words = models.BinaryField(editable=False)
    sealed_link = models.BinaryField(editable=False)
    sealed_whom = models.BinaryField(editable=False, null=True)

    objects = InvitationManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class BlockManager(GuardedManager["Block"]):
    def by(self, person: Person) -> models.QuerySet[Block]:
        """Return whom this person keeps out, the latest first; for their own page."""
        return self._rows().filter(person=person).order_by("-created_at", "-id")

    def stands_between(self, person_id: Any, marks: list[str]) -> bool:
        """Whether a person keeps out somebody who has one of these marks."""
        kept_out = Q(person_mark__in=marks) | Q(address_mark__in=marks)
        return self._rows().filter(kept_out, person=person_id).exists()


class Block(models.Model):
    """Somebody whom this person wants no invitation from. Only its writer's page lists it.

    The marks are keyed hashes of the other's account and address, made for this writer alone: the
    table by itself does not say whom anybody keeps out. `sealed_called` is their name for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    person_mark = models.CharField(max_length=64)
    address_mark = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    sealed_called = models.BinaryField(editable=False)

    objects = BlockManager()
    unscoped = models.Manager()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(fields=["person", "person_mark"], name="kept_out_once"),
        ]

    def __str__(self) -> str:
        return f"block {self.pk}"


class PostQuerySet(models.QuerySet["Post"]):
    def newest(self) -> PostQuerySet:
        """Order newest first, in the order the index keeps."""
        return self.order_by("-created_at", "-id")

    def older_than(self, moment: datetime, row_id: uuid.UUID) -> PostQuerySet:
        """Return what stands after a given row when newest come first."""
        return self.filter(Q(created_at__lt=moment) | Q(created_at=moment, id__lt=row_id))

    def take_back(self) -> int:
        """Destroy the keys of these posts and then the posts; return how many there were."""
        with transaction.atomic():
            rows = list(self.order_by().select_for_update().values_list("pk"))
            ids = [pk for (pk,) in rows]
            destroy_keys(ids)
            Post.unscoped.filter(pk__in=ids).delete()
        return len(ids)

    take_back.alters_data = True  # type: ignore[attr-defined]
    take_back.queryset_only = True  # type: ignore[attr-defined]


class PostManager(GuardedManager["Post"]):
    def _rows(self) -> PostQuerySet:
        return PostQuerySet(self.model, using=self._db)

    def visible_to(self, person: Person, now: Any = None) -> PostQuerySet:
        """Return what this person may see now, in every room they are in at this moment.

        That is what they wrote, and what others have opened to the room; nothing of others while
        the person pauses; and for a coach in a couple's room nothing from before they came, and
        nothing once their time there is over.
        `now`: the moment, where a query is prepared before it comes.
        """
        awake = Q(space__memberships__paused_until__isnull=True) | Q(
            space__memberships__paused_until__lte=now or timezone.now()
        )
        meant = (
            Q(space__memberships__role__in=[Membership.PARTNER, Membership.CLIENT])
            | Q(space__kind=Space.COACHING)
            | Q(
                created_at__gte=F("space__memberships__joined_at"),
                space__memberships__stays_until__gt=now or timezone.now(),
            )
        )
        of_others = Q(opened_at__isnull=False) & awake & meant
        # One filter: every condition on memberships is about this person's own.
        return self._rows().filter(Q(author=person) | of_others, space__memberships__person=person)

    def written_by(self, person: Person) -> PostQuerySet:
        """Return this person's own posts, in rooms they are in and in rooms that are closed."""
        return self._rows().filter(author=person)

    def plans_in(self, space: Space) -> list[uuid.UUID]:
        """Return the ids of the plans in a room that is held, which reminders are about."""
        return list(self._rows().filter(space=space, kind=Post.PLAN).values_list("pk", flat=True))

    def of_talk(self, space: Space, kinds: Iterable[str], ids: list[uuid.UUID]) -> PostQuerySet:
        """Return turns of a talk in a room that is held: both knew that either may destroy them."""
        return self._rows().filter(space=space, kind__in=kinds, pk__in=ids)

    def spoken_in(self, space: Space) -> PostQuerySet:
        """Return what was said on another's device in a room that is held, for leaving."""
        return self._rows().filter(space=space, kind=Post.SPOKEN)

    def lent_to(self, partner: Person, space: Space) -> PostQuerySet:
        """Return what the other said on this partner's device in a room that is held."""
        return self._rows().filter(space=space, kind=Post.SPOKEN, author=partner)

    def words_of(self, partner: Person, space: Space) -> PostQuerySet:
        """Return a partner's own words in a room that is held, said on the other's device too."""
        own = Q(author=partner) & ~Q(kind=Post.SPOKEN)
        said = ~Q(author=partner) & Q(kind=Post.SPOKEN)
        return self._rows().filter(own | said, space=space)

    def is_taken(self, row_id: uuid.UUID) -> bool:
        """Whether an id is anybody's already; for the moment before a post gets it."""
        return self._rows().filter(pk=row_id).exists()

    def stranded(self, person: Person) -> PostQuerySet:
        """Return what this person wrote in rooms they are no longer in."""
        here = Membership.objects.of(person).order_by().values("space")
        return self.written_by(person).exclude(space__in=here)

    def last_number(self, space: Space, kind: str) -> int:
        """Return the highest place taken in a room fetched on a member's behalf; 0 for none."""
        last = self._rows().filter(space=space, kind=kind).aggregate(last=Max("number"))["last"]
        return int(last or 0)

    def hold(self, person: Person, row_id: uuid.UUID) -> Post | None:
        """Return a post of this person, locked until the transaction ends."""
        return self._rows().select_for_update().filter(author=person, pk=row_id).first()


class Post(models.Model):
    """Something in a room: a copy handed over, a note, an answer, a marble, an agreement …

    Its words are under its author's key for this one post, so that destroying that key takes back
    this post and nothing else. `opened_at` is empty while only its author may see it: an answer
    that waits for the other's, a draft. `sealed_body` is a dict; its "title" and "text" are what
    comes home to the author's journal when a room ends, so every kind fills "text".
    """

    COPY, NOTE, REPLY, PLAN = "copy", "note", "reply", "plan"
    SPOKEN = "spoken"  # what the other partner said on its author's device: never the author's own
    SAID_THERE = "said-there"  # the same, its speaker's own since whoever held the device has left

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
    # A place counted up within its kind and room, such as a marble's; and a day, such as a week's.
    number = models.PositiveIntegerField(null=True)
    day = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    sealed_body = models.BinaryField(editable=False)

    objects = PostManager()
    unscoped = models.Manager.from_queryset(PostQuerySet)()

    class Meta:
        base_manager_name = "unscoped"
        constraints = [
            models.UniqueConstraint(
                fields=["space", "kind", "number"],
                condition=Q(number__isnull=False),
                name="one_post_in_a_place",
            ),
        ]
        indexes = [
            models.Index(fields=["space", "-created_at", "-id"], name="posts_of_a_room"),
            models.Index(fields=["space", "kind", "-created_at"], name="posts_of_a_kind"),
            models.Index(fields=["space", "opened_at"], name="posts_newly_open"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"

    def body(self, keyring: Keyring) -> dict[str, Any]:
        """Open the words; `keyring` must have been told of this post (`Room.read`)."""
        return dict(keyring.open(self, "body"))

    def open_to_room(self) -> None:
        """Let the others in the room see it."""
        self.opened_at = timezone.now()
        self.save(update_fields=["opened_at"])

    def change_hands(self, keyring: Keyring, speaker: Person, title: str) -> None:
        """Make what was said on its author's device the speaker's own, under a key of theirs.

        Only for leaving, in a room that is held. The key it was under goes, so that whoever held
        the device opens no copy of it either.

        Args:
            keyring: the speaker's own, which has been told of this post.
            title: what says for good where the words were written.
        """
        body = {"title": title, "text": self.body(keyring)["of_other"]}
        self.sealed_body = keyring.seal(self, "body", body, space=self.pk)
        destroy_keys([self.pk], author=self.author_id)
        self.author, self.kind = speaker, self.SAID_THERE
        self.save(update_fields=["sealed_body", "author", "kind"])

    def take_back(self) -> None:
        """Destroy its key, then the post. Only its author's pages may ask for this."""
        type(self).unscoped.filter(pk=self.pk).take_back()
