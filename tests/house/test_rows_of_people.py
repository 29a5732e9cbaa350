"""When somebody goes, every row of theirs goes with them, and no row of anybody else's.

Every table from which foreign keys lead to a person is declared here, with the way. Sessions and
guests' answers have no such way: a session ends by itself within twelve hours, a guest's answers
within a day, and neither holds words that anybody can open.
"""

import uuid
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils import timezone

# Table and the way to the person whose row it is.
PEOPLE = {
    "account.EmailAddress": "user",
    "account.EmailConfirmation": "email_address__user",
    "accounts.User_groups": "user",
    "accounts.User_user_permissions": "user",
    "journal.Agreement": "words__author",
    "journal.Answer": "person",
    "journal.Begun": "entry__author",
    "journal.Block": "person",
    "journal.Bookmark": "membership__person",
    "journal.ClientFile": "coach",
    "journal.CoachNote": "file__coach",
    "journal.CoachProfile": "person",
    "journal.Consent": "person",
    "journal.DataKey": "author",
    "journal.Entry": "author",
    "journal.Handing": "author",
    "journal.ImportBatch": "author",
    "journal.ImportPiece": "batch__author",
    "journal.Invitation": "inviter",
    "journal.KeyWrap": "data_key__author",
    "journal.Membership": "person",
    "journal.Opening": "client",
    "journal.OwnExercise": "coach",
    "journal.OwnExerciseVersion": "exercise__coach",
    "journal.PathStep": "relationship__owner",
    "journal.Talk": "first__person",
    "journal.Turn": "talk__first__person",
    "journal.PlanTime": "post__author",
    "journal.Post": "author",
    "journal.Relationship": "owner",
    "journal.Renewal": "person",
    "journal.Revision": "entry__author",
    "journal.SearchSegment": "author",
    "journal.Showing": "client",
    "journal.Signature": "person",
    "journal.Withheld": "entry__author",
    "mfa.Authenticator": "user",
    "steps.Delivery": "person",
    "steps.Done": "person",
    "steps.Reminder": "person",
    "steps.ReminderSettings": "person",
    "usersessions.UserSession": "user",
}


def with_a_person() -> set[str]:
    """Return the labels of all tables from which foreign keys lead to a person."""
    everything = set(apps.get_models(include_auto_created=True))
    found: set[type[models.Model]] = {get_user_model()}
    while more := {
        model
        for model in everything - found
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in found
    }:
        found |= more
    return {model._meta.label for model in found - {get_user_model()}}


def rows(person_id: int) -> dict[str, int]:
    """Return how many rows of each table are a person's."""
    return {
        label: apps.get_model(label)._base_manager.filter(**{way: person_id}).count()
        for label, way in PEOPLE.items()
    }


def live_here(person: Any, keyring: Any) -> None:
    """Give a person a row in every table."""
    from allauth.account.models import EmailAddress, EmailConfirmation
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    from journal.entries import segments
    from journal.entries.import_models import ImportBatch, ImportPiece
    from journal.entries.writing import Draft, keep
    from journal.relationships.models import PathStep, Relationship
    from journal.relationships.story import Story
    from steps.models import Step
    from steps.reminders import telling
    from steps.reminders.models import Reminder

    address = EmailAddress.objects.create(user=person, email=person.email, primary=True)
    EmailConfirmation.objects.create(email_address=address, key=uuid.uuid4().hex)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    UserSession.objects.create(
        user=person, session_key=uuid.uuid4().hex, ip="127.0.0.1", user_agent="A browser"
    )
    person.groups.add(Group.objects.get_or_create(name="Hosts")[0])
    person.user_permissions.add(Permission.objects.all()[0])
    relationship = Relationship.begin(person, keyring, Story(name="Ruta"))
    step = Step.objects.get(key="communicate-openly")
    PathStep.say(relationship, step, keyring, PathStep.OPEN)
    words = {"title": "The piano", "text": "It was gone.", "relationship": relationship}
    entry = keep(person, keyring, Draft(uuid.uuid4(), uuid.uuid4(), 0, **words)).entry
    keep(person, keyring, Draft(entry.pk, uuid.uuid4(), 0, **words))
    batch = ImportBatch(author=person)
    batch.sealed_report = keyring.seal(batch, "report", {})
    batch.save(force_insert=True)
    ImportPiece.objects.seal_in(batch, 0, keyring, [])
    live_in_a_room(person, keyring, entry)
    segments.make(person, keyring, segments.Group([entry.pk]))
    Reminder.objects.begin(person, kind="checkin", days="0", local_time=time(19, 30))
    telling.milestone(person, "first-week")
    telling.done_today(person, "checkin", date(2026, 11, 22))


