"""Forms of the account: signing up, the codes that need mail, and the profile."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context as asking
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from journal.vault.words import WordsField
from steps.reminders.telling import moved
from trustrepair.accounts import waiting
from trustrepair.accounts.models import User

ZONES = sorted(
    zone
    for zone in available_timezones()
    if "/" in zone and not zone.startswith(("Etc/", "posix", "right", "SystemV"))
)


class SignupForm(allauth.SignupForm):
    """E-mail and password; the browser adds its time zone in a field nobody sees."""

    browser_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def notice(self) -> str:
        """What to know before signing up."""
        return "" if settings.EMAIL_URL else (
            "This house sends no mail yet. Your address is not checked, and a lost password "
            "cannot be replaced by mail."
        )  # fmt: skip

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        zone = self.cleaned_data.get("browser_zone", "")
        if zone in available_timezones():
            user.time_zone = zone
            user.save(update_fields=["time_zone"])


class ResetPasswordForm(allauth.ResetPasswordForm):
    """The address to which a code for a new password goes."""

    @property
    def notice(self) -> str:
        """What to know before asking: why it takes a day, or why no code can come."""
        return (
            "Where no second step guards the account, a new password holds a day after it was "
            "chosen, because others may read your mail. Until then the old one still opens it."
        ) if settings.EMAIL_URL else (
            "This house sends no mail yet, so no code can come. A passkey or a recovery code still "
            "lets you in; otherwise ask whoever runs it."
        )  # fmt: skip


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    """A new password, chosen with a code that came by mail."""

    def save(self) -> None:
        """Let it hold: at once where a second factor guards the account, else after a day."""
        if not waiting.choose(self.user, self.cleaned_data["password1"]):
            super().save()


class ReauthenticateForm(allauth.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if getattr(asking.request, "locked", False):
            # That page is shut as well while locked; the page around this form says what helps.
            self.fields["password"].help_text = ""


class AddEmailForm(allauth.AddEmailForm):
    """Another address. Where no mail can be sent it counts at once, unproved like the first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New address"

    @property
    def notice(self) -> str:
        """What to know before changing the address."""
        return "" if settings.EMAIL_URL else (
            "This house sends no mail yet. The new address counts at once and is not checked, so "
            "look twice before you change it."
        )  # fmt: skip

    def clean_email(self) -> str:
        email = str(super().clean_email())
        if not settings.EMAIL_URL and User.objects.filter(email=email).exists():
            raise get_adapter().validation_error("email_taken")
        return email

    def save(self, request: HttpRequest) -> EmailAddress:
        """Send a code to the address; without mail, put it in the place of the old one."""
        if settings.EMAIL_URL:
            return super().save(request)
        with transaction.atomic():
            address = EmailAddress(user=self.user, email=self.cleaned_data["email"])
            address.set_as_primary()
            EmailAddress.objects.filter(user=self.user).exclude(pk=address.pk).delete()
        return address


class WritingForm(forms.ModelForm):
    """How writing looks, on every page of words: the size of the text, spell check on or off."""

    class Meta:
        model = User
        fields = ["text_size", "spellcheck"]
        labels = {"text_size": "Text size", "spellcheck": "Spell check"}
        widgets = {"text_size": forms.RadioSelect}
        help_texts = {
            "spellcheck": "Underlines slips while you write. Some browsers send the words to their "
            "maker for it, so it is off until you turn it on."
        }


class ProfileForm(forms.Form):
    """What a person is called, where and in which language they live, when their pages lock."""

    display_name = WordsField(
        most=60,
        strip=True,
        label="What we call you",
        help_text="On your own pages, and to people you invite. Kept in plain text, like your "
        "address.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="Where your days begin and end.",
        choices=[(zone, zone.replace("_", " ")) for zone in [*ZONES, "UTC"]],
        widget=forms.Select(attrs={"data-zone": ""}),
    )
    language = forms.ChoiceField(label="Language", choices=settings.LANGUAGES)
    lock_minutes = forms.IntegerField(
        required=False,
        min_value=User.LOCK_LEAST,
        max_value=User.LOCK_MOST,
        label="Minutes until your pages lock",
        help_text="From 2 to 30, counted from when you last touched anything. Then your password, "
        "a passkey or a code opens them again.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Choose a whole number from 2 to 30."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]

    def keep(self, user: User) -> None:
        """Write the profile; the reminders follow into another time zone."""
        data: dict[str, Any] = self.cleaned_data
        if data["lock_minutes"] is None:
            data["lock_minutes"] = user.lock_minutes
        for name, value in data.items():
            setattr(user, name, value)
        with transaction.atomic():
            user.save(update_fields=list(data))
            moved(user, user.time_zone)
