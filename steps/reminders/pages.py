"""/reminders/: schedules in the person's own words, rests, quiet hours, and the way to stop all."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from steps.reminders.changing import keep
from steps.reminders.forms import ReminderForm, SettingsForm
from steps.reminders.letters import calendar_link, preview_of
from steps.reminders.models import LIMIT, Delivery, Reminder, ReminderSettings, TooMany
from steps.reminders.tokens import stopped_by
from steps.reminders.wording import moment_in_words, what_in_words, when_in_words

RESTS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}
FULL = "Twelve is as many as there is room for. Take one away to make room for another."
KEPT = "That’s kept."
SAYING = {"kinds": True, "nothing": False}  # what a date in the calendar says of itself


class Asking(HttpRequest):
    """A request of somebody signed in; `LoginRequiredMiddleware` makes it true."""

    user: Any


@require_safe
def reminders(request: Asking) -> HttpResponse:
    """List this person's schedules, with everything that holds for all of them."""
    return show_list(request, settings_form(request))


def show_list(request: Asking, form: SettingsForm, status: int = 200) -> HttpResponse:
    """Render the list, with the settings as they stand or as they were refused."""
    mine = list(Reminder.objects.own(request.user))
    chosen = ReminderSettings.objects.of(request.user)
    running = [one for one in mine if one.is_on]
    silent = [one.paused_until for one in running if one.silent_at(timezone.now())]
    resting = [until for until in silent if until] if len(silent) == len(running) else []
    context = {
        "lines": [line(one) for one in mine],
        "full": len(mine) >= LIMIT,
        "stopped": bool(mine) and not running,
        "paused": local(min(resting)) if resting else "",
        "zone": zone_words(request.user.time_zone),
        "settings_form": form,
        "refused": chosen.refused_at is not None,
        "calendar": calendar_link(chosen.calendar_id) if chosen.calendar_id else "",
        "calendar_kinds": chosen.calendar_kinds,
    }
    return render(request, "reminders/list.html", context, status=status)


def line(reminder: Reminder) -> dict[str, str]:
    """Return one schedule as the list and its own page say it."""
    return {
        "url": reverse("reminder", args=[reminder.pk]),
        "when": when_in_words(reminder),
        "what": f"{what_in_words(reminder)} {state_of(reminder)}",
        "icon": "letter" if reminder.mails else "today",
    }


def state_of(reminder: Reminder) -> str:
    """Say when a schedule speaks next, or that it does not."""
    if not reminder.is_on:
        return "Stopped."
    if reminder.paused_until and reminder.silent_at(timezone.now()):
        return f"Paused until {local(reminder.paused_until)}."
    moments = reminder.next_dates(1)
    return f"Next on {local(moments[0].at)}." if moments else ""


def local(moment: datetime) -> str:
    """Return a moment on the reader's clock, in words."""
    return moment_in_words(timezone.localtime(moment), timezone.localdate())


def zone_words(zone: str) -> str:
    """Return a time zone as a person reads it."""
    return zone.replace("_", " ")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asking) -> HttpResponse:
    """Set up a schedule; the exact note and its dates can be seen first."""
    initial = {"kind": Reminder.CHECKIN, "local_time": "19:30", "channel": "app"}
    return write(request, None, initial)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Asking, reminder_id: uuid.UUID) -> HttpResponse:
    """Change a schedule."""
    reminder = one_of(request, reminder_id)
    initial = {
        "kind": reminder.kind,
        "days": list(reminder.days),
        "local_time": reminder.local_time,
        "channel": reminder.channel,
    }
    return write(request, reminder, initial)


def one_of(request: Asking, reminder_id: uuid.UUID) -> Reminder:
    """Return one of this person's own schedules, or raise Http404."""
    return get_object_or_404(Reminder.objects.own(request.user), id=reminder_id)


def write(request: Asking, reminder: Reminder | None, initial: dict[str, Any]) -> HttpResponse:
    """Show the form of a schedule, what would come of it, or keep it."""
    chosen = ReminderSettings.objects.of(request.user)
    quiet = (chosen.quiet_from, chosen.quiet_until)
    if request.method != "POST":
        return show_form(request, ReminderForm(initial=initial, quiet=quiet), reminder)
    form = ReminderForm(request.POST, quiet=quiet)
    if not form.is_valid():
        return show_form(request, form, reminder, status=422)
    said = form.said(reminder, timezone.localdate())
    if request.POST.get("then") != "keep":
        return show_form(request, form, reminder, said)
    try:
        kept = keep(request.user, reminder, said)
    except TooMany:
        form.add_error(None, FULL)
        return show_form(request, form, reminder, status=422)
    chosen.answer_offer()
    messages.success(request, f"{KEPT} {state_of(kept)}")
    return redirect("reminders")


