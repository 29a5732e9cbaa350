"""docs/coverage.md leads from every point of the article to a place that is there."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from steps import catalogue
from steps.pieces import CAUSES, STEPS, TOOLS

COVERAGE = Path(settings.BASE_DIR) / "docs" / "coverage.md"
CONTENT = Path(settings.BASE_DIR) / "steps" / "content" / "en"
# A page in backticks, a section's id, or a name after a comma: what one cell is made of.
BIT = re.compile(r"`(?P<name>[^`]+)`|#(?P<id>[a-z-]+)|,\s(?P<lead>[A-Z][^;#`(]*)")


def rows() -> list[tuple[str, str]]:
    """Return each point of the article and the cell that says where it stands."""
    found = re.findall(r"^\| (.+?) \| (.+?) \|$", COVERAGE.read_text("utf-8"), re.M)
    return [(point, where) for point, where in found if point not in {"point", "---"}]


def file_of(name: str) -> str | None:
    """Return the text of a page or an exercise, or None for a part of the front matter."""
    if name.startswith("["):
        return None
    exercise = catalogue.get().exercises.get(name)
    path = f"{exercise.home_kind}s/{exercise.home}/{name}" if exercise else name
    return (CONTENT / f"{path}.md").read_text("utf-8")


def test_it_counts_its_own_points() -> None:
    said = re.search(r"Each of its (\d+) points", COVERAGE.read_text("utf-8"))
    assert said and int(said[1]) == len(rows())


@pytest.mark.parametrize(("point", "where"), rows())
def test_a_point_stands_where_it_is_said_to_stand(point: str, where: str) -> None:
    text = ""
    for bit in BIT.finditer(where):
        if bit["name"]:
            text = file_of(bit["name"]) or text or "[kinds]"
        elif bit["id"]:
            assert f"{{#{bit['id']}}}" in text, (point, bit[0])
        elif bit["lead"].strip() != "sources":
            assert bit["lead"].strip() in text, (point, bit[0])
    assert text or where.startswith(("the ", "`[kinds]`")), (point, where)


def test_every_page_of_the_guide_carries_a_point() -> None:
    named = " ".join(where for _, where in rows())
    pages = [f"causes/{key}" for key in CAUSES] + [f"steps/{key}" for key in STEPS]
    pages += [f"tools/{key}" for key in TOOLS]
    assert [page for page in pages if f"`{page}`" not in named] == []
