"""What points at a place on its own page finds it: skip links, labels, descriptions, buttons."""

from collections import Counter
from html.parser import HTMLParser

from tests.house.conftest import Answer

POINTING = {"for", "form", "aria-labelledby", "aria-describedby", "aria-controls", "list"}


class Ids(HTMLParser):
    """The ids of a page, and the ids that something on it points at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.there: Counter[str] = Counter()
        self.meant: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            self.there[said["id"]] += 1
        for name in POINTING & set(said):
            self.meant += said[name].split()
        if said.get("href", "").startswith("#"):
            self.meant.append(said["href"][1:])


def astray(html: str) -> list[str]:
    """Return what a page points at within itself and does not have."""
    ids = Ids(html)
    return sorted({one for one in ids.meant if one not in ids.there})


def test_whatever_points_at_a_place_on_its_page_finds_it(answers: list[Answer]) -> None:
    lost = {str(answer): astray(answer.body) for answer in answers if answer.is_page}
    assert {where: ids for where, ids in lost.items() if ids} == {}


def test_no_id_stands_twice_on_a_page(answers: list[Answer]) -> None:
    twice = {
        f"{answer.name} {answer.status}: #{one}"
        for answer in answers
        if answer.is_page
        for one, often in Ids(answer.body).there.items()
        if often > 1
    }
    assert not twice, sorted(twice)


def test_the_reader_sees_what_goes_astray() -> None:
    page = '<a href="#there"><label for="gone"><p id=there><p id=there aria-labelledby="a b">'
    assert astray(page) == ["a", "b", "gone"]
    assert Ids(page).there["there"] == 2
