"""A writing page as it was posted, whatever page it was: its form and the draft it asks for."""

from dataclasses import dataclass

from django.http import Http404, QueryDict

from journal.entries.exercising import draft_of, open_step
from journal.entries.forms import ExerciseForm, PageForm
from journal.entries.models import Entry
from journal.entries.pages import page_draft
from journal.entries.questions import in_words
from journal.entries.sheets import Sheet, posted_entry, sheet_for
from journal.entries.writing import Draft
from journal.relationships.chosen import Mending
from journal.vault.asking import Asking, as_uuid
from steps import catalogue


@dataclass(frozen=True)
class PostedPage:
    """A posted free page."""

    form: PageForm
    entry: Entry | None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to keep."""
        return self.form.says_something()

    def draft(self) -> Draft:
        """Return what the page asks to keep; its form has been cleaned."""
        return page_draft(self.form, self.entry)

    def kept(self, request: Asking) -> None:
        """Do what follows from keeping it: nothing."""


@dataclass(frozen=True)
class PostedSheet:
    """A posted page of an exercise."""

    form: ExerciseForm
    sheet: Sheet

    @property
    def entry(self) -> Entry | None:
        """The entry it belongs to, once there is one."""
        return self.sheet.entry

    @property
    def says_something(self) -> bool:
        """Whether it holds any words that are not kept yet, or takes kept ones back."""
        said, before = self.form.answers(), self.sheet.answers
        kept = self.entry is not None and set(self.form.kept_phrases()) - {*self.sheet.kept_phrases}
        return bool(kept) or any(
            in_words(q, said[q["key"]]) != in_words(q, before.get(q["key"]))
            for q in self.sheet.here
        )

    def draft(self) -> Draft:
        """Return what the page asks to keep; its form has been cleaned."""
        return draft_of(self.sheet, self.form, "later")

    def kept(self, request: Asking) -> None:
        """Do what follows from keeping it: the step is open."""
        open_step(request, self.sheet)


def posted(request: Asking, data: QueryDict | None = None) -> PostedPage | PostedSheet:
    """Return the writing page that was posted.

    `data`: the posted values, where they had to be put together first (a delta); without it those
    of the request. Raises Http404 for an exercise that is neither the guide's nor the person's.
    """
    words = data if data is not None else request.POST
    mending = Mending.of(request)
    entry = posted_entry(request)
    found = catalogue.get().exercises.get(request.POST.get("exercise", ""))
    if found is not None or entry is not None:
        sheet = sheet_for(request, found, entry, mending)
        form = ExerciseForm(words, questions=sheet.here, answers=sheet.answers)
        return PostedSheet(form, sheet)
    if request.POST.get("exercise"):
        raise Http404
    page = PageForm(words, relationships=mending.rows)
    return PostedPage(page, page_behind(request))


def page_behind(request: Asking) -> Entry | None:
    """Return the page of theirs that a posted id names, if there is one."""
    entry_id = as_uuid(request.POST.get("entry_id"))
    if entry_id is None:
        return None
    mine = Entry.objects.written_by(request.user).exclude(kind=Entry.EXERCISE)
    return mine.filter(id=entry_id).first()
