"""Every mail in every variant: neutral, short, two twins, and a way to stop in its head."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from steps import catalogue
from steps.pieces import Letter
from steps.reminders.letters import letter_for
from steps.reminders.models import MILESTONES, Delivery, Reminder, ReminderSettings
from steps.reminders.tokens import stopped_by

from .conftest import NOON, run
from .sink import Sink

KINDS = {kind for kind, _ in Reminder.KINDS} | MILESTONES
LETTERS = [letter for kind in sorted(KINDS) for letter in catalogue.get().letters[kind]]
OTHERS = [
    letter
    for kind, letters in sorted(catalogue.get().letters.items())
    if kind not in KINDS
    for letter in letters
]
# Beginnings of words that would say what this is, or of whom it is about.
NEVER = (
    "trust", "repair", "mend", "heal", "therap", "coach", "couple", "partner", "wife", "husband",
    "spouse", "lover", "marriage", "relationship", "journal", "diary", "forgiv", "apolog",
    "betray", "infidel", "cheat", "affair", "hurt", "broke", "cause", "step", "exercise", "marble",
    "agreement", "reminder", "check-in", "gratitude", "empathy", "boundar", "safety", "abuse",
    "friend", "family", "colleague", "invit", "account", "site", "app", "streak", "journey",
    "toxic", "victim", "quickly", "notes for", "dear",
)  # fmt: skip
MAY_SAY = {"account"}  # a notice about one's own sign-in
LINK = re.compile(r"http\S+")


@pytest.fixture
def made(ana: Any) -> Callable[[Letter], EmailMultiAlternatives]:
    """Return a function that makes the mail of a letter for somebody with a telling name."""
    ana.display_name = "Gooseberry"
    ana.save()

    def make(letter: Letter) -> EmailMultiAlternatives:
        return letter_for(
            Delivery(
                person=ana, kind=letter.kind, variant=letter.key, local_date=NOON.date(),
            )
        )  # fmt: skip

    return make


def plain_words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def test_every_kind_has_several_variants() -> None:
    for kind in KINDS:
        assert len(catalogue.get().letters[kind]) >= 3, kind
    assert len(LETTERS) >= 30
    assert {letter.kind for letter in OTHERS} == {"invitation", "security", "together"}


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.key)
def test_a_mail_names_nobody_and_nothing(
    made: Callable[[Letter], EmailMultiAlternatives], ana: Any, letter: Letter
) -> None:
    mail = made(letter)
    html = str(mail.alternatives[0].content)
    seen = LINK.sub("", f"{mail.subject}\n{mail.body}\n{plain_words(html)}").lower()
    assert not [word for word in NEVER if re.search(rf"\b{word}", seen)]
    guide = catalogue.get()
    titles = [one.title for group in (guide.steps, guide.causes, guide.tools, guide.exercises)
              for one in group.values()]  # fmt: skip
    whole = [*titles, settings.SITE_NAME, "Gooseberry", ana.email]
    assert not [one for one in whole if one.lower() in seen]
    assert mail.subject == letter.subject
    assert len(mail.subject) <= 40 and "\n" not in mail.subject
    assert not re.search(r"[!{}]|\d", mail.subject + LINK.sub("", str(mail.body)))
    assert mail.from_email == "Notes <notes@localhost>"


@pytest.mark.parametrize("letter", OTHERS, ids=lambda letter: letter.key)
def test_every_other_letter_of_the_guide_names_nobody_and_nothing(letter: Letter) -> None:
    seen = f"{letter.subject}\n{letter.body}".lower()
    assert not [word for word in set(NEVER) - MAY_SAY if re.search(rf"\b{word}", seen)]
    assert settings.SITE_NAME.lower() not in seen
    assert len(letter.subject) <= 40 and not re.search(r"[!\d{}]", letter.subject)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.key)
def test_a_mail_holds_two_links_that_say_nothing_and_two_twins_that_say_the_same(
    made: Callable[[Letter], EmailMultiAlternatives], ana: Any, letter: Letter
) -> None:
    mail = made(letter)
    html = str(mail.alternatives[0].content)
    links = LINK.findall(str(mail.body))
    assert len(links) == 2
    assert re.findall(r'href="([^"]*)"', html) == links
    assert re.fullmatch(r"http://localhost:8000/reminders/answer/[0-9a-f-]{36}/", links[0])
    token = re.fullmatch(r"http://localhost:8000/reminders/stop/([\w.-]+)/", links[1])
    assert token and stopped_by(token[1]) == ReminderSettings.objects.of(ana).stop_id
    assert set(re.findall(r"<(\w+)", html)) == {"html", "meta", "body", "p", "a"}
    without = re.sub(r"Open it here|Stop them here", "", plain_words(html))
    assert without.split() == LINK.sub("", str(mail.body)).split()


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.key)
def test_its_head_lets_a_mail_program_stop_it_with_one_click(
    made: Callable[[Letter], EmailMultiAlternatives], letter: Letter
) -> None:
    head = made(letter).message()
    stop = LINK.findall(str(made(letter).body))[1]
    assert head["List-Unsubscribe"] == f"<{stop}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert head["Message-ID"].endswith("@localhost>")
    told = {name.lower() for name in head} - {
        "content-type", "mime-version", "subject", "from", "to", "date", "message-id",
        "list-unsubscribe", "list-unsubscribe-post", "auto-submitted",
    }  # fmt: skip
    assert not told


def test_a_stop_link_is_each_persons_own_and_names_nobody(ana: Any, stan: Any) -> None:
    links = set()
    for person in (ana, stan):
        type(person).objects.filter(pk=person.pk).update(id=person.pk + 987654000)
        person = type(person).objects.get(email=person.email)
        letter = LETTERS[0]
        delivery = Delivery(
            person=person, kind=letter.kind, variant=letter.key, local_date=NOON.date()
        )
        body = str(letter_for(delivery).body)
        assert str(person.pk) not in body and person.email not in body
        links.add(LINK.findall(body)[1])
    assert len(links) == 2


def test_what_arrives_is_what_was_made(
    sink: Sink, daily: Callable[..., Reminder], ana: Any
) -> None:
    daily()
    run()
    [mail] = sink.mails
    note = Delivery.objects.get()
    assert mail["Message-ID"] == f"<{note.pk}@localhost>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Subject"] in {letter.subject for letter in catalogue.get().letters["checkin"]}


def test_a_guide_of_the_hosts_own_may_bring_other_letters(
    settings: Any, tmp_path: Path, made: Callable[[Letter], EmailMultiAlternatives], settled: None
) -> None:
    folder = tmp_path / "en" / "letters"
    folder.mkdir(parents=True)
    own = '[[variants]]\nkey = "own"\nsubject = "Tea < coffee"\nbody = """\nHot & sweet.\n\n'
    (folder / "checkin.toml").write_text(own + '{link}\n\nEnd it: {stop_link}\n"""\n')
    settings.CONTENT_DIRS = [*settings.CONTENT_DIRS, tmp_path]
    [letter] = catalogue.get().letters["checkin"]
    mail = made(letter)
    assert mail.subject == "Tea < coffee"
    assert "Hot &amp; sweet." in str(mail.alternatives[0].content)
