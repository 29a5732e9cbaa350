"""The checker of the chaos sees each thing that must not happen."""

from dataclasses import replace

import pytest

from tests.chaos.reminders import Row, check

ROWS = [Row(str(number), f"r{number}", "sent", True) for number in range(5)]
MAILS = [f"<{row.id}@example.org>" for row in ROWS]


def test_a_run_in_which_all_went_well_breaks_nothing() -> None:
    assert check(5, ROWS, 0, MAILS, {}).broken == []


def test_a_mail_that_comes_twice_under_one_id_is_counted_and_breaks_nothing() -> None:
    found = check(5, ROWS, 0, [*MAILS, MAILS[0], MAILS[0]], {})
    assert found.broken == []
    assert found.counts["raw repeats (same Message-ID)"] == 2
    assert found.counts["copies of one mail, at most"] == 3


PLANTED = {
    "a lost mail": (ROWS, 0, MAILS[1:]),
    "a lost occurrence": (ROWS[1:], 0, MAILS[1:]),
    "a schedule that sleeps": (ROWS[1:], 1, MAILS[1:]),
    "a doubled occurrence": ([*ROWS, replace(ROWS[0], id="9")], 0, [*MAILS, "<9@example.org>"]),
    "an unknown Message-ID": (ROWS, 0, [*MAILS, "<other@example.org>"]),
    "a card that is missing": ([*ROWS[1:], replace(ROWS[0], card=False)], 0, MAILS),
    "a row that is left": ([*ROWS[1:], replace(ROWS[0], state="claimed")], 0, MAILS),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_must_not_happen_is_seen(what: str) -> None:
    rows, asleep, mails = PLANTED[what]
    assert check(5, rows, asleep, mails, {}).broken
