"""Three storeys, imports only downward: trustrepair, then journal, then steps.

Within journal a folder imports only those that stand above it in ORDER. What lies directly in
`journal/` (its urls, tasks, Today) stands on all of them, and no folder imports that.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "steps": {"steps"},
    "journal": {"journal", "steps"},
    "trustrepair": {"trustrepair", "journal", "steps"},
}
ORDER = ["vault", "relationships", "entries", "spaces", "together", "coaching"]
# Django finds these by their place, and they serve the whole storey.
SERVING_ALL = {"management", "migrations", "templatetags"}
# A name in quotes is an import, too: settings, `import_module`, `include`, `get_model`.
QUOTED = re.compile(r"(trustrepair|journal|steps)(\.[A-Za-z_]\w*)+")

FILES = (".html", ".txt", ".css", ".js", ".toml", ".md", ".json", ".sqlite3")


def sources(storey: str) -> Iterator[Path]:
    for path in sorted((ROOT / storey).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of everything a file imports, or names in quotes."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else [])))
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Constant) and is_module(node.value):
            yield node.lineno, node.value


def is_module(value: object) -> bool:
    """Whether a constant looks like the dotted name of a module of ours, and not like a file."""
    return isinstance(value, str) and bool(QUOTED.fullmatch(value)) and not value.endswith(FILES)


def where(path: Path, line: int, name: str) -> str:
    return f"{path.relative_to(ROOT)}:{line} imports {name}"


@pytest.mark.parametrize("storey", MAY_IMPORT)
def test_a_storey_imports_only_downward(storey):
    upward = [
        where(path, line, name)
        for path in sources(storey)
        for line, name in imports(path)
        if (top := name.partition(".")[0]) in MAY_IMPORT and top not in MAY_IMPORT[storey]
    ]
    assert not upward


def test_a_folder_of_the_journal_imports_only_those_above_it():
    wrong = []
    for path in sources("journal"):
        parts = path.relative_to(ROOT / "journal").parts
        if len(parts) == 1 or parts[0] in SERVING_ALL:
            continue
        allowed = set(ORDER[: ORDER.index(parts[0]) + 1])
        for line, name in imports(path):
            top, _, rest = name.partition(".")
            # "journal.Entry" is a label of Django's, and the storey's own.
            inside = top == "journal" and not rest[:1].isupper()
            if inside and rest.partition(".")[0] not in allowed:
                wrong.append(where(path, line, name))
    assert not wrong


def test_every_folder_of_the_journal_has_its_place_in_the_order():
    folders = {
        path.parent.relative_to(ROOT / "journal").parts[0]
        for path in (ROOT / "journal").rglob("*.py")
        if path.parent != ROOT / "journal"
    }
    assert folders <= {*ORDER, *SERVING_ALL}


def test_people_are_reached_only_through_the_setting():
    """Below the house nobody knows where the people live."""
    named = [
        where(path, line, name)
        for storey in ("journal", "steps")
        for path in sources(storey)
        for line, name in imports(path)
        if name.startswith(("django.contrib.auth.models.User", "accounts."))
    ]
    assert not named


def test_only_the_command_of_the_keys_opens_without_a_person():
    users = {
        str(path.relative_to(ROOT))
        for storey in MAY_IMPORT
        for path in sources(storey)
        for _, name in imports(path)
        if name.startswith("journal.vault.upkeep") and "upkeep" not in path.parts
    }
    assert users == {"journal/management/commands/keys.py"}


def test_the_arrows_would_be_noticed(tmp_path, monkeypatch):
    """The test of the test: each way of importing is seen."""
    monkeypatch.setattr("tests.house.test_arrows.ROOT", tmp_path)
    folder = tmp_path / "journal" / "entries"
    folder.mkdir(parents=True)
    path = folder / "wrong.py"
    path.write_text(
        "import trustrepair.urls\n"
        "from trustrepair import urls\n"
        "from ..spaces import models\n"
        "from .. import today\n"
        "from . import forms\n"
        "def late():\n    import journal.coaching\n"
        "NAME = 'trustrepair.accounts.models'\n"
    )
    assert {name for _, name in imports(path)} == {
        "trustrepair.urls",
        "journal.spaces.models",
        "journal.today",
        "journal.entries.forms",
        "journal.coaching",
        "trustrepair.accounts.models",
    }
