"""Managers that answer only on somebody's behalf.

A private table has `objects`, which raises for every query that does not say for whom, and
`unscoped`, which Django itself needs for saving, refreshing and cascading. A house test lists the
few files that may say `unscoped`.
"""

from typing import Any, NoReturn, TypeVar

from django.db import models

# Whoever writes: a row of settings.AUTH_USER_MODEL. This storey knows no more than its key.
Person = Any
M = TypeVar("M", bound=models.Model)


class AskedForNobody(RuntimeError):
    """Raised when private rows are asked for without saying on whose behalf."""


class GuardedManager(models.Manager[M]):
    """A manager whose ordinary queries raise; subclasses add the ways in, each with a person."""

    def get_queryset(self) -> NoReturn:
        raise AskedForNobody(f"Ask for {self.model._meta.label} on somebody's behalf.")

    def _rows(self) -> models.QuerySet[M]:
        return super().get_queryset()
