"""Time together: proposed, answered without reasons, moved, called off, in a calendar."""

import re
import uuid
from datetime import UTC, date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from journal.spaces.models import Post, Space
from journal.together import plans
from journal.vault.models import DataKey
from steps.reminders.models import Delivery, Reminder
from steps.reminders.schedule import zone_named
from tests.journal.posting import fields
from tests.journal.posting import words as page_words
from tests.together.writing import at

pytestmark = pytest.mark.django_db
SOON = (timezone.now() + timedelta(days=9)).date()
NEXT_YEAR = SOON.year + 1


def last_sunday(month: int) -> str:
    """Return the day on which clocks change in London, in a month of 31 days of next year."""
    last = date(NEXT_YEAR, month, 31)
    return (last - timedelta(days=(last.weekday() + 1) % 7)).isoformat()


def plan_form(**said: Any) -> dict[str, Any]:
    return {"post_id": str(uuid.uuid4()), "zone": "Europe/London", "what": "Walk along the canal",
            "day": SOON.isoformat(), "time": "19:00", "phones": "away", "base": 1,
            **said}  # fmt: skip


def propose(browser: Client, space: Space, **said: Any) -> str:
    """Propose a plan and return its address."""
    answer = browser.post(at(space, "plans/new/"), plan_form(**said))
    assert answer.status_code == 302
    return answer["Location"]


def say(browser: Client, path: str, said: str, version: int = 1) -> Any:
    form = {"said": said, "version": version, "post_id": str(uuid.uuid4())}
    return browser.post(f"{path}answer/", form)


