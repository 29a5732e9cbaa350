"""`{% load guide %}`: the guide's words on public pages."""

from django import template

from steps.pieces import for_kind

register = template.Library()


@register.filter
def person(text: str) -> str:
    """Fill the `{person}` tokens of a text where nobody is named: "the other person"."""
    return for_kind(text, None)
