"""`{% load writing %}`: choices as the writing page shows them."""

from datetime import date
from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def quarters(choices: Any, chosen: Any) -> list[dict[str, Any]]:
    """Return the feelings words by quarter: name, whether one of them is chosen, the words."""
    picked = set(chosen or ())
    return [
        {
            "name": name,
            "open": any(value in picked for value, _ in words),
            "words": [(value, value in picked) for value, _ in words],
        }
        for name, words in choices
    ]


@register.simple_tag
def options(question: dict[str, Any], chosen: Any) -> list[dict[str, Any]]:
    """Return the options of a question, each with whether it is chosen."""
    picked = set(chosen) if isinstance(chosen, (list, tuple, set)) else {chosen}
    return [{**option, "chosen": option["value"] in picked} for option in question["options"]]


@register.filter
def day(value: Any) -> str:
    """Return a day as a date field shows it; what could not be read stays as it was typed."""
    return value.isoformat() if isinstance(value, date) else str(value or "")
