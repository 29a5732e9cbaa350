"""Time together: proposed by one, answered by the other without reasons, moved or called off.

A plan is a post: what, where on the clock and whose clock, all under its proposer's key; only its
day is plain, to find what lies ahead. An answer is a post of its own that says for which version of
the plan it was given, so that a plan that moved is a question again.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from journal.entries.places import place_of, token_of
from journal.spaces.models import Post
from journal.spaces.room import Room
from journal.together import seen
from journal.together.models import PlanTime
from journal.vault.guard import Person
from steps.reminders.models import Reminder
from steps.reminders.schedule import instant, zone_named
from steps.reminders.telling import add_plan, stop_for

ANSWER = "plan-answer"
YES, ANOTHER, NO = "yes", "another", "no"
ANSWERS = {YES: "Yes, gladly", ANOTHER: "Another time", NO: "Not this one"}
PHONES = {"away": "Phones away", "near": "Phones to hand", "": "We don’t mind about phones"}
BEFORE = {60: "An hour before", 24 * 60: "A day before"}
STAYS = timedelta(hours=6)  # on the list, once it has begun
SHOWN = 5  # of those ahead, on the room's page
PAGE = 20


@dataclass(frozen=True)
class When:
    """A time on somebody's clock."""

    day: date
    wall: time
    zone: str

    @property
    def at(self) -> datetime:
        """The instant. Of a time that comes twice it is the first."""
        return instant(self.day, self.wall, zone_named(self.zone))

    @property
    def in_gap(self) -> bool:
        """Whether the clocks leave this time out on that day."""
        local = self.at.astimezone(zone_named(self.zone))
        return local.replace(tzinfo=None) != datetime.combine(self.day, self.wall)

    def to_seal(self) -> dict[str, str]:
        """Return it as the body of a plan has it."""
        return {"on": self.day.isoformat(), "time": f"{self.wall:%H:%M}", "zone": self.zone}


@dataclass
class Plan:
    """A plan as one member finds it, with what was answered to it as it stands now."""

    room: Room
    post: Post
    body: dict[str, Any]
    answers: dict[Any, str]

    @property
    def when(self) -> When:
        """When it is, on its proposer's clock."""
        wall = time.fromisoformat(self.body["time"])
        return When(date.fromisoformat(self.body["on"]), wall, self.body["zone"])

    @property
    def local(self) -> datetime:
        """When it is, on the reader's clock."""
        return timezone.localtime(self.when.at)

    @property
    def mine(self) -> bool:
        """Whether the reader proposed it."""
        return self.post.author_id == self.room.person.pk

    @property
    def over(self) -> bool:
        """Whether it has begun."""
        return self.when.at <= timezone.now()

    @property
    def said(self) -> str:
        """What the reader answered."""
        return self.answers.get(self.room.person.pk, "")

    @property
    def agreed(self) -> bool:
        """Whether everybody who was asked said yes to it as it stands."""
        asked = {row.person_id for row in self.room.partners} - {self.post.author_id}
        return bool(asked) and all(self.answers.get(one) == YES for one in asked)

    @property
    def shown(self) -> dict[str, Any]:
        """What a page shows of it."""
        local, zone = self.local, self.body["zone"]
        clock = f"{local:%H:%M}"
        if zone != str(local.tzinfo):
            clock += f" on your clock, {self.body['time']} on {self.whose_clock}"
        return {
            "title": self.body["title"], "weekday": f"{local:%A}", "day": local.day,
            "month": f"{local:%B}", "iso": local.isoformat(), "clock": clock,
            "phones": PHONES.get(self.body["phones"], "") if self.body["phones"] else "",
            "stands": self.stands, "mine": self.mine, "agreed": self.agreed,
            "over": self.over,
            "url": f"{self.room.url}plans/{self.post.pk}/",
        }  # fmt: skip

    @property
    def whose_clock(self) -> str:
        """Whose clock the plan was made on, in words."""
        if self.mine:
            return "the clock you made it on"
        return f"{self.room.names.get(self.post.author_id, 'the other')}’s"

    @property
    def stands(self) -> str:
        """How it stands, in one line. No answer and not yet read look the same."""
        other = next((a for person, a in self.answers.items() if person != self.room.person.pk), "")
        name = self.room.names.get(self.post.author_id, "")
        if self.agreed:
            return "You both said yes."
        if self.mine:
            said = {ANOTHER: "another time, please", NO: "not this one"}.get(other, "")
            return f"The answer was: {said}." if said else "You proposed this."
        return f"You said: {ANSWERS[self.said].lower()}." if self.said else f"{name} proposes this."


@dataclass
class Ahead:
    """The plans that lie ahead, fetched for the room's page; opened when the page asks."""

    room: Room
    posts: list[Post]
    answers: list[Post]

    @classmethod
    def fetch(cls, room: Room) -> "Ahead":
        """Fetch what is planned from today on, and the answers to it, in one query."""
        # A plan made further east may be dated a day behind here.
        since = timezone.localdate() - timedelta(days=1)
        rows = room.admit(seen.planned(room, timezone.now(), since))
        posts = [row for row in rows if row.kind == Post.PLAN]
        return cls(room, posts, [row for row in rows if row.kind == ANSWER])

    @property
    def plans(self) -> list[Plan]:
        """The plans, the soonest first."""
        found = [plan_of(self.room, row, self.answers) for row in self.posts]
        ahead = [plan for plan in found if plan.when.at > timezone.now() - STAYS]
        return sorted(ahead, key=lambda plan: plan.when.at)[:SHOWN]

    @property
    def shown(self) -> list[dict[str, Any]]:
        """What the room's page shows."""
        return [plan.shown for plan in self.plans]


