"""Every named address of the site, sorted by whom it opens for, with values for its arguments.

A new address is declared here before any test of the doors passes:

PUBLIC   anyone, signed in or not (the view says `login_not_required`)
OWN      whoever is signed in; each sees their own, and nothing in the address says whose
PRIVATE  an argument names something of one person's; everybody else finds no page there

The values of PRIVATE come from `of_ana`, which makes one of each thing. ELSEWHERE are addresses
that there are only with DEBUG or with a mail server.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

Arguments = dict[str, Any]
NONE: tuple[Arguments, ...] = ({},)
EXERCISE = {"step": "communicate-openly", "exercise": "clear-ask"}
PRACTICE = {"tool": "gratitude", "exercise": "three-small-things"}

PUBLIC: dict[str, tuple[Arguments, ...]] = {
    "home": NONE,
    "guide": NONE,
    "guide_cause": ({"key": "betrayal"}, {"key": "no-such-cause"}),
    "guide_step": ({"key": "quality-time"}, {"key": "no-such-step"}),
    "guide_step_exercise": ({"home": "communicate-openly", "key": "clear-ask"},),
    "guide_tool": ({"key": "gratitude"}, {"key": "no-such-tool"}),
    "guide_tool_exercise": ({"home": "gratitude", "key": "three-small-things"},),
    "safety": NONE,
    "privacy": NONE,
    "robots": NONE,
    "sitemap": NONE,
    "begin": NONE,
    "begin_screen": tuple(
        {"screen": screen} for screen in ("who", "part", "afraid", "happened", "causes", "nowhere")
    ),
    "begin_path": NONE,
    "begin_page": NONE,
    "exit": NONE,
    "invitation": ({"token": "no-such-token"},),
    # A page whose session has ended must hear so: they answer 401, and never lead to signing in.
    "autosave": NONE,
    "autosave_token": NONE,
    "margin": NONE,
    # A mail program stops notes without signing in, a calendar program follows dates.
    "reminders_stop": ({"token": "no-such-token"},),
    "calendar": ({"token": "no-such-token"},),
    "health_live": NONE,
    "health_ready": NONE,
    "health_metrics": NONE,
    "account_login": NONE,
    "account_logout": NONE,
    "account_signup": NONE,
    "account_inactive": NONE,
    "account_confirm_login_code": NONE,
    "account_email_verification_sent": NONE,
    "account_confirm_email": ({"key": "not-a-key"},),
    "account_reset_password": NONE,
    "account_confirm_password_reset_code": NONE,
    "account_complete_password_reset": NONE,
    "account_password_reset_completed": NONE,
    "mfa_authenticate": NONE,
    "mfa_login_webauthn": NONE,
}
OWN: dict[str, tuple[Arguments, ...]] = {
    "begin_keep": NONE,
    "path": NONE,
    "path_step": ({"step": "communicate-openly"}, {"step": "no-such-step"}),
    "path_say": ({"step": "communicate-openly"}, {"step": "no-such-step"}),
    "path_exercise": (EXERCISE, {**EXERCISE, "exercise": "no-such-exercise"}),
    "practice": NONE,
    "practice_tool": ({"tool": "gratitude"}, {"tool": "no-such-tool"}),
    "practice_exercise": (PRACTICE, {**PRACTICE, "exercise": "no-such-exercise"}),
    "journal": NONE,
    "entry_new": NONE,
    "gratitude": NONE,
    "entry_search": NONE,
    "jar": NONE,
    "letter_new": NONE,
    "letters": NONE,
    "letter_gone": NONE,
    "lookback": NONE,
    "lookback_pages": NONE,
    "dials": NONE,
    "month_sentence": NONE,
    "trash": NONE,
    "trash_empty": NONE,
    "trash_keeping": NONE,
    "reminders": NONE,
    "reminder_new": NONE,
    "reminders_pause": NONE,
    "reminders_settings": NONE,
    "reminders_calendar": NONE,
    "reminders_not_now": NONE,
    "mailbox": NONE,
    "relationships": NONE,
    "agreements_kept": NONE,
    "together": NONE,
    "take_home": NONE,
    "room_new": NONE,
    "room_create": NONE,
    "kept_out": NONE,
    "handed_over": NONE,
    "invitation_check": ({"token": "no-such-token"},),
    "invitation_join": ({"token": "no-such-token"},),
    "invitation_refuse": ({"token": "no-such-token"},),
    "you": NONE,
    "you_writing": NONE,
    "you_new_password_stop": NONE,
    "you_coach": NONE,
    "you_coach_stop": NONE,
    "coach_factor": NONE,
    "coaching": NONE,
    "coaching_new": NONE,
    "coaching_ledger": NONE,
    "client_invite": NONE,
    "clients": NONE,
    "coaching_inbox": NONE,
    "coach_files": NONE,
    "library": NONE,
    "own_exercise_new": NONE,
    "export": NONE,
    "export_booklet": NONE,
    "erase": NONE,
    "import_": NONE,
    "account_email": NONE,
    "account_change_password": NONE,
    "account_set_password": NONE,
    "account_reauthenticate": NONE,
    "mfa_index": NONE,
    "mfa_reauthenticate": NONE,
    "mfa_activate_totp": NONE,
    "mfa_deactivate_totp": NONE,
    "mfa_view_recovery_codes": NONE,
    "mfa_generate_recovery_codes": NONE,
    "mfa_download_recovery_codes": NONE,
    "mfa_list_webauthn": NONE,
    "mfa_add_webauthn": NONE,
    "mfa_reauthenticate_webauthn": NONE,
    "usersessions_list": NONE,
    "lock": NONE,
    "unlock": NONE,
}
# Each with the name, in `Things`, of what its arguments point at.
PRIVATE: dict[str, dict[str, str]] = {
    "entry": {"entry_id": "entry"},
    "entry_edit": {"entry_id": "entry"},
    "entry_history": {"entry_id": "entry"},
    "entry_version": {"entry_id": "entry", "revision_id": "revision"},
    "entry_restore": {"entry_id": "entry", "revision_id": "revision"},
    "entry_delete": {"entry_id": "entry"},
    "entry_put_back": {"entry_id": "entry"},
    "letter_close": {"entry_id": "letter"},
    "letter_open": {"entry_id": "letter"},
    "letter_let_go": {"entry_id": "letter"},
    "reminder": {"reminder_id": "reminder"},
    "reminder_pause": {"reminder_id": "reminder"},
    "reminder_delete": {"reminder_id": "reminder"},
    "reminder_answer": {"delivery_id": "delivery"},
    "note_not_today": {"delivery_id": "delivery"},
    "relationship": {"row_id": "relationship"},
    "relationship_choose": {"row_id": "relationship"},
    "relationship_state": {"row_id": "relationship"},
    "relationship_delete": {"row_id": "relationship"},
    "hand_over": {"entry_id": "entry"},
    "hand_over_to": {"entry_id": "entry", "space_id": "space"},
    "copy": {"entry_id": "entry", "post_id": "copy"},
    "copy_take_back": {"entry_id": "entry", "post_id": "copy"},
    "room": {"space_id": "space"},
    "room_invitation": {"space_id": "space"},
    "room_you": {"space_id": "space"},
    "room_pause": {"space_id": "space"},
    "room_leave": {"space_id": "space"},
    "room_coach": {"space_id": "space"},
    "room_coach_end": {"space_id": "space"},
    "room_marble": {"space_id": "space"},
    "room_jar": {"space_id": "space"},
    "room_full_jar": {"space_id": "space"},
    "room_answer": {"space_id": "space", "question_id": "question"},
    "room_answer_withdraw": {"space_id": "space", "question_id": "question"},
    "room_pass": {"space_id": "space", "question_id": "question"},
    "room_questions": {"space_id": "space"},
    "agreements": {"space_id": "space"},
    "agreement_new": {"space_id": "space"},
    "agreement": {"space_id": "space", "agreement_id": "agreement"},
    "agreement_sign": {"space_id": "space", "agreement_id": "agreement"},
    "agreement_day": {"space_id": "space", "agreement_id": "agreement"},
    "agreement_end": {"space_id": "space", "agreement_id": "agreement"},
    "plans": {"space_id": "space"},
    "plan_new": {"space_id": "space"},
    "plan": {"space_id": "space", "plan_id": "plan"},
    "plan_move": {"space_id": "space", "plan_id": "plan"},
    "plan_answer": {"space_id": "space", "plan_id": "plan"},
    "plan_off": {"space_id": "space", "plan_id": "plan"},
    "plan_remind": {"space_id": "space", "plan_id": "plan"},
    "plan_file": {"space_id": "space", "plan_id": "plan"},
    "room_note": {"space_id": "space"},
    "room_post": {"space_id": "space", "post_id": "note"},
    "room_take_back": {"space_id": "space", "post_id": "note"},
    "talks": {"space_id": "space"},
    "talk_new": {"space_id": "space"},
    "talk": {"space_id": "space", "talk_id": "talk"},
    "talk_wish": {"space_id": "space", "talk_id": "talk"},
    "room_steps": {"space_id": "space"},
    "room_step": {"space_id": "space", "step": "step"},
    "room_apology": {"space_id": "space", "post_id": "copy"},
    "room_since": {"space_id": "space", "moment": "moment"},
    "coaching_room": {"space_id": "coached"},
    "coaching_invitation": {"space_id": "coached"},
    "coaching_show": {"space_id": "coached"},
    "coaching_narrow": {"space_id": "coached"},
    "coaching_ask": {"space_id": "coached"},
    "coaching_ask_take_back": {"space_id": "coached", "post_id": "asked"},
    "coaching_cards": {"space_id": "coached"},
    "coaching_card_take_back": {"space_id": "coached", "post_id": "card"},
    "coaching_assignment": {"space_id": "coached", "post_id": "task"},
    "coaching_end": {"space_id": "coached"},
    "coach_arrived": {"space_id": "client"},
    "client": {"space_id": "client"},
    "client_page": {"space_id": "client", "post_id": "request"},
    "client_reply": {"space_id": "client"},
    "client_assign": {"space_id": "client"},
    "client_note": {"space_id": "client"},
    "client_draft": {"space_id": "client"},
    "client_sheet": {"space_id": "client"},
    "client_assignment_take_back": {"space_id": "client", "post_id": "suggestion"},
    "coach_file": {"file_id": "file"},
    "coach_note": {"file_id": "file", "note_id": "coach_note"},
    "own_exercise": {"exercise_id": "own_exercise"},
    "own_exercise_retire": {"exercise_id": "own_exercise"},
    "own_exercise_file": {"exercise_id": "own_exercise"},
    "mfa_remove_webauthn": {"pk": "passkey"},
    "mfa_edit_webauthn": {"pk": "passkey"},
}
ELSEWHERE = {"styleguide", "account_signup_by_passkey", "mfa_signup_webauthn"}


@dataclass(frozen=True)
class Things:
    """What one person has: the values that PRIVATE addresses point at."""

    entry: uuid.UUID
    revision: uuid.UUID
    letter: uuid.UUID
    relationship: uuid.UUID
    passkey: int
    space: uuid.UUID
    copy: uuid.UUID
    reminder: uuid.UUID
    delivery: uuid.UUID
    question: uuid.UUID
    agreement: uuid.UUID
    note: uuid.UUID
    plan: uuid.UUID
    talk: uuid.UUID
    coached: uuid.UUID
    card: uuid.UUID
    asked: uuid.UUID
    task: uuid.UUID
    client: uuid.UUID
    request: uuid.UUID
    suggestion: uuid.UUID
    file: uuid.UUID
    coach_note: uuid.UUID
    own_exercise: uuid.UUID

    @classmethod
    def of_ana(cls, ana: Any, page: Any) -> "Things":
        """Return Ana's page and its version, her relationship, and one of all else she has."""
        from allauth.mfa.models import Authenticator

        from journal.entries.models import Entry, Revision
        from journal.entries.writing import Draft, keep
        from journal.vault.keyring import Keyring

        made = Authenticator.objects.create(
            user=ana, type=Authenticator.Type.WEBAUTHN, data=passkey()
        )
        revision = Revision.objects.of(page).get()
        draft = Draft(uuid.uuid4(), uuid.uuid4(), 0, kind=Entry.LETTER, text="Dear gooseberry")
        letter = keep(ana, Keyring.of(ana), draft).entry
        space, copy = a_room_of(ana, page)
        return cls(
            page.pk, revision.pk, letter.pk, page.relationship_id, made.pk, space, copy,
            *a_note_of(ana), *in_that_room(ana, space),
            *at_work_with(ana, page),
        )  # fmt: skip

    @property
    def step(self) -> str:
        """A step of the guide, which is nobody's own."""
        return "communicate-openly"

    @property
    def moment(self) -> int:
        """A time, as a page that asks for news names it."""
        return 1_700_000_000_000

    @classmethod
    def of_nobody(cls) -> "Things":
        """Return values that point at nothing."""
        ids = [uuid.uuid4() for _ in range(23)]
        return cls(*ids[:4], 10**6, *ids[4:])


