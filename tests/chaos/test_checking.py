"""The checker of the chaos sees what it is there for: each kind of fault, planted by hand."""

from dataclasses import replace

from tests.chaos.checking import Answered, Document, Row, Verdict, check

FIRST = Answered("page", "a", "one", "one", 1)
SECOND = Answered("page", "b", "two", "one two", 2)
CLASHED = Answered("page", "c", "three", "one three", 2, beside=True)
AGAIN = Answered("page", "d", "three", "one two three", 3)
ANSWERS = [FIRST, SECOND, CLASHED, AGAIN]
KEPT = Document(
    3, "one two three",
    (
        Row("a", 1, False, None), Row("b", 2, False, "one two"),
        Row("c", 2, True, "one three"), Row("d", 3, False, "one two three"),
    ),
)  # fmt: skip


def held(kept: Document, answers: list[Answered] = ANSWERS) -> Verdict:
    return check(answers, {"page": kept})


def without(save: str) -> tuple[Row, ...]:
    return tuple(row for row in KEPT.rows if row.save != save)


def test_what_was_kept_as_it_was_said_passes() -> None:
    assert held(KEPT).broken == []


def test_a_page_that_is_gone_is_a_loss() -> None:
    assert check(ANSWERS, {}).lost


def test_an_answered_save_without_a_version_is_a_loss() -> None:
    for save in "abcd":
        assert held(replace(KEPT, rows=without(save))).lost


def test_a_word_that_was_written_over_is_a_loss_even_where_its_version_is_there() -> None:
    last = Row("d", 3, False, "one three")
    kept = replace(KEPT, text="one three", rows=(*without("d"), last))
    told = [FIRST, SECOND, CLASHED, replace(AGAIN, text="one three")]
    assert [said for said in held(kept, told).lost if "not in the last text" in said]


def test_a_text_kept_otherwise_than_it_was_sent_is_a_loss() -> None:
    assert held(replace(KEPT, rows=(*without("b"), Row("b", 2, False, "one")))).lost
    assert held(replace(KEPT, rows=(*without("c"), Row("c", 2, True, None)))).lost


def test_a_version_other_than_was_told_is_a_loss() -> None:
    told = [FIRST, replace(SECOND, version=3), CLASHED, AGAIN]
    assert held(KEPT, told).lost
    assert held(replace(KEPT, rows=(*without("b"), Row("b", 2, True, "one two")))).lost


def test_one_save_with_two_versions_is_a_double() -> None:
    assert held(replace(KEPT, rows=(*KEPT.rows, Row("a", 1, True, "one")))).doubled


def test_a_version_of_a_save_nobody_was_answered_is_a_double() -> None:
    assert held(replace(KEPT, rows=(*KEPT.rows, Row("x", 3, True, "one two")))).doubled


def test_a_page_of_a_save_nobody_was_answered_is_a_double() -> None:
    assert check(ANSWERS, {"page": KEPT, "another": KEPT}).doubled


def test_a_word_that_stands_there_twice_is_a_double() -> None:
    assert held(replace(KEPT, text="one two three three")).doubled


def test_a_missing_version_or_one_too_many_is_a_gap() -> None:
    assert held(replace(KEPT, version=4)).gaps
    moved = (*without("d"), Row("d", 4, False, "one two three"))
    assert held(replace(KEPT, version=4, rows=moved)).gaps
    assert held(replace(KEPT, rows=(*KEPT.rows, Row("x", 2, False, None)))).gaps


def test_a_page_that_is_not_its_last_version_is_a_gap() -> None:
    assert held(replace(KEPT, text="three two one")).gaps
