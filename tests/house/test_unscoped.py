"""The few files that may ask for private rows without saying on whose behalf.

`unscoped` is the one escape from the guarded managers; `_base_manager` is its other name, and
`_rows` is the way in that only managers themselves may take.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOREYS = ("steps", "journal", "trustrepair")

# Each with its reason; keep it short.
MAY_SAY_IT = {
    "journal/coaching/library_models.py": "declares it",
    "journal/coaching/models.py": "declares it",
    "journal/entries/import_models.py": "declares it",
    "journal/entries/models.py": "declares it",
    "journal/entries/segment_models.py": "declares it",
    "journal/entries/writing.py": "locks a relationship that was fetched on its owner's behalf",
    "journal/relationships/models.py": "declares it; locks rows fetched on their owner's behalf",
    "journal/together/models.py": "declares it; opens both answers, asks for the newest post",
    "journal/together/talk_models.py": "declares it",
    "journal/spaces/guest_models.py": "declares it",
    "journal/spaces/handing_models.py": "declares it; takes back the posts of its own rows",
    "journal/spaces/models.py": "declares it; posts of a manager's own rows",
    "journal/vault/guard.py": "says what it is",
    "journal/vault/upkeep/blobs.py": "every blob, for `manage.py keys` alone",
}
ESCAPE = re.compile(r"\b(unscoped|_base_manager)\b")
OTHERS_ROWS = re.compile(r"(?<!self)(?<!super\(\))\._rows\b")


def said(pattern: re.Pattern[str]) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for storey in STOREYS
        for path in (ROOT / storey).rglob("*.py")
        if "migrations" not in path.parts and pattern.search(path.read_text("utf-8"))
    }


def test_only_these_files_say_unscoped():
    assert said(ESCAPE) == set(MAY_SAY_IT)


def test_only_a_manager_asks_for_its_own_rows():
    assert said(OTHERS_ROWS) == set()


def test_no_template_and_no_page_reaches_for_it():
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file():
            assert "unscoped" not in path.read_text("utf-8"), path
    assert not [name for name in MAY_SAY_IT if Path(name).name in {"pages.py", "forms.py"}]
