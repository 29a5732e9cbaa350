"""One thin row for every key of the guide, so that people's writing has something to point at.

The words are in the files (`steps.catalogue`); these rows are kept by `manage.py sync_content`,
which retires a row whose file is gone and never deletes one.
"""

from typing import Self

from django.db import models

# Schedules are rows of this storey, too; they live beside the engine that reads them.
from steps.reminders.models import Delivery, Done, Reminder, ReminderSettings

__all__ = [
    "Cause", "Delivery", "Done", "Exercise", "Prompt", "Reminder", "ReminderSettings", "Step",
    "Tool",
]  # fmt: skip


class AnchorQuerySet(models.QuerySet):
    """Rows of the guide."""

    def current(self) -> Self:
        """Return the rows whose files are still there."""
        return self.filter(retired_at__isnull=True)


class Anchor(models.Model):
    """What every row of the guide has: its key, its place, and since when it is retired."""

    key = models.CharField(max_length=60, unique=True)
    order = models.PositiveIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = AnchorQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["order"]

    def __str__(self) -> str:
        return self.key


class Cause(Anchor):
    """One of the six causes."""


class Step(Anchor):
    """One of the eight steps."""


class Tool(Anchor):
    """One of the five tools."""


class Exercise(Anchor):
    """An exercise; its home is a step or a tool, never both."""

    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, related_name="exercises"
    )
    tool = models.ForeignKey(
        Tool, on_delete=models.PROTECT, null=True, blank=True, related_name="exercises"
    )

    class Meta(Anchor.Meta):
        constraints = [
            models.CheckConstraint(
                name="exercise_has_one_home",
                condition=models.Q(step__isnull=True) ^ models.Q(tool__isnull=True),
            )
        ]


class Prompt(Anchor):
    """A line to begin from; shelves are the steps', `gratitude`, `checkin`, `together`, `month`."""

    shelf = models.CharField(max_length=60, db_index=True)
