"""The drawings say what they mean: in classes for the eye, in words for the ear."""

import re

import pytest
from django.template import Context, Template
from django.utils.html import escape

from steps import catalogue
from steps.drawings import fortnight, path_line, petal, rosette, wheel
from steps.icons import HOUSE, icon
from steps.jar import SLOTS, jar, marble

STATES = ["done", "done", "aside", "open", "ahead", "ahead", "ahead", "ahead"]


def causes() -> list[catalogue.Cause]:
    return list(catalogue.get().causes.values())


def test_the_medallion_says_how_many_steps_are_enough_for_now() -> None:
    drawn = rosette(STATES)
    assert "Two of eight steps enough for now, the fourth begun" in drawn
    assert drawn.count('class="sewn"') == 2
    assert drawn.count('class="now"') == 1
    assert drawn.count('class="set-aside"') == 1


def test_a_path_with_nothing_said_lies_wholly_ahead() -> None:
    assert path_line([]).count('class="ahead"') == 8
    assert 'class="sewn"' not in path_line("")


def test_the_thread_reaches_the_open_step_and_leaves_a_gap_at_one_set_aside() -> None:
    assert path_line(["done", "open"]).count('class="sewn"') == 1
    assert 'class="sewn"' not in path_line(["done", "aside", "done"])


def test_an_unknown_state_is_drawn_as_ahead_and_never_written_into_the_page() -> None:
    assert "<script>" not in path_line(["<script>"] * 8)


def test_the_wheel_fills_the_chosen_causes_by_weight() -> None:
    keys = [cause.key for cause in causes()]
    drawn = wheel(causes(), chosen={keys[0]: 1, keys[4]: 3})
    assert re.search(r'leaf--b" transform="rotate\(0\)', drawn)
    assert re.search(r'leaf--a" transform="rotate\(240\)', drawn)
    assert "Two of the six causes" in drawn


def test_a_cause_has_a_petal_of_its_own() -> None:
    signs = {petal(cause.order) for cause in causes()}
    assert len(signs) == 6
    assert all(sign.count("leaf--a") == 1 and sign.count('class="leaf') == 6 for sign in signs)


def test_the_wheel_as_a_choice_works_as_a_plain_form() -> None:
    drawn = wheel(causes(), "choose", [causes()[2].key], "why")
    assert drawn.count('type="checkbox" name="why"') == 6
    assert drawn.count(" checked") == 1


def test_the_wheel_as_links_puts_each_cause_in_the_tab_order_once() -> None:
    drawn = wheel(causes(), "links")
    assert drawn.count("<a ") == 12
    assert drawn.count('tabindex="-1"') == 6


def test_only_the_wheel_of_the_guide_says_a_line_about_each_cause() -> None:
    lines = [cause.summary for cause in causes()]
    assert len(set(lines)) == 6
    drawn = wheel(causes(), "links")
    assert [
        one for one in lines if f'</a><span class="note">{escape(one)}</span>' not in drawn
    ] == []
    assert [one for one in lines if escape(one) in wheel(causes(), "round")] == []


@pytest.mark.parametrize("count", [0, 1, 34, 60, 75])
def test_the_jar_holds_up_to_sixty_and_says_so(count: int) -> None:
    drawn = jar(list(range(count)))
    assert drawn.count('class="marble"') == min(count, 60)
    assert f"A glass jar with {min(count, 60) or 'none'} of sixty" in drawn


def test_only_the_newest_marble_falls() -> None:
    assert jar([5, 9, 12], falling=True).count("marble--new") == 1
    assert "marble--new" not in jar([5, 9, 12])


def test_no_two_resting_places_overlap_by_more_than_a_hair() -> None:
    for at, (x, y, r) in enumerate(SLOTS):
        for a, b, c in SLOTS[:at]:
            assert ((x - a) ** 2 + (y - b) ** 2) ** 0.5 > r + c - 2


def test_a_marble_looks_the_same_every_time() -> None:
    assert marble(4711) == marble(4711)


def test_a_missed_day_is_three_dots_and_not_a_cross() -> None:
    drawn = fortnight(["kept", "gap", "today"])
    assert [drawn.count(f'class="{word}"') for word in ("kept", "gap", "today")] == [1, 1, 1]


@pytest.mark.parametrize("name", [*HOUSE, "search", "trash-2"])
def test_every_icon_is_hidden_from_screen_readers(name: str) -> None:
    assert 'aria-hidden="true"' in icon(name)


def test_the_tags_draw_in_a_template() -> None:
    page = Template(
        "{% load drawings %}{% icon 'today' %}{% mark %}{% seal %}{% stitch %}{% thread 2 7 %}"
    )
    assert page.render(Context()).count("<svg") == 5
