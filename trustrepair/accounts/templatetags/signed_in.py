"""`{% load signed_in %}`: where somebody is signed in, ready to print."""

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django import template

from journal.entries.listing import moment
from trustrepair.accounts.devices import in_words

register = template.Library()


@register.simple_tag
def places(sessions: Iterable[UserSession]) -> list[dict[str, object]]:
    """Return each session as a line: the device, since when, from where, and whether it is this."""
    return [
        {
            "device": in_words(one.user_agent),
            "since": moment(one.created_at),
            "address": one.ip,
            "here": one.is_current(),
        }
        for one in sessions
    ]
