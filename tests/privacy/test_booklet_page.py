"""/you/export/booklet/: the pages that somebody ticked, and no others."""

import sys
import types
from typing import Any

import pytest
from django.utils import timezone

from journal.entries.models import Entry
from tests.conftest import Browser
from tests.journal.posting import fields
from tests.privacy.carrying import live, write

PAGE = "/you/export/booklet/"


def tick(browser: Browser, shown: Any, ids: list[Any], then: str) -> Any:
    """Send the list with these ticks."""
    return browser.post(PAGE, {**fields(shown, "choosing"), "page": ids, "then": then})


def test_only_ticked_pages_are_in_it_dated_and_in_order(ana: Any, browser: Browser) -> None:
    live(ana)
    rows = list(Entry.objects.written_by(ana).order_by("created_at"))
    kept = [rows[0], rows[-1]]
    answer = tick(browser, browser.get(PAGE), [row.pk for row in reversed(kept)], "show")
    assert answer.status_code == 200
    pages = answer.context["pages"]
    assert [page.id for page in pages] == [row.pk for row in kept]
    assert answer.text.count("<article") == 2
    today = timezone.localdate(timezone=ana.zone)
    assert f"{today:%B} {today.year}" in answer.text
    assert "November 2026" in answer.text


def test_ticks_stay_while_one_looks_through_older_pages(ana: Any, browser: Browser) -> None:
    rows = [write(ana, title=f"Page {number}") for number in range(45)]
    rows.reverse()
    first = browser.get(PAGE)
    second = tick(browser, first, [rows[0].pk, rows[1].pk], "older")
    assert "Page 24" in second.text
    assert "Page 44" not in second.text
    third = tick(browser, second, [rows[20].pk], "older")
    again = tick(browser, third, [rows[44].pk], "newest")
    assert again.text.count(" checked") == 2
    assert "4 ticked so far" in again.text
    shown = tick(browser, again, [rows[1].pk], "show")
    titles = [page.title for page in shown.context["pages"]]
    assert titles == ["Page 0", "Page 24", "Page 43"]


def test_nothing_ticked_and_too_much_ticked_are_said(
    ana: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trustrepair.privacy.booklet.MOST_PAGES", 1)
    rows = [write(ana, text="Words.") for _ in range(2)]
    for ids in ([], [row.pk for row in rows], ["nonsense"]):
        answer = tick(browser, browser.get(PAGE), ids, "show")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


def test_somebody_elses_pages_cannot_be_ticked(
    ana: Any, stan: Any, browser: Browser, stranger: Browser
) -> None:
    hers = write(ana, title="A gooseberry")
    mine = write(stan, title="Bread")
    answer = stranger.post(PAGE, {"page": [hers.pk, mine.pk], "then": "show"})
    assert [page.title for page in answer.context["pages"]] == ["Bread"]
    for then in ("show", "older", "pdf"):
        answer = stranger.post(PAGE, {"page": [hers.pk], "ticked": str(hers.pk), "then": then})
        assert "gooseberry" not in answer.text


def test_words_are_shown_as_words(ana: Any, browser: Browser) -> None:
    row = write(ana, title="<b>Mine</b>", text="<script>alert(1)</script>")
    answer = browser.post(PAGE, {"page": [row.pk], "then": "show"})
    assert "&lt;script&gt;" in answer.text
    assert "<b>Mine" not in answer.text


def test_a_house_without_a_pdf_maker_says_so(
    ana: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    row = write(ana, text="Words.")
    for then in ("show", "pdf"):
        answer = browser.post(PAGE, {"page": [row.pk], "then": then})
        assert "This house makes no PDF." in answer.text
        assert 'value="pdf"' not in answer.text


def test_a_house_with_a_pdf_maker_makes_one_that_fetches_nothing(
    ana: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands in for a library that need not be installed: it notes what it is given."""
    given: dict[str, Any] = {}

    class Html:
        def __init__(self, string: str, url_fetcher: Any) -> None:
            given.update(string=string, fetch=url_fetcher)

        def write_pdf(self) -> bytes:
            return b"%PDF-"

    module = types.ModuleType("weasyprint")
    module.HTML = Html
    monkeypatch.setitem(sys.modules, "weasyprint", module)
    row = write(ana, title="The piano", text="It was gone.")
    write(ana, title="Another")
    assert 'value="pdf"' in browser.post(PAGE, {"page": [row.pk], "then": "show"}).text
    answer = browser.post(PAGE, {"ticked": str(row.pk), "then": "pdf"})
    assert answer.content == b"%PDF-"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="notes-')
    assert "It was gone." in given["string"]
    assert "Another" not in given["string"]
    assert "size: A4" in given["string"]
    with pytest.raises(ValueError, match="fetches nothing"):
        given["fetch"]("https://elsewhere.example/")
