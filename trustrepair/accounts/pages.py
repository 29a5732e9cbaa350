"""You: profile and the way to everything about the account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from journal.vault.asking import Asking
from trustrepair.accounts import waiting
from trustrepair.accounts.forms import ProfileForm, WritingForm


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Asking) -> HttpResponse:
    """Show and change the profile."""
    user = request.user
    initial = {
        "display_name": user.display_name,
        "time_zone": user.time_zone,
        "language": user.language,
        "lock_minutes": user.lock_minutes,
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.keep(user)
        messages.success(request, "That’s kept.")
        return redirect("you")
    context = {"form": form, "writing": WritingForm(instance=user)}
    return render(request, "you/profile.html", context, status=422 if form.is_bound else 200)


@require_POST
def writing(request: Asking) -> HttpResponse:
    """Keep how writing looks; a writing page that asks by itself gets no page for an answer."""
    form = WritingForm(request.POST, instance=request.user)
    if not form.is_valid():
        return HttpResponse(status=422)  # none of our own pages sends such a thing
    form.save()
    if not request.accepts("text/html"):
        return HttpResponse(status=204)
    messages.success(request, "That’s kept.")
    return redirect("you")


@require_POST
def stop_new_password(request: Asking) -> HttpResponse:
    """Forget a new password that somebody asked for by mail, and show what keeps them out."""
    waiting.stop(request.user)
    messages.success(
        request,
        "Stopped. Your password stays as it is. Whoever asked for another can read your mail; a "
        "second step keeps them out.",
    )
    return redirect("mfa_index")
