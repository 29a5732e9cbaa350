"""`manage.py sync_content`: the guide's files to one thin row per key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from steps import catalogue
from steps.checks import faults
from steps.models import Anchor, Cause, Exercise, Prompt, Step, Tool

Wanted = Mapping[str, Mapping[str, Any]]


class Command(BaseCommand):
    """Make the rows match the files: idempotent, in one transaction, nothing ever deleted."""

    help = (
        "Keeps one row for every cause, step, tool, exercise and prompt of the guide. Safe to run "
        "at any time; changes nothing when a file has a fault."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = faults([Path(top) for top in settings.CONTENT_DIRS])
        if found:
            listed = "\n".join(f"  {fault}" for fault in found)
            raise CommandError(f"Nothing was changed; the guide has {len(found)} faults:\n{listed}")
        catalogue.reset()
        guide = catalogue.get()
        with transaction.atomic():
            done = sync_all(guide)
        if options["verbosity"]:
            self.stdout.write(f"Guide: {done} ({counted(guide)}).")


def counted(guide: catalogue.Catalogue) -> str:
    """Say how many of each kind the guide has."""
    prompts = [one for shelf in guide.prompts.values() for one in shelf]
    kinds = {
        "causes": guide.causes, "steps": guide.steps, "tools": guide.tools,
        "exercises": guide.exercises, "prompts": prompts,
    }  # fmt: skip
    return ", ".join(f"{len(pieces)} {name}" for name, pieces in kinds.items())


class Tally:
    """What a sync did, for its one line."""

    def __init__(self) -> None:
        self.added = self.moved = self.retired = self.revived = 0

    def __str__(self) -> str:
        said = [
            f"{count} {word}"
            for count, word in (
                (self.added, "added"),
                (self.moved, "moved"),
                (self.retired, "retired"),
                (self.revived, "revived"),
            )
            if count
        ]
        return ", ".join(said) or "nothing to do"


def sync_all(guide: catalogue.Catalogue) -> Tally:
    """Make the rows of every model match the guide, homes before what lives in them."""
    done = Tally()
    for model, pieces in ((Cause, guide.causes), (Step, guide.steps), (Tool, guide.tools)):
        sync(model, {key: {"order": one.order} for key, one in pieces.items()}, done)
    homes: dict[str, dict[str, Any]] = {
        "step": Step.objects.in_bulk(field_name="key"),
        "tool": Tool.objects.in_bulk(field_name="key"),
    }
    exercises = {}
    for key, one in guide.exercises.items():
        home = homes[one.home_kind][one.home]
        ids = {f"{kind}_id": home.pk if kind == one.home_kind else None for kind in homes}
        exercises[key] = {"order": one.order, **ids}
    sync(Exercise, exercises, done)
    prompts = [one for shelf in guide.prompts.values() for one in shelf]
    sync(Prompt, {one.key: {"order": one.order, "shelf": one.shelf} for one in prompts}, done)
    return done


def sync(model: type[Anchor], wanted: Wanted, done: Tally) -> None:
    """Make the rows of one model match `wanted` (fields by key), and count into `done`."""
    rows = model.objects.in_bulk(field_name="key")
    missing = [key for key in wanted if key not in rows]
    model.objects.bulk_create([model(key=key, **wanted[key]) for key in missing])
    done.added += len(missing)

    changed = []
    for key, row in rows.items():
        if key not in wanted:
            if row.retired_at is None:
                row.retired_at = timezone.now()
                done.retired += 1
                changed.append(row)
            continue
        moved = any(getattr(row, name) != value for name, value in wanted[key].items())
        if row.retired_at is not None:
            done.revived += 1
        elif moved:
            done.moved += 1
        else:
            continue
        row.retired_at = None
        for name, value in wanted[key].items():
            setattr(row, name, value)
        changed.append(row)
    fields = {"retired_at", *(name for one in wanted.values() for name in one)}
    model.objects.bulk_update(changed, sorted(fields))
