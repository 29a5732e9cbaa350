"""The coach's Library: the editor, its versions, retiring, the file of the guide."""

import html
import tomllib
import uuid
from pathlib import Path
from typing import Any

import pytest

from journal.coaching.library_file import content_file
from journal.coaching.library_forms import TYPES
from journal.coaching.library_models import OwnExercise, OwnExerciseVersion
from journal.coaching.models import ASSIGNMENT, Begun
from journal.entries.models import Entry
from journal.vault.keyring import Keyring
from steps import catalogue
from steps.pieces import FIELD_TYPES
from tests.rooms import lock_twice

MARKUP = '<b>bold</b> "quoted" \\ & <script>alert(1)</script> +++ ]] \x7f'
DELETE = "\x7f"
NEW = "/coaching/library/new/"
EMPTY = {"key": "", "type": "long", "ask": "", "hint": "", "options": "", "low": "", "high": "",
         "frame": ""}  # fmt: skip


def text_of(answer: Any) -> str:
    return answer.content.decode()


def filled(*questions: dict[str, str], **said: Any) -> dict[str, Any]:
    """Return the editor with questions in it, as a browser sends it."""
    data: dict[str, Any] = {
        "exercise_id": str(uuid.uuid4()), "base": "0", "title": "Mornings", "purpose": "To look.",
        "minutes": "10", "q-TOTAL_FORMS": str(len(questions)), "q-INITIAL_FORMS": "0", **said,
    }  # fmt: skip
    for at, question in enumerate(questions):
        data |= {f"q-{at}-{name}": value for name, value in {**EMPTY, **question}.items()}
    return data


def asks(ask: str, kind: str = "long", **more: str) -> dict[str, str]:
    return {"ask": ask, "type": kind, **more}


ONE_OF_EACH = (
    asks("What was there?"), asks("In a line?", "line"), asks("Which things?", "lines"),
    asks("Which one?", "choice", options="Mine\nOurs\n\nMine"),
    asks("Which of these?", "several", options="A\nB\nC"), asks("How much?", "scale", low="none"),
    asks("When?", "date"), asks("Say it so:", "frame", frame="I felt {feeling} when {event}."),
    asks("What do you feel?", "feelings"),
)  # fmt: skip


@pytest.fixture
def desk(people: dict[str, Any], browser_of: Any) -> Any:
    """Cleo's browser, with her second step."""
    lock_twice(people["cleo"])
    return browser_of(people["cleo"])


def kept(cleo: Any) -> list[dict[str, Any]]:
    return [row.read(Keyring.of(cleo)) for row in OwnExerciseVersion.objects.made_by(cleo)]


def test_the_editor_has_every_type_the_guide_has():
    assert set(TYPES) == set(FIELD_TYPES)


