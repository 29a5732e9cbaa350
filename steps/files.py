"""The guide's files as they lie in the folders: found, read, split, not yet understood."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FALLBACK = "en"
FENCE = "+++"


class ContentError(Exception):
    """A file of the guide that cannot be read; the text names the file and the fault."""


@dataclass(frozen=True)
class RawFile:
    """One file: its place in the guide, its language, front matter, body, or why it is unreadable.

    `name` is the path below the language's folder (`steps/quality-time.md`), `path` the whole one.
    """

    name: str
    lang: str
    path: Path
    front: Mapping[str, Any] = field(default_factory=dict, hash=False)
    body: str = ""
    error: str = ""

    @property
    def key(self) -> str:
        return self.path.stem


Files = Mapping[str, RawFile]


def language_folder(language: str) -> str:
    """Return the folder's name for a language code: `en-gb` reads from `en`."""
    return language.lower().replace("_", "-").split("-")[0]


def languages(dirs: Iterable[Path]) -> list[str]:
    """Return every language that has a folder, the fallback first."""
    found = {
        child.name for top in dirs if top.is_dir() for child in top.iterdir() if child.is_dir()
    }
    return sorted(found, key=lambda code: (code != FALLBACK, code))


def read_files(dirs: Iterable[Path], language: str = FALLBACK) -> Files:
    """Return the files of one language by name; a later folder wins, file by file.

    What is missing in the language comes from English and says so in `lang`. Unreadable files are
    returned with their `error`, so that a check can list them all.
    """
    dirs = [Path(top) for top in dirs]
    paths: dict[str, tuple[str, Path]] = {}
    for lang in dict.fromkeys([FALLBACK, language_folder(language)]):
        for top in dirs:
            root = top / lang
            if not root.is_dir():
                continue
            for path in sorted(root.rglob("*")):
                hidden = any(bit.startswith(".") for bit in path.relative_to(root).parts)
                if path.is_file() and not hidden and not path.name.endswith("~"):
                    paths[path.relative_to(root).as_posix()] = (lang, path)
    return {name: read_file(name, lang, path) for name, (lang, path) in sorted(paths.items())}


def read_file(name: str, lang: str, path: Path) -> RawFile:
    """Return one file, split into front matter and body; faults go into `error`."""
    front: dict[str, Any] = {}
    body = ""
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".toml":
            front = tomllib.loads(text)
        elif path.suffix == ".md":
            top, body = split(text)
            front = tomllib.loads(top)
        else:
            raise ContentError("is neither .md nor .toml")
    except (OSError, ValueError, ContentError) as error:
        return RawFile(name, lang, path, error=str(error).replace("\n", " "))
    return RawFile(name, lang, path, front, body)


def split(text: str) -> tuple[str, str]:
    """Return front matter and body of a .md file; ContentError without two lines of `+++`."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise ContentError("does not begin with a line of +++")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
    raise ContentError("has no second line of +++ after its front matter")
