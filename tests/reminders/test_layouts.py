"""A mail that is filled in is the mail that the email package would have made, to the last byte."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from steps import catalogue
from steps.pieces import Letter
from steps.reminders.layouts import filled_in, is_plain, layout_of, made, quick_mail
from steps.reminders.letters import Gaps
from steps.reminders.models import Delivery, Reminder
from steps.reminders.tokens import stop_token

from .conftest import NOON, run
from .sink import Sink
from .test_letters import LETTERS

ODD = [
    "", "ana", "ana@", "@example.org", "a..b@example.org", ".a@example.org", "a b@example.org",
    "ana@example.org\n", "ana@example.org\r\nBcc: x@example.org", "o'brien@example.org",
    '"a b"@example.org', "änne@example.org", "ana@exämple.org", "ana@example.org>",
    "<ana@example.org", "ana@[127.0.0.1]", "ana@b@example.org", f"{'a' * 50}@example.org",
]  # fmt: skip
WORDS = some.text("abcXYZ089_+-", min_size=1, max_size=12)
DOTTED = some.lists(WORDS, min_size=1, max_size=2).map(".".join)


def layout(letter: Letter) -> Any:
    return layout_of(letter, ours.DEFAULT_FROM_EMAIL, ours.SITE_URL)


@examples(deadline=None)
@given(
    letter=some.sampled_from(LETTERS), to=some.tuples(DOTTED, DOTTED).map("@".join),
    note=some.uuids(), person=some.uuids(),
)  # fmt: skip
def test_what_is_filled_in_is_what_the_email_package_makes(
    letter: Letter, to: str, note: uuid.UUID, person: uuid.UUID
) -> None:
    gaps = Gaps(to, note, stop_token(person), "Sun, 29 Nov 2026 01:30:00 -0000")
    assert is_plain(to)
    assert filled_in(layout(letter), gaps) == made(letter, gaps)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.key)
def test_every_letter_of_the_guide_can_be_laid_out(letter: Letter) -> None:
    assert layout(letter)


@pytest.mark.parametrize("address", ODD)
def test_an_address_out_of_the_ordinary_is_left_to_the_email_package(
    ana: Any, address: str
) -> None:
    ana.email = address
    assert not is_plain(address)
    assert quick_mail(Delivery(person=ana, kind="checkin", local_date=NOON.date())) is None


@pytest.mark.parametrize("address", ["o'brien@example.org", f"{'a' * 50}@example.org"])
def test_such_an_address_gets_its_mail_all_the_same(
    sink: Sink, daily: Callable[..., Reminder], ana: Any, address: str
) -> None:
    type(ana).objects.filter(pk=ana.pk).update(email=address)
    daily()
    run()
    assert [mail["To"] for mail in sink.mails] == [address]


def test_a_letter_that_cannot_be_laid_out_is_made_whole(
    settings: Any, sink: Sink, daily: Callable[..., Reminder], tmp_path: Path, settled: None
) -> None:
    folder = tmp_path / "en" / "letters"
    folder.mkdir(parents=True)
    long_line = f"{'word ' * 250}{{link}}"  # such lines are broken up on their way
    own = '[[variants]]\nkey = "own"\nsubject = "Tea"\nbody = """\n'
    (folder / "checkin.toml").write_text(f'{own}{long_line}\n\n{{stop_link}}\n"""\n')
    settings.CONTENT_DIRS = [*settings.CONTENT_DIRS, tmp_path]
    [letter] = catalogue.get().letters["checkin"]
    assert layout(letter) is None
    daily()
    run()
    plain = sink.mails[0].get_body(("plain",))
    assert plain is not None
    assert f"/reminders/answer/{Delivery.objects.get().pk}/" in plain.get_content()
