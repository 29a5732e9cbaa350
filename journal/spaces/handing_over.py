"""Handing over: a copy of one's own page, seen and cut first, for one room. Taken back at once.

These are the writer's pages: they read the writer's own entry and write a post. Nothing that a
member of the room can reach reads the entry.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journal.entries.listing import exercise_words, lines
from journal.entries.margin import margin_notes
from journal.entries.models import Entry
from journal.entries.questions import in_words
from journal.spaces.forms import CopyForm
from journal.spaces.giving_back import giving_back
from journal.spaces.handing_models import Handing
from journal.spaces.models import Membership, Post, Space
from journal.spaces.room import SOMEBODY, Changed, Room, rooms_of
from journal.vault.asking import Asking
from journal.vault.guard import Person
from journal.vault.keyring import Keyring
from steps import catalogue
from steps.pieces import Exercise
from steps.prepared import Prepared

SHUT = "Nothing can be handed into this room just now, so nothing was. Your words are here."

MEMBER = ("pk", "person_id", "role", "joined_at", "stays_until", "sealed_called", "space_id")
COPIED = ("pk", "created_at", "handing__entry_version")


def _standing(person: Any, entry: Any, now: Any) -> Any:
    here, handed = "space__posts__", "space__posts__handing__"
    copies = {f"{here}kind": Post.COPY, f"{handed}entry": entry, f"{handed}author": person}
    rows = Membership.objects.around_copies(person, now).filter(**copies)
    rows = rows.order_by(f"{handed}created_at", f"{handed}pk", "joined_at", "pk")
    return rows.values_list(*MEMBER, "space__kind", "shown", *[here + name for name in COPIED])


# Every copy of a page with everybody who is in its room: most pages have none.
STANDING = Prepared(
    _standing, Handing.author.field, Handing.entry.field, Membership.stays_until.field
)


@dataclass(frozen=True)
class Copy:
    """Where one copy stands, as its writer reads it.

    `who` names those who can read it now; "" for nobody, as when its room is `closed`.
    """

    post: uuid.UUID
    entry: uuid.UUID
    who: str
    since: str
    changed: bool
    closed: bool

    @property
    def url(self) -> str:
        """Where the copy may be changed."""
        return f"/journal/{self.entry}/copies/{self.post}/"


def copies_of(entry: Entry, keyring: Keyring) -> list[Copy]:
    """Return where copies of an entry stand, in one query; the names of readers take another."""
    members, copies = {}, {}
    for row in STANDING.all(entry.author_id, entry.pk, timezone.now()):
        *columns, kind, shown, post, at, version = row
        member = Membership(**dict(zip(("id", *MEMBER[1:]), columns, strict=True)))
        member.space = Space(id=member.space_id, kind=kind)
        member.shown = shown  # type: ignore[attr-defined]
        members[member.pk] = member
        copies[post] = Handing(
            post=Post(id=post, space_id=member.space_id, created_at=at), entry_version=version
        )
    rooms = Readers.among(entry.author_id, list(members.values()))
    return [standing(copy, entry, rooms) for copy in copies.values()]


def standing(row: Handing, entry: Entry, rooms: "Readers") -> Copy:
    """Return where one copy of an entry stands."""
    day = timezone.localtime(row.post.created_at)
    since = f"{day.day} {day:%B}, {day:%H:%M}"
    changed = row.entry_version != entry.version
    who, closed = rooms.of(row.post), not rooms.others(row.post)
    return Copy(row.post_id, entry.pk, who, since, changed, closed)


@dataclass(frozen=True)
class Readers:
    """Who else is in the rooms of some copies now, and who of them can read which."""

    person_id: Any
    members: list[Membership]
    keyring: Keyring

    @classmethod
    def fetch(cls, person: Person, posts: Iterable[Post]) -> "Readers":
        """Fetch them in one query; names take another."""
        rooms = {row.space_id for row in posts}
        rows = Membership.objects.around_copies(person).filter(space__in=rooms)
        return cls.among(person.pk, list(rows.select_related("space")))

    @classmethod
    def among(cls, person_id: Any, members: list[Membership]) -> "Readers":
        """Return them from everybody in rooms that the person is in now."""
        return cls(person_id, members, Keyring(person_id, {row.space_id for row in members}))

    def others(self, post: Post) -> list[Membership]:
        """Return everybody else in the room of a post."""
        here = [row for row in self.members if row.space_id == post.space_id]
        return [row for row in here if row.person_id != self.person_id]

    def of(self, post: Post) -> str:
        """Return the names of those who can read a post, as a sentence has them; "" for nobody."""
        readers = [row for row in self.others(post) if row.reads(post)]
        return " and ".join(row.called(self.keyring) or SOMEBODY[row.role] for row in readers)


def own_entry(request: Asking, entry_id: uuid.UUID) -> Entry:
    """Return a page of the person's that may be read now; raises Http404."""
    entry = Entry.objects.one_of(request.user, entry_id)
    if entry is None or entry.closed:
        raise Http404
    return entry


