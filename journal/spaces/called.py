"""How people are called in a room: each so that nobody takes them for somebody else there."""

from collections.abc import Iterable
from unicodedata import category

from journal.entries.folding import fold

# What everybody reads of themselves; nobody else may go by it.
OWN = "you"


class Taken(Exception):
    """Somebody else goes by this name here."""


def visible(name: str) -> str:
    """Return a name without what nobody sees: space around it, and marks that turn its direction.

    Joiners between letters stay, since some scripts need them; with nothing beside them they go.
    """
    kept = "".join(one for one in name if category(one) != "Cf" or one in "\u200c\u200d").strip()
    return kept if any(category(one) != "Cf" for one in kept) else ""


def is_taken(name: str, others: Iterable[str]) -> bool:
    """Whether a reader could take this name for that of one of the others, or for themselves."""
    return bare(name) in {OWN, *map(bare, others)}


def bare(name: str) -> str:
    """Return what is left of a name when one looks away from case, accents, space and signs."""
    folded = fold(name)
    return "".join(one for one in folded if one.isalnum()) or folded.strip()