def test_a_plan_is_there_for_both_and_a_yes_makes_it_agreed(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    for asking in (browser, bens):
        assert "Walk along the canal" in page_words(asking.get(at(space)))
    assert "Phones away" in page_words(bens.get(path))
    assert "You both said yes" not in page_words(browser.get(path))
    assert say(bens, path, "yes").status_code == 302
    for asking in (browser, bens):
        assert "You both said yes" in page_words(asking.get(path))


def test_not_answering_looks_the_same_as_not_having_read(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    before = page_words(browser.get(path))
    bens.get(path)
    assert page_words(browser.get(path)) == before


def test_a_plan_that_moved_is_a_question_again(browser: Client, bens: Client, space: Space) -> None:
    path = propose(browser, space)
    say(bens, path, "yes")
    moved = plan_form(time="20:15")
    assert browser.post(f"{path}move/", moved).status_code == 302
    assert "20:15" in page_words(bens.get(path))
    assert "You both said yes" not in page_words(bens.get(path))
    late = say(bens, path, "no", version=1)
    assert late.status_code == 409
    assert "moved meanwhile" in page_words(late)
    assert say(bens, path, "another", version=2).status_code == 302
    assert "another time, please" in page_words(browser.get(path))


def test_two_tabs_that_move_one_plan_are_both_shown_and_the_first_stays(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    first, second = plan_form(what="Tea"), plan_form(what="Soup", time="20:15")
    assert browser.post(f"{path}move/", first).status_code == 302
    assert browser.post(f"{path}move/", first).status_code == 302, "the same button twice"
    late = browser.post(f"{path}move/", second)
    assert late.status_code == 409
    shown = page_words(late)
    assert "What is kept now Tea" in shown
    assert "What you just wrote here Soup" in shown
    assert "Tea" in page_words(bens.get(path))
    assert browser.post(f"{path}move/", {**fields(late), "what": "Soup"}).status_code == 302
    assert "Soup" in page_words(bens.get(path))


def test_only_its_proposer_moves_it_or_calls_it_off(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    assert bens.get(f"{path}move/").status_code == 404
    assert bens.post(f"{path}move/", plan_form(what="No")).status_code == 404
    assert bens.post(f"{path}off/").status_code == 404
    assert say(browser, path, "yes").status_code == 404, "one’s own plan is not answered"
    assert "Walk along the canal" in page_words(browser.get(path))


def test_calling_it_off_takes_its_key_and_every_note_about_it(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    plan = Post.unscoped.get(kind=Post.PLAN)
    for asking in (browser, bens):
        assert asking.post(f"{path}remind/", {"minutes": "60"}).status_code == 302
    assert Reminder.objects.about(plan.pk).count() == 2
    assert browser.post(f"{path}off/").status_code == 302
    assert not Reminder.objects.about(plan.pk).exists()
    assert not DataKey.objects.filter(space=plan.pk).exists()
    assert bens.get(path).status_code == 404


def test_a_note_about_it_follows_when_it_moves(browser: Client, space: Space) -> None:
    path = propose(browser, space)
    browser.post(f"{path}remind/", {"minutes": "60"})
    before = Reminder.objects.get().next_at
    browser.post(f"{path}move/", plan_form(time="21:00"))
    assert Reminder.objects.get().next_at == before + timedelta(hours=2)
    assert 'value="60" selected' in browser.get(path).text
    assert browser.post(f"{path}remind/", {"minutes": ""}).status_code == 302
    assert not Reminder.objects.exists()


def test_a_note_for_a_moment_that_is_over_is_refused(browser: Client, space: Space) -> None:
    soon = timezone.localtime() + timedelta(hours=3)
    path = propose(browser, space, day=soon.date().isoformat(), time=f"{soon:%H:%M}",
                   zone="UTC")  # fmt: skip
    assert browser.post(f"{path}remind/", {"minutes": "1440"}).status_code == 422
    assert browser.post(f"{path}remind/", {"minutes": "7"}).status_code == 422


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"day": "2020-01-01"}, "from today on"),
        ({"day": "9999-12-31"}, "from today on"),
        ({"day": f"{NEXT_YEAR}-02-30"}, "There is no such day"),
        ({"day": ""}, "Say on which day"),
        ({"time": "25:00"}, "There is no such time"),
        ({"what": "   "}, "Say in a few words"),
        ({"day": last_sunday(3), "time": "01:30"}, "The clocks go forward"),
        ({"phones": "drowned"}, "Choose one of these"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_all_typed_stays(
    browser: Client, space: Space, said: dict[str, str], why: str
) -> None:
    answer = browser.post(at(space, "plans/new/"), plan_form(**said))
    assert answer.status_code == 422
    assert why in page_words(answer)
    if "what" not in said:
        assert "Walk along the canal" in answer.text
    assert not Post.unscoped.exists()


def test_an_hour_that_comes_twice_is_its_first(browser: Client, space: Space) -> None:
    path = propose(browser, space, day=last_sunday(10), time="01:30")
    calendar = Calendar.from_ical(browser.get(f"{path}file/").content)
    start = calendar.walk("VEVENT")[0].start
    assert f"{start.astimezone(UTC):%Y-%m-%d %H:%M}" == f"{last_sunday(10)} 00:30"


def test_a_double_click_is_one_plan(browser: Client, space: Space) -> None:
    form = plan_form()
    for _ in range(2):
        assert browser.post(at(space, "plans/new/"), form).status_code == 302
    assert Post.unscoped.filter(kind=Post.PLAN).count() == 1


def test_the_calendar_file_says_nothing_unless_asked(browser: Client, space: Space) -> None:
    path = propose(browser, space)
    plain, named = browser.get(f"{path}file/"), browser.get(f"{path}file/?named=1")
    assert "canal" not in plain.text
    assert "canal" in named.text
    assert plain["Content-Type"].startswith("text/calendar")
    event = Calendar.from_ical(plain.content).walk("VEVENT")[0]
    assert event.start.date() == SOON


def test_the_other_reads_it_on_their_own_clock(
    browser: Client, bens: Client, ben: Any, space: Space
) -> None:
    ben.time_zone = "Asia/Tokyo"
    ben.save(update_fields=["time_zone"])
    path = propose(browser, space, day=f"{NEXT_YEAR}-01-15", time="19:00")
    page = page_words(bens.get(path))
    assert "04:00 on your clock, 19:00 on" in page
    assert "16 January" in page


def test_what_lies_ahead_is_in_the_calendar_feed_of_both_without_its_name(
    browser: Client, bens: Client, ben: Any, space: Space
) -> None:
    from journal.feed import dates_of

    propose(browser, space)
    events = list(dates_of(ben))
    assert [event.start.date() for event in events] == [SOON]
    events += dates_of(ben, kinds=True)
    assert [str(event["SUMMARY"]) for event in events] == ["Notes", "Time together"]
    assert not [event for event in events if "canal" in str(event.to_ical())]
    bens.post(at(space, "leave/"), {"sure": "yes"})
    assert list(dates_of(ben)) == []


def test_a_broken_zone_falls_back_to_ones_own(browser: Client, space: Space) -> None:
    path = propose(browser, space, zone="Mars/Olympus")
    assert "19:00." in page_words(browser.get(path))


def test_a_note_whose_moment_a_move_has_passed_comes_at_once(
    browser: Client, bens: Client, ben: Any, space: Space
) -> None:
    path = propose(browser, space)
    bens.post(f"{path}remind/", {"minutes": "1440"})
    soon = timezone.now().astimezone(zone_named("Europe/London")) + timedelta(hours=3)
    browser.post(f"{path}move/", plan_form(day=f"{soon:%Y-%m-%d}", time=f"{soon:%H:%M}"))
    [row] = Reminder.objects.of(ben)
    assert row.next_at is not None
    assert row.next_at < timezone.now() + timedelta(minutes=2)


def test_moving_a_plan_wakes_no_note_of_somebody_who_stopped_all_of_them(
    browser: Client, bens: Client, ben: Any, space: Space
) -> None:
    path = propose(browser, space)
    bens.post(f"{path}remind/", {"minutes": "60"})
    bens.post("/reminders/pause/", {"for": "good"})
    later = SOON + timedelta(days=1)
    browser.post(f"{path}move/", plan_form(day=later.isoformat()))
    assert not Reminder.objects.of(ben).filter(next_at__isnull=False).exists()


def test_the_note_about_a_plan_leads_to_its_page_and_to_today_when_it_is_gone(
    browser: Client, bens: Client, ben: Any, space: Space
) -> None:
    path = propose(browser, space)
    bens.post(f"{path}remind/", {"minutes": "60"})
    [row] = Reminder.objects.of(ben)
    assert row.next_at
    note = Delivery.objects.create(
        person=ben, kind=row.kind, reminder=row, local_date=SOON, due_at=row.next_at,
        free_at=row.next_at, card=True,
    )  # fmt: skip
    link = f"/reminders/answer/{note.pk}/"
    assert browser.get(link).status_code == 404, "it is Ben's"
    assert bens.get(link)["Location"] == path
    Delivery.objects.update(answered_at=None)
    bens.post(at(space, "leave/"), {"sure": "yes"})
    assert bens.get(link)["Location"] == "/"


def test_a_plan_for_a_room_that_has_closed_comes_back(
    browser: Client, bens: Client, space: Space
) -> None:
    bens.post(at(space, "leave/"))
    answer = browser.post(at(space, "plans/new/"), plan_form())
    assert answer.status_code == 404
    assert "Walk along the canal" in answer.text


def test_leaving_brings_ones_plan_home_and_takes_it_from_the_other(
    browser: Client, bens: Client, space: Space
) -> None:
    path = propose(browser, space)
    browser.post(at(space, "leave/"), {"sure": "yes"})
    assert bens.get(path).status_code == 404
    assert "Walk along the canal" not in page_words(bens.get(at(space)))


def test_the_day_is_that_of_the_plan(browser: Client, space: Space) -> None:
    path = propose(browser, space)
    later = SOON + timedelta(days=2)
    browser.post(f"{path}move/", plan_form(day=later.isoformat()))
    assert Post.unscoped.get(kind=Post.PLAN).day == later


def test_every_plan_is_found_however_many_there_are_and_past_ones_too(
    browser: Client, space: Space, room: Any
) -> None:
    over = plans.When(timezone.localdate() - timedelta(days=9), time(19), "UTC")
    made = [plans.propose(room("ben"), f"Plan {at}", over, "", uuid.uuid4()) for at in range(25)]
    assert "Nothing planned" in page_words(browser.get(at(space)))
    first = browser.get(at(space, "plans/"))
    older = re.search(r'href="(\?after=[^"]+)" rel="next"', first.text)
    assert older
    pages = [first, browser.get(at(space, "plans/") + older[1])]
    assert 'rel="next"' not in pages[1].text
    for plan in made:
        address = f'<h3><a href="{at(space, f"plans/{plan.pk}/")}">'
        assert sum(address in page.text for page in pages) == 1
    assert str(made[-1].pk) in first.text
    assert "Add to a calendar" not in first.text, "they are over"
