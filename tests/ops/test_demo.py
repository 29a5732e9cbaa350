"""The demo: believable people who can sign in, on a folder of their own and nowhere else."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from journal.coaching.models import CARDS, CoachNote, shown_cards
from journal.entries.models import Entry
from journal.relationships.models import Relationship
from journal.spaces.models import Membership, Post
from journal.spaces.room import Room
from journal.together.models import Signature
from journal.vault.keyring import Keyring
from steps import catalogue
from tests.conftest import CAST
from trustrepair import run
from trustrepair.accounts.management.commands import demo
from trustrepair.accounts.models import User

GAP = re.compile(r"\{(\w+)\}")


@pytest.fixture
def demo_folder(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "demo"
    settings.DATABASE_URL = ""


def written() -> str:
    told = StringIO()
    call_command("demo", stdout=told)
    return told.getvalue()


def test_everybody_of_the_cast_is_there_and_can_sign_in(db, rf, demo_folder):
    told = written()
    assert demo.CAST == CAST
    assert set(User.objects.values_list("email", flat=True)) == {f"{n}@example.org" for n in CAST}
    assert demo.PASSWORD in told
    for name in CAST:
        assert f"{name}@example.org" in told
        found = authenticate(rf.post("/"), email=f"{name}@example.org", password=demo.PASSWORD)
        assert found is not None and found.display_name == name.title()
    assert User.objects.get(email="root@example.org").is_superuser
    assert User.objects.get(email="cleo@example.org").is_coach


def test_their_weeks_can_be_opened_and_lie_in_the_past(db, demo_folder):
    written()
    ana = User.objects.get(email="ana@example.org")
    keyring = Keyring.of(ana)
    stories = [row.read(keyring) for row in Relationship.objects.owned_by(ana)]
    assert [story.name for story in stories] == ["Ben", "Ruta"], "the first of the file is chosen"
    pages = list(Entry.objects.written_by(ana).newest())
    assert len(pages) > 20
    assert (pages[0].created_at - pages[-1].created_at).days > 30
    assert {page.kind for page in pages} == {"free", "exercise", "gratitude"}
    assert all(page.body(keyring) and page.head(keyring) for page in pages)
    marbles = [page.marble for page in reversed(pages) if page.marble]
    assert marbles == list(range(1, len(marbles) + 1)), "the jar filled in the order of days"


def test_ana_and_ben_have_weeks_behind_them_in_one_room(db, demo_folder):
    written()
    written()
    ana, ben = (User.objects.get(email=f"{name}@example.org") for name in ("ana", "ben"))
    theirs = Membership.objects.of(ana).filter(space__kind="couple")
    (space,) = theirs.values_list("space", flat=True)
    assert [space] == list(Membership.objects.of(ben).values_list("space", flat=True))
    for person in (ana, ben):
        room = Room.of_person(person, space)
        kinds = {row.kind for row, body in room.read(room.posts) if body["text"]}
        assert kinds >= {"note", "reply", "marble", "answer", "wording"} | {"copy", "plan"}
        assert len(Signature.objects.of(person)) == 3
        days = [(timezone.now() - row.created_at).days for row in room.posts]
        assert max(days) > 20
    marbles = Post.unscoped.filter(kind="marble").order_by("number")
    assert [*marbles] == [*marbles.order_by("created_at")], "the jar filled in the order of days"
    sealed = Post.unscoped.filter(kind="answer", opened_at=None)
    assert [row.author for row in sealed] == [ben]


def test_writing_it_down_twice_adds_nothing(db, demo_folder):
    written()
    before = (User.objects.count(), Entry.unscoped.count())
    written()
    assert (User.objects.count(), Entry.unscoped.count()) == before


def test_whoever_signed_up_in_the_demo_does_not_keep_it_from_starting(db, demo_folder):
    written()
    User.objects.create_user("visitor@example.com")
    before = (User.objects.count(), Entry.unscoped.count())
    assert demo.PASSWORD in written()
    assert (User.objects.count(), Entry.unscoped.count()) == before


def test_it_answers_questions_that_the_guide_asks():
    guide = catalogue.get()
    words = {feeling.word for feeling in guide.feelings}
    for life in demo.everybody():
        for one in life.get("mending", []):
            assert set(one["causes"]) <= set(guide.causes)
            assert set(one.get("steps", {})) <= set(guide.steps)
            for page in one["pages"]:
                assert set(page.get("feelings", [])) <= words, page
                if "exercise" in page:
                    check_answers(guide.exercises[page["exercise"]], page["answers"], words)


def check_answers(exercise, answers: dict, words: set[str]) -> None:
    """Every answer has a question of the right shape."""
    fields = {field.key: field for field in exercise.fields}
    for key, answer in answers.items():
        field = fields[key]
        options = {option.value for option in field.options}
        match field.type:
            case "scale":
                assert answer in range(1, 8), key
            case "choice":
                assert answer in options, key
            case "several":
                assert set(answer) <= options, key
            case "feelings":
                assert set(answer) <= words, key
            case "lines":
                assert all(isinstance(line, str) for line in answer), key
            case "frame":
                assert set(answer) <= set(GAP.findall(field.frame)), key
            case _:
                assert isinstance(answer, str), key


def test_it_refuses_where_somebody_real_may_be(db, settings, tmp_path):
    with pytest.raises(CommandError, match="make demo"):
        call_command("demo")
    settings.VAR_DIR = tmp_path / "demo"
    settings.DATABASE_URL = ""
    User.objects.create_user("somebody@example.com")
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("demo")
    assert not Entry.unscoped.exists()


def test_make_demo_forgets_every_way_to_real_data(monkeypatch):
    for name in run.REAL:
        monkeypatch.setenv(name, "postgres://theirs/data")
    monkeypatch.setenv("VAR_DIR", "/srv/theirs")
    monkeypatch.delenv("PORT", raising=False)
    for name in ("DEBUG", "PYTHONUNBUFFERED", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.setenv(name, "")
    host, port = run.settle_environment(run.parser().parse_args(["--demo"]))
    assert (host, port) == ("127.0.0.1", 8010)
    assert run.os.environ["VAR_DIR"] == str(run.BASE_DIR / "var" / "demo")
    kept = {name: value for name, value in run.os.environ.items() if "theirs" in value}
    assert not kept
    assert run.os.environ["SITE_URL"] == "http://localhost:8010"


def test_ana_shows_cleo_some_of_her_weeks(db, demo_folder):
    written()
    written()
    ana, cleo = (User.objects.get(email=f"{name}@example.org") for name in ("ana", "cleo"))
    (space,) = Membership.objects.of(cleo).values_list("space", flat=True)
    room = Room.of_person(cleo, space)
    cards = room.read(shown_cards(cleo).filter(space=space))
    assert {post.kind for post, _ in cards} == set(CARDS)
    assert len(cards) == len({(post.kind, post.number, post.day) for post, _ in cards})
    said = [body["text"] for _, body in room.read(room.posts.filter(kind="request"))]
    assert len(said) == 2
    assert ana.has_coach
    [note] = CoachNote.objects.kept_by(cleo)
    assert note.read(Keyring.of(cleo))
