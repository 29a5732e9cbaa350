"""Form fields for people's own words: nothing trimmed, nothing silently cut, nothing invisible."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# Control characters but tab and line feed, and halves of surrogate pairs: nobody sees them, and
# some readers, printers and screen readers stumble over them.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff]")


def visible(text: str) -> str:
    """Return the text with line breaks as LF and without invisible control characters."""
    return INVISIBLE.sub("", plain_breaks(text))


def plain_breaks(text: str) -> str:
    """Return the text with every line break as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class WordsField(forms.CharField):
    """Words as they were typed.

    Characters that nobody can see are refused once with a plain sentence; the form then shows the
    words without them, so that saving again is enough. `most` is a limit in characters, refused
    with both numbers and never cut.
    """

    def __init__(self, *, most: int, rows: int = 0, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        kwargs.setdefault("widget", widget)
        kwargs.setdefault("strip", False)
        super().__init__(required=kwargs.pop("required", False), **kwargs)
        self.validators = []
        self.most = most
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> str:
        return plain_breaks(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if INVISIBLE.search(value):
            raise ValidationError(
                "There were invisible characters in here that can’t be kept. We took them out: "
                "look it over and save again."
            )
        if len(value) > self.most:
            raise ValidationError(
                f"This is {len(value):,} characters long; one page holds {self.most:,}. Move some "
                "of it to a page of its own. Nothing has been cut."
            )

    def bound_data(self, data: Any, initial: Any) -> Any:
        value = super().bound_data(data, initial)
        return visible(value) if isinstance(value, str) else value
