"""The guide as it is read from files: pieces, tokens, links, languages, leaning, prompts."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.autoreload import StatReloader, autoreload_started
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from steps import catalogue
from steps.catalogue import ContentError
from steps.pieces import (
    CAUSES,
    FEAR,
    KINDS,
    PARTS,
    STEPS,
    TOOLS,
    dialled,
    for_kind,
    reading_minutes,
)
from steps.prose import sections
from tests.steps.small_guide import FIRST, write_guide


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_guide(tmp_path)


@pytest.fixture
def small(root: Path, settings: Any) -> Iterator[Path]:
    settings.CONTENT_DIRS = [root.parent]
    yield root
    catalogue.reset()


def test_the_whole_guide_is_there_in_order() -> None:
    guide = catalogue.get()
    assert tuple(guide.causes) == CAUSES
    assert tuple(guide.steps) == STEPS
    assert tuple(guide.tools) == TOOLS
    assert set(guide.rows) == {(one, part) for one in (*CAUSES, FEAR) for part in PARTS}
    for step in guide.steps.values():
        assert [one.key for one in guide.exercises_of(step)] == list(step.exercises)


def test_it_is_read_once_until_it_is_reset(small: Path) -> None:
    before = catalogue.get()
    assert catalogue.get("en-gb") is before
    (small / "tools/empathy.md").write_text(
        (small / "tools/empathy.md").read_text("utf-8").replace("Tool empathy", "Seeing"), "utf-8"
    )
    assert catalogue.get().tools["empathy"].title == "Tool empathy"
    catalogue.reset()
    assert catalogue.get().tools["empathy"].title == "Seeing"


def test_pieces_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        catalogue.get().steps["quality-time"].title = "x"
    with pytest.raises(TypeError):
        catalogue.get().steps["x"] = None


@pytest.mark.parametrize(
    ("kind", "filled"),
    [
        ("partner", "Your partner saw your partner’s side."),
        ("friend", "Your friend saw your friend’s side."),
        ("family", "Your relative saw your relative’s side."),
        ("colleague", "Your colleague saw your colleague’s side."),
        ("other", "This person saw this person’s side."),
        (None, "The other person saw the other person’s side."),
    ],
)
def test_tokens_are_filled_for_a_kind(kind: str | None, filled: str) -> None:
    assert for_kind("{Person} saw {person's} side.", kind) == filled
    assert for_kind("{Person} saw {person’s} side.", kind) == filled


def test_an_unknown_kind_is_an_error_and_other_braces_stay() -> None:
    with pytest.raises(KeyError):
        for_kind("{person}", "boss")
    assert for_kind("I felt {feeling}", "friend") == "I felt {feeling}"


@limits(deadline=None)
@given(st.text(), st.sampled_from([None, *KINDS]))
def test_no_token_is_left_behind(text: str, kind: str | None) -> None:
    filled = for_kind(f"{text}{{person}}{text}{{Person's}}", kind)
    assert "{person}" not in filled
    assert "{Person's}" not in filled


def test_no_page_of_ours_shows_a_token_for_any_kind() -> None:
    guide = catalogue.get()
    pages = [*guide.causes.values(), *guide.steps.values(), *guide.tools.values()]
    for page in [*pages, *guide.safety.values()]:
        for section in page.sections:
            for kind in (None, *KINDS):
                assert "{" not in section.html_for(kind), (page.key, section.id)


def test_a_question_is_put_to_each_part(small: Path) -> None:
    field = catalogue.get().exercises[FIRST].field("want")
    assert field.ask_for("hurt") == "What do you want from {person}?"
    assert field.ask_for("did") == field.ask_for("both") == "What do you want?"
    with pytest.raises(ValueError, match="them"):
        field.ask_for("them")


def test_every_exercise_of_ours_asks_something_of_every_part() -> None:
    for exercise in catalogue.get().exercises.values():
        for field in exercise.fields:
            assert all(field.ask_for(part) for part in PARTS), (exercise.key, field.key)


def test_a_frame_knows_its_gaps(small: Path) -> None:
    field = catalogue.get().exercises[FIRST].field("said")
    assert field.gaps == ("feeling", "event")
    assert field.frame_bits == (
        ("I felt ", "feeling"),
        (" when the other person ", "event"),
        (".", ""),
    )


def test_an_exercise_knows_its_home_and_every_address_is_one_django_knows() -> None:
    guide = catalogue.get()
    assert guide.exercises["clear-ask"].home_kind == "step"
    assert guide.exercises["clear-ask"].home == "communicate-openly"
    for cause in guide.causes.values():
        assert cause.url == reverse("guide_cause", args=[cause.key])
    for step in guide.steps.values():
        assert step.url == reverse("guide_step", args=[step.key])
    for tool in guide.tools.values():
        assert tool.url == reverse("guide_tool", args=[tool.key])
    for one in guide.exercises.values():
        assert one.url == reverse(f"guide_{one.home_kind}_exercise", args=[one.home, one.key])
    for note in guide.safety.values():
        assert note.url == f"{reverse('safety')}#{note.key}"


def test_links_inside_the_guide_become_addresses(small: Path) -> None:
    html = catalogue.get().causes["betrayal"].section("not-enough").html
    assert f'href="/guide/steps/communicate-openly/{FIRST}/"' in html
    assert 'href="/guide/steps/quality-time/"' in html
    assert 'href="/safety/#planning"' in html


def test_a_link_to_what_is_gone_becomes_plain_words(small: Path) -> None:
    (small / f"steps/communicate-openly/{FIRST}.md").unlink()
    catalogue.reset()
    cause = catalogue.get().causes["betrayal"]
    html = cause.section("not-enough").html
    assert "the page" in html
    assert FIRST not in html
    assert FIRST not in [one.key for one in cause.exercises]


def test_sections_are_cut_at_headings_of_level_two() -> None:
    body = (
        "## One *two* {#one}\n\nText {person}.\n\n### Three {#three}\n\n- a\n\n## Four {#four}\n\nx"
    )
    one, four = sections(body, lambda link: None)
    assert (one.id, one.title, four.id) == ("one", "One two", "four")
    assert one.html == '<p>Text {person}.</p>\n<h3 id="three">Three</h3>\n<ul>\n<li>a</li>\n</ul>\n'
    shifted = sections(body, lambda link: None, shift=1, prefix="note-")[0]
    assert (shifted.id, '<h4 id="note-three">Three</h4>' in shifted.html) == ("note-one", True)


def test_raw_html_and_pictures_are_shown_and_not_obeyed() -> None:
    body = '## A {#a}\n\n<script>x</script> ![p](https://a.b/c.png) "q" -- ...\n'
    html = sections(body, lambda link: None)[0].html
    assert "<script" not in html
    assert "<img" not in html
    assert "&quot;q&quot; -- ..." in html


def test_reading_takes_at_least_a_minute_and_about_one_for_220_words() -> None:
    assert [reading_minutes(words) for words in (0, 10, 220, 500, 2200)] == [1, 1, 1, 2, 10]
    assert all(page.reading_minutes >= 1 for page in catalogue.get().steps.values())


# --- folders and languages ------------------------------------------------------------------------
def test_a_later_folder_wins_file_by_file(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "en/tools/empathy").mkdir(parents=True)
    text = (root / "tools/empathy.md").read_text("utf-8")
    (own / "en/tools/empathy.md").write_text(text.replace("Tool empathy", "Ours"), "utf-8")
    (own / "en/tools/empathy/extra.md").write_text(
        (root / f"steps/communicate-openly/{FIRST}.md").read_text("utf-8"), "utf-8"
    )
    guide = catalogue.load([root.parent, own])
    assert guide.tools["empathy"].title == "Ours"
    assert guide.tools["gratitude"].title == "Tool gratitude"
    assert guide.exercises["extra"].home == "empathy"
    assert [one.key for one in guide.exercises_of(guide.tools["empathy"])][-1] == "extra"


def test_what_a_language_lacks_comes_from_english_and_says_so(root: Path) -> None:
    welsh = root.parent / "cy/tools"
    welsh.mkdir(parents=True)
    text = (root / "tools/empathy.md").read_text("utf-8")
    (welsh / "empathy.md").write_text(text.replace("Tool empathy", "Empathi"), "utf-8")
    guide = catalogue.load([root.parent], "cy")
    assert (guide.tools["empathy"].title, guide.tools["empathy"].lang) == ("Empathi", "cy")
    assert (guide.tools["gratitude"].title, guide.tools["gratitude"].lang) == (
        "Tool gratitude",
        "en",
    )


def test_a_broken_file_stops_the_reading_and_is_named(root: Path) -> None:
    path = root / "steps/quality-time.md"
    path.write_text(path.read_text("utf-8").replace("small_act", "smallact"), "utf-8")
    with pytest.raises(ContentError, match=r"quality-time\.md: KeyError 'small_act'"):
        catalogue.load([root.parent])
    path.write_text("no fence", "utf-8")
    with pytest.raises(ContentError, match=r"quality-time\.md: does not begin"):
        catalogue.load([root.parent])


# --- what to lean on ------------------------------------------------------------------------------
def test_one_cause_leans_as_its_row_says(small: Path) -> None:
    row = catalogue.get().rows["broken-promises", "did"]
    lean = catalogue.stress(["broken-promises"], "did")
    assert lean.steps == row.steps
    assert lean.exercises == row.exercises
    assert lean.openings == (row.opening,)
    assert (lean.pace, lean.safety_first) == ("steady", False)


def test_what_two_causes_agree_on_comes_first(small: Path) -> None:
    # Row n names steps n, n+1, n+2. The first cause gives 9, 6, 3; the second adds 6, 4, 2 to
    # steps 5, 6, 7: step 5 has 6, step 6 has 3 + 4, step 4 has 6.
    lean = catalogue.stress(["past-trauma", "communication-gaps"], "hurt")
    assert [one.key for one in lean.steps] == [STEPS[4], STEPS[3], STEPS[5], STEPS[6]]
    assert lean.openings[0] == "For past-trauma and hurt."


@pytest.mark.parametrize("causes", [["unmet-needs", "betrayal"], ["betrayal", "unmet-needs"]])
def test_a_slow_cause_leads_wherever_it_was_named(small: Path, causes: list[str]) -> None:
    row = catalogue.get().rows["betrayal", "both"]
    lean = catalogue.stress(causes, "both")
    assert lean.pace == "slow"
    assert lean.openings[0] == row.opening
    # Nothing that asks for closeness pushes out what the slow cause needs.
    assert {one.key for one in row.steps} <= {one.key for one in lean.steps}
    assert lean.steps[0] == row.steps[0]
    assert lean.exercises[0] == row.exercises[0]


def test_safety_leads_before_what_is_slow(small: Path) -> None:
    lean = catalogue.stress(["broken-promises", "betrayal", "toxic-patterns"], "did")
    assert lean.openings == tuple(
        f"For {cause} and did." for cause in ("toxic-patterns", "betrayal", "broken-promises")
    )


@pytest.mark.parametrize("part", PARTS)
def test_owning_comes_before_closeness_after_a_betrayal_of_ours(part: str) -> None:
    for other in ("unmet-needs", "communication-gaps", "broken-promises"):
        lean = catalogue.stress([other, "betrayal"], part)
        row = catalogue.get().rows["betrayal", part]
        assert lean.steps[0].key == "healthy-boundaries"
        assert {one.key for one in row.steps} <= {one.key for one in lean.steps}
        assert lean.exercises[0] == row.exercises[0]


@pytest.mark.parametrize("part", PARTS)
def test_fear_stands_alone_whatever_the_causes(small: Path, part: str) -> None:
    row = catalogue.get().rows[FEAR, part]
    for causes in ([], ["betrayal"], ["toxic-patterns", "unmet-needs"]):
        lean = catalogue.stress(causes, part, afraid=True)
        assert (lean.steps, lean.exercises, lean.openings) == (
            row.steps, row.exercises, (row.opening,),
        )  # fmt: skip
        assert (lean.pace, lean.safety_first) == ("slow", True)
    assert catalogue.stress([FEAR], part).steps == ()


def test_unknown_and_repeated_causes_are_passed_over(small: Path) -> None:
    once = catalogue.stress(["betrayal"], "both")
    assert catalogue.stress(["jealousy", "betrayal", "betrayal"], "both") == once
    nothing = catalogue.stress([], "both")
    assert (nothing.steps, nothing.exercises, nothing.openings) == ((), (), ())
    with pytest.raises(ValueError, match="them"):
        catalogue.stress(["betrayal"], "them")


@limits(deadline=None)
@given(
    st.lists(st.sampled_from(CAUSES), min_size=1, max_size=5),
    st.sampled_from(PARTS),
)
def test_leaning_gives_at_most_four_of_each_each_once_with_a_reason(
    causes: list[str], part: str
) -> None:
    lean = catalogue.stress(causes, part)
    for leans in (lean.steps, lean.exercises):
        keys = [one.key for one in leans]
        assert 1 <= len(keys) <= 4
        assert len(set(keys)) == len(keys)
        assert all(one.why for one in leans)
    assert len(lean.openings) == len(set(causes)) if len(set(causes)) < 4 else 3
    rows = [catalogue.get().rows[cause, part] for cause in list(dict.fromkeys(causes))[:3]]
    assert lean.safety_first == any(row.safety_first for row in rows)
    assert (lean.pace == "slow") == any(row.pace == "slow" for row in rows)


# --- prompts --------------------------------------------------------------------------------------
seeds = st.integers(min_value=0, max_value=2**63)
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2040, 1, 1))
everyday = st.sampled_from(["gratitude", "checkin"])
parts = st.sampled_from([*PARTS, None])


@limits(deadline=None)
@given(everyday, seeds, days, parts)
def test_no_prompt_comes_back_within_sixty_days(
    shelf: str, seed: int, start: date, part: str | None
) -> None:
    met = [
        catalogue.prompt_for_day(shelf, seed, start + timedelta(days=number), part).key
        for number in range(60)
    ]
    assert len(set(met)) == 60


@limits(deadline=None)
@given(everyday, seeds, days, parts)
def test_light_prompts_come_before_deep_ones(
    shelf: str, seed: int, began: date, part: str | None
) -> None:
    depths = [
        catalogue.prompt_for_day(shelf, seed, began + timedelta(days=number), part, began).depth
        for number in range(60)
    ]
    assert depths == sorted(depths)


@limits(deadline=None)
@given(everyday, seeds, days, parts)
def test_a_prompt_fits_the_part_and_the_same_day_gives_the_same(
    shelf: str, seed: int, day: date, part: str | None
) -> None:
    prompt = catalogue.prompt_for_day(shelf, seed, day, part)
    assert part is None or part in prompt.parts
    assert prompt in catalogue.prompts_for(shelf, part)
    assert catalogue.prompt_for_day(shelf, seed, day, part) == prompt


def test_two_people_meet_the_prompts_in_different_orders() -> None:
    began = date(2026, 11, 1)

    def fortnight(seed: int) -> list[str]:
        return [
            catalogue.prompt_for_day("checkin", seed, began + timedelta(days=n), "hurt", began).key
            for n in range(14)
        ]

    assert fortnight(1) != fortnight(2)


def test_an_unknown_shelf_is_an_error() -> None:
    with pytest.raises(KeyError):
        catalogue.prompt_for_day("nothing", 1, date(2026, 11, 22))


def test_make_dev_begins_anew_when_a_file_of_the_guide_changes() -> None:
    reloader = StatReloader()
    autoreload_started.send(sender=reloader)
    watched = {path for path, _ in reloader.snapshot_files()}
    (folder,) = settings.CONTENT_DIRS
    assert folder / "en" / "causes" / "betrayal.md" in watched


# --- numbers to ring ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("0808 2000 247", ["tel:08082000247"]),
        ("+44 20 7946 0000", ["tel:+442079460000"]),
        ("112 or 999", ["tel:112", "tel:999"]),
        ("112, police 17, text 114", ["tel:112", "tel:17"]),
        ("1-800-799-7233, or text START to 88788", ["tel:18007997233"]),
        ("180, or WhatsApp (61) 9610-0180", ["tel:180"]),
        ("0800 428 428, or *120*7867# to be rung back", ["tel:0800428428", "tel:*120*7867%23"]),
        ("079, then 1", ["tel:079"]),
        ("a map at example.org", []),
    ],
)
def test_a_number_can_be_rung_and_nothing_is_lost(text: str, rung: list[str]) -> None:
    bits = dialled(text)
    assert "".join(words for words, _ in bits) == text
    assert [address for _, address in bits if address] == rung


def test_every_country_of_ours_has_an_emergency_number_that_can_be_rung() -> None:
    for country in catalogue.get().help_lines:
        assert any(address for _, address in country.bits), country.name
    assert len(catalogue.get().help_lines) >= 12
