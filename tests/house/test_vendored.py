"""What others made and we serve is listed, unchanged, licensed, and light."""

import hashlib
import tomllib
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
LISTED = tomllib.loads((STATIC / "vendor" / "VENDORED.toml").read_text("utf-8"))["files"]


def test_every_vendored_file_is_what_it_was_when_it_was_taken() -> None:
    for entry in LISTED:
        found = hashlib.sha256((STATIC / entry["file"]).read_bytes()).hexdigest()
        assert found == entry["sha256"], entry["file"]


def test_every_vendored_file_names_its_package_version_and_licence() -> None:
    for entry in LISTED:
        assert all(entry[part] for part in ("package", "version", "licence")), entry


def test_no_file_lies_among_the_vendored_ones_without_being_listed() -> None:
    lying = {
        str(path.relative_to(STATIC))
        for folder in ("fonts", "vendor")
        for path in (STATIC / folder).rglob("*")
        if path.is_file() and path.name != "VENDORED.toml"
    }
    assert lying == {entry["file"] for entry in LISTED}


def test_a_reader_of_latin_letters_fetches_at_most_160_kib_of_fonts() -> None:
    latin = sum(path.stat().st_size for path in (STATIC / "fonts").glob("*-latin-[4579w]*.woff2"))
    assert 0 < latin <= 160 * 1024
