"""The jar of marbles: sixty resting places, found once by letting marbles of five sizes settle."""
# ruff: noqa: E501  (a drawing does not read better in short lines)

from collections.abc import Sequence
from functools import lru_cache

from django.utils.safestring import SafeString

HUES = ("madder", "indigo", "sage", "brass", "plum", "milk")

# Marble n always takes slot n, so the jar never reshuffles. (x, y, radius) in the jar's viewBox.
SLOTS = (
    (162.6, 451.0, 19.0),
    (204.1, 449.5, 20.5),
    (116.1, 448.5, 21.5),
    (286.1, 448.5, 21.5),
    (244.1, 451.0, 19.0),
    (77.6, 430.7, 20.5),
    (180.6, 414.2, 21.5),
    (323.6, 428.7, 20.5),
    (139.6, 415.0, 19.0),
    (260.6, 414.6, 20.5),
    (324.6, 385.3, 22.5),
    (221.1, 396.0, 22.5),
    (102.6, 395.3, 22.5),
    (259.1, 372.3, 21.5),
    (183.6, 369.9, 22.5),
    (139.1, 370.0, 21.5),
    (296.6, 352.1, 20.5),
    (72.6, 364.6, 20.0),
    (107.1, 340.7, 21.5),
    (222.6, 346.7, 22.5),
    (328.1, 327.6, 19.0),
    (160.1, 333.7, 20.0),
    (262.1, 329.9, 20.0),
    (71.6, 320.4, 19.0),
    (196.1, 309.8, 22.5),
    (130.6, 306.0, 20.0),
    (238.6, 293.8, 22.5),
    (295.1, 308.0, 19.0),
    (324.6, 278.2, 22.5),
    (163.1, 283.7, 19.0),
    (94.1, 288.0, 20.0),
    (203.6, 266.0, 21.5),
    (276.1, 274.6, 19.0),
    (127.6, 262.8, 21.5),
    (167.6, 244.6, 20.0),
    (244.1, 251.3, 20.0),
    (300.1, 240.0, 22.5),
    (75.1, 249.5, 22.5),
    (212.1, 222.5, 22.5),
    (111.1, 221.6, 22.5),
    (151.6, 207.5, 20.0),
    (71.6, 207.6, 19.0),
    (328.1, 208.8, 19.0),
    (263.6, 213.0, 22.5),
    (231.6, 185.4, 19.0),
    (121.6, 180.0, 20.0),
    (296.6, 184.3, 20.5),
    (187.6, 184.1, 22.5),
    (80.6, 166.7, 22.5),
    (262.6, 162.7, 19.0),
    (154.6, 156.7, 20.0),
    (214.1, 149.5, 20.5),
    (328.1, 159.9, 19.0),
    (294.6, 141.1, 19.0),
    (114.6, 139.7, 20.5),
    (75.1, 121.7, 22.5),
    (148.1, 117.9, 19.0),
    (328.1, 121.5, 19.0),
    (188.1, 117.3, 20.5),
    (248.1, 126.1, 20.0),
)

