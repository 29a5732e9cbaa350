"""Cards: what a client's own doing publishes of what they show, and what ends them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from journal.coaching import cards, consent
from journal.coaching.middleware import is_for_oneself
from journal.coaching.models import (
    ACTIVE,
    CARD_OF,
    CARDS,
    DIALS,
    KEPT,
    PATH,
    ROOM,
    Showing,
    shown_cards,
)
from journal.entries.models import Entry
from journal.entries.writing import Draft, keep
from journal.relationships.models import PathStep
from journal.spaces.models import Post
from journal.vault.keyring import Keyring
from journal.vault.models import DataKey
from journal.vault.sealing import KeyMissing
from steps.models import Exercise, Step
from steps.reminders.models import Delivery
from tests.house.addresses import walked
from tests.journal.posting import fill

SECRET = "gooseberry"


def publish(person: Any) -> None:
    """Publish as the end of a request does."""

    class Asked:
        user = person
        keyring = Keyring.of(person)

    cards.publish(Asked())


def write(person: Any, key: str, answers: dict[str, Any], about: Any = None, **more: Any) -> Entry:
    """Finish an exercise of the guide."""
    anchor = Exercise.objects.get(key=key)
    draft = Draft(
        more.pop("entry_id", None) or uuid.uuid4(), uuid.uuid4(), more.pop("base", 0),
        kind=Entry.EXERCISE, title=key, answers=answers, exercise=anchor, finished=True,
        relationship=about, **more,
    )  # fmt: skip
    return keep(person, Keyring.of(person), draft).entry


def seen(coach: Any, space: Any, *items: str) -> list[dict[str, Any]]:
    """Return what a coach reads on the cards of a room now."""
    posts = list(shown_cards(coach, *items).filter(space=space).order_by("created_at", "number"))
    keyring = Keyring.of(coach, [post.pk for post in posts])
    return [post.body(keyring) for post in posts]


def test_the_path_is_published_as_it_stands_and_as_it_changes(people, space, mending):
    step = Step.objects.get(key="communicate-openly")
    PathStep.say(mending, step, Keyring.of(people["ana"]), PathStep.OPEN)
    publish(people["ana"])
    [card] = seen(people["cleo"], space, PATH)
    assert (card["step"], card["state"]) == ("communicate-openly", "open")
    PathStep.say(mending, step, Keyring.of(people["ana"]), PathStep.ENOUGH)
    publish(people["ana"])
    [card] = seen(people["cleo"], space, PATH)
    assert card["state"] == "done"


def test_a_finished_exercise_is_published_by_its_name_alone(people, space, mending):
    write(people["ana"], "clear-ask", {"ask": SECRET}, mending)
    publish(people["ana"])
    [card] = seen(people["cleo"], space, KEPT)
    assert card["exercise"] == "clear-ask"
    assert set(card) == {"exercise", "title", "day"}
    assert SECRET not in str(card)


def test_a_check_in_is_published_as_numbers_and_renewed_when_it_changes(people, space, mending):
    ana = people["ana"]
    entry = write(ana, "daily-check-in", {"safety": 3, "text": SECRET}, mending)
    publish(ana)
    [card] = seen(people["cleo"], space, DIALS)
    assert card["numbers"] == {"safety": 3}
    assert SECRET not in str(card)
    write(ana, "daily-check-in", {"safety": 5}, mending, entry_id=entry.pk, base=1)
    publish(ana)
    [card] = seen(people["cleo"], space, DIALS)
    assert card["numbers"] == {"safety": 5}


def test_publishing_twice_publishes_once(people, space, mending):
    write(people["ana"], "clear-ask", {}, mending)
    publish(people["ana"])
    before = set(Post.objects.written_by(people["ana"]).values_list("pk", flat=True))
    publish(people["ana"])
    assert set(Post.objects.written_by(people["ana"]).values_list("pk", flat=True)) == before


def test_of_the_week_no_day_and_no_hour_is_told(people, space):
    publish(people["ana"])
    [card] = seen(people["cleo"], space, ACTIVE)
    assert set(card) == {"week"}
    assert timezone.datetime.fromisoformat(card["week"]).weekday() == 0


def test_what_was_written_before_it_was_shown_is_not_published(people, mending):
    from tests.rooms import work_together

    write(people["ana"], "clear-ask", {}, mending)
    space = work_together(people["ana"], people["cleo"], mending)
    publish(people["ana"])
    assert not seen(people["cleo"], space, KEPT, DIALS)


def test_what_is_about_somebody_else_is_not_published(people, space):
    from journal.relationships.models import Relationship
    from journal.relationships.story import Story

    ana = people["ana"]
    other = Relationship.begin(ana, Keyring.of(ana), Story(name="Ivo", kind="friend"))
    write(ana, "clear-ask", {}, other)
    PathStep.say(other, Step.objects.get(key="quality-time"), Keyring.of(ana), PathStep.OPEN)
    publish(ana)
    assert not seen(people["cleo"], space, KEPT, PATH)


@pytest.mark.parametrize("item", [PATH, DIALS, KEPT, ACTIVE])
def test_narrowing_destroys_the_keys_of_the_cards_it_covered(people, space, anas, mending, item):
    ana, cleo = people["ana"], people["cleo"]
    step = Step.objects.get(key="communicate-openly")
    PathStep.say(mending, step, Keyring.of(ana), PathStep.OPEN)
    write(ana, "clear-ask", {}, mending)
    write(ana, "daily-check-in", {"safety": 3}, mending)
    publish(ana)
    doomed = list(Post.objects.written_by(ana).filter(kind=CARD_OF[item]))
    assert doomed
    others = Post.objects.written_by(ana).filter(kind__in=CARDS).exclude(kind=CARD_OF[item])
    count = others.count()

    consent.narrow(anas, item)

    assert not seen(cleo, space, item)
    assert others.count() == count
    assert not DataKey.objects.filter(space__in=[post.pk for post in doomed]).exists()
    keyring = Keyring.of(cleo, [post.pk for post in doomed])
    for post in doomed:  # as from a copy of the table
        with pytest.raises(KeyMissing):
            post.body(keyring)
    publish(ana)
    assert not seen(cleo, space, item)


def test_what_has_run_out_is_not_there_and_is_swept_away(people, space, mending):
    ana = people["ana"]
    write(ana, "clear-ask", {}, mending)
    publish(ana)
    gone = timezone.now() - timedelta(minutes=1)
    Showing.objects.by(ana).filter(item=KEPT).update(expires_at=gone)
    assert not seen(people["cleo"], space, KEPT)
    assert seen(people["cleo"], space, ACTIVE)
    assert cards.sweep() == 1
    assert seen(people["cleo"], space, ACTIVE)
    Showing.objects.by(ana).filter(item=ROOM).update(expires_at=gone)
    assert not seen(people["cleo"], space)


def test_what_has_run_out_begins_anew_without_what_was_before(people, space, anas, mending):
    ana = people["ana"]
    write(ana, "clear-ask", {}, mending)
    publish(ana)
    gone = timezone.now() - timedelta(minutes=1)
    Showing.objects.by(ana).update(expires_at=gone)
    consent.give(anas, [KEPT], mending)
    publish(ana)
    assert not seen(people["cleo"], space)
    write(ana, "clear-ask", {}, mending)
    publish(ana)
    assert len(seen(people["cleo"], space, KEPT)) == 1


def test_a_card_taken_back_is_not_published_again(people, space, anas, mending):
    write(people["ana"], "clear-ask", {}, mending)
    publish(people["ana"])
    [post] = Post.objects.written_by(people["ana"]).filter(kind=CARD_OF[KEPT])
    consent.take_card_back(anas, post.pk)
    publish(people["ana"])
    assert not seen(people["cleo"], space, KEPT)


def test_a_page_that_is_deleted_takes_its_card_along(people, space, mending):
    entry = write(people["ana"], "clear-ask", {}, mending)
    publish(people["ana"])
    entry.put_away()
    assert not seen(people["cleo"], space, KEPT)


def test_saving_over_the_site_publishes(people, space, browser):
    browser.post("/path/communicate-openly/say/", {"state": "open"})
    [card] = seen(people["cleo"], space, PATH)
    assert card["state"] == "open"


def test_nothing_is_published_before_there_is_a_coach(people, mending):
    from journal.spaces.models import Membership, Space
    from tests.rooms import a_waiting_room, room_for

    space, _ = a_waiting_room(people["ana"], Space.COACHING, Membership.CLIENT)
    consent.give(room_for(people["ana"], space), [ACTIVE], mending)
    publish(people["ana"])
    assert not Post.objects.written_by(people["ana"]).exists()


def test_a_check_in_that_a_note_asked_for_is_shown_at_once(people, browser, space):
    ana, now = people["ana"], timezone.now()
    note = Delivery.objects.create(
        person=ana, kind="checkin", local_date=timezone.localdate(now, ana.zone),
        due_at=now, free_at=now, state=Delivery.SENT, card=True,
    )  # fmt: skip
    numbers = {"safety": 5, "follow_through": 6, "openness": 3, "connection": 4}
    said = {f"answer-{key}": str(number) for key, number in numbers.items()}
    fill(browser, f"/reminders/answer/{note.pk}/", {**said, "then": "finish"})
    [card] = seen(people["cleo"], space, DIALS)
    assert card["numbers"] == numbers
    assert len(seen(people["cleo"], space, ACTIVE)) == 1


def test_every_page_on_which_one_writes_alone_publishes():
    alone = {one.name for one in walked() if is_for_oneself(one.view)}
    assert {"autosave", "entry_edit", "path_say", "gratitude", "reminder_answer"} <= alone
    with_others = {"room_note", "coaching_ask", "client_note", "hand_over_to", "export", "you"}
    assert not alone & with_others