def show_form(
    request: Asking, form: ReminderForm, reminder: Reminder | None,
    said: dict[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Render the form of a schedule; `said` asks for what would come of it."""
    context: dict[str, Any] = {
        "form": form,
        "reminder": reminder,
        "zone": zone_words(request.user.time_zone),
        "preview": preview_of(request.user, said) if said else None,
    }
    if reminder:
        context |= line(reminder) | {
            "off": not reminder.is_on,
            "paused": reminder.silent_at(timezone.now()),
            "pause_url": reverse("reminder_pause", args=[reminder.pk]),
            "delete_url": reverse("reminder_delete", args=[reminder.pk]),
        }
    return render(request, "reminders/edit.html", context, status=status)


@require_POST
def pause(request: Asking, reminder_id: uuid.UUID) -> HttpResponse:
    """Let one schedule rest for a day, for a week, for good, or start it again."""
    reminder = one_of(request, reminder_id)
    rest(request, reminder.pause, reminder.switch_off, reminder.resume)
    return redirect("reminders")


@require_POST
def pause_all(request: Asking) -> HttpResponse:
    """Let all schedules rest, stop every note for good, or start the schedules again."""
    person, mine = request.user, Reminder.objects
    rest(
        request,
        lambda until: mine.pause(person, until),
        lambda: ReminderSettings.objects.of(person).stop_everything(),
        lambda: mine.resume(person),
    )
    return redirect("reminders")


def rest(
    request: Asking, pause: Callable[[datetime], None], stop: Callable[[], None],
    start: Callable[[], None],
) -> None:  # fmt: skip
    """Do what the pressed button says; BadRequest for one that there is not."""
    wanted = request.POST.get("for", "")
    if wanted in RESTS:
        until = timezone.now() + RESTS[wanted]
        pause(until)
        messages.success(request, f"Nothing comes until {local(until)}.")
    elif wanted == "good":
        stop()
        messages.success(request, "Stopped. Nothing comes until you start it again.")
    elif wanted == "nothing":
        start()
        messages.success(request, "Started again.")
    else:
        raise BadRequest("A rest is for a day, a week, good or nothing.")


@require_POST
def delete(request: Asking, reminder_id: uuid.UUID) -> HttpResponse:
    """Take a schedule away."""
    one_of(request, reminder_id).take_away()
    messages.success(request, "It’s gone.")
    return redirect("reminders")


@require_POST
def settings(request: Asking) -> HttpResponse:
    """Keep quiet hours, how many notes a day, and whether there are notes that come once."""
    form = settings_form(request, request.POST)
    if not form.is_valid():
        return show_list(request, form, status=422)
    form.keep(ReminderSettings.objects.of(request.user))
    messages.success(request, KEPT)
    return redirect("reminders")


def settings_form(request: Asking, data: Any = None) -> SettingsForm:
    """Return the settings as they stand, or as they were posted."""
    chosen = ReminderSettings.objects.of(request.user)
    mailed = [one for one in Reminder.objects.own(request.user) if one.mails]
    return SettingsForm(
        data,
        initial=SettingsForm.initial_of(chosen),
        times=[(one.local_time, when_in_words(one)) for one in mailed],
    )


@require_POST
def calendar(request: Asking) -> HttpResponse:
    """Make a calendar address or a new one, switch it off, or let its dates say more or less."""
    chosen = ReminderSettings.objects.of(request.user)
    wanted = request.POST.get("feed")
    if wanted == "off":
        chosen.set_calendar(None)
        messages.success(request, "Switched off. Calendars that followed it find nothing now.")
    elif wanted in SAYING:
        chosen.say_kinds(SAYING[wanted])
        messages.success(request, f"{KEPT} Calendars show it when they next look.")
    else:
        again = chosen.calendar_id is not None
        chosen.set_calendar(uuid.uuid4())
        messages.success(
            request, "There is a new address. The old one opens nothing now." if again else KEPT
        )
    return redirect("reminders")


@require_POST
def not_now(request: Asking) -> HttpResponse:
    """Decline the offer of reminders; it is not made again."""
    ReminderSettings.objects.of(request.user).answer_offer()
    return redirect("home")


@require_POST
def not_today(request: Asking, delivery_id: uuid.UUID) -> HttpResponse:
    """Put a note on Today away."""
    get_object_or_404(Delivery.objects.of(request.user), id=delivery_id).put_away()
    return redirect("home")


@csrf_exempt  # a mail program posts here without any page of ours (RFC 8058); the token is the key
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop every note of whoever the token was made for; a second time says the same."""
    wanted = stopped_by(token)
    chosen = ReminderSettings.objects.filter(stop_id=wanted).first() if wanted else None
    if chosen is None:
        raise Http404
    if request.method == "POST":
        chosen.stop_everything()
    return render(request, "reminders/stop.html", {"stopped": request.method == "POST"})
