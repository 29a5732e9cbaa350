"""docs/sitemap.md is the living list: every address stands in it, and it names no other."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

SITEMAP = Path(__file__).resolve().parents[2] / "docs" / "sitemap.md"
GAP = re.compile(r"<[^>]+>")
# Listed as one: allauth's own pages, files, and what only DEBUG shows.
AS_ONE = ("/accounts/", "/static/", "/styleguide/")


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Yield every address of the site, with its gaps left empty."""
    for found in resolver.url_patterns:
        if isinstance(found, URLPattern):
            yield GAP.sub("<>", before + str(found.pattern))
        else:
            yield from addresses(found, before + str(found.pattern))


def listed() -> set[str]:
    """Return the addresses in the first column of the table."""
    rows = re.findall(r"^\| (`[^|]+) \|", SITEMAP.read_text("utf-8"), re.MULTILINE)
    return {GAP.sub("<>", one) for row in rows for one in re.findall(r"`([^`]+)`", row)}


def test_every_address_is_listed_and_every_listed_address_is_there():
    there = {one for one in addresses(get_resolver()) if not one.startswith(AS_ONE)}
    assert there == {one for one in listed() if not one.startswith(AS_ONE)}
