"""`{% load walked %}`: the guide's words on a person's own path, fitted to whom it is about."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from steps.pieces import Page, for_kind

register = template.Library()


@register.filter
def fitted(text: str, kind: str | None) -> str:
    """Fill the `{person}` tokens of the guide's text for a kind of relationship."""
    return for_kind(text, kind)


@register.simple_tag
def section(page: Page, section_id: str, kind: str | None = None) -> SafeString:
    """Return one section of a guide page with its heading, fitted; "" where there is none."""
    try:
        found = page.section(section_id)
    except KeyError:
        return SafeString("")
    body = mark_safe(found.html_for(kind))  # noqa: S308  our own content, rendered with HTML off
    return format_html('<h2 id="{}">{}</h2>\n{}', found.id, found.title_for(kind), body)
