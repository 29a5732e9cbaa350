"""Prepared queries: written as querysets, turned into SQL once, then only run.

Building a queryset and compiling it costs several times what the database needs for the few rows
of one person (docs/decisions.md, "What a page costs"). So the pages asked for most keep theirs
prepared. A prepared query says nothing of its own: it is made from an ordinary queryset, which
`queryset()` returns, and a test holds the rows of both against each other for every use.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
Record = Sequence[Any]


class CannotPrepare(TypeError):
    """This queryset says something that a prepared query would have to guess."""


class Slot(Expression):
    """Stands in a queryset for a value that is given when the query runs."""

    def __init__(self, place: int, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.place = place

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


class Prepared(Generic[Row]):
    """One query. Each thread turns it into SQL once for its connection.

    Args:
        build: returns the queryset; it is given what stands for each value and may compare with it
            and no more. `None` is no value: it would need other SQL.
        fields: the model fields whose values it is given, such as `Entry.author.field`.

    Raises, when first run:
        CannotPrepare: the queryset prefetches, annotates models, is empty for certain, leaves a
            value out, or yields anything but models and plain tuples.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], *fields: Any) -> None:
        self._build = build
        self._fields: tuple[Field[Any, Any], ...] = fields
        self._kept = threading.local()

    def queryset(self, *values: Any) -> QuerySet[Any, Row]:
        """Return the ordinary queryset for these values."""
        return self._build(*values)

    def all(self, *values: Any) -> list[Row]:
        """Run it and return all rows. Models are named by their primary keys."""
        plan = self._plan()
        return list(plan.rows(plan.run(self._fields, values)))

    def first(self, *values: Any) -> Row | None:
        """Run it and return the first row, if there is one."""
        return next(iter(self.all(*values)), None)

    def _plan(self) -> Plan:
        plan: Plan | None = getattr(self._kept, "plan", None)
        if plan is None or plan.connection is not connections[plan.alias]:
            slots = [Slot(place, field) for place, field in enumerate(self._fields)]
            plan = self._kept.plan = Plan(self._build(*slots), len(slots))
        return plan


def spelled_out(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """Write what is the same in every run into the SQL; return it with the parameters left.

    SQLite plans a query anew for each run while a condition of a partial index, such as a kind of
    entry, is handed to it beside the query.
    """
    rest, left = iter(params), []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(rest)
        if type(value) is int:
            return str(value)
        if type(value) is str:
            return "'{}'".format(value.replace("'", "''").replace("%", "%%"))
        left.append(value)
        return "%s"

    return re.sub("%[s%]", written, sql), left


class Plan:
    """The SQL of one queryset on one connection, and how its records become rows."""

    def __init__(self, queryset: QuerySet[Any, Any], slots: int) -> None:
        self.alias = queryset.db
        self.connection = connections[self.alias]
        query = queryset.query
        compiler = query.get_compiler(connection=self.connection)
        # Raises EmptyResultSet where Django would not ask at all.
        self.sql, self.params = spelled_out(*compiler.as_sql())
        self.locks = query.select_for_update
        self.cursor: Any = None
        selected = [column for column, _, _ in compiler.select]
        self.converters = list(compiler.get_converters(selected).items())
        self._refuse_the_rest(queryset, compiler, slots)
        self.rows: Callable[[list[Record]], Iterator[Any]] = (
            self._models(compiler)
            if queryset._iterable_class is ModelIterable
            else lambda records: map(tuple, self._converted(records))
        )

    def _refuse_the_rest(self, queryset: Any, compiler: Any, slots: int) -> None:
        query = queryset.query
        models = queryset._iterable_class is ModelIterable
        given = {param.place for param in self.params if isinstance(param, Slot)}
        refused = {
            "it yields neither models nor tuples": not models
            and queryset._iterable_class is not ValuesListIterable,
            "it prefetches": queryset._prefetch_related_lookups or queryset._known_related_objects,
            "it annotates models": models and compiler.annotation_col_map,
            "it extends the query": query.extra,
            "a column is more than one": compiler.has_composite_fields(
                [column for column, _, _ in compiler.select]
            ),
            "it leaves a value out": given != set(range(slots)),
        }
        for why, holds in refused.items():
            if holds:
                raise CannotPrepare(f"{queryset.model._meta.label} cannot be prepared: {why}.")

    def run(self, fields: Sequence[Field[Any, Any]], values: Sequence[Any]) -> list[Record]:
        """Ask the database with these values and return its records.

        Raises:
            TypeError: a value is missing, too many, or None.
            TransactionManagementError: it locks rows, and there is no transaction.
        """
        if len(values) != len(fields) or None in values:
            raise TypeError(f"This query needs {len(fields)} values, none of them None.")
        if self.locks and not self.connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked in transactions only.")
        ready = [
            field.get_db_prep_value(value, self.connection)
            for field, value in zip(fields, values, strict=True)
        ]
        params = [ready[p.place] if isinstance(p, Slot) else p for p in self.params]
        cursor = self._ready_cursor()
        try:
            cursor.execute(self.sql, params)
            return cast("list[Record]", cursor.fetchall())
        except BaseException:
            self.cursor = None  # it may be half-way through its rows
            raise

    def _ready_cursor(self) -> Any:
        """Return what `connection.cursor()` would, around a cursor that is kept.

        psycopg works out anew for each cursor how to read every type: half of a small query.
        """
        self.connection.close_if_health_check_failed()
        self.connection.ensure_connection()
        if self.cursor is None or self.cursor.connection is not self.connection.connection:
            self.cursor = self.connection.create_cursor()
        return self.connection._prepare_cursor(self.cursor)  # type: ignore[attr-defined]

    def _converted(self, records: list[Record]) -> Iterator[list[Any]]:
        for record in records:
            values = list(record)
            for at, (steps, column) in self.converters:
                for step in steps:
                    values[at] = step(values[at], column, self.connection)
            yield values

    def _models(self, compiler: Any) -> Callable[[list[Record]], Iterator[Model]]:
        chosen = compiler.klass_info["select_fields"]
        model: type[Model] = compiler.klass_info["model"]
        start, end = chosen[0], chosen[-1] + 1
        # A dict keeps their order and is asked for each name.
        names = dict.fromkeys(column.target.attname for column, _, _ in compiler.select[start:end])
        related = get_related_populators(  # type: ignore[call-arg]  # the stubs know a later Django
            compiler.klass_info, compiler.select, self.alias
        )

        def made(records: list[Record]) -> Iterator[Model]:
            for values in self._converted(records):
                row = model.from_db(self.alias, names, values[start:end])
                for populator in related:
                    populator.populate(values, row)
                yield row

        return made
