"""How the guide's texts must be worded, sentence by sentence, for `steps.checks`."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from steps.pieces import GAP, PERSON

FORBIDDEN = re.compile(r"\b(journeys?|toxic (?:person|people)|victims?|should have)\b", re.I)
# An organisation may be called so.
NAMES = re.compile(r"\bVictim Support\b")
LETTER_LINK = re.compile(r"\{(?:stop_)?link\}")
BRACES = re.compile(r"[{}]")
STRAIGHT = re.compile(r"[\"']")
MARKDOWN_LINK = re.compile(r"\]\(")
# Values that are keys, numbers and addresses, or that name somebody else's organisation.
NOT_PROSE = {
    "author",
    "cause",
    "code",
    "emergency",
    "energy",
    "exercise",
    "key",
    "link",
    "name",
    "number",
    "pace",
    "part",
    "source",
    "step",
    "type",
    "value",
    "web",
}
NOT_PROSE_LISTS = {"exercises", "parts"}


def texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield every sentence of a front matter that a reader sees, with the way to it."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            skip = (isinstance(one, str) and key in NOT_PROSE) or (
                key in NOT_PROSE_LISTS and one and isinstance(one, list) and isinstance(one[0], str)
            )
            if not skip:
                yield from texts(one, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from texts(one, f"{where}[{number}]")


def text_faults(text: str, gaps: bool = False, link: bool = False) -> Iterator[str]:
    """Yield in words what is wrong with one text.

    `gaps` allows the named gaps of a frame, `link` the `{link}` and `{stop_link}`
    of a letter.
    """
    if "!" in text:
        yield "has an exclamation mark"
    for match in FORBIDDEN.finditer(NAMES.sub("", text)):
        yield f"says “{match[0]}”"
    bare = PERSON.sub("", text)
    if gaps:
        bare = GAP.sub("", bare)
    if link:
        bare = LETTER_LINK.sub("", bare)
    if BRACES.search(bare):
        token = re.search(r"\{[^{}]*\}|[{}]", bare)
        yield f"has a token that is not one of ours: {token[0] if token else bare}"
    if STRAIGHT.search(bare):
        yield "has a straight quotation mark or apostrophe"
    if "..." in text:
        yield "has three dots where an ellipsis belongs"


def folded(text: str) -> str:
    """Return a text without case, accents, punctuation and tokens, to compare prompts by."""
    text = unicodedata.normalize("NFKD", PERSON.sub(" ", text).lower())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"[’']", "", text)))


def near(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two prompts use so nearly the same words that a reader meets them as one."""
    if not one or not other:
        return False
    shared = len(one & other)
    return shared >= 0.8 * (len(one) + len(other) - shared)
