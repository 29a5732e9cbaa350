"""Leaving a room: at once, without asking anybody, and with one's own words in one's own hands.

What the leaver wrote is gone for the others, because its keys are; what the others wrote is gone
for the leaver, because there is no membership. What somebody wrote themselves comes home into their
journal. Whoever stays finds the room closed and takes theirs home when they like; what they said on
the leaver's device becomes theirs first. Words from another's device come home on a page of their
own, which says so: whoever held that device could have written anything as theirs.
"""

import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from journal.entries.listing import exercise_words
from journal.entries.models import Entry
from journal.entries.writing import MOST, Draft, keep
from journal.spaces.handing_models import Handing
from journal.spaces.inviting import remember
from journal.spaces.models import Invitation, Membership, Post, Space
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from journal.vault.models import destroy_keys
from steps.reminders.telling import stop_for

KINDS = {
    "copy": "A copy you handed over", "note": "A note", "reply": "A reply", "answer": "An answer",
    "marble": "Something you noticed", "wording": "A sentence for the two of you",
    "plan": "Time together", "talk": "In a talk", "spoken": "In a talk", "said-there": "In a talk",
    "request": "What you asked", "assignment": "What you suggested",
    "from-coach": "From your coach",
}  # fmt: skip
NAMELESS = "What you wrote in a room"
THERE = "Written as yours on the other’s device"
ABOUT_THERE = (
    "From a talk in turns in a room. The words below were typed on the other’s device, as what you "
    "said. Whether you said them so, you know best."
)
ELSEWHERE = (Post.SPOKEN, Post.SAID_THERE)
ROOM_LEFT = MOST - 10_000


def leave(person: Person, space_id: uuid.UUID, bring_home: bool = True) -> int:
    """Take a person out of a room for good; return how many pages came home.

    Args:
        bring_home: keep what they wrote there in their journal; not where an account is erased.

    Raises:
        Http404: they are not in it.
    """
    with transaction.atomic():
        space = Space.objects.hold(person, space_id)
        if space is None:
            raise Http404
        me = Membership.objects.hold(person, space_id)
        here = Membership.objects.in_held(space)
        guest = me is not None and me.role == Membership.COACH and space.kind == Space.COUPLE
        # A couple's room goes on without its coach.
        stop_reminders(space, here.filter(person=person) if guest else here)
        mine = Post.objects.written_by(person).filter(space=space)
        partner = me is not None and me.role == Membership.PARTNER
        words = Post.objects.words_of(person, space) if partner else mine
        pages = take_home(person, words) if bring_home else 0
        if partner:
            hand_back(person, space)
        mine.take_back()
        Invitation.objects.into_held(space).delete()
        if partner:
            # Said by whoever leaves, on the other's device: it goes as everything they said does.
            Post.objects.spoken_in(space).take_back()
            # Both said yes to a coach in a room of two; that is over with it.
            Membership.objects.in_held(space).filter(role=Membership.COACH).delete()
        destroy_keys([space.pk], author=person)
        Membership.objects.in_held(space).filter(person=person).delete()
        sweep(space)
        still = Membership.objects.of(person).filter(space__kind=Space.COUPLE)
        remember(person, shares_room=still.exists())
    return pages


def hand_back(person: Person, space: Space) -> None:
    """Make what the other partner said on this person's device the other's own, before they go.

    It stays in the room, where the other finds it, and comes home with what they wrote themselves.
    """
    here = Membership.objects.in_held(space).filter(role=Membership.PARTNER)
    other = here.exclude(person=person).select_related("person").first()
    if other is None:
        return
    rows = list(Post.objects.lent_to(person, space).select_for_update().order_by("created_at"))
    keyring = Keyring.of(other.person, {row.pk for row in rows})
    for row in rows:
        row.change_hands(keyring, other.person, THERE)


def leave_all(person: Person) -> None:
    """Take somebody whose account is being erased out of every room; nothing comes home."""
    with transaction.atomic():
        for space_id in list(Membership.objects.of(person).values_list("space", flat=True)):
            leave(person, space_id, bring_home=False)
        Post.objects.written_by(person).take_back()


def take_stranded_home(person: Person) -> int:
    """Bring home what a person wrote in rooms they are no longer in; return how many pages."""
    with transaction.atomic():
        posts = Post.objects.stranded(person)
        spaces = list(posts.order_by().values_list("space", flat=True).distinct())
        mine = Post.objects.written_by(person).filter(space__in=spaces)
        pages = take_home(person, mine.exclude(kind=Post.SPOKEN))
        mine.take_back()
        for space in Space.objects.deserted().filter(pk__in=spaces):
            sweep(space)
    return pages


def stop_reminders(space: Space, members: QuerySet[Membership]) -> None:
    """Stop what some members of a held room have asked to be reminded of there."""
    plans = Post.objects.plans_in(space)
    for member in members.select_related("person"):
        for plan in plans:
            stop_for(member.person, plan)


