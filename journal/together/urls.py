"""Addresses of what happens in a couple's room."""

from django.urls import include, path

from journal.together import (
    agreement_pages,
    pages,
    plan_pages,
    polling,
    question_pages,
    steps_together,
    talk_pages,
)

room_urls = [
    path("", pages.room, name="room"),
    path("marble/", pages.marble, name="room_marble"),
    path("jar/", pages.shelf, name="room_jar"),
    path("full/", agreement_pages.full_jar, name="room_full_jar"),
    path("question/<uuid:question_id>/", question_pages.answer, name="room_answer"),
    path(
        "question/<uuid:question_id>/withdraw/",
        question_pages.withdraw,
        name="room_answer_withdraw",
    ),
    path("question/<uuid:question_id>/pass/", question_pages.leave_out, name="room_pass"),
    path("questions/", question_pages.earlier, name="room_questions"),
    path("agreements/", agreement_pages.going_on, name="agreements"),
    path("agreements/new/", agreement_pages.propose, name="agreement_new"),
    path("agreements/<uuid:agreement_id>/", agreement_pages.agreement, name="agreement"),
    path("agreements/<uuid:agreement_id>/sign/", agreement_pages.sign, name="agreement_sign"),
    path("agreements/<uuid:agreement_id>/day/", agreement_pages.say, name="agreement_day"),
    path("agreements/<uuid:agreement_id>/end/", agreement_pages.end, name="agreement_end"),
    path("plans/", plan_pages.listed, name="plans"),
    path("plans/new/", plan_pages.propose, name="plan_new"),
    path("plans/<uuid:plan_id>/", plan_pages.plan, name="plan"),
    path("plans/<uuid:plan_id>/move/", plan_pages.move, name="plan_move"),
    path("plans/<uuid:plan_id>/answer/", plan_pages.answer, name="plan_answer"),
    path("plans/<uuid:plan_id>/off/", plan_pages.call_off, name="plan_off"),
    path("plans/<uuid:plan_id>/remind/", plan_pages.remind, name="plan_remind"),
    path("plans/<uuid:plan_id>/file/", plan_pages.file, name="plan_file"),
    path("note/", pages.note, name="room_note"),
    path("talks/", talk_pages.talks, name="talks"),
    path("talks/new/", talk_pages.begin, name="talk_new"),
    path("talks/<uuid:talk_id>/", talk_pages.talk, name="talk"),
    path("talks/<uuid:talk_id>/wish/", talk_pages.wish, name="talk_wish"),
    path("steps/", steps_together.steps, name="room_steps"),
    path("steps/<slug:step>/", steps_together.step, name="room_step"),
    path("posts/<uuid:post_id>/", pages.post, name="room_post"),
    path("posts/<uuid:post_id>/take-back/", pages.take_back, name="room_take_back"),
    path("posts/<uuid:post_id>/answer/", pages.answer_apology, name="room_apology"),
    path("since/<int:moment>/", polling.since, name="room_since"),
]

urlpatterns = [
    path("together/<uuid:space_id>/", include(room_urls)),
    path("journal/agreements/", agreement_pages.kept, name="agreements_kept"),
]
