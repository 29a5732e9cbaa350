"""Where copies of a page stand, for the page's own writer."""

from django import template

from journal.entries.models import Entry
from journal.spaces.handing_over import Copy, copies_of
from journal.vault.keyring import Keyring

register = template.Library()


@register.simple_tag
def copies(entry: Entry, keyring: Keyring) -> list[Copy]:
    """Return the copies of an entry that was fetched on its writer's behalf, with their keyring."""
    return copies_of(entry, keyring)