def live_in_a_room(person: Any, keyring: Any, entry: Any) -> None:
    """Give a person a room that nobody has come into, a copy in it, and somebody kept out."""
    from journal.spaces.blocking import keep_out
    from journal.spaces.handing_over import remember
    from journal.spaces.models import Post
    from tests.rooms import a_waiting_room, room_for

    room = room_for(person, a_waiting_room(person)[0])
    remember(person, keyring, entry, room, room.write(Post.COPY, {"title": "", "text": "Gone."}))
    live_together(room)
    work_as_client_and_coach(person, keyring, entry)
    keep_out(person, keyring, get_user_model()(pk=0, email="x@example.org"), "Nobody")


def work_as_client_and_coach(person: Any, keyring: Any, entry: Any) -> None:
    """Give a person a coach, what that one opened, and files of their own as a coach."""
    from journal.coaching import consent, ledger
    from journal.coaching.library_models import OwnExercise, OwnExerciseVersion
    from journal.coaching.models import (
        ASSIGNMENT,
        KEPT,
        Begun,
        ClientFile,
        CoachNote,
        CoachProfile,
        Showing,
        Withheld,
    )
    from journal.spaces.models import Membership, Space
    from tests.rooms import a_waiting_room, room_for

    room = room_for(person, a_waiting_room(person, Space.COACHING, Membership.CLIENT)[0])
    consent.give(room, [KEPT], None)
    ledger.note([room.me], "page")
    task = room.write(ASSIGNMENT, {"title": "The clear ask"})
    Begun(post=task, entry=entry).save()
    showing = Showing.objects.by(person).filter(item=KEPT).get()
    Withheld(showing=showing, entry=entry).save()
    CoachProfile.keep(person, keyring, {"name": "Kai"})
    note = CoachNote(file=ClientFile.write(person, keyring, room.space.pk, called="Kit"))
    note.sealed_body = keyring.seal(note, "body", "Slower.")
    note.save(force_insert=True)
    own = OwnExercise.unscoped.create(coach=person)
    version = OwnExerciseVersion(exercise=own)
    version.sealed_body = keyring.seal(version, "body", {"title": "Breathe"})
    version.save(force_insert=True)


def live_together(room: Any) -> None:
    """Answer the week's question, sign a promise, and leave a mark of having been there."""
    from journal.spaces.guest_models import Renewal
    from journal.together import agreements, listening, plans, question
    from journal.together.models import Agreement, Bookmark

    asked = question.question_of_the_week(room.space)
    question.answer(room, asked.pk, "Soup.", 0, uuid.uuid4())
    promise = agreements.propose(room, Agreement.PROMISE, "We open the post.", uuid.uuid4())
    agreements.sign(room, promise.pk, promise.version)
    when = plans.When(timezone.localdate() + timedelta(days=2), time(9), "Europe/London")
    plans.propose(room, "A walk", when, "", uuid.uuid4())
    talk = listening.begin(room, False, uuid.uuid4())
    listening.take_turn(room, talk.pk, "say", "The piano.", 1, uuid.uuid4())
    Bookmark.objects.of(room.me).seen(room.keyring, "Ben")
    Renewal.objects.give(room.me, room.person)


def test_every_table_with_a_person_in_it_is_declared() -> None:
    assert with_a_person() == set(PEOPLE)


def test_all_rows_of_a_person_go_with_them_and_nobody_elses(
    ana: Any, stan: Any, keyring_of: Callable[[Any], Any]
) -> None:
    for person in (ana, stan):
        live_here(person, keyring_of(person))
    ana_id, stans = ana.pk, rows(stan.pk)
    assert all(rows(ana_id).values()), "each way leads to a row, or this proves nothing"
    every_row = apps.get_app_config("steps").get_models()
    guide = {model: model.objects.count() for model in every_row if model._meta.label not in PEOPLE}

    ana.delete()

    assert not any(rows(ana_id).values())
    assert rows(stan.pk) == stans
    assert guide == {model: model.objects.count() for model in guide}
    for label in PEOPLE:
        left = apps.get_model(label)._base_manager.count()
        assert left == stans[label], f"{label} holds rows that lead to nobody"
