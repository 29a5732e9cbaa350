"""How static files are served: hashed names for ever, compressed once, one style sheet.

The style sheet is written as one file per part and joined by `@import ... layer(...)`. A browser
would have to fetch each part after reading the first, so collecting the files sets the parts in
place of their imports. Scripts lose the lines that are comments. There is no other build.
"""

import re
from collections.abc import Callable, Iterator
from posixpath import dirname, join
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/site.css"
SCRIPTS = "js/"
IMPORT = re.compile(r'@import "(?P<part>[\w-]+\.css)" layer\((?P<layer>\w+)\);')


def squeezed(css: str) -> str:
    """Return a style sheet without comments and without white space that means nothing."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};]) ?", r"\1", css).replace(";}", "}").strip() + "\n"


def without_comments(script: str) -> str:
    """Return a script without the lines that hold nothing but a comment."""
    return re.sub(r"^ *//.*\n", "", script, flags=re.MULTILINE)


def joined(sheet: str, read: Callable[[str], str]) -> str:
    """Return a style sheet with every imported part set in place, inside its layer.

    `read` gives the text of a part by its name. Raises what `read` raises for a missing part.
    """
    return IMPORT.sub(lambda found: f"@layer {found['layer']} {{{read(found['part'])}}}", sheet)


class Storage(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage, with one style sheet and with hashed names in module imports."""

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a file; kept once found, as every page asks for the same few."""
        if settings.DEBUG or force:
            return super().url(name, force)
        if name not in self.found:
            self.found[name] = super().url(name)
        return self.found[name]

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        if SHEET in paths and not dry_run:
            paths = self.with_lean_scripts(self.with_one_sheet(paths))
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def with_one_sheet(self, paths: dict[str, Any]) -> dict[str, Any]:
        """Write the joined sheet and return the paths with it in the place of its parts."""
        parts: list[str] = []

        def read(part: str) -> str:
            name = join(dirname(SHEET), part)
            parts.append(name)
            source, path = paths[name]
            with source.open(path) as file:
                return file.read().decode()

        source, path = paths[SHEET]
        with source.open(path) as file:
            sheet = squeezed(joined(file.read().decode(), read))
        self.delete(SHEET)
        self.save(SHEET, ContentFile(sheet.encode()))
        left = {name: where for name, where in paths.items() if name not in parts}
        return left | {SHEET: (self, SHEET)}

    def with_lean_scripts(self, paths: dict[str, Any]) -> dict[str, Any]:
        """Write our scripts without comments and return the paths with these in their place."""
        ours = [name for name in paths if name.startswith(SCRIPTS) and name.endswith(".js")]
        for name in ours:
            source, path = paths[name]
            with source.open(path) as file:
                lean = without_comments(file.read().decode())
            self.delete(name)
            self.save(name, ContentFile(lean.encode()))
        return paths | {name: (self, name) for name in ours}
