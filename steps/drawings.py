"""The house's drawings: plain SVG, coloured by class so that both themes work.

Nothing here knows a person's words; every function takes states, numbers and names of the guide.
The classes are in static/css/drawings.css and jar.css. No inline styles: the content security
policy forbids them.
"""
# ruff: noqa: E501  (a drawing does not read better in short lines)

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from math import cos, radians, sin
from typing import Protocol

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from steps.pieces import for_kind

# A state of a step, and the class it is drawn with.
CLASSES = {"done": "done", "open": "open", "aside": "set-aside"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")


def _eight(states: Iterable[str]) -> tuple[str, ...]:
    """Return eight classes for the words of a path; what is not said lies ahead."""
    drawn = [CLASSES.get(word, "ahead") for word in states][:8]
    return tuple(drawn + ["ahead"] * (8 - len(drawn)))


def _said(states: Sequence[str]) -> str:
    """Say eight states in one sentence."""
    done = NUMBERS[states.count("done")]
    begun = [ORDINALS[at] for at, state in enumerate(states) if state == "open"]
    rest = f", the {' and the '.join(begun)} begun" if begun else ""
    return f"{done} of eight steps enough for now{rest}"


# --- the medallion --------------------------------------------------------------------------------
@lru_cache(maxsize=512)
def _rosette(states: tuple[str, ...]) -> SafeString:
    drawn: dict[str, list[str]] = {"ghost": [], "set-aside": [], "sewn": [], "now": []}
    for at, state in enumerate(states):
        turn = radians(-90 + 45 * at)
        x, y = 54 * cos(turn), 54 * sin(turn)
        name = {"done": "sewn", "set-aside": "set-aside"}.get(state, "ghost")
        drawn[name].append(f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="54"/>')
        if state == "open":
            drawn["now"].append(f'<path class="now" d="M0 0A54 54 0 0 1 {2 * x:.1f} {2 * y:.1f}"/>')
    inner = "".join("".join(parts) for parts in drawn.values())
    return SafeString(
        '<svg class="rosette" viewBox="-118 -118 236 236" role="img" aria-label="'
        f'{_said(states)}"><circle class="ring" r="117"/>{inner}</svg>'
    )


def rosette(states: Iterable[str]) -> SafeString:
    """Return the cover's medallion: a circle for each of eight steps.

    Done is sewn in white, open is begun in red, set aside is dotted, ahead is pencil.
    """
    return _rosette(_eight(states))


# --- the path -------------------------------------------------------------------------------------
_KNOTS = ((70, 98), (210, 84), (350, 88), (490, 66), (630, 60), (770, 44), (910, 46), (1050, 26))
_CURVES = (
    "C93.3 95.7 163.3 85.7 210 84", "C256.7 82.3 303.3 91 350 88", "C396.7 85 443.3 70.7 490 66",
    "C536.7 61.3 583.3 63.7 630 60", "C676.7 56.3 723.3 46.3 770 44", "C816.7 41.7 863.3 49 910 46",
    "C956.7 43 1026.7 29.3 1050 26",
)  # fmt: skip


@lru_cache(maxsize=512)
def _path_line(states: tuple[str, ...]) -> SafeString:
    # The thread runs on from a finished step to one that is finished or open; runs of one kind are
    # one line, so that the stitches do not start anew at every knot.
    runs: list[tuple[str, str]] = []
    for at, curve in enumerate(_CURVES):
        sewn = states[at] == "done" and states[at + 1] in {"done", "open"}
        kind = "sewn" if sewn else "pencil"
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + curve)
        else:
            runs.append((kind, f"M{_KNOTS[at][0]} {_KNOTS[at][1]}{curve}"))
    lines = "".join(f'<path class="{kind}" d="{line}"/>' for kind, line in sorted(runs))
    knots = ""
    for (x, y), state in zip(_KNOTS, states, strict=True):
        if state == "open":
            knots += f'<circle class="here" cx="{x}" cy="{y}" r="11"/><circle class="here-dot" cx="{x}" cy="{y}" r="4"/>'
        else:
            knots += (
                f'<circle class="{state}" cx="{x}" cy="{y}" r="{6.5 if state == "done" else 5.5}"/>'
            )
    return SafeString(
        '<svg class="path__line" viewBox="0 0 1120 118" aria-hidden="true" focusable="false">'
        f"{lines}{knots}</svg>"
    )


def path_line(states: Iterable[str]) -> SafeString:
    """Return the eight knots on their climbing line; hidden on a phone, where the list is drawn."""
    return _path_line(_eight(states))


# --- the wheel of causes --------------------------------------------------------------------------
class Cause(Protocol):
    """What the wheel needs to know of a cause of the guide."""

    key: str
    title: str
    summary: str

    @property
    def url(self) -> str: ...


_LEAF = "M0 0A58 58 0 0 1 0-58A58 58 0 0 1 0 0"
_MARK = SafeString(
    '<svg viewBox="-14 -14 28 28" aria-hidden="true" focusable="false">'
    + "".join(
        f'<path transform="rotate({60 * at})" d="M0 0A12 12 0 0 1 0-12A12 12 0 0 1 0 0" '
        f'class="leaf-{"off" if at else "on"}"/>'
        for at in range(6)
    )
    + "</svg>"
)


def mark() -> SafeString:
    """Return the house's mark, six petals with one filled."""
    return _MARK


def wheel(
    causes: Iterable[Cause],
    kind: str = "picture",
    chosen: Mapping[str, int] | Collection[str] = (),
    name: str = "causes",
) -> SafeString:
    """Return the hexafoil of the six causes with its list of names.

    `chosen` holds the keys somebody chose, in order of weight, or maps each to its weight. A
    `picture` shows and lists those alone; with `links` every petal and every name leads to its page
    of the guide, with a line about it (`round` has no lines, and sets the names round the wheel
    where there is room); `choose` puts a tick box called `name` beside each, whose petal fills when
    ticked (without a script). The names are the control; petals double them for the pointer.
    """
    petals = list(causes)
    if isinstance(chosen, Mapping):
        weights = chosen
        chosen = sorted(weights, key=lambda key: -weights[key])
    if kind in {"links", "round"}:
        notes = kind == "links"
        pages = tuple(
            (one.url, one.title, for_kind(one.summary, None) if notes else "") for one in petals
        )
        return _links(pages, "" if notes else " wheel--round")
    if kind == "choose":
        return _choose(petals, set(chosen), name)
    titles = {cause.key: cause.title for cause in petals}
    hues = dict(zip((key for key in chosen if key in titles), "abc", strict=False))
    leaves = "".join(
        _leaf(at, f" leaf--{hues[cause.key]}" if cause.key in hues else "")
        for at, cause in enumerate(petals)
    )
    names = format_html_join(
        "", '<li class="{}">{}</li>', ((hue, titles[key]) for key, hue in hues.items())
    )
    return format_html(
        '<div class="wheel"><svg viewBox="-70 -70 140 140" role="img" aria-label="{} of the six causes">'
        '<circle class="ring" r="66"/>{}</svg><ul class="causes">{}</ul></div>',
        NUMBERS[len(hues)], SafeString(leaves), names,
    )  # fmt: skip


def petal(number: int) -> SafeString:
    """Return the hexafoil with one of its six petals filled, counted from 1: a cause's own sign."""
    leaves = "".join(_leaf(at, " leaf--a" if at + 1 == number else "") for at in range(6))
    return SafeString(
        '<div class="wheel wheel--one"><svg viewBox="-70 -70 140 140" aria-hidden="true" '
        f'focusable="false"><circle class="ring" r="66"/>{leaves}</svg></div>'
    )


def _leaf(at: int, more: str = "") -> str:
    return f'<path class="leaf{more}" transform="rotate({60 * at})" d="{_LEAF}"/>'


@lru_cache(maxsize=16)
def _links(petals: tuple[tuple[str, str, str], ...], more: str) -> SafeString:
    leaves = format_html_join(
        "", '<a href="{}" tabindex="-1">{}</a>',
        ((url, SafeString(_leaf(at, f" k{at + 1}"))) for at, (url, _, _) in enumerate(petals)),
    )  # fmt: skip
    names = format_html_join(
        "", '<li class="k{}"><a href="{}">{}</a>{}</li>',
        (
            (at, url, title, format_html('<span class="note">{}</span>', note) if note else "")
            for at, (url, title, note) in enumerate(petals, start=1)
        ),
    )  # fmt: skip
    return format_html(
        '<div class="wheel wheel--links{}"><svg viewBox="-70 -70 140 140" aria-hidden="true" focusable="false">'
        '<circle class="ring" r="66"/>{}</svg><ul class="causes">{}</ul></div>',
        more, leaves, names,
    )  # fmt: skip


def _choose(petals: Sequence[Cause], chosen: Collection[str], name: str) -> SafeString:
    leaves = "".join(_leaf(at, f" k{at + 1}") for at in range(len(petals)))
    names = format_html_join(
        "",
        '<li class="k{}"><label><input type="checkbox" name="{}" value="{}"{}>'
        '<strong>{}</strong><span class="note">{}</span></label></li>',
        (
            (
                at + 1,
                name,
                cause.key,
                SafeString(" checked" * (cause.key in chosen)),
                cause.title,
                cause.summary,
            )
            for at, cause in enumerate(petals)
        ),
    )
    return format_html(
        '<div class="wheel wheel--choose"><svg viewBox="-70 -70 140 140" aria-hidden="true" focusable="false">'
        '<circle class="ring" r="66"/>{}</svg><ul class="causes">{}</ul></div>',
        SafeString(leaves), names,
    )  # fmt: skip


# --- small stitches -------------------------------------------------------------------------------
SEAL = SafeString(
    '<svg class="seal" viewBox="0 0 52 38" aria-hidden="true" focusable="false"><path class="env" '
    'd="M2 3h48v32H2z"/><path class="flap" d="M2 3l24 19L50 3"/><circle class="wax" cx="26" cy="22" '
    'r="7"/><path class="wax-in" d="M26 18.2v7.6M22.2 22h7.6"/></svg>'
)
STITCH = SafeString(
    '<svg viewBox="0 0 26 10" aria-hidden="true" focusable="false"><path d="M2 5h22"/></svg>'
)


def fortnight(days: Iterable[str]) -> SafeString:
    """Return fourteen days as stitches: `kept`, `gap` (three dots, never a cross), `today`.

    `before` is a day on which there was nothing to keep yet: bare cloth.
    """
    drawn = ""
    for at, day in enumerate(days):
        x = 8 + 24 * at
        if day == "today":
            drawn += f'<rect class="today" x="{x - 3}" y="7" width="20" height="10" rx="5"/>'
        elif day != "before":
            drawn += f'<path class="{"kept" if day == "kept" else "gap"}" d="M{x} 12h14"/>'
    return SafeString(
        f'<svg viewBox="0 0 344 24" aria-hidden="true" focusable="false">{drawn}</svg>'
    )


def thread(done: int, total: int) -> SafeString:
    """Return a short running stitch for pages that come one after another."""
    step = 120 / total
    drawn = "".join(
        f'<path class="{"sewn" if at < done else "ahead"}" d="M{at * step + 2:.1f} 5h{step - 7:.1f}"/>'
        for at in range(total)
    )
    return SafeString(
        f'<svg viewBox="0 0 120 10" aria-hidden="true" focusable="false">{drawn}</svg>'
    )
