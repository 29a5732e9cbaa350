"""The public reading: the guide, the safety page, and what search engines are told."""

from django.urls import include, path

from steps import pages
from steps.reminders import pages as reminders

reminder_urls = [
    path("", reminders.reminders, name="reminders"),
    path("new/", reminders.new, name="reminder_new"),
    path("pause/", reminders.pause_all, name="reminders_pause"),
    path("settings/", reminders.settings, name="reminders_settings"),
    path("calendar/", reminders.calendar, name="reminders_calendar"),
    path("not-now/", reminders.not_now, name="reminders_not_now"),
    path("stop/<str:token>/", reminders.stop, name="reminders_stop"),
    path("note/<uuid:delivery_id>/not-today/", reminders.not_today, name="note_not_today"),
    path("<uuid:reminder_id>/", reminders.change, name="reminder"),
    path("<uuid:reminder_id>/pause/", reminders.pause, name="reminder_pause"),
    path("<uuid:reminder_id>/delete/", reminders.delete, name="reminder_delete"),
]

urlpatterns = [
    path("guide/", pages.guide, name="guide"),
    path("guide/causes/<slug:key>/", pages.cause, name="guide_cause"),
    path("guide/steps/<slug:key>/", pages.step, name="guide_step"),
    path("guide/steps/<slug:home>/<slug:key>/", pages.step_exercise, name="guide_step_exercise"),
    path("guide/tools/<slug:key>/", pages.tool, name="guide_tool"),
    path("guide/tools/<slug:home>/<slug:key>/", pages.tool_exercise, name="guide_tool_exercise"),
    path("safety/", pages.safety, name="safety"),
    path("reminders/", include(reminder_urls)),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", pages.sitemap, name="sitemap"),
]
