"""Template tags for icons and drawings: `{% load drawings %}`. How to use each: docs/parts.md."""

from django import template
from django.utils.safestring import SafeString

from steps import drawings, icons, jar

register = template.Library()

register.simple_tag(icons.icon, name="icon")
register.simple_tag(drawings.mark, name="mark")
register.simple_tag(drawings.rosette, name="rosette")
register.simple_tag(drawings.path_line, name="path_line")
register.simple_tag(drawings.wheel, name="wheel")
register.simple_tag(drawings.petal, name="petal")
register.simple_tag(drawings.fortnight, name="fortnight")
register.simple_tag(drawings.thread, name="thread")
register.simple_tag(jar.jar, name="jar")
register.simple_tag(jar.marble, name="marble")
register.simple_tag(jar.marble_defs, name="marble_defs")


@register.simple_tag
def seal() -> SafeString:
    """Return the sealed letter: it opens when both have answered."""
    return drawings.SEAL


@register.simple_tag
def stitch() -> SafeString:
    """Return the three stitches that stand before the word "Saved"."""
    return drawings.STITCH
