"""The keys of the host on one page of plain text, made to be printed and typed in again."""

import hashlib
from textwrap import wrap

from django.utils import timezone

from ..keks import Kek

HEAD = """\
KEYS OF THE JOURNAL                                          {date}

Whoever has this page and a copy of the database can read everything in it.
Whoever has lost these keys can read nothing, and nobody can help.
Keep this page on paper, away from the server and from its backups.
"""

TAIL = """\
To use it: put the keys into JOURNAL_KEYS in this order as id:digits,id:digits.
The 64 digits may stand in one row or with spaces. 0-9 and a-f only, so there
is no letter O and no letter l. Then run `manage.py keys sheet` and hold the
check of each row beside this page, and `manage.py keys verify`.
"""


def sheet(keks: tuple[Kek, ...]) -> str:
    """Return the page. The first key is the one that locks; each row carries a check of its own."""
    parts = [HEAD.format(date=timezone.now().date().isoformat())]
    for place, kek in enumerate(keks, 1):
        digits = kek.on_paper()
        role = "locks and opens" if place == 1 else "opens only"
        lines = [f"Key {place}: {kek.id}  ({role})", ""]
        for row in wrap(digits, 16):
            lines.append(f"    {' '.join(wrap(row, 4))}     check {_check(row)}")
        lines += ["", f"    check of the whole key: {_check(kek.id + ':' + digits)}", ""]
        parts.append("\n".join(lines))
    return "\n".join([*parts, TAIL])


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]