def a_room_of(ana: Any, page: Any) -> tuple[uuid.UUID, uuid.UUID]:
    """Return a room of Ana's with somebody outside the cast, and a copy of her page in it."""
    from journal.spaces.handing_over import remember
    from journal.spaces.models import Post
    from journal.vault.keyring import Keyring
    from tests.rooms import a_room, room_for

    kim = type(ana).objects.create_user("kim@example.org", display_name="Kim")
    room = room_for(ana, a_room(ana, kim))
    body = {"title": "The piano", "parts": [{"ask": "", "words": "Gone."}], "text": "Gone."}
    post = room.write(Post.COPY, body)
    remember(ana, Keyring.of(ana), page, room, post)
    return room.space.pk, post.pk


def in_that_room(ana: Any, space_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Return what that room is asked this week, a promise, a note of Ana's, a plan, a talk."""
    from journal.spaces.models import Post
    from journal.spaces.room import Room
    from journal.together import listening, plans
    from journal.together.agreements import propose
    from journal.together.models import Agreement
    from journal.together.plans import When
    from journal.together.question import question_of_the_week

    room = Room.of_person(ana, space_id)
    promise = propose(room, Agreement.PROMISE, "We open the post together.", uuid.uuid4())
    note = room.write(Post.NOTE, {"title": "", "text": "Back at six."})
    when = When(timezone.localdate() + timedelta(days=3), time(19), "Europe/London")
    plan = plans.propose(room, "A walk", when, "away", uuid.uuid4())
    talk = listening.begin(room, False, uuid.uuid4())
    return question_of_the_week(room.space).pk, promise.pk, note.pk, plan.pk, talk.pk


def at_work_with(ana: Any, page: Any) -> tuple[uuid.UUID, ...]:
    """Return Ana's room with a coach: a card, a question, a task; her client's, and a request."""
    from journal.coaching.models import ASSIGNMENT, CARD_OF, KEPT, REQUEST
    from journal.spaces.handing_over import remember
    from journal.vault.keyring import Keyring
    from tests.rooms import room_for, work_together

    people = type(ana).objects
    kai = people.create_user("kai@example.org", display_name="Kai", is_coach=True)
    space = work_together(ana, kai)
    mine, kais = room_for(ana, space), room_for(kai, space)
    day = timezone.localdate()
    told = {"exercise": "clear-ask", "title": "The clear ask", "day": day.isoformat()}
    card = mine.write(CARD_OF[KEPT], told, day=day)
    remember(ana, Keyring.of(ana), page, mine, card)
    question = mine.write(REQUEST, {"text": "May I ask gooseberry?"})
    wished = {"title": "The clear ask", "exercise": "clear-ask", "questions": [], "note": "Slowly."}
    task = kais.write(ASSIGNMENT, {**wished, "minutes": 10}, day=day)
    ana.is_coach = True
    ana.save(update_fields=["is_coach"])
    kit = people.create_user("kit@example.org", display_name="Kit")
    client = work_together(kit, ana)
    asked = room_for(kit, client).write(REQUEST, {"text": "How do I begin?"})
    own = room_for(ana, client).write(ASSIGNMENT, {**wished, "minutes": 10}, day=day)
    with_coach = space.pk, card.pk, question.pk, task.pk
    return *with_coach, client.pk, asked.pk, own.pk, *files_of(ana, client)


def files_of(ana: Any, space: Any) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Return Ana's file on a client, a note in it, and an exercise of her own."""
    from journal.coaching.library_models import OwnExercise, OwnExerciseVersion
    from journal.coaching.models import ClientFile, CoachNote
    from journal.vault.keyring import Keyring

    keyring = Keyring.of(ana)
    note = CoachNote(file=ClientFile.write(ana, keyring, space.pk, called="Kit"))
    note.sealed_body = keyring.seal(note, "body", "Slowly.")
    note.save(force_insert=True)
    own = OwnExerciseVersion(exercise=OwnExercise.hold_or_begin(ana, uuid.uuid4()))
    said = {"title": "Mornings", "purpose": "", "minutes": 10, "questions": []}
    own.sealed_body = keyring.seal(own, "body", said)
    own.save(force_insert=True)
    return note.file_id, note.pk, own.exercise_id


def a_note_of(ana: Any) -> tuple[uuid.UUID, uuid.UUID]:
    """Return a schedule of Ana's and one note that came of it."""
    from steps.reminders.models import Delivery, Reminder

    said = {"kind": Reminder.GRATITUDE, "days": "0123456", "local_time": time(19, 30)}
    reminder = Reminder.objects.begin(ana, **said)
    now = timezone.now()
    when = {"local_date": now.date(), "due_at": now, "free_at": now}
    note = {"kind": reminder.kind, "state": Delivery.IN_APP, "card": True}
    return reminder.pk, Delivery.objects.create(person=ana, reminder=reminder, **when, **note).pk


def passkey() -> dict[str, Any]:
    """Return what is kept of a passkey, as a browser would have registered it."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    known = AttestedCredentialData.create(bytes(16), b"one", ES256.from_cryptography_key(public))
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    seen = AuthenticatorData.create(sha256(b"localhost").digest(), flags, 0, bytes(known))
    client = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost:8000")
    answer = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", seen, {})),
    }
    ids = {"id": websafe_encode(b"one"), "rawId": websafe_encode(b"one"), "type": "public-key"}
    credential = {**ids, "response": answer, "clientExtensionResults": {}}
    return {"name": "My passkey", "credential": credential}


@dataclass(frozen=True)
class Address:
    """One address as the resolver has it."""

    name: str | None
    arguments: frozenset[str]
    view: Any
    pattern: str


def walked() -> Iterator[Address]:
    """Yield every address of the site, with the arguments of all its parts."""

    def below(resolver: URLResolver, before: frozenset[str], text: str) -> Iterator[Address]:
        for entry in resolver.url_patterns:
            arguments = before | frozenset(entry.pattern.regex.groupindex)
            pattern = text + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield Address(entry.name, arguments, entry.callback, pattern)
            else:
                yield from below(entry, arguments, pattern)

    yield from below(get_resolver(), frozenset(), "/")


def declared() -> dict[str, set[frozenset[str]]]:
    """Return every declared name with the sets of arguments that it has values for."""
    given = {
        name: {frozenset(one) for one in values}
        for group in (PUBLIC, OWN)
        for name, values in group.items()
    }
    return given | {name: {frozenset(points)} for name, points in PRIVATE.items()}


def private(name: str, things: Things) -> str:
    """Return the address of something that belongs to one person."""
    return reverse(name, kwargs={key: getattr(things, at) for key, at in PRIVATE[name].items()})


def everywhere(things: Things) -> Iterator[tuple[str, str]]:
    """Yield (name, address) of every sample."""
    for group in (PUBLIC, OWN):
        for name, values in group.items():
            for arguments in values:
                yield name, reverse(name, kwargs=arguments)
    for name in PRIVATE:
        yield name, private(name, things)


# What a page's forms carry against forgery: another value on every answer, of the same length.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]{64}"')