def sweep(space: Space) -> None:
    """Delete a room once nobody is in it and nobody's words are."""
    Space.objects.deserted().filter(pk=space.pk).delete()


def show_out(person: Person, space_id: uuid.UUID, coach_id: uuid.UUID) -> None:
    """End a coach's membership in a couple's room, as either partner may at any moment.

    Raises:
        Http404: the person is no partner there, or nobody like that is.
    """
    with transaction.atomic():
        space = Space.objects.hold(person, space_id)
        me = Membership.objects.hold(person, space_id)
        if space is None or me is None or me.role != Membership.PARTNER:
            raise Http404
        coaches = Membership.objects.in_held(space).filter(pk=coach_id, role=Membership.COACH)
        stop_reminders(space, coaches)
        if not coaches.delete()[0]:
            raise Http404


def show_out_everywhere(coach: Person) -> int:
    """End a coach's stay in every couple's room, as the host may; return in how many.

    Their words stay theirs to take home, as when a partner shows them out.
    """
    guests = Membership.objects.of(coach).filter(role=Membership.COACH, space__kind=Space.COUPLE)
    for row in (many := list(guests.select_related("space"))):
        with transaction.atomic():
            here = Membership.objects.of(coach).filter(pk=row.pk)
            stop_reminders(row.space, here)
            here.delete()
    return len(many)


def show_out_lapsed() -> None:
    """End the membership of every coach whose time in a couple's room is over; nobody decides."""
    for row in Membership.objects.lapsed().select_related("space"):
        with transaction.atomic():
            here = Membership.objects.lapsed().filter(pk=row.pk).select_for_update(of=["self"])
            stop_reminders(row.space, here)
            here.delete()


def take_home(person: Person, posts: QuerySet[Post]) -> int:
    """Write a person's own posts into their own journal; return how many pages it took.

    A copy of a page that is still in the journal, word for word, needs no second one.
    """
    rows = list(posts.select_for_update().order_by("space", "created_at", "id"))
    keyring = Keyring.of(person, [row.pk for row in rows])
    originals = entries_behind(person, rows)
    written = 0
    for _, group in groupby(rows, key=lambda row: row.space_id):
        opened = [(row, row.body(keyring)) for row in group]
        kept = [
            (row, body)
            for row, body in opened
            if not is_still_here(originals.get(row.pk), body, keyring)
        ]
        there = [(row, body) for row, body in kept if row.kind in ELSEWHERE]
        own = [(row, body) for row, body in kept if row.kind not in ELSEWHERE]
        written += write_pages(person, keyring, own, NAMELESS)
        written += write_pages(person, keyring, there, THERE, ABOUT_THERE)
    return written


def entries_behind(person: Person, posts: Iterable[Post]) -> dict[uuid.UUID, Entry]:
    """Return the page that each copy was made from, by the copy's id."""
    copies = {row.pk for row in posts if row.kind == Post.COPY}
    if not copies:
        return {}
    mine = Handing.objects.by(person).filter(post__in=copies).select_related("entry")
    return {row.post_id: row.entry for row in mine}


def is_still_here(entry: Entry | None, body: dict[str, Any], keyring: Keyring) -> bool:
    """Whether every text of a copy stands in the page that it was made from."""
    if entry is None:
        return False
    said = entry.body(keyring)
    if entry.kind == Entry.EXERCISE:
        words = "\n".join(one["words"] for one in exercise_words(entry, keyring, said["answers"]))
    else:
        words = said["text"]
    texts = [part["words"] for part in body.get("parts", [])] or [body.get("text", "")]
    return all(text.strip() in words for text in texts)


def write_pages(
    person: Person, keyring: Keyring, opened: list[tuple[Post, dict[str, Any]]], title: str,
    about: str = "",
) -> int:  # fmt: skip
    """Keep posts as pages of the journal, oldest first, as many as they need.

    `about`: what every one of these pages begins with.
    """
    pages: list[str] = []
    for row, body in opened:
        text = as_text(row, body)
        if not text:
            continue
        if pages and len(pages[-1]) + len(text) < ROOM_LEFT:
            pages[-1] += f"\n\n\n{text}"
        else:
            pages.append(f"{about}\n\n\n{text}" if about else text)
    for text in pages:
        keep(person, keyring, Draft(uuid.uuid4(), uuid.uuid4(), 0, title=title, text=text))
    return len(pages)


def as_text(row: Post, body: dict[str, Any]) -> str:
    """Return a post as it reads in its author's journal; nothing for one without words."""
    own = "of_other" if row.kind == Post.SPOKEN else "text"  # there it was the leaver who spoke
    words = str(body.get(own) or "").strip()
    if not words:
        return ""
    local = timezone.localtime(row.created_at)
    head = f"{KINDS.get(row.kind, 'A page')}, {local.day} {local:%B %Y}"
    title = "" if row.kind in ELSEWHERE else str(body.get("title") or "").strip()
    return "\n".join(filter(None, [head, title, words]))
