"""Addresses of the coach's side: clients, inbox, library, and the coach's own files."""

from django.urls import path

from journal.coaching import (
    assigning,
    client,
    feedback,
    inbox,
    joining,
    library,
    notes,
    roster,
    sheet,
)

ONE = "clients/<uuid:space_id>/"
FILE = "files/<uuid:file_id>/"
OWN = "library/<uuid:exercise_id>/"

coach_urls = [
    path("clients/", roster.clients, name="clients"),
    path("clients/invite/", joining.invite_client, name="client_invite"),
    path(ONE, client.client, name="client"),
    path(f"{ONE}pages/<uuid:post_id>/", feedback.page, name="client_page"),
    path(f"{ONE}reply/", feedback.reply, name="client_reply"),
    path(f"{ONE}draft/", feedback.draft_note, name="client_draft"),
    path(f"{ONE}assign/", assigning.assign, name="client_assign"),
    path(
        f"{ONE}assignments/<uuid:post_id>/take-back/",
        assigning.take_back,
        name="client_assignment_take_back",
    ),
    path(f"{ONE}note/", notes.note, name="client_note"),
    path(f"{ONE}sheet/", sheet.sheet, name="client_sheet"),
    path("inbox/", inbox.inbox, name="coaching_inbox"),
    path("files/", notes.files, name="coach_files"),
    path(FILE, notes.file, name="coach_file"),
    path(f"{FILE}notes/<uuid:note_id>/", notes.own_note, name="coach_note"),
    path("library/", library.library, name="library"),
    path("library/new/", library.new, name="own_exercise_new"),
    path(OWN, library.edit, name="own_exercise"),
    path(f"{OWN}retire/", library.retire, name="own_exercise_retire"),
    path(f"{OWN}file/", library.export, name="own_exercise_file"),
]
