"""A client closes something at the moment at which the coach's page is being made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from journal.coaching import consent
from journal.coaching.models import CARD_OF, KEPT, REQUEST
from journal.spaces.models import Post
from journal.vault.models import DataKey

CLIENTS = "/coaching/clients/"
SECRET = "gooseberry"


@contextmanager
def just_before_the_keys_are_fetched(do: Callable[[], Any]) -> Iterator[list[str]]:
    """Do something once, after a page has fetched its rows and before it fetches their keys."""
    posts, keys = f'FROM "{Post._meta.db_table}"', f'"{DataKey._meta.db_table}"'
    seen: list[str] = []
    done: list[str] = []

    def between(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if posts in sql:
            seen.append(sql)
        elif seen and not done and keys in sql and sql.startswith("SELECT"):
            done.append(sql)
            do()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(between):
        yield done


@pytest.fixture
def sent(anas: Any) -> Post:
    """What Ana has shown and asked; the request."""
    told = {"exercise": "clear-ask", "title": SECRET, "day": "2026-11-22"}
    anas.write(CARD_OF[KEPT], told)
    return anas.write(REQUEST, {"text": SECRET})


@pytest.mark.parametrize("page", ["", "sheet/", "pages/{}/"])
def test_what_is_closed_while_its_page_is_made_is_simply_not_there(coach, anas, space, sent, page):
    address = f"{CLIENTS}{space.pk}/{page.format(sent.pk)}"
    coach.get(address)

    def close() -> None:
        consent.narrow(anas, "room")
        Post.objects.written_by(anas.person).filter(pk=sent.pk).take_back()

    with just_before_the_keys_are_fetched(close) as done:
        answer = coach.get(address)
    assert done
    assert answer.status_code == 404
    assert SECRET not in answer.content.decode()


def test_one_thing_that_is_closed_meanwhile_takes_nothing_else_along(coach, anas, space, sent):
    address = f"{CLIENTS}{space.pk}/"
    with just_before_the_keys_are_fetched(lambda: consent.narrow(anas, "kept")) as done:
        answer = coach.get(address)
    assert done
    assert answer.status_code == 200
    assert answer.content.decode().count(SECRET) == 1, "the request, not the exercise"
