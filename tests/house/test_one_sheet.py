"""The style sheet is one file, small; no page carries styles of its own; scripts come lean."""

import re
from pathlib import Path

import brotli

from trustrepair.static import IMPORT, joined, squeezed, without_comments

HOUSE = Path(__file__).resolve().parents[2]
CSS = HOUSE / "static" / "css"
SHEET = (CSS / "site.css").read_text("utf-8")


def whole_sheet() -> str:
    return squeezed(joined(SHEET, lambda part: (CSS / part).read_text("utf-8")))


def test_every_part_is_set_in_place_of_its_import() -> None:
    sheet = whole_sheet()
    assert "@import" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_every_style_sheet_in_the_folder_is_imported_once() -> None:
    imported = sorted(found["part"] for found in IMPORT.finditer(SHEET))
    assert imported == sorted({path.name for path in CSS.glob("*.css")} - {"site.css"})


def test_the_whole_sheet_weighs_at_most_15_kib() -> None:
    assert len(brotli.compress(whole_sheet().encode())) <= 15 * 1024


def test_squeezing_takes_comments_and_spaces_and_nothing_else() -> None:
    assert squeezed("/* why */\na  b:hover {\n  color: red;\n}\n") == "a b:hover{color: red}\n"
    assert squeezed("i { width: calc(1px + 2px); }") == "i{width: calc(1px + 2px)}\n"


def test_scripts_lose_lines_of_comment_and_nothing_else() -> None:
    script = 'a();\n// why\n  // and how\nb("https://x"); // which\n'
    assert without_comments(script) == 'a();\nb("https://x"); // which\n'
    for path in (HOUSE / "static" / "js").glob("*.js"):
        # Within a template literal of several lines, such a line would be text.
        for literal in re.findall(r"`[^`]*`", path.read_text("utf-8")):
            assert without_comments(literal) == literal, path.name


def test_no_template_has_an_inline_style() -> None:
    for path in (HOUSE / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle\s*=|<style\b", text), path.name


def test_no_style_sheet_fetches_from_elsewhere() -> None:
    for address in re.findall(r"url\(([^)]*)\)", whole_sheet()):
        assert address.strip("\"'").startswith(("../fonts/", "#")), address
