"""Icons: our own, and the rest from Lucide, each one small SVG that stands beside words."""
# ruff: noqa: E501  (a drawing does not read better in short lines)

from functools import lru_cache

from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

HOUSE = {
    "leave": '<path d="M13.5 4.5H6A1.5 1.5 0 0 0 4.5 6v12A1.5 1.5 0 0 0 6 19.5h7.5M10 12h10M16.5 8.2 '
    '20.2 12l-3.7 3.8"/>',
    "today": '<path d="M3 18.5h18M6.5 18.5a5.5 5.5 0 0 1 11 0M12 6v3M4.4 10.4l1.9 1.6M19.6 10.4 17.7 12"/>',
    "path": '<circle cx="5" cy="19" r="1.8"/><circle cx="19" cy="5" r="1.8"/><path d="M7 18.6c6-.8 1.6-6 '
    '5-7 3-.9 5.4.2 6.6-4.8" stroke-dasharray="3 3.2"/>',
    "journal": '<path d="M6.5 3.5H18a1.5 1.5 0 0 1 1.5 1.5v14A1.5 1.5 0 0 1 18 20.5H6.5a2 2 0 0 1-2-2v-13a2 '
    '2 0 0 1 2-2ZM8.5 3.5v17M12.5 3.5v7l1.8-1.5 1.7 1.5v-7"/>',
    "practice": '<path d="M18.8 5.2 7.5 16.5l-2.6.6.6-2.6L16.8 3.2a1.4 1.4 0 0 1 2 2ZM15.4 4.6l2 2"/>'
    '<path d="M3.5 20.5h17" stroke-dasharray="3 3.2"/>',
    "together": '<circle cx="9" cy="12" r="5.5"/><circle cx="15" cy="12" r="5.5"/>',
    "letter": '<path d="M3.5 6.5h17v11.5h-17zM3.8 6.8 12 13.2l8.2-6.4"/>',
    "sprig": '<path d="M12 21V9M12 14.5c-3.9.2-6.2-1.7-6.7-5.4 3.9-.2 6.2 1.7 6.7 5.4ZM12 11c.3-3.7 2.4-5.7 '
    '6.3-6-.1 3.8-2.3 5.9-6.3 6Z"/>',
    "water": '<path d="M3 15.5c2 0 2-1.5 4.5-1.5s2.5 1.5 4.5 1.5 2-1.5 4.5-1.5 2.5 1.5 4.5 1.5M3 19.5c2 0 '
    '2-1.5 4.5-1.5s2.5 1.5 4.5 1.5 2-1.5 4.5-1.5 2.5 1.5 4.5 1.5M6 10.5a6 6 0 0 1 12 0"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "back": '<path d="M19.5 12H5M10.5 6.2 4.8 12l5.7 5.8"/>',
}


@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """Return the SVG of an icon, from the house's own or from Lucide.

    Kept once drawn: Lucide unzips and copies a tree on every call. Raises
    `lucide.IconDoesNotExist` for a name neither knows.
    """
    inner = HOUSE.get(name)
    if inner is None:
        drawn = lucide(name, size=None)
        inner = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")].strip().replace(" />", "/>")
    return SafeString(
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{inner}</svg>'
    )