def page_of(room: Room, after: str) -> tuple[list[Plan], str]:
    """Return a page of all plans, the latest first, and the place to go on from ("" at the end)."""
    rows = room.posts.filter(kind=Post.PLAN)
    if place := place_of(after):
        rows = rows.older_than(*place)
    found = list(rows.newest()[: PAGE + 1])
    posts = found[:PAGE]
    answers = room.posts.filter(kind=ANSWER, parent__in=[row.pk for row in posts])
    said = list(answers.order_by("created_at", "id"))
    room.admit([*posts, *said])
    older = token_of(posts[-1]) if len(found) > PAGE else ""
    return [plan_of(room, row, said) for row in posts], older


def plan_of(room: Room, post: Post, answers: list[Post]) -> Plan:
    """Open a plan and the answers to it as it stands; the last answer of each counts."""
    body = post.body(room.keyring)
    said: dict[Any, str] = {}
    for row in answers:
        if row.parent_id == post.pk and row.author_id != post.author_id:
            answer = row.body(room.keyring)
            if answer["version"] == post.version:
                said[row.author_id] = answer["said"]
    return Plan(room, post, body, said)


def one(room: Room, post_id: uuid.UUID) -> Plan:
    """Return a plan of this room; raises Http404."""
    post = room.one(post_id, Post.PLAN)
    answers = list(room.posts.filter(kind=ANSWER, parent=post).order_by("created_at", "id"))
    room.admit([post, *answers])
    return plan_of(room, post, answers)


def body_of(what: str, when: When, phones: str) -> dict[str, Any]:
    """Return the words of a plan; "text" is how it reads in its proposer's own journal."""
    text = f"{what}\n{when.day.day} {when.day:%B %Y}, {when.wall:%H:%M}"
    return {"title": what, "text": text, "phones": phones, **when.to_seal()}


def address_of(person: Person, plan_id: uuid.UUID) -> str | None:
    """Return the page of a plan in one of the rooms this person is in now; None where none is."""
    post = Post.objects.visible_to(person).filter(pk=plan_id, kind=Post.PLAN).first()
    return reverse("plan", args=[post.space_id, post.pk]) if post else None


def said(body: dict[str, Any]) -> str:
    """Return a plan's words as one text."""
    phones = PHONES.get(body["phones"], "") if body["phones"] else ""
    return "\n".join(filter(None, [body["text"], phones]))


def propose(room: Room, what: str, when: When, phones: str, post_id: uuid.UUID) -> Post:
    """Put a plan into the room; the same id twice is one plan."""
    body = body_of(what, when, phones)
    with transaction.atomic():
        post = room.write(Post.PLAN, body, post_id=post_id, day=when.day)
        PlanTime.objects.put(post, when.at)
    return post


def move(room: Room, plan: Plan, what: str, when: When, phones: str, base: int) -> None:
    """Change version `base` of a plan of one's own: what was answered before no longer counts.

    Reminders of it go by the new time, for everybody who asked for one; where that is over, and
    the plan still to come, they come at once.

    Raises:
        Changed: another tab has changed it meanwhile.
    """
    body = body_of(what, when, phones)
    if body == plan.body:
        return
    with transaction.atomic():
        PlanTime.objects.put(room.rewrite(plan.post.pk, body, day=when.day, base=base), when.at)
        shift, at_once = when.at - plan.when.at, timezone.now() + timedelta(minutes=1)
        for row in Reminder.objects.about(plan.post.pk).select_related("person"):
            at = max(noted_at(row) + shift, at_once)
            add_plan(row.person, plan.post.pk, at, row.channel)


def answer(room: Room, plan: Plan, said: str, version: int, post_id: uuid.UUID) -> bool:
    """Answer a plan as the page showed it; False where it moved meanwhile.

    Raises:
        Http404: it is one's own, or over.
    """
    if plan.mine or plan.over:
        raise Http404
    if plan.post.version != version:
        return False
    if plan.said != said:
        body = {"title": "", "text": "", "said": said, "version": version}
        room.write(ANSWER, body, post_id=post_id, parent=plan.post)
    return True


def call_off(room: Room, plan: Plan) -> None:
    """Take back a plan of one's own: its key goes, the answers to it, and every note about it.

    Raises:
        Http404: it is not theirs.
    """
    if not plan.mine:
        raise Http404
    with transaction.atomic():
        for row in room.members:
            stop_for(row.person, plan.post.pk)
        plan.post.take_back()


def remind(room: Room, plan: Plan, minutes: int) -> bool:
    """Let the reader hear of a plan this long before, or not (0); False where that is over."""
    if not minutes:
        stop_for(room.person, plan.post.pk)
        return True
    return (
        add_plan(room.person, plan.post.pk, plan.when.at - timedelta(minutes=minutes)) is not None
    )


def reminded(room: Room, plan: Plan) -> int:
    """Return how many minutes before a plan the reader hears of it; 0 for not at all."""
    row = Reminder.objects.about(plan.post.pk).filter(person=room.person).first()
    return int((plan.when.at - noted_at(row)).total_seconds() // 60) if row else 0


def noted_at(row: Reminder) -> datetime:
    """Return the moment at which a note about a plan comes, or came."""
    return instant(row.first_on or timezone.localdate(), row.local_time, zone_named(row.zone))
