"""`sync_content` keeps one row a key: twice is once, retired is not deleted, all or nothing."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from steps import catalogue
from steps.models import Cause, Exercise, Prompt, Step, Tool
from tests.steps.small_guide import write_guide

pytestmark = pytest.mark.django_db
OWN = "steps/quality-time/our-own-walk.md"


def sync() -> str:
    out = StringIO()
    call_command("sync_content", stdout=out)
    return out.getvalue()


@pytest.fixture
def own(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A folder of a host's own, after ours, with one exercise in it."""
    small = write_guide(tmp_path / "small")
    path = tmp_path / "own/en" / OWN
    path.parent.mkdir(parents=True)
    text = (small / "steps/quality-time/steps-quality-time-1.md").read_text("utf-8")
    path.write_text(text, "utf-8")
    settings.CONTENT_DIRS = [*settings.CONTENT_DIRS, tmp_path / "own"]
    yield path
    catalogue.reset()


def test_there_is_a_row_for_every_key() -> None:
    guide = catalogue.get()
    for model, pieces in (
        (Cause, guide.causes),
        (Step, guide.steps),
        (Tool, guide.tools),
        (Exercise, guide.exercises),
    ):
        rows = list(model.objects.current())
        assert [row.key for row in rows] == list(pieces)
        assert [row.order for row in rows] == [piece.order for piece in pieces.values()]
    assert Prompt.objects.current().count() == sum(map(len, guide.prompts.values()))
    assert Prompt.objects.get(key="gratitude-001").shelf == "gratitude"


def test_an_exercise_row_points_to_its_home() -> None:
    ask = Exercise.objects.select_related("step", "tool").get(key="clear-ask")
    assert ask.step is not None
    assert (ask.step.key, ask.tool) == ("communicate-openly", None)
    check_in = Exercise.objects.select_related("step", "tool").get(key="daily-check-in")
    assert check_in.tool is not None
    assert (check_in.step, check_in.tool.key) == (None, "communication-skills")


def test_an_exercise_has_exactly_one_home() -> None:
    step, tool = Step.objects.first(), Tool.objects.first()
    for homes in ({}, {"step": step, "tool": tool}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exercise.objects.create(key="homeless", order=1, **homes)


def test_running_it_twice_changes_nothing_and_says_so() -> None:
    before = list(Exercise.objects.values())
    assert sync().startswith("Guide: nothing to do (6 causes, 8 steps, 5 tools, ")
    assert list(Exercise.objects.values()) == before


def test_a_new_file_is_added_retired_and_revived(own: Path) -> None:
    assert sync().startswith("Guide: 1 added")
    row = Exercise.objects.get(key="our-own-walk")
    assert row.step is not None
    assert (row.step.key, row.retired_at) == ("quality-time", None)

    text = own.read_text("utf-8")
    own.unlink()
    assert "1 retired" in sync()
    retired = Exercise.objects.get(key="our-own-walk")
    assert retired.pk == row.pk
    assert retired.retired_at is not None
    assert "our-own-walk" not in [one.key for one in Exercise.objects.current()]
    since = retired.retired_at
    sync()
    assert Exercise.objects.get(pk=row.pk).retired_at == since

    own.write_text(text, "utf-8")
    assert "1 revived" in sync()
    assert Exercise.objects.get(key="our-own-walk").pk == row.pk
    assert Exercise.objects.get(pk=row.pk).retired_at is None


def test_a_moved_exercise_keeps_its_row(own: Path) -> None:
    sync()
    row = Exercise.objects.get(key="our-own-walk")
    new = own.parents[2] / "tools/empathy" / own.name
    new.parent.mkdir(parents=True)
    own.rename(new)
    assert "moved" in sync()
    moved = Exercise.objects.select_related("tool").get(key="our-own-walk")
    assert (moved.pk, moved.step_id) == (row.pk, None)
    assert moved.tool is not None
    assert moved.tool.key == "empathy"


def test_with_a_fault_it_lists_every_one_and_changes_nothing(own: Path) -> None:
    (own.parent / "second.md").write_text("no fence", "utf-8")
    (own.parent / "third.md").write_text("+++\ncolour = 1\n+++\n", "utf-8")
    with pytest.raises(CommandError) as error:
        sync()
    said = str(error.value)
    assert "second.md: does not begin with a line of +++" in said
    assert "third.md: colour is not a known key" in said
    assert "third.md: title is missing" in said
    assert not Exercise.objects.filter(key="our-own-walk").exists()


def test_it_can_be_quiet() -> None:
    out = StringIO()
    call_command("sync_content", stdout=out, verbosity=0)
    assert out.getvalue() == ""
