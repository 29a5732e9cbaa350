"""Whatever a person wrote, chose, scored or named is sealed; each plain column is declared here.

A column that can hold words, numbers or choices and is neither sealed nor on this list fails.
Times, ids and references to other rows are plain by need and not listed.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from journal.vault.guard import AskedForNobody

HOUSE = ("journal", "steps", "trustrepair")

FREE = (
    models.UUIDField,
    models.AutoField,
    models.ForeignKey,
    models.DateTimeField,
    models.DateField,
    models.TimeField,
)

# Each with its reason. A reason must say why this is nothing that somebody wrote, chose or scored,
# or who needs it plain.
PLAIN = {
    "accounts.User.date_joined": "a time",
    "accounts.User.display_name": "the name others are to see; said on the privacy page",
    "accounts.User.email": "one signs in with it, and mail goes to it",
    "accounts.User.has_coach": "whether to look for what is shown to a coach; opens nothing",
    "accounts.User.is_active": "whether the host lets this account in",
    "accounts.User.is_coach": "decides which pages there are",
    "accounts.User.is_staff": "whether the host gave this account their pages",
    "accounts.User.is_superuser": "Django's; opens nothing private",
    "accounts.User.language": "pages are made before any key is at hand",
    "accounts.User.next_password": "an Argon2id hash, for a day",
    "accounts.User.password": "an Argon2id hash",
    "accounts.User.time_zone": "reminders are worked out without any key",
    "accounts.User.keeps_trash": "whether deleting goes by way of the trash",
    "accounts.User.lock_minutes": "after how many quiet minutes pages lock",
    "accounts.User.spellcheck": "whether the browser's spell check may look on",
    "accounts.User.text_size": "how large words are set; says nothing of what is written",
    "accounts.User.whole_sheet": "how questions are laid out; says nothing of what is written",
    "accounts.User.shares_room": "which menu somebody has; the memberships say it too",
    "journal.Block.address_mark": "a keyed hash; the table alone does not say whom it keeps out",
    "journal.Block.person_mark": "a keyed hash; the table alone does not say whom it keeps out",
    "journal.Agreement.kind": "a promise, or what is worded for the full jar",
    "journal.Agreement.version": "counts wordings, so that nobody signs another than they saw",
    "journal.Entry.kind": "free, exercise, check-in, gratitude or letter; lists are made by it",
    "journal.Entry.marble": "a place in the jar, counted up; tells how many, as the rows do",
    "journal.Entry.packed": "which version search has packed; counts saves",
    "journal.Entry.version": "counts saves, so that a stale page overwrites nothing",
    "journal.Handing.entry_version": "which version of the page was copied; counts saves",
    "journal.ImportPiece.number": "the order of the pieces of a file on its way in",
    "journal.Invitation.role": "partner, client or coach; decides what the page says",
    "journal.Invitation.token_hash": "a hash; found by it, opened by the token alone",
    "journal.KeyWrap.kek_id": "the name of a key of the host's",
    "journal.KeyWrap.method": "how a data key is locked",
    "journal.KeyWrap.wrapped": "a data key, locked",
    "journal.Membership.role": "partner, client or coach; decides which pages there are",
    "journal.PlanTime.at": "an instant, for calendars; what it is for is sealed",
    "journal.Post.kind": "copy, note, answer, marble and so on; a room is laid out by it",
    "journal.Post.number": "a place counted up, such as a marble's; tells how many",
    "journal.Post.version": "counts changes",
    "journal.CoachNote.version": "counts changes",
    "journal.Opening.what": "which page a coach opened; the client reads it, nobody chose it",
    "journal.OwnExerciseVersion.version": "counts changes",
    "journal.Relationship.version": "counts changes",
    "journal.Revision.auto": "whether a button was pressed or a pause was made",
    "journal.Revision.beside": "whether another tab had saved first; shown without opening it",
    "journal.Revision.version": "counts saves",
    "journal.Signature.version": "which wording it stands under",
    "journal.Space.kind": "a room for two, or one with a coach",
    "journal.Showing.item": "which of five things a coach may see; the permission itself",
    "steps.Cause.key": "the guide's own",
    "steps.Delivery.attempts": "counts what a mail server put off",
    "steps.Delivery.card": "whether Today shows it",
    "steps.Delivery.claims": "counts the workers that took it",
    "steps.Delivery.kind": "which of the guide's letters it is; mails are sent without any key",
    "steps.Delivery.state": "how far its mail is; mails are sent without any key",
    "steps.Delivery.variant": "the key of one of the guide's letters",
    "steps.Delivery.why": "one of the engine's own words",
    "steps.Done.kind": "check-in or gratitude, as the entry itself says; nothing is sent twice",
    "steps.Exercise.key": "the guide's own",
    "steps.Prompt.key": "the guide's own",
    "steps.Prompt.shelf": "the guide's own",
    "steps.Reminder.channel": "by mail or not; reminders are worked out without any key",
    "steps.Reminder.days": "reminders are worked out without any key; said on the privacy page",
    "steps.Reminder.every_months": "reminders are worked out without any key",
    "steps.Reminder.kind": "reminders are worked out without any key; said on the privacy page",
    "steps.Reminder.zone": "reminders are worked out without any key",
    "steps.ReminderSettings.calendar_kinds": "how much calendars say; they have no keys",
    "steps.ReminderSettings.milestones": "reminders are worked out without any key",
    "steps.ReminderSettings.notes_a_day": "reminders are worked out without any key",
    "steps.ReminderSettings.notes_a_week": "reminders are worked out without any key",
    "steps.Step.key": "the guide's own",
    "steps.Tool.key": "the guide's own",
    "journal.Talk.stage": "what comes next in a talk: say, hear, check or over",
    "journal.Talk.round": "which of two rounds",
    "journal.Talk.version": "counts turns",
    "journal.Talk.one_device": "on one device or two; decides what the page says",
    "journal.Turn.act": "what kind of turn it was: said, heard, missing, fits, stop, keep",
    "journal.Turn.voice": "which of the two",
    "journal.Turn.number": "the order of the turns",
}


def models_of_the_house() -> Iterator[type[models.Model]]:
    for config in apps.get_app_configs():
        if config.name.partition(".")[0] in HOUSE:
            yield from config.get_models(include_auto_created=True)


def columns() -> Iterator[tuple[str, models.Field]]:
    for model in models_of_the_house():
        for field in model._meta.local_concrete_fields:
            yield f"{model._meta.label}.{field.name}", field


def test_every_column_is_sealed_or_declared_plain_with_a_reason():
    undeclared = [
        f"{name} ({type(field).__name__})"
        for name, field in columns()
        if not isinstance(field, FREE)
        and not field.name.startswith("sealed_")
        and not (field.model._meta.app_label == "steps" and field.name == "order")
        and name not in PLAIN
    ]
    assert not undeclared, f"Seal these, or say in PLAIN why they stay plain: {undeclared}"


def test_the_list_names_only_columns_that_there_are():
    assert set(PLAIN) <= {name for name, _ in columns()}
    assert all(len(reason) > 5 for reason in PLAIN.values())


def test_every_sealed_column_holds_bytes_and_is_in_no_form():
    sealed = {name: field for name, field in columns() if field.name.startswith("sealed_")}
    assert sealed
    for name, field in sealed.items():
        assert isinstance(field, models.BinaryField), name
        assert not field.editable, name
        assert isinstance(field.model._meta.pk, models.UUIDField), name
        assert not field.has_default(), f"{name}: a default would be plain words"


def test_no_private_row_points_at_a_cause():
    """Causes chosen are sealed: a reference would say them to whoever reads the database."""
    for name, field in columns():
        if field.model._meta.app_label == "journal" and field.related_model is not None:
            assert field.related_model._meta.label != "steps.Cause", name


# Tables that answer without being asked on somebody's behalf, each with its reason.
OPEN = {
    "accounts.User": "signing in looks for an address",
    "accounts.User_groups": "Django's own",
    "accounts.User_user_permissions": "Django's own",
    "journal.DataKey": "locked; the keyring hands keys out on somebody's behalf",
    "journal.KeyWrap": "locked; the keyring hands keys out on somebody's behalf",
    "steps.Cause": "the guide's own",
    "steps.Delivery": "the engine works for everybody at once, and holds no words",
    "steps.Done": "the engine works for everybody at once, and holds no words",
    "steps.Exercise": "the guide's own",
    "steps.Prompt": "the guide's own",
    "steps.Reminder": "the engine works for everybody at once, and holds no words",
    "steps.ReminderSettings": "the engine works for everybody at once, and holds no words",
    "steps.Step": "the guide's own",
    "steps.Tool": "the guide's own",
}


def test_private_tables_answer_only_on_somebodys_behalf(db):
    """Every table, whether it has sealed columns or only says who is with whom."""
    open_ones = set()
    for model in models_of_the_house():
        for ask in ("all", "count", "first", "exists"):
            try:
                getattr(model.objects, ask)()
            except AskedForNobody:
                continue
            open_ones.add(model._meta.label)
    assert open_ones == set(OPEN)
    sealed = {label for label in OPEN for f in columns_of(label) if f.startswith("sealed_")}
    assert not sealed


def columns_of(label: str) -> list[str]:
    return [field.name for field in apps.get_model(label)._meta.local_concrete_fields]


def test_sealed_rows_show_no_words_when_printed():
    for model in models_of_the_house():
        names = [f.name for f in model._meta.local_fields if f.name.startswith("sealed_")]
        if names:
            row = model(**dict.fromkeys(names, b"heron-on-the-weir"))
            assert "heron" not in repr(row) + str(row), model
