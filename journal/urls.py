"""The table of contents of what people write."""

from django.urls import include, path

from journal.entries import (
    autosave,
    dials,
    exercising,
    first_page,
    history,
    letters,
    lookback,
    margin,
    months,
    pages,
    search,
    trash,
    walking,
)
from journal.relationships import beginning
from journal.relationships import pages as relationships
from journal.relationships import path as walked

begin_urls = [
    path("", beginning.screen, name="begin"),
    path("path/", beginning.your_path, name="begin_path"),
    path("page/", first_page.page, name="begin_page"),
    path("keep/", first_page.keep, name="begin_keep"),
    path("<slug:screen>/", beginning.screen, name="begin_screen"),
]

path_urls = [
    path("", walked.path, name="path"),
    path("<slug:step>/", walking.step, name="path_step"),
    path("<slug:step>/say/", walking.say, name="path_say"),
    path("<slug:step>/<slug:exercise>/", exercising.step_exercise, name="path_exercise"),
]

practice_urls = [
    path("", walking.practice, name="practice"),
    path("<slug:tool>/", walking.tool, name="practice_tool"),
    path("<slug:tool>/<slug:exercise>/", exercising.tool_exercise, name="practice_exercise"),
]

journal_urls = [
    path("", pages.journal, name="journal"),
    path("new/", pages.new, name="entry_new"),
    path("autosave/", autosave.autosave, name="autosave"),
    path("token/", autosave.token, name="autosave_token"),
    path("margin/", margin.margin, name="margin"),
    path("letter/", pages.letter, name="letter_new"),
    path("letters/", letters.letters, name="letters"),
    path("letters/gone/", letters.gone, name="letter_gone"),
    path("back/", lookback.lookback, name="lookback"),
    path("back/pages/", lookback.pages, name="lookback_pages"),
    path("back/dials/", dials.dials, name="dials"),
    path("back/month/", months.sentence, name="month_sentence"),
    path("trash/", trash.trash, name="trash"),
    path("trash/empty/", trash.empty, name="trash_empty"),
    path("trash/keeping/", trash.keeping, name="trash_keeping"),
    path("search/", search.search, name="entry_search"),
    path("gratitude/", pages.gratitude, name="gratitude"),
    path("jar/", walking.jar, name="jar"),
    path("<uuid:entry_id>/", pages.entry, name="entry"),
    path("<uuid:entry_id>/edit/", pages.edit, name="entry_edit"),
    path("<uuid:entry_id>/history/", history.history, name="entry_history"),
    path("<uuid:entry_id>/history/<uuid:revision_id>/", history.version, name="entry_version"),
    path(
        "<uuid:entry_id>/history/<uuid:revision_id>/restore/",
        history.restore,
        name="entry_restore",
    ),
    path("<uuid:entry_id>/close/", letters.close, name="letter_close"),
    path("<uuid:entry_id>/open/", letters.open_now, name="letter_open"),
    path("<uuid:entry_id>/let-go/", letters.let_go, name="letter_let_go"),
    path("<uuid:entry_id>/delete/", trash.delete, name="entry_delete"),
    path("<uuid:entry_id>/put-back/", trash.put_back, name="entry_put_back"),
]

relationship_urls = [
    path("", relationships.relationships, name="relationships"),
    path("<uuid:row_id>/", relationships.change, name="relationship"),
    path("<uuid:row_id>/choose/", relationships.choose, name="relationship_choose"),
    path("<uuid:row_id>/state/", relationships.state, name="relationship_state"),
    path("<uuid:row_id>/delete/", relationships.delete, name="relationship_delete"),
]

urlpatterns = [
    path("begin/", include(begin_urls)),
    path("path/", include(path_urls)),
    path("practice/", include(practice_urls)),
    path("journal/", include(journal_urls)),
    path("you/relationships/", include(relationship_urls)),
    path("", include("journal.together.urls")),
    path("", include("journal.spaces.urls")),
    path("", include("journal.coaching.urls")),
]
