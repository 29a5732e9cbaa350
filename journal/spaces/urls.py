"""Addresses of rooms, invitations, and copies of one's own pages."""

from django.urls import include, path

from journal.spaces import coaches, coming_in, handed, handing_over, pages

together_urls = [
    path("", pages.together, name="together"),
    path("home/", pages.take_home, name="take_home"),
    path("new/", pages.before_making, name="room_new"),
    path("create/", pages.create, name="room_create"),
    path("kept-out/", pages.kept_out, name="kept_out"),
    path("<uuid:space_id>/invitation/", pages.invitation, name="room_invitation"),
    path("<uuid:space_id>/you/", pages.you, name="room_you"),
    path("<uuid:space_id>/pause/", pages.pause, name="room_pause"),
    path("<uuid:space_id>/leave/", pages.leave, name="room_leave"),
    path("<uuid:space_id>/coach/", coaches.coach, name="room_coach"),
    path("<uuid:space_id>/coach/end/", coaches.end, name="room_coach_end"),
]

invitation_urls = [
    path("<str:token>/", coming_in.invitation, name="invitation"),
    path("<str:token>/questions/", coming_in.before_coming_in, name="invitation_check"),
    path("<str:token>/join/", coming_in.join, name="invitation_join"),
    path("<str:token>/refuse/", coming_in.refuse, name="invitation_refuse"),
]

copy_urls = [
    path("hand-over/", handing_over.hand_over, name="hand_over"),
    path("hand-over/<uuid:space_id>/", handing_over.hand_over_to, name="hand_over_to"),
    path("copies/<uuid:post_id>/", handing_over.copy, name="copy"),
    path("copies/<uuid:post_id>/take-back/", handing_over.take_back, name="copy_take_back"),
]

urlpatterns = [
    path("together/", include(together_urls)),
    path("invitations/", include(invitation_urls)),
    path("journal/<uuid:entry_id>/", include(copy_urls)),
    path("you/handed-over/", handed.handed_over, name="handed_over"),
]
