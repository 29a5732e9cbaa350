"""Mails made quickly: each letter is laid out once, and then only its gaps are filled.

Putting a mail together with Python's email package costs more than everything else that a note
needs, and of all that it makes an address, an id, a token and a date are new. So the package makes
one mail of each letter, those places are found in it, and what they are filled to is held against
a second mail of the package's. Whatever is out of the ordinary is left to the package.
"""

import re
import uuid
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

from steps.pieces import Letter
from steps.reminders.letters import Gaps, gaps_for, letter_of, mail
from steps.reminders.models import Delivery
from steps.reminders.tokens import stop_token

# Addresses that stand in a head as they are: no quotes, no accents, and no longer than a line.
ATOMS = r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*"
PLAIN = re.compile(rf"(?=.{{3,60}}\Z){ATOMS}@{ATOMS}")
# Pieces of a mail, and in every second place the name of what stands between two of them.
Layout = tuple[bytes | str, ...]


def stand_in(number: int, to: str, date: str) -> Gaps:
    """Return what no real note has in its gaps."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"nobody's note {number}")
    return Gaps(to, name, stop_token(name), date)


def is_plain(address: str) -> bool:
    """Tell whether an address can be put into a head and said to a server as it is."""
    return PLAIN.fullmatch(address) is not None


def quick_mail(delivery: Delivery) -> bytes | None:
    """Return the mail of one note as it leaves; None for one that the email package must make."""
    if not is_plain(delivery.person.email):
        return None
    layout = layout_of(letter_of(delivery), settings.DEFAULT_FROM_EMAIL, settings.SITE_URL)
    return filled_in(layout, gaps_for(delivery)) if layout else None


@lru_cache(maxsize=256)
def layout_of(letter: Letter, sender: str, site: str) -> Layout | None:
    """Return a letter laid out for this sender and site; None where filling it would go wrong."""
    known = stand_in(1, "nobody-at-all@stand-in.example", "Thu, 01 Jan 1970 00:00:00 -0000")
    other = stand_in(2, f"{'n' * 30}@{'o' * 21}.example", "Fri, 31 Dec 2049 23:59:59 -0000")
    names = {value: name for name, value in in_a_mail(known).items()}
    found = re.split(b"(%s)" % b"|".join(map(re.escape, names)), made(letter, known))
    layout = tuple(names.get(piece, piece) for piece in found)
    return layout if filled_in(layout, other) == made(letter, other) else None


def filled_in(layout: Layout, gaps: Gaps) -> bytes:
    """Return a mail from its layout."""
    values = in_a_mail(gaps)
    return b"".join([values[piece] if isinstance(piece, str) else piece for piece in layout])


def in_a_mail(gaps: Gaps) -> Mapping[str, bytes]:
    """Return what stands in each gap, by its name."""
    return {
        "to": gaps.to.encode(),
        "id": str(gaps.id).encode(),
        "boundary": gaps.id.hex.encode(),
        "stop": gaps.stop.encode(),
        "date": gaps.date.encode(),
    }


def made(letter: Letter, gaps: Gaps) -> bytes:
    """Return a mail as the email package makes it, with the line ends that SMTP wants."""
    whole: bytes = mail(letter, gaps).message().as_bytes(linesep="\r\n")
    return whole
