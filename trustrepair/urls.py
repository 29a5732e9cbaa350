"""The table of contents of the house."""

from django.conf import settings
from django.urls import include, path

from journal import answering, feed
from trustrepair import home
from trustrepair.accounts import coach
from trustrepair.accounts import pages as accounts
from trustrepair.doors import exit as exit_door
from trustrepair.doors import health, lock, mailbox
from trustrepair.privacy import booklet, erasing, exporting, importing
from trustrepair.privacy import pages as privacy

handler400 = "trustrepair.doors.errors.bad_request"
handler403 = "trustrepair.doors.errors.forbidden"
handler404 = "trustrepair.doors.errors.not_found"
handler500 = "trustrepair.doors.errors.server_error"

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("steps.urls")),
    path("", include("journal.urls")),
    path("reminders/answer/<uuid:delivery_id>/", answering.answer, name="reminder_answer"),
    path("calendar/<str:token>.ics", feed.feed, name="calendar"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("privacy/", privacy.who_reads_what, name="privacy"),
    path("accounts/", include("allauth.urls")),
    path("you/", accounts.profile, name="you"),
    path("you/writing/", accounts.writing, name="you_writing"),
    path("you/new-password/stop/", accounts.stop_new_password, name="you_new_password_stop"),
    path("you/coach/", coach.coach, name="you_coach"),
    path("you/coach/second-step/", coach.second_step, name="coach_factor"),
    path("you/coach/stop/", coach.stop, name="you_coach_stop"),
    path("you/export/", exporting.export, name="export"),
    path("you/export/booklet/", booklet.booklet, name="export_booklet"),
    path("you/erase/", erasing.erase, name="erase"),
    path("you/import/", importing.import_, name="import_"),
    path("exit/", exit_door.leave, name="exit"),
    path("lock/", lock.lock, name="lock"),
    path("unlock/", lock.unlock, name="unlock"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("health/metrics", health.metrics, name="health_metrics"),
]

if settings.DEBUG:
    from trustrepair import styleguide

    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
