"""What was still on a writing page when somebody left quickly."""

import re
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest

from journal.entries.forms import DayField, SaveForm
from journal.entries.posted import posted
from journal.entries.writing import Draft, keep
from journal.vault.asking import Asking
from journal.vault.words import WordsField, visible

BEGUN = "Something you had begun to write"
# The fields of forms for others that hold people's own words; of a copy each text has a number, and
# of an exercise that a coach makes each question has one.
WRITTEN = {
    "title", "text", "what", "whom", "called", "note", "purpose", "name", "qualifications",
    "languages", "way",
}  # fmt: skip
PARTS = re.compile(r"words_\d+|q-\d+-(?:ask|hint|options|low|high|frame)")


class Filled(forms.Form):
    """A form for others that says what it was filled with, so that leaving keeps what is new."""

    @property
    def was(self) -> str:
        """The mark of what it was filled with; a form given back says what its page said."""
        if self.is_bound:
            return str(self.data.get("was", ""))
        return mark_of_words(self.filled_with)

    @property
    def filled_with(self) -> str:
        """Its words before anybody changed them, as `written` puts them together."""
        return str(self.initial.get("text", ""))


def keep_unsent(request: Asking) -> None:
    """Keep the words of a posted writing page, whatever page it was.

    Words that were on their way to others go to nobody: they become a page of the writer's own.
    Nobody can be asked to look it over, so what a form would refuse is kept as far as it can be:
    words that are too long stay whole, invisible characters go, unknown choices are left out.
    """
    keep_for_oneself(request)
    if not request.POST.get("entry_id"):
        return
    try:
        page = posted(request)
    except Http404:
        return
    salvage(page.form)
    if page.says_something:
        keep(request.user, request.keyring, page.draft())


def keep_for_oneself(request: Asking) -> None:
    """Keep new words of forms for others as one private page.

    A form says in `was` what it was filled with, or that its words are new with 0 in `base`. The
    words of the page's other forms come along as `unsent`.
    """
    texts = request.POST.getlist("unsent")
    if not request.POST.get("entry_id") and is_new(request):
        texts.insert(0, written(request))
    if text := visible("\n\n".join(one for one in texts if one.strip())):
        keep(request.user, request.keyring, Draft(uuid4(), uuid4(), 0, title=BEGUN, text=text))


def is_new(request: HttpRequest) -> bool:
    """Whether the words of a posted form for others differ from what it was filled with."""
    if "was" in request.POST:
        return request.POST["was"] != mark_of_words(written(request))
    return request.POST.get("base") == "0"


def written(request: HttpRequest) -> str:
    """Return what somebody wrote into a posted form for others, one text below the other."""
    return "\n\n".join(
        value
        for name, values in request.POST.lists()
        if name in WRITTEN or PARTS.fullmatch(name)
        for value in values
        if value.strip()
    )


def mark_of_words(text: str) -> str:
    """Return a short mark that tells words from others, whatever a browser does to line breaks."""
    words = " ".join(text.split())
    return sha256(words.encode()).hexdigest()[:16] if words else ""


def salvage(form: SaveForm) -> None:
    """Fill `cleaned_data` with the best that can be made of values the form has refused."""
    form.is_valid()
    fresh: dict[str, Any] = SaveForm.fresh()
    for name, field in form.fields.items():
        if name not in form.cleaned_data:
            form.cleaned_data[name] = fresh.get(name, salvaged(field, form[name].value()))


def salvaged(field: forms.Field, raw: Any) -> Any:
    """Return what can be kept of a refused value."""
    if isinstance(field, WordsField | DayField):
        return raw or ""
    if isinstance(field, forms.MultipleChoiceField):
        return [value for value in raw or [] if field.valid_value(value)]
    return ""
