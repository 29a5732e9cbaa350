"""What is drawn from days and numbers: a month in stitches, a scale over weeks.

Like the drawings beside it, nothing here knows a person's words; colours come from classes
(static/css/journal.css).
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.utils.safestring import SafeString

DAY = 10  # how wide a day is drawn
WIDE, HIGH, TOP, RISE = 300, 84, 8, 11  # a scale from 1 to 7, eleven units apart

Point = tuple[float, int]  # how far along, from 0 to 1, and the number


@lru_cache(maxsize=1024)
def month_stitches(days: int, written: frozenset[int]) -> SafeString:
    """Return so many days of a month: a stitch where something was written, else a dot."""
    sewn = "".join(f"M{DAY * (day - 1) + 2.5:g} 8h5" for day in sorted(written))
    dots = "".join(
        f"M{DAY * (day - 1) + 5} 8h.01" for day in range(1, days + 1) if day not in written
    )
    return SafeString(
        f'<svg viewBox="0 0 {31 * DAY} 16" aria-hidden="true" focusable="false">'
        f'<path class="ahead" d="{dots}"/><path class="sewn" d="{sewn}"/></svg>'
    )


def scale_line(runs: Iterable[Sequence[Point]]) -> SafeString:
    """Return numbers from 1 to 7 over time as lines, one for each run; between runs is a gap."""
    guides = "".join(f'<path class="guide" d="M0 {_y(n)}h{WIDE}"/>' for n in (1, 4, 7))
    drawn = ""
    for run in runs:
        line = "L".join(f"{at * WIDE:.1f} {_y(number)}" for at, number in run)
        # A day that stands alone is a line of no length: its round ends make a dot.
        drawn += f"M{line}{'h.01' if len(run) == 1 else ''}"
    return SafeString(
        f'<svg viewBox="-6 0 {WIDE + 12} {HIGH}" aria-hidden="true" focusable="false">'
        f'{guides}<path class="sewn" d="{drawn}"/></svg>'
    )


def _y(number: int) -> int:
    return TOP + RISE * (7 - number)
