"""Forms for schedules: what comes, on which days, at what time, where; and when nothing may."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from django import forms

from steps.reminders.models import Channel, Reminder, ReminderSettings
from steps.reminders.schedule import within
from steps.reminders.wording import WEEKDAYS, clock

KINDS = [
    (Reminder.CHECKIN, "A check-in: four numbers and one line"),
    (Reminder.GRATITUDE, "A line about something good"),
    (Reminder.STEP, "Going on with your path"),
    (Reminder.REAPPRAISAL, "Seven minutes of looking from further off, every four months"),
]
DAY = timedelta(days=1)
MAILED = {Channel.MAIL, Channel.BOTH}
EVERY_MONTHS = {Reminder.REAPPRAISAL: 4}


def time_field(label: str) -> forms.TimeField:
    """Return a field for a time of day, such as 19:30."""
    return forms.TimeField(
        label=label,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": "Say at what time, such as 19:30.",
            "invalid": "There is no such time. Write it as 19:30.",
        },
    )


class ReminderForm(forms.Form):
    """One schedule. `quiet`: from when until when this person wants no mail."""

    kind = forms.ChoiceField(
        label="What should the note be for?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what the note is for.",
            "invalid_choice": "Choose one of these.",
        },
    )
    days = forms.TypedMultipleChoiceField(
        required=False,
        label="On which days?",
        help_text="One is enough. The one that comes every four months needs none.",
        coerce=int,
        choices=[(str(number), name) for number, name in enumerate(WEEKDAYS)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose among the days of the week."},
    )
    local_time = time_field("At what time?")
    channel = forms.ChoiceField(
        label="Where should it come?",
        choices=Channel.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose where the note should come.",
            "invalid_choice": "Choose one of these.",
        },
    )

    def __init__(self, *args: Any, quiet: tuple[time, time], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quiet = quiet

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") in EVERY_MONTHS:
            data["days"] = []
        elif "kind" in data and "days" in data and not data["days"]:
            self.add_error("days", "Choose at least one day.")
        at, (start, end) = data.get("local_time"), self.quiet
        if at and data.get("channel") in MAILED and within(at, start, end):
            self.add_error("local_time", f"{clock(at)} is in your quiet hours, {clock(start)} to "
                           f"{clock(end)}, when no mail comes. Choose another time, or change "
                           "the quiet hours first.")  # fmt: skip
        return data

    def said(self, known: Reminder | None, today: date) -> dict[str, Any]:
        """Return what a valid form says, as values of a schedule.

        What comes every few months begins tomorrow; changing it leaves the days it comes on.
        """
        data: dict[str, Any] = self.cleaned_data
        months = EVERY_MONTHS.get(data["kind"], 0)
        first = known.first_on if known and months and known.first_on else today + DAY
        return {
            "kind": data["kind"],
            "days": "".join(str(day) for day in sorted(data["days"])),
            "every_months": months,
            "first_on": first if months else None,
            "local_time": data["local_time"].replace(second=0),
            "channel": data["channel"],
        }


class SettingsForm(forms.Form):
    """When no mail may come, how many in a day, and whether there are notes that come once.

    `times`: the times of this person's schedules that come by mail, with the words of each; none
    may be in the quiet hours, where it would never come.
    """

    quiet_from = time_field("From")
    quiet_until = time_field("until")
    one_a_day = forms.BooleanField(
        required=False,
        label="At most one mail a day",
        help_text="Over everything you set up here. What is over it waits on Today, and there are "
        "never more than seven in a week.",
    )
    milestones = forms.ChoiceField(
        label="A few notes that come once",
        help_text="After your first week, after two quiet weeks, and when you call a step enough "
        "for now. Each comes once and never again.",
        choices=ReminderSettings.MILESTONES_COME,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, times: Sequence[tuple[time, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times = times

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "quiet_from" in data and "quiet_until" in data:
            for at, words in self.times:
                if within(at, data["quiet_from"], data["quiet_until"]):
                    self.add_error("quiet_from", f"This would silence “{words}”. Move that one "
                                   "first, or choose other hours.")  # fmt: skip
                    break
        return data

    @staticmethod
    def initial_of(chosen: ReminderSettings) -> dict[str, Any]:
        """Return what somebody chose before, for the form to begin with."""
        return {
            "quiet_from": chosen.quiet_from,
            "quiet_until": chosen.quiet_until,
            "one_a_day": chosen.notes_a_day == 1,
            "milestones": chosen.milestones,
        }

    def keep(self, chosen: ReminderSettings) -> None:
        """Write what a valid form says."""
        data = self.cleaned_data
        chosen.quiet_from, chosen.quiet_until = data["quiet_from"], data["quiet_until"]
        chosen.notes_a_day = 1 if data["one_a_day"] else 0
        chosen.milestones = data["milestones"]
        chosen.save()
