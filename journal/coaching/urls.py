"""Addresses of coaching: the client's side, the coach's, and the way in for both."""

from django.urls import include, path

from journal.coaching import assignments, client_pages, ending, joining
from journal.coaching.coach_urls import coach_urls

coaching_urls = [
    path("", client_pages.coaching, name="coaching"),
    path("new/", joining.invite_coach, name="coaching_new"),
    path("opened/", client_pages.opened, name="coaching_ledger"),
    *coach_urls,
    path("<uuid:space_id>/", client_pages.coaching_room, name="coaching_room"),
    path("<uuid:space_id>/invitation/", joining.invitation, name="coaching_invitation"),
    path("<uuid:space_id>/arrived/", joining.arrived, name="coach_arrived"),
    path("<uuid:space_id>/show/", joining.show, name="coaching_show"),
    path("<uuid:space_id>/narrow/", joining.narrow, name="coaching_narrow"),
    path("<uuid:space_id>/ask/", client_pages.ask, name="coaching_ask"),
    path(
        "<uuid:space_id>/asked/<uuid:post_id>/take-back/",
        client_pages.ask_take_back,
        name="coaching_ask_take_back",
    ),
    path("<uuid:space_id>/cards/", client_pages.cards_page, name="coaching_cards"),
    path(
        "<uuid:space_id>/cards/<uuid:post_id>/take-back/",
        client_pages.card_take_back,
        name="coaching_card_take_back",
    ),
    path(
        "<uuid:space_id>/assignments/<uuid:post_id>/",
        assignments.assignment,
        name="coaching_assignment",
    ),
    path("<uuid:space_id>/end/", ending.end, name="coaching_end"),
]

urlpatterns = [path("coaching/", include(coaching_urls))]