@require_safe
def hand_over(request: Asking, entry_id: uuid.UUID) -> HttpResponse:
    """Show where copies of a page stand, and the rooms it could be handed into."""
    entry = own_entry(request, entry_id)
    rooms = [
        {"url": f"/journal/{entry.pk}/hand-over/{room.space.pk}/", "who": room.other_names}
        for room in rooms_of(request.user)
        if room.open_to_posts and room.me.role != Membership.COACH
    ]
    context = {
        "entry": entry, "line": lines([entry], request.keyring)[0], "rooms": rooms,
        "copies": copies_of(entry, request.keyring),
    }  # fmt: skip
    return render(request, "together/hand_over.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@giving_back
def hand_over_to(request: Asking, entry_id: uuid.UUID, space_id: uuid.UUID) -> HttpResponse:
    """Show the exact copy, to be cut as one likes, and hand it over."""
    entry, room = own_entry(request, entry_id), Room.of(request, space_id)
    if room.me.role == Membership.COACH:  # a coach's own journal stays out of their work
        raise Http404
    if request.method != "POST":
        title, parts = as_copy(entry, request.keyring)
        return show_copy(request, entry, room, CopyForm.of(title, parts, uuid.uuid4()))
    form = CopyForm(request.POST)
    if form.is_valid() and not room.open_to_posts:
        form.add_error(None, SHUT)
    if not form.is_valid() or request.POST.get("then") == "look":
        return show_copy(request, entry, room, form)
    hand(request, entry, room, form)
    # Without a name: until it is shown, a message waits in the session, which is not sealed.
    messages.success(request, "Handed over. Who can read the copy stands below.")
    return redirect("hand_over", entry.pk)


def as_copy(entry: Entry, keyring: Keyring) -> tuple[str, list[dict[str, str]]]:
    """Return title and texts of an entry, each text under the question it answers.

    Answers to questions that the guide asks for the writer alone are left out. What the guide sets
    as one text in the end is handed over as one: its questions speak to whoever wrote, and would
    stand between the words for whoever reads.
    """
    head, body = entry.head(keyring), entry.body(keyring)
    if entry.kind != Entry.EXERCISE:
        return head["title"], [{"ask": "", "words": body["text"]}]
    own, guide = kept_back(entry), in_guide(entry)
    answers = {key: said for key, said in body["answers"].items() if key not in own}
    if guide and guide.read_through:
        return "", by_page(guide, entry, keyring, answers) or [{"ask": "", "words": ""}]
    answered = exercise_words(entry, keyring, answers)
    parts = [{"ask": one["ask"], "words": one["words"]} for one in answered]
    return head["title"], parts or [{"ask": "", "words": ""}]


def by_page(
    guide: Exercise, entry: Entry, keyring: Keyring, answers: dict[str, Any]
) -> list[dict[str, str]]:
    """Return the answers of each page of an exercise as one text, under the page's heading."""
    texts: dict[str, list[str]] = {}
    for asked in entry.questions(keyring):
        page, words = asked["page"], in_words(asked, answers.get(asked["key"]))
        heading = guide.pages[page - 1] if page and page <= len(guide.pages) else ""
        texts.setdefault(heading, []).extend([words] if words else [])
    return [{"ask": ask, "words": "\n\n".join(words)} for ask, words in texts.items() if any(words)]


def asks_of(entry: Entry, keyring: Keyring) -> set[str]:
    """Return what may stand above a text of a copy: our words, which nobody may write for us."""
    guide = in_guide(entry)
    asked = {part["ask"] for part in as_copy(entry, keyring)[1]}
    return asked | set(guide.pages if guide else ())


def in_guide(entry: Entry) -> Exercise | None:
    """Return the exercise that an entry answers, as the guide has it now."""
    return catalogue.get().exercises.get(entry.exercise.key) if entry.exercise else None


def kept_back(entry: Entry) -> set[str]:
    """Return the keys of the questions whose answers stay the writer's own."""
    found = in_guide(entry)
    return {field.key for field in found.fields if field.only_you} if found else set()


def show_copy(
    request: Asking, entry: Entry, room: Room, form: CopyForm, copy: Post | None = None,
    now: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """Render the copy as it would stand in the room, with what the margin has to say of it.

    `now`: what another tab has made of it meanwhile.
    """
    faulty = form.is_bound and not form.is_valid() and request.POST.get("then") != "look"
    form = form.with_sound_ids()
    found = [note for text in form.texts for note in margin_notes(text, (), request.user.language)]
    who = Readers.fetch(request.user, [copy]).of(copy) if copy else room.other_names
    context = {
        "entry": entry, "room": room, "who": who, "form": form, "margin": found,
        "copy": copy, "kept_back": bool(kept_back(entry)),
        "from_page": copy is not None and request.GET.get("from") == "page",
        "now": as_text(now) if now else None, "yours": as_text(form.to_seal()) if now else "",
    }  # fmt: skip
    status = 409 if now else 422 if faulty else 200
    return render(request, "together/copy.html", context, status=status)


def as_text(body: dict[str, Any]) -> str:
    """Return a copy as one text."""
    return "\n\n".join(filter(None, [body.get("title", ""), body["text"]]))


def hand(request: Asking, entry: Entry, room: Room, form: CopyForm) -> Post:
    """Put the copy into the room, and remember for the writer where it stands."""
    post_id = form.cleaned_data["post_id"]
    with transaction.atomic():
        body = form.to_seal(asks_of(entry, request.keyring)) | what_it_is(entry, request.keyring)
        post = room.write(Post.COPY, body, post_id=post_id)
        remember(request.user, request.keyring, entry, room, post)
    return post


def what_it_is(entry: Entry, keyring: Keyring) -> dict[str, str]:
    """Return the exercise that a copy comes from, which its room may know how to answer.

    Not where the writer was the one hurt: what they built then is what they wished to hear.
    """
    if entry.exercise is None or entry.body(keyring).get("part") == "hurt":
        return {}
    return {"exercise": entry.exercise.key}


def remember(person: Person, keyring: Keyring, entry: Entry, room: Room, post: Post) -> None:
    """Keep the writer's record of a copy, once."""
    if Handing.objects.by(person).filter(post=post).exists():
        return
    row = Handing(author=person, entry=entry, post=post, entry_version=entry.version)
    names = [room.names[one.person_id] for one in room.others]
    row.sealed_with = keyring.seal(row, "with", names)
    row.save(force_insert=True)


def handing_of(request: Asking, entry: Entry, post_id: uuid.UUID) -> Handing:
    """Return the record of one copy of an entry of this person's; raises Http404."""
    row = Handing.objects.of(entry).filter(post=post_id).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@giving_back
def copy(request: Asking, entry_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Show a copy as it stands in the room, and change it there."""
    entry = own_entry(request, entry_id)
    handing = handing_of(request, entry, post_id)
    room = Room.of(request, handing.post.space_id)
    [(post, body)] = room.read([handing.post])
    if request.method != "POST":
        title, parts = body.get("title", ""), body["parts"]
        if request.GET.get("from") == "page":  # as the page reads now, to be looked at first
            title, parts = as_copy(entry, request.keyring)
        form = CopyForm.of(title, parts, post.pk, post.version)
        return show_copy(request, entry, room, form, post)
    form = CopyForm(request.POST)
    if not form.is_valid() or request.POST.get("then") == "look":
        return show_copy(request, entry, room, form, post)
    try:
        asks = asks_of(entry, request.keyring) | {part["ask"] for part in body["parts"]}
        with transaction.atomic():
            said = {**body, **form.to_seal(asks)}
            room.rewrite(post.pk, said, base=form.cleaned_data["base"] or 0)
            handing.has_seen(entry)
    except Changed as changed:
        return show_copy(request, entry, room, form.on(changed.version), post, changed.now)
    messages.success(request, "The copy reads as you have it now.")
    return redirect("hand_over", entry.pk)


@require_POST
def take_back(request: Asking, entry_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """Take a copy back at once: its key first, then the copy. A closed letter stays closed."""
    entry = Entry.objects.one_of(request.user, entry_id)
    if entry is None:
        raise Http404
    handing_of(request, entry, post_id).post.take_back()
    messages.success(request, "Taken back. That copy is gone for good; your page is where it was.")
    return redirect("entry" if entry.closed else "hand_over", entry.pk)
