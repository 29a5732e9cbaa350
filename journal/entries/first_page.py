"""The last screen of the first run: a first page, and an account to keep it in."""

from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.forms import SignupForm
from allauth.account.internal.flows.signup import complete_signup
from allauth.core.internal.ratelimit import consume_or_429
from allauth.mfa import app_settings as factors
from allauth.utils import get_form_class
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from journal.entries.adoption import adopt, first_question
from journal.entries.writing import MOST
from journal.relationships.beginning import frame
from journal.relationships.guests import GuestAnswers, choose_to_take_along
from journal.vault.asking import Asking
from journal.vault.keyring import Keyring
from journal.vault.words import WordsField


class FirstPageForm(forms.Form):
    words = WordsField(most=MOST, rows=8, label="Your words")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Asking) -> HttpResponse:
    """Ask the first question; keep what is written, in a new account or in one's own."""
    guest = GuestAnswers.of(request)
    if not guest:
        return redirect("begin")
    if request.method != "POST":
        return show(request, guest, FirstPageForm(initial={"words": guest.answers.get("page", "")}))
    form = FirstPageForm(request.POST)
    if not form.is_valid():
        return show(request, guest, form, signup_form(request.POST), status=422)
    guest.answers["page"] = form.cleaned_data["words"]
    if request.user.is_authenticated:
        return take_along(request, guest)
    elsewhere = {"sign-in": "account_login"}
    if factors.PASSKEY_SIGNUP_ENABLED:
        elsewhere["passkey"] = "account_signup_by_passkey"
    if door := elsewhere.get(request.POST.get("then", "")):
        choose_to_take_along(request)
        return guest.keep(redirect(door))
    # Counted here and not before the page, so that whoever tries too often loses no words.
    too_often = consume_or_429(request, app="allauth.account", action="signup")
    return guest.keep(too_often) if too_often else sign_up(request, guest, form)


def sign_up(request: Asking, guest: GuestAnswers, form: FirstPageForm) -> HttpResponse:
    """Make the account; the words wait in the guest's row until the account is proved."""
    account = signup_form(request.POST)
    if not account.is_valid():
        return guest.keep(show(request, guest, form, account, status=422))
    proved = account_settings.EMAIL_VERIFICATION != "mandatory"
    with transaction.atomic():
        person, answered = account.try_save(request)
        if person and proved:
            adopt(person, Keyring.of(person), guest, guest.answers["page"])
    if answered:
        return guest.keep(answered)
    onward = reverse("home") if proved else reverse("begin_keep")
    response = complete_signup(request, user=person, redirect_url=onward)
    return guest.forget(response) if proved else guest.keep(response)


def signup_form(data: Any = None) -> SignupForm:
    """Return allauth's sign-up form as this house has it."""
    form_class = get_form_class(account_settings.FORMS, "signup", SignupForm)
    form: SignupForm = form_class(data)
    return form


def show(
    request: Asking, guest: GuestAnswers, form: FirstPageForm,
    account: forms.Form | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Render the first page with its question and, for guests, the account's two fields."""
    story = guest.story()
    context = {
        **frame("page"),
        "form": form,
        "question": first_question(story),
        "account": None if request.user.is_authenticated else account or signup_form(),
    }
    return render(request, "begin/page.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: Asking) -> HttpResponse:
    """After signing in or up: take along what was written before, or let it go."""
    guest = GuestAnswers.of(request)
    if not guest:
        return redirect("home")
    if request.method == "POST":
        if request.POST.get("then") == "let-go":
            return guest.forget(redirect("home"))
        return take_along(request, guest)
    return render(
        request, "begin/keep.html", {"story": guest.story(), "words": guest.answers.get("page", "")}
    )


def take_along(request: Asking, guest: GuestAnswers) -> HttpResponse:
    """Keep a guest's answers in the account that is signed in now."""
    adopt(request.user, request.keyring, guest, guest.answers.get("page", ""))
    return guest.forget(redirect("home"))