_GRADIENTS = "".join(
    f'<radialGradient id="g-{hue}" cx="0.36" cy="0.3" r="0.78"><stop offset="0" class="s-{hue}-hi"/>'
    f'<stop offset="0.42" class="s-{hue}"/><stop offset="1" class="s-{hue}-lo"/></radialGradient>'
    for hue in HUES
)
DEFS = (
    f"<defs>{_GRADIENTS}"
    '<radialGradient id="g-shade" cx="0.4" cy="0.34" r="0.72"><stop offset="0.7" stop-color="#000" '
    'stop-opacity="0"/><stop offset="1" stop-color="#0b1030" stop-opacity="0.28"/></radialGradient>'
    '<g id="swirl-1"><path d="M-13 5C-7-7 4-9 13-5" stroke-width="4.5"/><path d="M-10 10C-3 0 6-2 13 1" stroke-width="2"/></g>'
    '<g id="swirl-2"><path d="M-12-6C-4 4 4 6 12 4" stroke-width="3.6"/><path d="M-9-11C-2-3 7 0 14-3" stroke-width="1.8"/></g>'
    '<g id="swirl-3"><path d="M-14 0C-6-6 5 7 14 1" stroke-width="5.5"/></g>'
    '<g id="glint"><circle class="mb-shade" r="20"/><ellipse class="mb-spec" cx="-6.4" cy="-8" rx="4.8" ry="3" '
    'transform="rotate(-38 -6.4 -8)"/><circle class="mb-spec" cx="8.2" cy="9.4" r="1.3"/><circle class="mb-ring" r="19.6"/></g>'
    "</defs>"
)
_WALL = "M103 66C103 92 50 92 50 132V412A60 60 0 0 0 110 472H290A60 60 0 0 0 350 412V132C350 92 297 92 297 66"
_BEHIND = f'<ellipse class="ground" cx="206" cy="474" rx="168" ry="15"/><path class="glass" d="{_WALL}Z"/>'
_BEFORE = (
    f'<path class="base" d="M108 463C150 469 250 469 292 463"/><path class="wall" d="{_WALL}"/>'
    '<rect class="rim" x="94" y="42" width="212" height="25" rx="9"/>'
    '<path class="shine" d="M104 96C92 108 68 118 66 146V330"/>'
    '<path class="shine shine--thin" d="M336 250V404C336 420 330 434 320 444"/>'
    '<path class="string" d="M98 78C150 92 250 92 302 78"/>'
)
_TAG = (
    '<path class="string string--tie" d="M262 86C270 104 268 112 272 126"/>'
    '<g transform="translate(272 124) rotate(7)"><path class="tag" d="M-16-4H16L46 24V104A4 4 0 0 1 42 '
    '108H-42A4 4 0 0 1-46 104V24Z"/><circle class="tag-hole" cx="0" cy="10" r="4.5"/>'
    '<text class="tag-n" x="0" y="60" text-anchor="middle">{}</text>'
    '<text class="tag-of" x="0" y="86" text-anchor="middle">of sixty</text></g>'
)


def look_of(number: int) -> tuple[str, int, int]:
    """Return hue, swirl (0 for none) and turn of a marble."""
    return HUES[number % 6], number // 6 % 4, number // 24 % 72 * 5


def place_of(number: int) -> dict[str, str | int]:
    """Return where marble `number` lies and how it looks, for a script that adds it to the jar."""
    x, y, radius = SLOTS[(number - 1) % len(SLOTS)]
    hue, swirl, turn = look_of(number)
    place = f"translate({x} {y}) scale({radius / 20:g})"
    return {"place": place, "hue": hue, "swirl": swirl, "turn": turn}


@lru_cache(maxsize=1024)
def _ball(number: int) -> str:
    """Draw one marble from any number: hue, swirl and turn have no meaning and no owner."""
    hue, swirl, turn = look_of(number)
    drawn = f'<circle class="mb f-{hue}" r="20"/>'
    if swirl:
        drawn += (
            f'<use class="sw k-{hue}" href="#swirl-{swirl}" transform="rotate({turn})" '
            f'opacity="{0.62 if hue == "milk" else 0.5}"/>'
        )
    return drawn + '<use href="#glint"/>'


def marble(number: int) -> SafeString:
    """Return one marble by itself, for a list; the page must also hold a jar or `marble_defs`."""
    return SafeString(
        '<svg viewBox="-21 -21 42 42" aria-hidden="true" focusable="false">'
        + _ball(number)
        + "</svg>"
    )


def marble_defs() -> SafeString:
    """Return what marbles are painted with, for a page that shows marbles and no jar."""
    return SafeString('<svg class="vh" aria-hidden="true" focusable="false">' + DEFS + "</svg>")


def jar(numbers: Sequence[int], falling: bool = False) -> SafeString:
    """Return the jar with its marbles; the newest falls if asked.

    Marble n, counted from 1 over all jars, lies in slot (n - 1) % 60, whoever else is there: taking
    one out moves no other. Numbers of several jars at once show the newest in each slot.
    """
    slots = {(number - 1) % len(SLOTS): number for number in sorted(numbers)}
    newest, inside = max(numbers, default=0), ""
    for at, number in sorted(slots.items()):
        x, y, radius = SLOTS[at]
        new = " marble--new" if falling and number == newest else ""
        place = f"translate({x} {y}) scale({radius / 20:g})"
        # The place is on an outer group: an animated `translate` would replace it on the same one.
        inside += f'<g transform="{place}"><g class="marble{new}">{_ball(number)}</g></g>'
    return SafeString(
        '<svg viewBox="20 14 360 488" role="img" aria-label="A glass jar with '
        f'{len(slots) or "none"} of sixty marbles in it">{DEFS}{_BEHIND}{inside}{_BEFORE}{_TAG.format(len(slots))}</svg>'
    )