def test_an_exercise_is_kept_with_a_question_of_each_type(people, desk):
    answer = desk.post(NEW, filled(*ONE_OF_EACH))
    [body] = kept(people["cleo"])
    assert [one["type"] for one in body["questions"]] == [one["type"] for one in ONE_OF_EACH]
    assert [one["label"] for one in body["questions"][3]["options"]] == ["Mine", "Ours"]
    assert (body["questions"][5]["low"], body["questions"][5]["high"]) == ("none", "very much")
    assert len({one["key"] for one in body["questions"]}) == len(ONE_OF_EACH)
    page = text_of(desk.get(answer.headers["Location"]))
    assert "I felt {feeling} when {event}." in page
    assert "Mornings" in text_of(desk.get("/coaching/library/"))


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ([], "Ask at least one question."),
        ([EMPTY, EMPTY], "Ask at least one question."),
        ([asks(f"No. {n}") for n in range(200)], "These are 200 questions"),
        ([asks("Which?", "choice", options="Only one")], "Write 2 to 20 things"),
        ([asks("Which?", "several")], "Write 2 to 20 things"),
        ([asks("Say it:", "frame", frame="No gap at all")], "at least one gap"),
        ([{**EMPTY, "hint": "A hint without a question"}], "Write what you ask"),
        ([asks("What?", "no-such-type")], "valid choice"),
        ([asks("x" * 501)], "501"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_lost(people, desk, questions, said):
    answer = desk.post(NEW, filled(*questions))
    assert answer.status_code == 422
    assert said in text_of(answer)
    page = text_of(answer)
    assert "To look." in page
    assert all(one["ask"] in page for one in questions), "everything typed is still there"
    assert kept(people["cleo"]) == []


@pytest.mark.parametrize(
    "bad", [{"title": " "}, {"minutes": "0"}, {"minutes": "26"}, {"base": "x"}]
)
def test_an_exercise_needs_a_title_and_minutes(people, desk, bad):
    assert desk.post(NEW, filled(asks("What?"), **bad)).status_code == 422
    assert kept(people["cleo"]) == []


def test_more_questions_are_offered_without_losing_a_word(people, desk):
    page = text_of(desk.post(NEW, filled(asks("What?"), asks("Why?"), then="more")))
    assert page.count('name="q-') > 5 * len(EMPTY) - 1
    assert "Why?" in page
    assert kept(people["cleo"]) == []


def test_more_questions_are_offered_before_anything_is_right(people, desk):
    """Nobody asked for the title yet; what was typed stands there, whatever it is worth."""
    wrong = asks("Which?", "choice", options="Only one", hint="Look up")
    data = filled(EMPTY, wrong, title="", minutes="x", then="more", was="", base="0")
    answer = desk.post(NEW, data)
    page = text_of(answer)
    assert answer.status_code == 200
    assert "One thing before" not in page and "errorlist" not in page
    for words in ("Which?", "Only one", "Look up", 'value="x"', data["exercise_id"]):
        assert words in page
    assert "selected>Choose one" in page
    assert "data-unsent" in page, "it is not kept yet"
    assert page.count('name="q-') > 3 * len(EMPTY)
    assert kept(people["cleo"]) == []


def test_a_refused_form_does_not_forget_which_version_it_began_from(people, desk):
    made = desk.post(NEW, filled(asks("What?")))["Location"]
    desk.post(made, filled(asks("What, then?"), base="1"))
    late = desk.post(made, filled(asks("What now?"), base="1", title=""))
    assert late.status_code == 422
    assert 'name="base" value="1"' in text_of(late)
    assert desk.post(made, filled(asks("What now?"), base="1")).status_code == 409


def test_a_button_pressed_twice_makes_one_exercise(people, desk):
    data = filled(asks("What?"))
    for _ in range(2):
        desk.post(NEW, data)
    assert len(kept(people["cleo"])) == 1


def test_each_change_is_a_version_and_questions_keep_their_keys(people, desk):
    address = desk.post(NEW, filled(asks("What?"), asks("Why?"))).headers["Location"]
    [first] = kept(people["cleo"])
    keys = [one["key"] for one in first["questions"]]
    changed = filled(
        asks("New one"), asks("Why?", key=keys[1]), asks("What then?", key=keys[0]), base="1"
    )
    assert desk.post(address, changed).status_code == 302
    latest, earlier = kept(people["cleo"])
    assert earlier == first
    assert [one["key"] for one in latest["questions"]][1:] == [keys[1], keys[0]]
    assert "What?" in text_of(desk.get(f"{address}?version=1"))
    late = desk.post(address, filled(asks("Another tab"), base="1"))
    assert late.status_code == 409
    assert "Another tab" in text_of(late)
    assert len(kept(people["cleo"])) == 2


def test_another_coach_finds_no_such_exercise(people, desk, browser_of):
    address = desk.post(NEW, filled(asks("What?"))).headers["Location"]
    lock_twice(people["carl"])
    carl = browser_of(people["carl"])
    for page in ("", "file/", "retire/"):
        assert carl.get(f"{address}{page}").status_code in {404, 405}
        assert carl.post(f"{address}{page}").status_code in {404, 405}
    taken = address.split("/")[-2]
    assert carl.post(NEW, filled(asks("Mine"), exercise_id=taken)).status_code == 302
    assert len(kept(people["cleo"])) == 1
    [mine] = OwnExercise.objects.made_by(people["carl"])
    assert str(mine.pk) != taken


@pytest.fixture
def made(people: dict[str, Any], desk: Any) -> uuid.UUID:
    """An exercise of Cleo's with markup in every field."""
    marked = [{**one, "ask": f"{one['ask']} {MARKUP}", "hint": MARKUP} for one in ONE_OF_EACH]
    for one in marked:
        one["ask"], one["hint"] = (text.replace("\x7f", "") for text in (one["ask"], one["hint"]))
    words = MARKUP.replace("\x7f", "")
    answer = desk.post(NEW, filled(*marked, title=words, purpose=words))
    return uuid.UUID(answer.headers["Location"].split("/")[-2])


def test_markup_stays_words_on_every_page(desk, made, space):
    for address in ("/coaching/library/", f"/coaching/library/{made}/",
                    f"/coaching/clients/{space.pk}/assign/"):  # fmt: skip
        page = text_of(desk.get(address))
        assert "&lt;b&gt;bold" in page
        assert "<b>bold</b>" not in page


def suggest(desk: Any, space: Any, made: Any) -> Any:
    data = {"exercise": f"own:{made}", "note": "Slowly.", "day": "", "post_id": uuid.uuid4()}
    return desk.post(f"/coaching/clients/{space.pk}/assign/", data)


def test_a_client_writes_it_on_an_ordinary_page_of_their_own(
    people, desk, made, space, browser, anas
):
    assert suggest(desk, space, made).status_code == 302
    [(post, body)] = anas.read(anas.posts.filter(kind=ASSIGNMENT))
    assert len(body["questions"]) == len(ONE_OF_EACH)
    where = browser.post(f"/coaching/{space.pk}/assignments/{post.pk}/", {"then": "begin"})
    page = browser.get(where.headers["Location"])
    assert page.status_code == 200
    assert "<b>bold</b>" not in text_of(page)
    [row] = Begun.objects.by(people["ana"])
    entry = Entry.objects.written_by(people["ana"]).get(pk=row.entry_id)
    assert len(entry.questions(Keyring.of(people["ana"]))) == len(ONE_OF_EACH)
    for number in range(len(ONE_OF_EACH)):
        assert browser.get(f"{where.headers['Location']}?at={number}").status_code == 200


def test_a_later_version_changes_nothing_that_was_suggested(people, desk, made, space, anas):
    suggest(desk, space, made)
    desk.post(f"/coaching/library/{made}/", filled(asks("Only this"), base="1"))
    [(_, body)] = anas.read(anas.posts.filter(kind=ASSIGNMENT))
    assert len(body["questions"]) == len(ONE_OF_EACH)


def test_a_retired_exercise_cannot_be_suggested_until_it_is_taken_up_again(desk, made, space, anas):
    desk.post(f"/coaching/library/{made}/retire/")
    answer = suggest(desk, space, made)
    assert answer.status_code == 422
    assert "cannot be suggested any more" in text_of(answer)
    assert not anas.posts.filter(kind=ASSIGNMENT).exists()
    desk.post(f"/coaching/library/{made}/retire/")
    assert suggest(desk, space, made).status_code == 302


def test_its_file_is_one_of_the_guide(desk, made, tmp_path, settings):
    answer = desk.get(f"/coaching/library/{made}/file/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="own-exercise.md"'
    folder = tmp_path / "en" / "steps" / "quality-time"
    folder.mkdir(parents=True)
    (folder / "own-exercise.md").write_bytes(answer.content)
    guide = catalogue.load([*map(Path, settings.CONTENT_DIRS), tmp_path])
    found = guide.exercises["own-exercise"]
    assert [field.type for field in found.fields] == [one["type"] for one in ONE_OF_EACH]
    assert found.title == MARKUP.replace("\x7f", "").strip()
    assert found.fields[7].frame == "I felt {feeling} when {event}."


def test_no_character_breaks_the_file():
    body = {"title": MARKUP, "purpose": "", "minutes": 10, "questions": []}
    assert tomllib.loads(content_file(body).split("+++\n")[1])["title"] == MARKUP


def test_the_client_reads_what_an_exercise_is_for_and_how_long_it_takes(
    desk, browser, made, space, anas, cleos
):
    suggest(desk, space, made)
    [own] = anas.posts.filter(kind=ASSIGNMENT)
    page = text_of(browser.get(f"/coaching/{space.pk}/assignments/{own.pk}/"))
    assert f'<span class="words">{html.escape(MARKUP.replace(DELETE, ""))}</span>' in page
    assert "About 10 minutes." in page
    guide = catalogue.get().exercises["clear-ask"]
    body = {"title": guide.title, "exercise": "clear-ask", "minutes": guide.minutes, "text": ""}
    task = cleos.write(ASSIGNMENT, body)
    page = html.unescape(text_of(browser.get(f"/coaching/{space.pk}/assignments/{task.pk}/")))
    assert guide.purpose in page and f"About {guide.minutes} minutes." in page


def test_what_is_wrong_with_a_question_is_said_above_with_the_way_to_it(desk):
    answer = desk.post(NEW, filled(asks("Fine?"), asks("Which?", "choice", options="One")))
    page = text_of(answer)
    summary = page[page.index('class="errors"') : page.index('id="writing"')]
    assert 'href="#id_q-1-options"' in summary and "Question 2: Write 2 to 20" in summary
    assert 'id="id_q-1-options"' in page
